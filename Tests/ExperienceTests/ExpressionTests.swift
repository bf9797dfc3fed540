import Events
import Experience
import Testing

@Suite
struct `An expression` {
  @Test(arguments: [
    ("event == 'Order Completed'", #"event == "Order Completed""#),
    ("properties.path.startsWith(\"/p/\")", #"properties.path.startsWith("/p/")"#),
    ("properties[\"odd name\"] > 3", #"properties["odd name"] > 3"#),
    ("properties.channel=='web'", #"channel == "web""#),
    ("a_flag || true", nil),
    ("!has(properties.a.b)&&properties.n in 1..2", "!has(properties.a.b) && properties.n in 1..2"),
    ("properties.n in [1,2.50,-3]", "properties.n in [1, 2.5, -3]"),
    ("(properties.a + 2) * 3 > 1 - (2 - 3)", "(properties.a + 2) * 3 > 1 - (2 - 3)"),
    ("((properties.a) + (2 * 3)) > 1", "properties.a + 2 * 3 > 1"),
    ("-(3) < -properties.x", "-(3) < -properties.x"),
    ("properties.a ? false : properties.b ? true : false", nil),
    (#"properties.t == "a\"\\\n\t\u00e9""#, #"properties.t == "a\"\\\n\té""#),
    ("properties.wait <= 1d12h", "properties.wait <= 1d12h"),
    ("properties.n == 1e3", "properties.n == 1000"),
  ])
  func `is read and written in one form`(text: String, written: String?) {
    let read = try? ExpressionParser.parse(text, about: .event, giving: .boolean).description
    #expect(read == (text.hasPrefix("a_flag") ? nil : written ?? text))
  }

  @Test(arguments: [
    #"count("Order Completed", 90d) >= 3"#, "age() < 30d", "traits.household > 2",
    #"sum("Order Completed", "revenue", 365d) > 100.5"#, #"since("Visit") > 2h"#,
    #"count("a") in 1..2 && !(traits.a == "b")"#,
  ])
  func `speaks of a story`(text: String) throws {
    let read = try ExpressionParser.parse(text, about: .story, giving: .boolean)
    #expect(read.description == text)
  }

  @Test(arguments: [
    ("", 0, "expression.empty"),
    ("event = 'a'", 6, "expression.symbol"),
    ("event == 'a", 9, "expression.quote"),
    ("event == 3", 6, "expression.type"),
    ("event > 'a' + 'b'", 12, "expression.type"),
    ("evnt == 'a'", 0, "expression.name"),
    ("traits.a == 'a'", 0, "expression.subject"),
    ("true && count('a') > 2", 8, "expression.subject"),
    ("properties", 10, "expression.property"),
    ("properties.path.beginsWith('a')", 16, "expression.method"),
    ("properties.a in []", 0, "expression.list"),
    ("properties.a in 3", 17, "expression.in"),
    ("properties.a == 3 3", 18, "expression.end"),
    ("properties.a ? 1 : 'a'", 19, "expression.type"),
    ("(properties.a == 3", 18, "expression.expected"),
    ("properties.n == 12x", 16, "expression.span"),
    ("properties.n == 1e999", 16, "expression.number"),
    (#"event == "\q""#, 11, "expression.escape"),
    ("properties.a + 1", 0, "expression.result"),
    ("has(event)", 4, "expression.has"),
    ("true < false", 5, "expression.type"),
    ("properties.a <", 14, "expression.value"),
  ])
  func `says where it is wrong`(text: String, offset: Int, code: String) {
    let error = #expect(throws: ExpressionError.self) {
      try ExpressionParser.parse(text, about: .event, giving: .boolean)
    }
    #expect(error?.offset == offset)
    #expect(error?.refusal.code == code)
  }

  @Test
  func `suggests the name that was meant`() {
    let error = #expect(throws: Refusal.self) {
      try Expression(reading: "propertees.a == 3", about: .event)
    }
    #expect(error?.problem == "At character 1: There is nothing called “propertees”.")
    #expect(error?.remedy == "Did you mean properties?")
  }

  @Test(arguments: [
    String(repeating: "(", count: 10_000) + "true" + String(repeating: ")", count: 10_000),
    String(repeating: "!", count: 10_000) + "true",
    String(repeating: "-", count: 10_000) + "1",
    String(repeating: "true ? true : ", count: 4000) + "true",
    "true" + String(repeating: " || true", count: 5000),
    "properties.a" + String(repeating: ".contains('a')", count: 4000),
    "1 in " + String(repeating: "[", count: 10_000),
    String(repeating: "has(", count: 10_000),
  ])
  func `is refused when it nests too deep`(text: String) {
    let error = #expect(throws: ExpressionError.self) {
      try ExpressionParser.parse(text, about: .event, giving: .boolean)
    }
    let codes = ["expression.nesting", "expression.type", "expression.value", "expression.has"]
    #expect(codes.contains(error?.refusal.code ?? ""))
  }

  @Test
  func `may nest sixty-four deep and not deeper`() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "(", count: depth) + "true" + String(repeating: ")", count: depth)
    }
    #expect(
      try ExpressionParser.parse(nested(64), about: .event, giving: .boolean) == .boolean(true))
    #expect(throws: ExpressionError.self) {
      try ExpressionParser.parse(nested(65), about: .event, giving: .boolean)
    }
  }

  @Test
  func `is refused when it is too long`() {
    let error = #expect(throws: ExpressionError.self) {
      try ExpressionParser.parse(
        "event == '" + String(repeating: "a", count: 70_000) + "'", about: .event, giving: .boolean)
    }
    #expect(error?.refusal.code == "expression.long")
  }

  @Test(arguments: 0..<300)
  func `reads back as itself`(seed: UInt64) throws {
    var random = RandomExpressions(seed: seed)
    for _ in 0..<10 {
      let subject = random.subject
      let expression = random.boolean(5)
      let read = try ExpressionParser.parse(
        expression.description, about: subject, giving: .boolean)
      #expect(read == expression, "\(expression)")
      random = RandomExpressions(seed: random.next())
    }
  }

  @Test(arguments: [
    ("event == 'a'", ["a"], true),
    ("event in ['a', 'b'] && event != 'b'", ["a"], true),
    ("event == 'a' && properties.x > 1", ["a"], false),
    ("event == 'a' || event == 'b'", ["a", "b"], true),
    ("event == 'a' || properties.x > 1", nil, false),
    ("!(event != 'a')", ["a"], true),
    ("!(event == 'a' && properties.x == 1) && event == 'a'", ["a"], false),
    ("event != 'a'", nil, true),
    ("event.startsWith('a')", nil, false),
    ("properties.x == 1 ? event == 'a' : event == 'b'", ["a", "b"], false),
    ("event == 'a' && event == 'b'", [], true),
  ])
  func `knows which events can meet it`(text: String, names: [String]?, isSure: Bool) throws {
    let rule = try ExpressionParser.parse(text, about: .event, giving: .boolean)
    #expect(rule.eventNames == names.map(Set.init))
    #expect(rule.asksOnlyForTheName == isSure)
  }

  @Test
  func `lists what it reads`() throws {
    let rule = try ExpressionParser.parse(
      "event == 'a' && channel == 'web' && has(properties.b.c)", about: .event, giving: .boolean)
    #expect(rule.properties == ["channel", "b.c"])
    let segment = try ExpressionParser.parse(
      "count('x') > 1 && sum('y', 'z') > 3 && since('w') > 1d", about: .story, giving: .boolean)
    #expect(segment.namedEvents == ["x", "y", "w"])
  }
}

