import Events
import Yams

extension ExperienceReader {
  func isNull(_ node: Node) -> Bool {
    guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else {
      return false
    }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  private func kind(of node: Node) -> String {
    switch node {
    case .mapping: "a map"
    case .sequence: "a list"
    case .alias: "an alias"
    case .scalar(let scalar): isNull(node) ? "empty" : "“\(scalar.string.prefix(80))”"
    }
  }

  mutating func mistyped(_ node: Node, _ what: String, _ wanted: String, _ remedy: String) {
    remarks.error(
      "yaml.type", at: source.place(node.mark),
      "\(what) should be \(wanted), and this is \(kind(of: node)).", remedy)
  }

  /// The entries of a map whose keys are texts; nil where it is none.
  mutating func map(_ node: Node, _ what: String) -> [Entry]? {
    guard case .mapping(let mapping) = node else {
      mistyped(node, what, "a map", "Write “key: value”, one a line.")
      return nil
    }
    var entries: [Entry] = []
    for (key, value) in mapping {
      guard case .scalar(let scalar) = key, !scalar.string.isEmpty else {
        mistyped(key, "A key", "a word", "Write “key: value”.")
        continue
      }
      entries.append(Entry(name: scalar.string, place: source.place(scalar.mark), value: value))
    }
    return entries
  }

  /// The entries with known keys; the others are errors.
  mutating func known(_ entries: [Entry], _ keys: [String], in what: String) -> [Entry] {
    entries.filter { entry in
      guard !keys.contains(entry.name) else { return true }
      let near = remarks.isFull ? nil : nearest(to: entry.name, among: keys)
      remarks.error(
        "yaml.key", at: entry.place, "“\(entry.name.prefix(80))” is not a field of \(what).",
        near.map { "Did you mean \($0)?" } ?? "Known are \(keys.joined(separator: ", ")).")
      return false
    }
  }

  mutating func text(_ entry: Entry) -> String? { text(entry.value, entry.name) }

  mutating func text(_ node: Node, _ name: String) -> String? {
    guard case .scalar(let scalar) = node, !isNull(node), !scalar.string.isEmpty else {
      mistyped(node, "“\(name)”", "a text", "Write a text, or take “\(name)” out.")
      return nil
    }
    return scalar.string
  }

  /// One text, or a list of them.
  mutating func texts(_ entry: Entry) -> [(text: String, place: Place)] {
    guard case .sequence(let items) = entry.value else {
      return text(entry).map { [($0, source.place(entry.value.mark))] } ?? []
    }
    return items.compactMap { item in
      text(item, entry.name).map { ($0, source.place(item.mark)) }
    }
  }

  mutating func list(_ entry: Entry) -> [String] { texts(entry).map(\.text) }

  mutating func number(_ entry: Entry) -> Double? {
    if case .scalar(let scalar) = entry.value, let value = Double(scalar.string), value.isFinite,
      scalar.string.utf8.allSatisfy({ $0 < 65 || $0 == 69 || $0 == 101 })
    {
      return value
    }
    mistyped(
      entry.value, "“\(entry.name)”", "a number", "Write digits with a point, such as 0.40.")
    return nil
  }

  mutating func flag(_ entry: Entry) -> Bool? {
    if case .scalar(let scalar) = entry.value, scalar.string == "true" || scalar.string == "false" {
      return scalar.string == "true"
    }
    mistyped(entry.value, "“\(entry.name)”", "true or false", "Write true or false.")
    return nil
  }

  /// A span above zero.
  mutating func span(_ entry: Entry) -> TimeSpan? {
    if case .scalar(let scalar) = entry.value, let span = TimeSpan(scalar.string),
      span.milliseconds > 0
    {
      return span
    }
    mistyped(
      entry.value, "“\(entry.name)”", "a span of time above zero",
      "Write it like 30d, 2h or 1d12h, up to a hundred years.")
    return nil
  }

  /// One of the cases of an enum.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(
    _ entry: Entry, of choices: Choice.Type
  ) -> Choice? where Choice.RawValue == String {
    guard let name = text(entry) else { return nil }
    if let choice = Choice(rawValue: name) { return choice }
    let names = Choice.allCases.map(\.rawValue)
    remarks.error(
      "yaml.choice", at: source.place(entry.value.mark), "“\(entry.name)” cannot be “\(name)”.",
      nearest(to: name, among: names).map { "Did you mean \($0)?" }
        ?? "Write one of \(names.joined(separator: ", ")).")
    return nil
  }

  mutating func expression(
    _ node: Node, _ subject: Expression.Subject, _ kind: Expression.Kind
  ) -> Expression? {
    guard case .scalar(let scalar) = node, !isNull(node) else {
      mistyped(
        node, "An expression", "a text", "Write it in quotes, such as 'properties.price > 10'.")
      return nil
    }
    do {
      return try ExpressionParser.parse(scalar.string, about: subject, giving: kind)
    } catch {
      remarks.error(
        error.refusal.code, at: source.place(in: scalar, at: error.offset), error.refusal.problem,
        error.refusal.remedy)
      return nil
    }
  }

  mutating func mention(_ name: String, as role: Sketch.Mention.Role, at place: Place) {
    sketch.mentions.append(Sketch.Mention(name: name, role: role, place: place))
  }

  /// A text that names something else in the experience.
  mutating func mention(_ entry: Entry, as role: Sketch.Mention.Role) -> String? {
    guard let name = text(entry) else { return nil }
    mention(name, as: role, at: source.place(entry.value.mark))
    return name
  }

  /// One or more texts that name something else in the experience.
  mutating func mentions(_ entry: Entry, as role: Sketch.Mention.Role) -> [String] {
    texts(entry).map { name, place in
      mention(name, as: role, at: place)
      return name
    }
  }
}
