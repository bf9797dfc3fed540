import Events
import Foundation

/// One thing that can be set about a server: in a file, by a variable, or on the command line.
///
/// A setting is known by one name: `log.level` is the field `level` of the section `log` in a file,
/// the variable `WAYMARK_LOG_LEVEL`, and `--set log.level=debug`.
public struct Setting: Sendable {
  /// Whether a value may be shown.
  enum Secrecy { case shown, secret }

  /// How it is called.
  public let name: String
  /// What it says, in a sentence.
  public let meaning: String
  /// What it may be, in words.
  let allowed: String
  let secrecy: Secrecy
  /// The values of a list, or the one value; none where nothing is set.
  let values: @Sendable (ServerConfiguration) -> [String]
  let isList: Bool
  private let change: @Sendable (inout ServerConfiguration, [String]) throws(Refusal) -> Void

  /// Makes a setting.
  ///
  /// - Parameter change: sets a value, or answers false where it isn't allowed.
  init(
    _ name: String, _ meaning: String, allowed: String, secrecy: Secrecy = .shown,
    isList: Bool = false, values: @escaping @Sendable (ServerConfiguration) -> [String],
    change: @escaping @Sendable (inout ServerConfiguration, [String]) -> Bool
  ) {
    self.name = name
    self.meaning = meaning
    self.allowed = allowed
    self.secrecy = secrecy
    self.isList = isList
    self.values = values
    self.change = { configuration, texts throws(Refusal) in
      guard isList || texts.count == 1, change(&configuration, texts) else {
        let given = secrecy == .secret ? "That" : "“\(texts.joined(separator: ", ").prefix(80))”"
        throw Refusal(
          "settings.value", problem: "\(given) can't be the value of \(name).",
          remedy: "Write \(allowed).")
      }
    }
  }

  /// The variable of the environment that sets it.
  public var variable: String {
    "WAYMARK_" + name.uppercased().replacing(".", with: "_")
  }

  /// The section of a file that it stands in; nil where it stands by itself.
  var section: String? {
    name.contains(".") ? name.split(separator: ".").first.map(String.init) : nil
  }

  /// Sets it.
  ///
  /// - Parameter texts: the values of a list, or the one value.
  /// - Throws: `settings.value`, with what is allowed.
  func set(_ texts: [String], in configuration: inout ServerConfiguration) throws(Refusal) {
    try change(&configuration, texts)
  }

  /// Sets it from one text, which has commas between the values of a list.
  func set(_ text: String, in configuration: inout ServerConfiguration) throws(Refusal) {
    guard isList else { return try set([text], in: &configuration) }
    try set(
      text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) },
      in: &configuration)
  }

  /// What it is where nobody sets it, as people read it.
  public var usual: String {
    let values = values(.usual)
    return values.isEmpty ? "none" : values.joined(separator: ", ")
  }
}

extension ServerConfiguration {
  /// A configuration in which nothing is set.
  static let usual = ServerConfiguration(folder: ".waymark", experience: "experience.yaml")
}

extension Setting {
  /// A text of at most 4096 bytes that isn't empty and has no control characters.
  static func text(
    _ name: String, _ path: any WritableKeyPath<ServerConfiguration, String> & Sendable,
    _ meaning: String, allowed: String
  ) -> Setting {
    Setting(name, meaning, allowed: allowed) {
      [$0[keyPath: path]]
    } change: { configuration, texts in
      guard let text = texts.first, isPlain(text) else { return false }
      configuration[keyPath: path] = text
      return true
    }
  }

  /// The same, of a text that may be missing.
  static func optional(
    _ name: String, _ path: any WritableKeyPath<ServerConfiguration, String?> & Sendable,
    _ meaning: String, _ allowed: String, secrecy: Secrecy = .shown
  ) -> Setting {
    Setting(name, meaning, allowed: allowed, secrecy: secrecy) {
      [$0[keyPath: path]].compactMap(\.self)
    } change: { configuration, texts in
      guard let text = texts.first, isPlain(text) else { return false }
      configuration[keyPath: path] = text
      return true
    }
  }

  /// A whole number.
  static func whole(
    _ name: String, _ path: any WritableKeyPath<ServerConfiguration, Int> & Sendable,
    _ range: ClosedRange<Int>, _ meaning: String
  ) -> Setting {
    Setting(name, meaning, allowed: "\(range.lowerBound) to \(range.upperBound)") {
      ["\($0[keyPath: path])"]
    } change: { configuration, texts in
      guard let text = texts.first, text.allSatisfy({ $0.isASCII && $0.isNumber }),
        let number = Int(text), range.contains(number)
      else { return false }
      configuration[keyPath: path] = number
      return true
    }
  }

  /// One of the cases of an enumeration.
  static func choice<Choice: RawRepresentable & CaseIterable & SendableMetatype>(
    _ name: String, _ path: any WritableKeyPath<ServerConfiguration, Choice> & Sendable,
    _ meaning: String
  ) -> Setting where Choice.RawValue == String {
    Setting(
      name, meaning, allowed: "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", ")
    ) {
      [$0[keyPath: path].rawValue]
    } change: { configuration, texts in
      guard let choice = texts.first.flatMap(Choice.init(rawValue:)) else { return false }
      configuration[keyPath: path] = choice
      return true
    }
  }

  /// Whether a text can be a value: it isn't empty, not too long, and has no control characters.
  static func isPlain(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 4096
      && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
