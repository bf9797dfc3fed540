import Events
import Foundation
import Yams

extension ExperienceReader {
  /// What the parts of a survey are answered by, as far as people have come.
  struct Answers {
    /// What an answer can be.
    enum Form {
      case number(ClosedRange<Int>)
      case options([String])
      case words
      /// It has a remark of its own.
      case unread
    }

    private(set) var forms: [(name: String, form: Form)] = []
    /// The names of what is asked from here on.
    var later: Set<String> = []

    mutating func add(_ name: String, _ form: Form) { forms.append((name, form)) }
    func has(_ name: String) -> Bool { forms.contains { $0.name == name } }
  }

  /// What answers given so far have to be: a map from a question to numbers or options.
  mutating func conditions(_ field: Entry, _ answers: Answers) -> [Survey.Condition] {
    guard let entries = map(field.value, "“when”") else { return [] }
    if entries.isEmpty {
      mistyped(field.value, "“when”", "a condition", "Write {score: 1..3}, or take “when” out.")
    }
    return entries.compactMap { condition($0, answers) }
  }

  private mutating func condition(_ entry: Entry, _ answers: Answers) -> Survey.Condition? {
    guard let answer = answers.forms.first(where: { $0.name == entry.name }) else {
      unknown(entry, answers)
      return nil
    }
    switch answer.form {
    case .number(let scale):
      return numbers(entry, scale).map { Survey.Condition(entry.name, .within($0)) }
    case .options(let names):
      let chosen = options(entry, names)
      return chosen.isEmpty ? nil : Survey.Condition(entry.name, .oneOf(chosen))
    case .words:
      remarks.error(
        "survey.when", at: entry.place, "“\(entry.name)” is answered in words.",
        "Ask for a number or an option.")
      return nil
    case .unread: return nil
    }
  }

  private mutating func unknown(_ entry: Entry, _ answers: Answers) {
    guard !answers.later.contains(entry.name) else {
      remarks.error(
        "survey.when", at: entry.place, "“\(entry.name)” has not been asked by then.",
        "Move this question below it.")
      return
    }
    let names = answers.forms.map(\.name)
    remarks.error(
      "survey.when", at: entry.place, "Nothing that is asked is called “\(entry.name.prefix(80))”.",
      nearest(to: entry.name, among: names).map { "Did you mean \($0)?" }
        ?? (names.isEmpty
          ? "Ask something with a number or options first."
          : "Known are \(names.joined(separator: ", "))."))
  }

  /// One number, or a range such as `1..3`, within a scale.
  private mutating func numbers(
    _ entry: Entry, _ scale: ClosedRange<Int>
  ) -> ClosedRange<Int>? {
    let written = entry.value.scalar?.string ?? ""
    let bounds = written.split(separator: "..", maxSplits: 1, omittingEmptySubsequences: false)
      .map { Int($0) }
    guard let low = bounds.first ?? nil, let high = bounds.last ?? nil else {
      mistyped(
        entry.value, "“\(entry.name)”", "a number or a range",
        "Write \(scale.lowerBound), or \(scale.lowerBound)..\(scale.lowerBound + 1).")
      return nil
    }
    guard low <= high, scale.contains(low), scale.contains(high) else {
      remarks.error(
        "survey.when", at: source.place(entry.value.mark),
        "“\(entry.name)” is answered from \(scale.lowerBound) to \(scale.upperBound), so it is never "
          + "\(written).",
        "Write a range within the scale, the lower number first.")
      return nil
    }
    return low...high
  }

  private mutating func options(_ entry: Entry, _ names: [String]) -> [String] {
    let before = remarks.errorCount
    let chosen = texts(entry).filter { name, place in
      guard !names.contains(name) else { return true }
      remarks.error(
        "survey.when", at: place,
        "“\(name.prefix(80))” is not an option of “\(entry.name)”.",
        nearest(to: name, among: names).map { "Did you mean \($0)?" }
          ?? "Options are \(names.joined(separator: ", ")).")
      return false
    }
    if chosen.isEmpty, remarks.errorCount == before {
      mistyped(entry.value, "“\(entry.name)”", "an option or several", "Write [first, second].")
    }
    return chosen.map(\.text)
  }
}

/// Reads what follows an answer.
extension ExperienceReader {
  mutating func thanks(_ field: Entry, _ answers: Answers) -> [Survey.Thanks] {
    guard case .sequence(let items) = field.value else {
      return thanks(field.value, answers).map { [$0] } ?? []
    }
    var found: [Survey.Thanks] = []
    for item in items {
      if let last = found.last, last.when.isEmpty {
        remarks.warn(
          "survey.thanks", at: source.place(item.mark),
          "Nobody reads this: the text before it is for everybody.", "Put it last, or add “when”.")
      }
      if let thanks = thanks(item, answers) { found.append(thanks) }
    }
    return found
  }

  private mutating func thanks(_ node: Node, _ answers: Answers) -> Survey.Thanks? {
    let keys = ["say", "when", "link"]
    guard case .mapping(let mapping) = node,
      mapping.contains(where: { keys.contains($0.key.scalar?.string ?? "") })
    else { return wording(node, "thanks").map { Survey.Thanks($0) } }
    let fields = known(map(node, "“thanks”") ?? [], keys, in: "“thanks”")
    func field(_ name: String) -> Entry? { fields.first { $0.name == name } }
    let when = field("when").map { conditions($0, answers) } ?? []
    let link = field("link").flatMap { self.link($0) }
    guard let say = field("say") else {
      remarks.error(
        "survey.thanks", at: source.place(node.mark), "A last word has to say something.",
        "Add “say: …”.")
      return nil
    }
    return wording(say).map { Survey.Thanks($0, when: when, link: link) }
  }

  /// An address that people may be led to.
  private mutating func link(_ field: Entry) -> String? {
    guard let written = text(field) else { return nil }
    let parts = URLComponents(string: written)
    let isPlain = written.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    guard isPlain, parts?.scheme?.lowercased() == "https", parts?.host?.isEmpty == false,
      parts?.user == nil, written.utf8.count <= Self.longestWording
    else {
      remarks.error(
        "survey.link", at: source.place(field.value.mark),
        "“\(written.prefix(80))” is not an address that people can be led to.",
        "Write it whole and with https, such as https://example.com/review.")
      return nil
    }
    return written
  }

  mutating func loop(_ field: Entry, _ answers: Answers) -> Survey.Loop? {
    let fields = known(map(field.value, "“loop”") ?? [], ["when", "to", "due"], in: "“loop”")
    var loop = Survey.Loop(when: [])
    for field in fields {
      switch field.name {
      case "when": loop.when = conditions(field, answers)
      case "to": loop.team = mention(field, as: .owner)
      default: loop.due = span(field) ?? loop.due
      }
    }
    if !fields.contains(where: { $0.name == "when" }) {
      remarks.error(
        "survey.loop", at: field.place, "“loop” does not say which answers somebody has to see to.",
        "Add “when: {score: 1..2}”.")
    }
    return loop
  }
}
