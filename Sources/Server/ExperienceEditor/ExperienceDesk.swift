import Accounts
import Events
import Experience
import Foundation
import Store

/// The experience's texts on the disk, read and written.
struct ExperienceDesk: Sendable {
  /// One text.
  struct File: Sendable {
    /// The name that people see.
    var name: String
    var path: String
    var text: String

    /// A name of the very text, by which it is seen whether it changed meanwhile.
    var base: String { hexadecimal(stableHash(text)) }
  }

  /// The file or folder of the configuration.
  let path: String
  /// All texts, in the order in which they are read.
  private(set) var files: [File] = []

  /// Whether there may be several files.
  var isFolder: Bool {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return isThere ? isFolder.boolValue : path.hasSuffix("/")
  }

  /// Reads the texts; none where there is nothing yet.
  ///
  /// - Throws: `file.unreadable`, `file.encoding`, `file.size`.
  init(path: String) throws {
    self.path = path
    guard FileManager.default.fileExists(atPath: path) else { return }
    let paths: [String]
    do { paths = try ExperienceLoader.files(at: path) } catch {
      // A folder without a file in it is where the first one will lie.
      let names = try FileManager.default.contentsOfDirectory(atPath: path)
      guard !names.contains(where: Self.isName) else { throw error }
      return
    }
    files = try paths.map { path in
      File(name: (path as NSString).lastPathComponent, path: path, text: try Self.read(path))
    }
  }

  /// The text of a file; an empty one where it isn't there yet.
  ///
  /// - Throws: `experience.file`.
  func file(_ name: String?) throws(Refusal) -> File {
    guard let name else { return files.first ?? new(isFolder ? "experience.yaml" : own) }
    if let file = files.first(where: { $0.name == name }) { return file }
    guard isFolder ? Self.isName(name) : name == own && files.isEmpty else {
      throw Refusal(
        "experience.file", problem: "There is no file “\(name.prefix(80))” in the experience.",
        remedy: isFolder
          ? "Use letters, digits, “-”, “_” and “.”, and end with .yaml." : "Open “\(own)”.")
    }
    return new(name)
  }

  /// The texts with some of them replaced, in the order in which they will be read.
  func replacing(_ texts: [String: String]) -> [File] {
    var result = files.map { file -> File in
      var file = file
      file.text = texts[file.name] ?? file.text
      return file
    }
    for (name, text) in texts where !files.contains(where: { $0.name == name }) {
      var file = new(name)
      file.text = text
      result.append(file)
    }
    return result.sorted { $0.name < $1.name }
  }

  /// What stands in texts, and the remarks on them, by the names of the files.
  static func load(_ files: [File]) -> ExperienceLoader.Loaded {
    ExperienceLoader.load(texts: files.map { ($0.name, $0.text) })
  }

  /// Writes a text so that it is there whole or not at all.
  func write(_ file: File) throws(Fault) {
    let url = URL(fileURLWithPath: file.path).resolvingSymlinksInPath()
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      let temporary = url.deletingLastPathComponent()
        .appendingPathComponent(".\(url.lastPathComponent).saving")
      try Data(file.text.utf8).write(to: temporary)
      let handle = try FileHandle(forWritingTo: temporary)
      try handle.synchronize()
      try handle.close()
      if let mode = try? FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] {
        try FileManager.default.setAttributes(
          [.posixPermissions: mode], ofItemAtPath: temporary.path)
      }
      guard rename(temporary.path, url.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
    } catch {
      throw Fault(
        "file.unwritable", subject: file.path, problem: "The experience can't be written.",
        remedy: "Let the program write to its folder, and make room on the disk.")
    }
  }

  /// Takes a file away that a restored version doesn't have.
  func remove(_ file: File) throws(Fault) {
    do { try FileManager.default.removeItem(atPath: file.path) } catch {
      throw Fault(
        "file.unwritable", subject: file.path, problem: "The file can't be removed.",
        remedy: "Let the program write to its folder.")
    }
  }

  private var own: String { (path as NSString).lastPathComponent }

  private func new(_ name: String) -> File {
    let folder = path.hasSuffix("/") ? path : path + "/"
    return File(name: name, path: isFolder ? folder + name : path, text: "")
  }

  private static func isName(_ name: String) -> Bool {
    let isPlain = name.utf8.allSatisfy {
      switch $0 {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
      default: false
      }
    }
    return isPlain && name.utf8.count <= 100 && !name.hasPrefix(".") && !name.hasPrefix("-")
      && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
  }

  private static func read(_ path: String) throws(Fault) -> String {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw Fault(
        "file.unreadable", subject: path, problem: "The file can't be read.",
        remedy: "Allow the program to read it.")
    }
    guard bytes.count <= ExperienceLoader.largestFile else {
      throw Fault(
        "file.size", subject: path, problem: "The file is too large to be edited here.",
        remedy: "Split it into several files in one folder.")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Fault(
        "file.encoding", subject: path, problem: "The file is not UTF-8.",
        remedy: "Save it as UTF-8.")
    }
    return text
  }
}
