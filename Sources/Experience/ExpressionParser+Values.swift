import Events

extension ExpressionParser {
  /// Words that begin a value, for “did you mean”.
  private static let words = [
    "event", "channel", "properties", "traits", "has", "count", "sum", "since", "age", "true",
    "false",
  ]

  mutating func unary() throws(ExpressionError) -> Part {
    let place = offset
    if token == .symbol("!") {
      try nest()
      try advance()
      let part = try unary()
      unnest()
      try check(part, .boolean, in: "“!”")
      return try joined(.not(part.expression), .boolean, at: place, over: [part])
    }
    guard token == .symbol("-") else { return try tested() }
    try nest()
    defer { unnest() }
    try advance()
    switch token {
    case .number(let value):
      try advance()
      return Part(expression: .number(-value), kind: .number, offset: place)
    case .span(let span):
      try advance()
      return Part(
        expression: .span(TimeSpan(milliseconds: -span.milliseconds)), kind: .span, offset: place)
    default: break
    }
    let part = try unary()
    if part.kind != .span { try check(part, .number, in: "“-”") }
    return try joined(
      .negative(part.expression), part.kind == .any ? .number : part.kind, at: place, over: [part])
  }

  /// A value and the text tests that follow it.
  private mutating func tested() throws(ExpressionError) -> Part {
    var part = try value()
    while token == .symbol(".") {
      try advance()
      guard case .name(let name) = token, let test = Expression.TextTest(rawValue: name) else {
        let near =
          if case .name(let name) = token {
            nearest(to: name, among: Expression.TextTest.allCases.map(\.rawValue))
          } else { String?.none }
        throw error(
          "expression.method", "There is no method \(token.shown).",
          near.map { "Did you mean \($0)?" } ?? "Known are startsWith, endsWith and contains.")
      }
      try check(part, .text, in: "“.\(name)”")
      try nest()
      try advance()
      try expect("(")
      let argument = try conditional()
      try expect(")")
      unnest()
      try check(argument, .text, in: "“.\(name)”")
      part = try joined(
        .text(test, part.expression, argument.expression), .boolean, at: part.offset,
        over: [part, argument])
    }
    return part
  }

  private mutating func value() throws(ExpressionError) -> Part {
    let place = offset
    switch token {
    case .string(let text):
      try advance()
      return Part(expression: .string(text), kind: .text, offset: place)
    case .number(let value):
      try advance()
      return Part(expression: .number(value), kind: .number, offset: place)
    case .span(let span):
      try advance()
      return Part(expression: .span(span), kind: .span, offset: place)
    case .symbol("("):
      try nest()
      try advance()
      var part = try conditional()
      try expect(")")
      unnest()
      part.offset = place
      return part
    case .name(let name):
      try advance()
      return try named(name, at: place)
    case .symbol, .end:
      throw error(
        "expression.value", "A value is expected here, not \(token.shown).",
        "Write a name such as properties.price, a number, or a text in quotes.")
    }
  }

  private mutating func named(_ name: String, at place: Int) throws(ExpressionError) -> Part {
    switch name {
    case "true", "false":
      return Part(expression: .boolean(name == "true"), kind: .boolean, offset: place)
    case "event":
      try speak(of: .event, name, at: place)
      return Part(expression: .event, kind: .text, offset: place)
    case "channel":
      try speak(of: .event, name, at: place)
      return Part(expression: .property("channel"), kind: .any, offset: place)
    case "properties":
      try speak(of: .event, name, at: place)
      return Part(expression: .property(try path(after: name)), kind: .any, offset: place)
    case "traits":
      try speak(of: .story, name, at: place)
      return Part(expression: .trait(try path(after: name)), kind: .any, offset: place)
    case "has": return try presence(at: place)
    case "count", "sum", "since", "age":
      try speak(of: .story, name, at: place)
      return try recollection(name, at: place)
    default:
      let near = nearest(to: name, among: Self.words)
      throw error(
        at: place, "expression.name", "There is nothing called “\(name)”.",
        near.map { "Did you mean \($0)?" }
          ?? "Write properties.\(name) for a property, or \"\(name)\" for a text.")
    }
  }

  private func speak(
    of wanted: Expression.Subject, _ name: String, at place: Int
  ) throws(ExpressionError) {
    guard wanted != subject else { return }
    switch subject {
    case .event:
      throw error(
        at: place, "expression.subject",
        "“\(name)” speaks of a customer's story, and this rule sees one event.",
        "Use event, channel and properties here, and put the condition on stories in a segment.")
    case .story:
      throw error(
        at: place, "expression.subject",
        "“\(name)” speaks of one event, and this condition sees a customer's story.",
        "Use traits.…, count(\"…\"), sum(\"…\", \"…\"), since(\"…\") or age().")
    }
  }

  /// The dotted name after `properties` or `traits`.
  private mutating func path(after word: String) throws(ExpressionError) -> String {
    var parts: [String] = []
    while true {
      if token == .symbol("[") {
        try advance()
        guard case .string(let name) = token, !name.isEmpty else {
          throw error(
            "expression.property", "A name in quotes is expected here, not \(token.shown).",
            "Write \(word)[\"name\"].")
        }
        parts.append(name)
        try advance()
        try expect("]")
        continue
      }
      guard token == .symbol(".") else { break }
      // A text test after a name is not a part of the name.
      let before = self
      try advance()
      guard case .name(let name) = token else {
        throw error(
          "expression.property", "A name is expected after the dot, not \(token.shown).",
          "Write \(word).name, or \(word)[\"odd name\"].")
      }
      try advance()
      if token == .symbol("("), !parts.isEmpty {
        self = before
        break
      }
      parts.append(name)
    }
    guard !parts.isEmpty else {
      throw error(
        "expression.property", "“\(word)” alone has no value.", "Write \(word).name.")
    }
    return parts.joined(separator: ".")
  }

  private mutating func presence(at place: Int) throws(ExpressionError) -> Part {
    try expect("(")
    try nest()
    let part = try unary()
    unnest()
    switch part.expression {
    case .property, .trait: break
    default:
      throw error(
        at: part.offset, "expression.has", "“has” asks for a property or a trait.",
        "Write has(properties.name) or has(traits.name).")
    }
    try expect(")")
    return try joined(.has(part.expression), .boolean, at: place, over: [part])
  }

  /// `count`, `sum`, `since` and `age`.
  private mutating func recollection(
    _ name: String, at place: Int
  ) throws(ExpressionError) -> Part {
    try expect("(")
    if name == "age" {
      try expect(")")
      return Part(expression: .age, kind: .span, offset: place)
    }
    let event = try literal("the event's name")
    if name == "since" {
      try expect(")")
      return Part(expression: .since(event: event), kind: .span, offset: place)
    }
    var property = ""
    if name == "sum" {
      try expect(",")
      property = try literal("the property's name")
    }
    var within: TimeSpan?
    if try take(",") {
      guard case .span(let span) = token else {
        throw error(
          "expression.span", "A span is expected here, not \(token.shown).",
          "Write a span such as 90d.")
      }
      within = span
      try advance()
    }
    try expect(")")
    return Part(
      expression: name == "sum"
        ? .sum(event: event, property: property, within: within)
        : .count(event: event, within: within), kind: .number, offset: place)
  }

  private mutating func literal(_ what: String) throws(ExpressionError) -> String {
    guard case .string(let text) = token, !text.isEmpty else {
      throw error(
        "expression.text", "Here \(what) is expected in quotes, not \(token.shown).",
        "Write it like count(\"Order Completed\").")
    }
    try advance()
    return text
  }
}