/// Expressions that are well typed, at random.
private struct RandomExpressions {
  private var generator: SplitMix
  let subject: Expression.Subject

  init(seed: UInt64) {
    generator = SplitMix(state: seed)
    subject = generator.next() % 2 == 0 ? .event : .story
  }

  mutating func next() -> UInt64 { generator.next() }

  private mutating func below(_ bound: Int) -> Int { Int(generator.next() % UInt64(bound)) }
  private mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }

  private mutating func property() -> Expression {
    let names = ["a", "a.b", "channel", "odd name", "x.9", "startsWith", "\"q\\", "é_1", "in"]
    return subject == .event
      ? .property(pick(names)) : .trait(pick(names.filter { $0 != "channel" }))
  }

  private mutating func text(_ depth: Int) -> Expression {
    switch below(4) {
    case 0 where subject == .event: .event
    case 1: property()
    case 2 where depth > 0: .conditional(boolean(depth - 1), text(depth - 1), text(depth - 1))
    default: .string(pick(["", "a", "it's \"so\"", "line\nbreak\t\\", "\u{1}\u{7f}é😀", "u0041"]))
    }
  }

  private mutating func number(_ depth: Int) -> Expression {
    switch below(8) {
    case 0: return property()
    case 1 where depth > 0: return .negative(number(depth - 1))
    case 2, 3:
      guard depth > 0 else { break }
      return .binary(
        pick([.plus, .minus, .times, .divided, .modulo]), number(depth - 1), number(depth - 1))
    case 4 where subject == .story: return .count(event: "a \"b\"", within: nil)
    case 5 where subject == .story:
      return .sum(event: "x", property: "y z", within: .days(Int64(below(400) + 1)))
    default: break
    }
    return .number(pick([0, 1, -1, 2.5, -0.125, 1e21, 1e-7, 123_456_789, -4e18]))
  }

  private mutating func span(_ depth: Int) -> Expression {
    if subject == .story, below(2) == 0 { return pick([.age, .since(event: "x")]) }
    if depth > 0, below(3) == 0 { return .binary(.plus, span(depth - 1), span(depth - 1)) }
    return .span(TimeSpan(milliseconds: Int64(below(3_000_000_000)) - 1_000_000_000))
  }

  mutating func boolean(_ depth: Int) -> Expression {
    guard depth > 0 else { return pick([.boolean(true), .boolean(false), property()]) }
    switch below(10) {
    case 0: return .not(boolean(depth - 1))
    case 1: return .binary(pick([.and, .or]), boolean(depth - 1), boolean(depth - 1))
    case 2:
      return .binary(
        pick([.equal, .unequal, .less, .lessOrEqual, .greater]), number(depth - 1),
        number(depth - 1))
    case 3: return .binary(pick([.equal, .less]), text(depth - 1), text(depth - 1))
    case 4: return .binary(pick([.greaterOrEqual, .equal]), span(depth - 1), span(depth - 1))
    case 5: return .isOneOf(text(depth - 1), [text(depth - 1), .string("b")])
    case 6: return .isBetween(number(depth - 1), number(depth - 1), number(depth - 1))
    case 7:
      return .text(
        pick(Expression.TextTest.allCases), text(depth - 1), text(depth - 1))
    case 8: return .has(property())
    default:
      return .conditional(boolean(depth - 1), boolean(depth - 1), boolean(depth - 1))
    }
  }
}
