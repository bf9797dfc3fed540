import Events

extension Schema {
  /// Refuses a value of another form.
  ///
  /// - Parameter place: where the value stands: a pointer into the body (RFC 6901), or the name of a
  ///   parameter.
  /// - Throws: `request.value`, naming the place.
  func check(_ value: JSONValue, at place: String) throws(Refusal) {
    switch (kind, value) {
    case (.component(_, let schema), _): try schema().check(value, at: place)
    case (.anything, _), (.given, _), (.boolean, .boolean): return
    case (.integer(let range), .integer(let number)) where range.contains(number): return
    case (.integer(let range), .number(let number)):
      guard let whole = Int(exactly: number), range.contains(whole) else { throw wrong(place) }
    case (.text(let lengths), .text(let text)):
      guard lengths.contains(text.unicodeScalars.count) else { throw wrong(place) }
      guard !text.unicodeScalars.contains("\0") else {
        throw Refusal(
          "request.value", problem: "\(Self.named(place)) has a NUL character.",
          remedy: "Take it out.")
      }
    case (.word(let words), .text(let text)) where words.contains(text): return
    case (.moment, .text(let text)) where Instant(iso8601: text) != nil: return
    case (.list(let item, let count), .list(let values)):
      guard count.contains(values.count) else { throw wrong(place) }
      for (position, value) in values.enumerated() {
        try item.check(value, at: "\(place)/\(position)")
      }
    case (.map(let schema), .object(let members)):
      for (name, value) in members { try schema.check(value, at: "\(place)/\(name.prefix(80))") }
    case (.object(let fields, let others, let count), .object(let members)):
      try check(members, fields, others, at: place)
      guard count.contains(members.count) else { throw wrong(place) }
    default: throw wrong(place)
    }
  }

  private func check(
    _ members: [String: JSONValue], _ fields: [Field], _ others: Others, at place: String
  ) throws(Refusal) {
    for field in fields {
      if let value = members[field.name] {
        try field.schema.check(value, at: "\(place)/\(field.name)")
      } else if field.presence == .required {
        throw Refusal(
          "request.value", problem: "\(Self.named(place)) lacks “\(field.name)”.",
          remedy: "Give it \(field.schema.words).")
      }
    }
    guard others == .refused else { return }
    let names = fields.map(\.name)
    for name in members.keys.sorted() where !names.contains(name) {
      throw Refusal(
        "request.value", problem: "\(Self.named(place)) has no “\(name.prefix(80))”.",
        remedy: names.isEmpty ? "Leave it out." : "It has \(names.joined(separator: ", ")).")
    }
  }

  /// Refuses the text of a parameter, which stands for a number where the schema says so.
  ///
  /// - Throws: `request.value`.
  func check(parameter text: String, _ name: String) throws(Refusal) {
    switch kind {
    case .integer:
      // As a number is written: no sign, no zero in front.
      guard let number = Int(text), "\(number)" == text else { throw wrong(name) }
      try check(.integer(number), at: name)
    default: try check(.text(text), at: name)
    }
  }

  private func wrong(_ place: String) -> Refusal {
    Refusal(
      "request.value", problem: "\(Self.named(place)) is not \(words).",
      remedy: "Look at /api for what it takes.")
  }

  private static func named(_ place: String) -> String {
    if place.isEmpty { return "The body" }
    return place.hasPrefix("/") ? "“\(place)” of the body" : "“\(place)”"
  }

  /// The form in words that follow "is not".
  var words: String {
    switch kind {
    case .anything, .given: return "a value"
    case .boolean: return "true or false"
    case .integer(let range):
      return range == Self.exact
        ? "a whole number from 0" : "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .text(let lengths):
      return "a text of \(lengths.lowerBound) to \(lengths.upperBound) characters"
    case .word(let words): return "one of \(words.joined(separator: ", "))"
    case .moment: return "a moment such as 2026-03-01T09:30:00Z"
    case .list(_, let count):
      return count.upperBound == .max
        ? "a list" : "a list of \(count.lowerBound) to \(count.upperBound)"
    case .object(_, _, let count) where count.upperBound != .max:
      return "an object with \(count.upperBound) of its members at a time"
    case .object, .map: return "an object"
    case .component(_, let schema): return schema().words
    }
  }
}
