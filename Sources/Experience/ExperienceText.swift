import Events
import Yams

/// An experience's text, in which single entries are read and changed as they are written.
///
/// Changing keeps comments, order and everything else; where a text is written too freely for that,
/// the change is refused with the line to look at.
public struct ExperienceText: Sendable {
  /// A list of the experience.
  public enum Section: String, CaseIterable, Sendable {
    case touchpoints, journeys, personas, segments, teams, partners

    /// One of them.
    public var noun: String { String(rawValue.dropLast()) }

    /// The fields of an entry in their usual order; a dot leads into a field's own fields.
    public var fields: [String] {
      switch self {
      case .touchpoints:
        [
          "title", "stage", "channel", "on", "owner", "control", "partner", "cost", "value",
          "score", "expects", "feeling", "moment_of_truth", "pain", "backstage", "support",
        ]
      case .journeys:
        [
          "title", "kind", "for", "starts", "steps", "goal", "ends", "window", "again", "case_key",
          "then",
        ] + Target.Metric.allCases.map { "targets.\($0.rawValue)" } + ["owner"]
      case .personas: ["title", "goal", "needs", "pains", "channels", "who"]
      case .segments: ["rule"]
      case .teams, .partners: ["title"]
      }
    }
  }

  /// What stands for a field.
  public enum Written: Equatable, Sendable {
    case nothing
    case text(String)
    case list([String])
    /// YAML of more than that.
    case source(String)
  }

  /// What a field is set to.
  public enum Value: Equatable, Sendable {
    case text(String)
    case list([String])
    /// YAML.
    case source(String)
  }

  /// The text.
  public let text: String
  /// What remarks call it.
  public let file: String

  /// Takes a text.
  public init(_ text: String, file: String) {
    self.text = text
    self.file = file
  }

  /// The names of a section's entries, in their order; none where the text can't be read.
  public func names(_ section: Section) -> [String] {
    guard let surgery = try? YAMLSurgery(text, file: file) else { return [] }
    if case .sequence(let items)? = surgery.node([section.rawValue]) {
      return items.compactMap { YAMLSurgery.name(ofItem: $0) }
    }
    return surgery.keys([section.rawValue])
  }

  /// Whether the text has the section.
  public func has(_ section: Section) -> Bool {
    (try? YAMLSurgery(text, file: file))?.node([section.rawValue]) != nil
  }

  /// The fields of an entry, as they are written.
  ///
  /// - Throws: `experience.yaml`.
  public func fields(of name: String, in section: Section) throws(Refusal) -> [String: Written] {
    let surgery = try surgery()
    if case .sequence(let items)? = surgery.node([section.rawValue]) {
      let item = items.first { YAMLSurgery.name(ofItem: $0) == name }
      let title = item.flatMap { surgery.pair(name, in: $0) }
        .flatMap { surgery.pair("title", in: $0.value) }
      return ["title": title?.value.scalar.map { .text($0.string) } ?? .nothing]
    }
    var written: [String: Written] = [:]
    for field in section.fields {
      let path = path(field, of: name, in: section)
      written[field] = Self.written(surgery.node(path), path, surgery)
    }
    return written
  }

  /// The line on which an entry begins.
  public func line(of name: String, in section: Section) -> Int? {
    guard let surgery = try? YAMLSurgery(text, file: file) else { return nil }
    if case .sequence(let items)? = surgery.node([section.rawValue]) {
      return items.first { YAMLSurgery.name(ofItem: $0) == name }?.mark?.line
    }
    return surgery.line([section.rawValue, name])
  }

  /// The text with fields of an entry set, or taken out where the value is nil.
  ///
  /// - Throws: `experience.free`, `experience.value`, `experience.yaml`.
  public func setting(
    _ values: [(field: String, value: Value?)], of name: String, in section: Section
  ) throws(Refusal) -> ExperienceText {
    var changed = self
    for (field, value) in values {
      let surgery = try changed.surgery()
      let text =
        if case .sequence? = surgery.node([section.rawValue]) {
          try surgery.setting(title: value, ofItem: name, in: section.rawValue)
        } else {
          try changed.set(field, value, of: name, in: section, surgery)
        }
      changed = ExperienceText(text, file: file)
    }
    return changed
  }

  /// The text with a further entry at the end of its section.
  ///
  /// - Throws: `experience.known`, `experience.name`, and what `setting` throws.
  public func adding(
    _ name: String, _ values: [(field: String, value: Value)], to section: Section
  ) throws(Refusal) -> ExperienceText {
    try Self.check(name)
    guard !names(section).contains(name) else {
      throw Refusal(
        "experience.known", problem: "There is a \(section.noun) “\(name)” already.",
        remedy: "Choose another name, or change that one.")
    }
    let surgery = try surgery()
    if case .sequence? = surgery.node([section.rawValue]) {
      let title = values.first { $0.field == "title" }?.value
      return ExperienceText(
        try surgery.adding(item: name, title: title, to: section.rawValue), file: file)
    }
    guard surgery.node([section.rawValue]) != nil else {
      let isEnded = text.isEmpty || text.hasSuffix("\n")
      let gap = text.isEmpty ? "" : isEnded ? "\n" : "\n\n"
      return try ExperienceText(text + gap + section.rawValue + ":\n", file: file)
        .adding(name, values, to: section)
    }
    let changed = try surgery.setting(name, to: Self.entry(values, section), at: [section.rawValue])
    return ExperienceText(changed, file: file)
  }

