import Accounts
import Events
import Foundation

/// The SHA-256 of files, by their paths, in the form of `sha256sum`.
struct FileSums: Sendable {
  /// One file of a folder.
  struct File: Sendable {
    /// The path inside the folder.
    var path: String
    /// The SHA-256 in hexadecimal digits.
    var sum: String
  }

  var files: [File] = []

  /// The name of the file that holds them.
  static let name = "SHA256SUMS"
  /// The longest list that is read: some two million files.
  private static let longest = 256 << 20

  init() {}

  /// Reads the list of a folder.
  ///
  /// - Throws: `backup.missing` where there is no backup, `backup.incomplete` where one was begun.
  init(of folder: String) throws(Fault) {
    let path = folder + "/" + Self.name
    guard FileManager.default.fileExists(atPath: path) else {
      let isBegun = [Backup.factsName, Store.databaseName, Store.partsName].contains {
        FileManager.default.fileExists(atPath: folder + "/" + $0)
      }
      throw isBegun
        ? Fault(
          "backup.incomplete", subject: folder,
          problem: "This is no whole backup: \(Self.name), which is written last, is missing.",
          remedy: "Remove the folder and make the backup again, or take an earlier one.")
        : Fault(
          "backup.missing", subject: folder, problem: "There is no backup in this folder.",
          remedy: "Name a folder that `waymark backup` has made.")
    }
    let bytes = try DurableFile.read(path, upTo: Self.longest)
    guard bytes.last == UInt8(ascii: "\n") else {
      throw .damagedBackup(path, "The list ends in the midst of a line.")
    }
    for (index, line) in bytes.dropLast().split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).enumerated() {
      guard let text = String(validating: line, as: UTF8.self), let file = File(line: text) else {
        throw .damagedBackup("\(path):\(index + 1)", "The line names no checksum and file.")
      }
      files.append(file)
    }
    guard paths.count == files.count else {
      throw .damagedBackup(path, "A file is named twice.")
    }
  }

  /// The files that are listed.
  var paths: Set<String> { Set(files.map(\.path)) }

  /// The list as it is written.
  var text: String { files.map { "\($0.sum)  \($0.path)\n" }.joined() }

  /// The SHA-256 of a file that is read from the disk, in hexadecimal digits.
  static func sum(
    of path: String, reading: (_ bytes: Int) -> Void = { _ in }
  ) throws(Fault) -> String {
    let hash = RunningSHA256()
    try DurableFile.read(path) { piece in
      hash.add(piece)
      reading(piece.count)
    }
    return hash.finish().hexadecimal
  }
}

extension FileSums.File {
  /// Reads a line such as `9f86…  parts/0000000001.part`; nil where it is none, or names what no
  /// backup has.
  fileprivate init?(line: String) {
    guard let match = line.wholeMatch(of: /([0-9a-f]{64})  (.+)/), Backup.isPath(String(match.2))
    else { return nil }
    self.init(path: String(match.2), sum: String(match.1))
  }
}
