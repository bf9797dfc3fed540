import Events
import Foundation
import Yams

/// Reads experiences from YAML and says everything that is wrong with them, with places.
///
///     let (experience, diagnostics) = try ExperienceLoader.load(path: "experience.yaml")
///
/// An experience that has errors is not to be measured: what could not be read is left out of it.
public enum ExperienceLoader {
  /// What a text stood for, and every remark on it, by file and place.
  public typealias Loaded = (experience: Experience, diagnostics: [Diagnostic])

  /// The largest file that is read, in bytes: a thousand times a large experience.
  public static let largestFile = 4 << 20
  /// The most files that a folder may hold.
  public static let mostFiles = 256

  /// Reads the text of one file.
  ///
  /// - Parameters:
  ///   - text: the YAML.
  ///   - file: what remarks call it.
  public static func load(text: String, file: String) -> Loaded {
    load([(file, .success(text))])
  }

  /// Reads a file, or a folder's `.yaml` and `.yml` files in the order of their names.
  ///
  /// Texts that are too large or not UTF-8 are remarks, too.
  /// - Throws: `file.missing`, `file.kind` or `file.unreadable` where there is nothing to read.
  public static func load(path: String) throws(Fault) -> Loaded {
    var texts: [(String, Result<String, Diagnostic>)] = []
    for file in try files(at: path) { texts.append((file, try read(file))) }
    return load(texts)
  }

  /// Reads texts that belong together, such as those of a folder's files, in their order.
  public static func load(texts: [(file: String, text: String)]) -> Loaded {
    load(texts.map { ($0.file, .success($0.text)) })
  }

  private static func load(_ texts: [(file: String, text: Result<String, Diagnostic>)]) -> Loaded {
    var reader = ExperienceReader()
    var unread: [Diagnostic] = []
    for (file, text) in texts {
      do {
        let text = try text.get()
        try compose(text, file: file) { reader.read($0, from: SourceText(text, file: file)) }
      } catch {
        unread.append(error)
      }
    }
    // Names that a broken file would have declared are not unknown; say first what is broken.
    if unread.isEmpty { reader.lint() } else { reader.sketch.isZoneKnown = false }
    reader.settleSources()
    for diagnostic in unread { reader.remarks.add(diagnostic) }
    return (reader.sketch.experience, reader.remarks.sorted(files: texts.map(\.file)))
  }

  private static func compose(
    _ text: String, file: String, _ body: (Node) -> Void
  ) throws(Diagnostic) {
    let source = SourceText(text, file: file)
    guard text.utf8.count <= largestFile else { throw tooLarge(file) }
    try YAMLText.parse(text, source, largest: largestFile) { parser throws(Diagnostic) in
      let root: Node?
      do {
        root = try parser.singleRoot()
      } catch {
        throw (error as? YamlError ?? .no).diagnostic(in: source)
      }
      guard let root, root.scalar?.string.isEmpty != true else {
        throw Diagnostic(
          file: file, line: 1, column: 1, severity: .error, code: "file.empty",
          problem: "The file says nothing.",
          remedy: "Write an experience; `waymark init` makes a first one.")
      }
      body(root)
    }
  }

  private static func tooLarge(_ file: String) -> Diagnostic {
    Diagnostic(
      file: file, line: 1, column: 1, severity: .error, code: "file.size",
      problem: "The file is larger than \(largestFile >> 20) MiB.",
      remedy: "Split it into several files in one folder.")
  }

  /// The files that are read at a path, in the order of their names.
  ///
  /// - Throws: `file.missing` or `file.unreadable` where there is nothing to read.
  public static func files(at path: String) throws(Fault) -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Fault(
        "file.missing", subject: path, problem: "There is no such file or folder.",
        remedy: "Name the experience's file, or make one with `waymark init`.")
    }
    guard isFolder.boolValue else { return [path] }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw Fault(
        "file.unreadable", subject: path, problem: "The folder cannot be listed.",
        remedy: "Allow this user to read it.")
    }
    let found = names.filter {
      !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml"))
    }.sorted()
    guard !found.isEmpty, found.count <= mostFiles else {
      throw Fault(
        "file.missing", subject: path,
        problem: found.isEmpty
          ? "The folder holds no .yaml file."
          : "The folder holds \(found.count) .yaml files, more than \(mostFiles).",
        remedy: "Name the folder that holds the experience's files.")
    }
    return found.map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
  }

  private static func read(_ file: String) throws(Fault) -> Result<String, Diagnostic> {
    let bytes: Data
    do {
      let kind = try FileManager.default.attributesOfItem(
        atPath: URL(fileURLWithPath: file).resolvingSymlinksInPath().path)[.type]
      guard kind as? FileAttributeType == .typeRegular else {
        throw Fault(
          "file.kind", subject: file, problem: "This is not a regular file.",
          remedy: "Name a file of YAML.")
      }
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
      bytes = try handle.read(upToCount: largestFile + 1) ?? Data()
      try handle.close()
    } catch let fault as Fault {
      throw fault
    } catch {
      throw Fault(
        "file.unreadable", subject: file, problem: "The file cannot be read.",
        remedy: "Allow this user to read it.")
    }
    guard bytes.count <= largestFile else { return .failure(tooLarge(file)) }
    if let text = String(validating: bytes, as: UTF8.self) { return .success(text) }
    return .failure(notUTF8(bytes, file))
  }

  private static func notUTF8(_ bytes: Data, _ file: String) -> Diagnostic {
    let text = String(decoding: bytes, as: UTF8.self)
    let scalars = Array(text.unicodeScalars)
    let index = scalars.firstIndex(of: "\u{FFFD}") ?? 0
    let place = SourceText(text, file: file).place(at: index)
    return Diagnostic(
      file: file, line: place.line, column: place.column, severity: .error, code: "file.encoding",
      problem: "Here the file stops being UTF-8.", remedy: "Save it as UTF-8.")
  }
}