  /// The text without an entry.
  ///
  /// - Throws: `experience.free`, `experience.yaml`.
  public func removing(_ name: String, from section: Section) throws(Refusal) -> ExperienceText {
    let surgery = try surgery()
    // An empty list of teams is none, and says more than an empty section.
    if names(section) == [name], surgery.line([section.rawValue]) != nil {
      return ExperienceText(
        try surgery.setting(section.rawValue, to: nil, at: []), file: file)
    }
    if case .sequence? = surgery.node([section.rawValue]) {
      return ExperienceText(
        try surgery.removing(item: name, from: section.rawValue), file: file)
    }
    return ExperienceText(
      try surgery.setting(name, to: nil, at: [section.rawValue]), file: file)
  }

  /// Refuses what can't be a name.
  private static func check(_ name: String) throws(Refusal) {
    let isFitting =
      !name.isEmpty && name.unicodeScalars.count <= 64
      && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    guard isFitting else {
      throw Refusal(
        "experience.name", problem: "“\(name.prefix(80))” cannot be a name.",
        remedy: "Use up to 64 letters, digits, _ and -, and put what people read into “title”.")
    }
  }

  private func surgery() throws(Refusal) -> YAMLSurgery {
    do { return try YAMLSurgery(text, file: file) } catch {
      throw Refusal(
        "experience.yaml", problem: "\(file), line \(error.line): \(error.problem)",
        remedy: error.remedy)
    }
  }

  private func path(_ field: String, of name: String, in section: Section) -> [String] {
    let entry = [section.rawValue, name]
    return section == .segments ? entry : entry + field.split(separator: ".").map(String.init)
  }

  private func set(
    _ field: String, _ value: Value?, of name: String, in section: Section, _ surgery: YAMLSurgery
  ) throws(Refusal) -> String {
    let path = path(field, of: name, in: section)
    guard let key = path.last else { return text }
    let parent = Array(path.dropLast())
    let order = section.fields.map { String($0.prefix { $0 != "." }) }
    guard parent.count > 2 else {
      return try surgery.setting(key, to: value?.written, at: parent, order: order)
    }
    // A field of a field: its map may have to be made, or goes with its last one.
    let outer = Array(parent.dropLast())
    let keys = surgery.keys(parent)
    if let value, surgery.node(parent) == nil {
      let inline = value.written.inline ?? ""
      return try surgery.setting(
        parent[parent.count - 1], to: .source("{\(key): \(inline)}"), at: outer, order: order)
    }
    if value == nil, keys == [key] {
      return try surgery.setting(parent[parent.count - 1], to: nil, at: outer)
    }
    let own = section.fields.map { String($0.drop { $0 != "." }.dropFirst()) }
    return try surgery.setting(key, to: value?.written, at: parent, order: own)
  }

  private static func written(
    _ node: Node?, _ path: [String], _ surgery: YAMLSurgery
  ) -> Written {
    switch node {
    case nil: return .nothing
    case .scalar(let scalar): return scalar.string.isEmpty ? .nothing : .text(scalar.string)
    case .sequence(let items) where items.allSatisfy({ $0.scalar != nil }) && path.last != "steps":
      return .list(items.compactMap { $0.scalar?.string })
    default: return surgery.written(path).map { .source($0) } ?? .nothing
    }
  }

  /// The fields of a new entry as one value.
  private static func entry(
    _ values: [(field: String, value: Value)], _ section: Section
  ) -> YAMLSurgery.Value {
    if section == .segments { return values.first?.value.written ?? .text("") }
    var lines: [String] = []
    var targets: [String] = []
    for (field, value) in values {
      if field.hasPrefix("targets."), let inline = value.written.inline {
        targets.append("\(field.dropFirst(8)): \(inline)")
      } else {
        lines += value.written.lines(of: field, indentation: 0)
      }
    }
    if !targets.isEmpty { lines.append("targets: {\(targets.joined(separator: ", "))}") }
    return .source(lines.count == 1 ? "{\(lines[0])}" : lines.joined(separator: "\n"))
  }
}

extension ExperienceText.Value {
  var written: YAMLSurgery.Value {
    switch self {
    case .text(let text): .text(text)
    case .list(let texts): .list(texts)
    case .source(let source): .source(source)
    }
  }
}
