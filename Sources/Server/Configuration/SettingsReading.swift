import Events
import Experience
import Foundation
import Outbound
import Store

/// The settings of a server, and where each comes from: what is usual, a file, the environment, the
/// command line; each is stronger than what stands before it.
public struct SettingsReading: Sendable {
  /// What the command line says of one setting.
  public struct Argument: Sendable {
    var name: String
    var value: String
    var origin: String

    /// Makes one from the name of a setting and the option that was written.
    public init(_ name: String, _ value: String, origin: String) {
      self.name = name
      self.value = value
      self.origin = origin
    }

    /// Reads `name=value`.
    ///
    /// - Throws: `settings.argument`.
    public init(_ text: String) throws(Refusal) {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw Refusal(
          "settings.argument", problem: "“\(text.prefix(80))” sets nothing.",
          remedy: "Write --set name=value, such as --set log.level=debug.")
      }
      self.init(String(parts[0]), String(parts[1]), origin: "--set")
    }
  }

  /// The settings.
  public private(set) var configuration = ServerConfiguration.usual
  /// Variables that begin as settings do, and are none.
  public private(set) var unknownVariables: [String] = []
  /// Where each setting comes from that isn't as usual.
  private var origins: [String: String] = [:]

  /// Reads all settings.
  ///
  /// - Parameter file: the file of settings; where it is nil, what `WAYMARK_CONFIG` names.
  /// - Throws: the first mistake, with its place: a line of the file, a variable or an option.
  public init(
    file: String?, environment: [String: String], arguments: [Argument]
  ) throws {
    let given = environment.filter { $0.key.hasPrefix("WAYMARK_") && !$0.value.isEmpty }
    if let path = file ?? given[Setting.fileVariable] {
      let read = try SettingsFile.read(path)
      configuration = read.configuration
      for name in read.names { origins[name] = path }
    }
    for setting in Setting.all {
      guard let text = given[setting.variable] else { continue }
      try set(setting, text, setting.variable)
    }
    for argument in arguments {
      let setting = try Setting.named(argument.name)
      guard setting.secrecy == .shown else {
        throw Refusal(
          "settings.secret",
          problem:
            "\(setting.name) is secret, and everybody on the machine sees a command's options.",
          remedy:
            "Set \(setting.variable) in the environment, or write it into the file of settings.")
      }
      try set(setting, argument.value, argument.origin)
    }
    let known = Set(Setting.all.map(\.variable) + [Setting.fileVariable])
    unknownVariables = given.keys.filter { name in
      !known.contains(name) && !Setting.readElsewhere.contains { name.hasPrefix($0) }
    }.sorted()
    try check()
  }

  private mutating func set(
    _ setting: Setting, _ text: String, _ origin: String
  ) throws(Refusal) {
    do {
      try setting.set(text, in: &configuration)
      origins[setting.name] = origin
    } catch {
      throw Refusal(error.code, problem: "\(origin): \(error.problem)", remedy: error.remedy)
    }
  }

  /// Refuses settings that don't go together.
  private func check() throws(Refusal) {
    try configuration.mail.check()
    try configuration.summaries.check()
    guard configuration.sealing.events <= configuration.collection.loggedEvents else {
      throw Refusal(
        "settings.sealing",
        problem: "sealing.events is \(configuration.sealing.events), and collection stops before "
          + "that, at limits.unsealed_events: \(configuration.collection.loggedEvents).",
        remedy: "Make limits.unsealed_events several times sealing.events.")
    }
  }

  /// All settings as a file would have them; behind each stands where it comes from. What is secret
  /// is not shown.
  public var text: String { text(of: Setting.all) }

  func text(of settings: [Setting]) -> String {
    var lines = [
      "# What the server would run with. Behind each setting stands where it comes from."
    ]
    var section: String?
    for setting in settings {
      if let own = setting.section, own != section { lines.append("\(own):") }
      section = setting.section
      let name = section.map { setting.name.dropFirst($0.count + 1) } ?? setting.name[...]
      let values = setting.values(configuration).map(\.asYAML)
      let margin = section == nil ? "" : "  "
      let origin = origins[setting.name] ?? "as usual"
      if setting.secrecy == .secret, !values.isEmpty {
        lines.append("\(margin)# \(name): is set and not shown  # \(origin)")
      } else if setting.isList {
        lines.append("\(margin)\(name): [\(values.joined(separator: ", "))]  # \(origin)")
      } else if let value = values.first {
        lines.append("\(margin)\(name): \(value)  # \(origin)")
      } else {
        lines.append("\(margin)# \(name): is not set")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension String {
  /// The text as a value in YAML.
  fileprivate var asYAML: String {
    wholeMatch(of: /[A-Za-z0-9\/.][A-Za-z0-9\/._-]*/) == nil ? quoted : self
  }
}

extension Setting {
  /// What was meant by a variable that is none of the settings, in a sentence; nil where nobody knows.
  public static func meant(by variable: String) -> String? {
    nearest(to: variable, among: all.map(\.variable) + [fileVariable])
  }
}
