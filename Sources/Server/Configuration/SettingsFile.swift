import Events
import Experience
import Foundation

/// What a file of settings says: `name: value`, with sections for names such as `log.level`.
struct SettingsFile: Decodable {
  /// The largest file that is read, in bytes: a thousand times a long one.
  static let largest = 1 << 20

  private(set) var configuration = ServerConfiguration.usual
  /// The names of the settings that it sets.
  private(set) var names: [String] = []

  /// Reads a file.
  ///
  /// - Throws: `settings.file` where it can't be read; the first mistake, with its line and column.
  static func read(_ path: String) throws -> SettingsFile {
    let bytes: Data
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: path))
      defer { handle.closeFile() }
      bytes = try handle.read(upToCount: largest + 1) ?? Data()
    } catch {
      throw Fault(
        "settings.file", subject: path, problem: "The file of settings cannot be read.",
        remedy: "Name a file that is there and that this user may read.")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Fault(
        "settings.file", subject: path, problem: "The file is not UTF-8.",
        remedy: "Save it as UTF-8.")
    }
    do {
      let files = try YAMLText.decode(
        SettingsFile.self, from: text, file: path, largest: largest,
        remedy: "Write “name: value”, as docs/running.md shows.")
      guard let file = files.first, files.count == 1 else {
        throw Refusal(
          "settings.file", problem: "\(path) holds \(files.count) documents.",
          remedy: "Take the lines of “---” out.")
      }
      return file
    } catch let diagnostic as Diagnostic where diagnostic.code == "file.empty" {
      return SettingsFile()
    }
  }

  private init() {}

  /// The name of any field.
  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Name.self)
    for name in fields.allKeys {
      guard Setting.sections.contains(name.stringValue) else {
        try read(name.stringValue, name, of: fields)
        continue
      }
      let section = try fields.nestedContainer(keyedBy: Name.self, forKey: name)
      for field in section.allKeys {
        try read(name.stringValue + "." + field.stringValue, field, of: section)
      }
    }
  }

  private mutating func read(
    _ name: String, _ key: Name, of fields: KeyedDecodingContainer<Name>
  ) throws {
    do {
      let setting = try Setting.named(name)
      guard try !fields.decodeNil(forKey: key) else {
        throw Refusal(
          "settings.value", problem: "\(name) has no value.",
          remedy: "Write \(setting.allowed), or take the line out.")
      }
      let list = try? fields.decode([String].self, forKey: key)
      let texts = try list ?? [fields.decode(String.self, forKey: key)]
      try setting.set(texts, in: &configuration)
      names.append(name)
    } catch let refusal as Refusal {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: fields.codingPath + [key], debugDescription: refusal.problem,
          underlyingError: refusal))
    }
  }
}
