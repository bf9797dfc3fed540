import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

/// Random customers with ties in time, and properties of every kind that are often missing.
struct RandomWorld {
  var random: SeededGenerator
  static let names = ["a", "b", "c", "d", "e"]
  static let texts = ["", "x", "xy", "yx", "é", "e\u{301}", "/p/1"]

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func pick<Element>(_ list: [Element]) -> Element { list[random.below(list.count)] }

  mutating func property() -> PropertyValue {
    switch random.below(3) {
    case 0: .string(pick(Self.texts))
    case 1: .number(Double(random.below(4)) - 1)
    default: .boolean(random.chance(0.5))
    }
  }

  /// Events of a few customers, in order of arrival.
  mutating func events(customers: Int, each most: Int, names: [String] = names) -> [Event] {
    (0..<customers).flatMap { customer in
      (0..<(1 + random.below(most))).map { _ in
        var properties: [String: PropertyValue] = [:]
        for name in ["p", "q", "traits.t", "number"] where random.chance(0.5) {
          properties[name] = name == "number" ? .number(Double(random.below(5))) : property()
        }
        return Event(
          pick(names), at: Instant(milliseconds: Int64(random.below(40)) * 10),
          by: Identity(.user, "c\(customer)"), properties: properties)
      }
    }
  }

  mutating func constant() -> Expression {
    switch random.below(4) {
    case 0: .string(pick(Self.texts))
    case 1: .number(Double(random.below(4)) - 1)
    case 2: .boolean(random.chance(0.5))
    default: .span(TimeSpan(milliseconds: Int64(random.below(30)) * 10))
    }
  }

  mutating func leaf(_ subject: RuleSubject) -> Expression {
    guard random.chance(0.6) else { return constant() }
    let span = random.chance(0.5) ? TimeSpan(milliseconds: Int64(random.below(30)) * 10) : nil
    switch (subject, random.below(5)) {
    case (.event, 0): return .event
    case (.event, _): return .property(pick(["p", "q", "number", "absent"]))
    case (.story, 0): return .trait(pick(["t", "absent"]))
    case (.story, 1): return .count(event: pick(Self.names), within: span)
    case (.story, 2): return .sum(event: pick(Self.names), property: "number", within: span)
    case (.story, 3): return .since(event: pick(Self.names))
    case (.story, _): return .age
    }
  }

  mutating func expression(_ subject: RuleSubject, depth: Int) -> Expression {
    guard depth > 0, random.chance(0.85) else { return leaf(subject) }
    func part(_ world: inout RandomWorld) -> Expression {
      world.expression(subject, depth: depth - 1)
    }
    switch random.below(12) {
    case 0: return .not(part(&self))
    case 1: return .negative(part(&self))
    case 2: return .has(leaf(subject))
    case 3: return .isOneOf(part(&self), [constant(), constant(), leaf(subject)])
    case 4: return .isBetween(part(&self), constant(), constant())
    case 5: return .text(pick(Expression.TextTest.allCases), part(&self), constant())
    case 6: return .conditional(part(&self), part(&self), part(&self))
    case 7 where subject == .event: return .isEvent(pick(Self.names))
    case 7, 8: return .binary(pick([.and, .or]), part(&self), part(&self))
    default: return .binary(pick(Expression.Operator.allCases), part(&self), part(&self))
    }
  }

  /// A condition of the kind that people write: conjunctions of plain comparisons.
  mutating func plainCondition() -> Expression {
    let name = Expression.isEvent(pick(Self.names))
    let comparisons: [Expression.Operator] = [
      .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual,
    ]
    let property = Expression.property(pick(["p", "q", "number"]))
    let test: Expression =
      switch random.below(6) {
      case 0: .text(pick(Expression.TextTest.allCases), property, .string(pick(Self.texts)))
      case 1: .isOneOf(property, [constant(), constant()])
      case 2: .isBetween(property, .number(0), .number(Double(random.below(3))))
      case 3: .binary(pick(comparisons), constant(), property)
      case 4: .not(random.chance(0.5) ? property : .has(property))
      default: .binary(pick(comparisons), property, constant())
      }
    return random.chance(0.5) ? .binary(.and, name, test) : .binary(.or, name, test)
  }
}

extension Stories {
  /// The events of each customer in the story's order, with the segment and rows that they lie in.
  var plain: [(segment: StorySegment, rows: Range<Int>, events: [Event])] {
    segments.flatMap { segment in
      segment.visible.joined().map { customer in
        let rows = segment.rows(of: customer)
        return (
          segment, rows,
          rows.map { segment.event(row: $0, customer: customer, names: names) }
        )
      }
    }
  }
}

@Suite
struct `A compiled rule` {
  @Test(arguments: UInt64(0)..<150)
  func `of one event agrees with its naive twin`(seed: UInt64) throws {
    var world = RandomWorld(seed: seed)
    let stories = try Stories(world.events(customers: 4, each: 12))
    for round in 0..<20 {
      let expression =
        round % 2 == 0 ? world.expression(.event, depth: 4) : world.plainCondition()
      for (segment, rows, events) in stories.plain {
        let rule = try EventRule(expression, of: segment, names: stories.names)
        let number = try NumberRule(expression, of: segment, names: stories.names)
        for (row, event) in zip(rows, events) {
          let naive = NaiveRules(event)
          #expect(rule.matches(row) == naive.holds(expression), "\(expression) on \(event)")
          #expect(number.number(row) == naive.number(expression), "\(expression) on \(event)")
        }
      }
    }
  }

  @Test(arguments: UInt64(0)..<150)
  func `of a story agrees with its naive twin`(seed: UInt64) throws {
    var world = RandomWorld(seed: seed)
    let stories = try Stories(world.events(customers: 4, each: 12))
    for _ in 0..<15 {
      let expression = world.expression(.story, depth: 3)
      for (segment, rows, events) in stories.plain {
        let rule = try StoryRule(expression, of: segment, names: stories.names)
        for position in events.indices {
          let time = events[position].time
          #expect(
            rule.holds(
              story: rows, before: rows.lowerBound + position, at: time.milliseconds)
              == NaiveRules(events, at: position).holds(expression),
            "\(expression) before \(position) of \(events)")
        }
      }
    }
  }

  @Test(arguments: UInt64(0)..<100)
  func `gives each event to the first touchpoint that it meets`(seed: UInt64) throws {
    var world = RandomWorld(seed: seed)
    let stories = try Stories(world.events(customers: 6, each: 12))
    let touchpoints = (0..<5).map { index in
      Touchpoint(
        name: "t\(index)",
        rule: world.random.chance(0.1)
          ? nil
          : world.random.chance(0.4)
            ? .isEvent(world.pick(RandomWorld.names)) : world.plainCondition())
    }
    for (segment, rows, events) in stories.plain {
      let table = try TouchpointTable(touchpoints, of: segment, names: stories.names)
      for (row, event) in zip(rows, events) {
        let found = table.touchpoint(at: row)
        #expect(
          (found == TouchpointTable.none ? nil : Int(found))
            == NaiveRules(event).touchpoint(touchpoints))
      }
    }
  }

  @Test func `knows by the name alone where the name decides`() throws {
    let at = Instant(milliseconds: 0)
    let stories = try Stories(["a", "b", "c"].map { Event($0, at: at, by: Identity("x")) })
    let segment = stories.segments[0]
    let rule = try EventRule(
      .binary(
        .or, .isOneOf(.event, [.string("a")]),
        .binary(.and, .isEvent("b"), .has(.property("p")))), of: segment, names: stories.names)
    #expect((0..<3).map { rule.verdict(code: $0) } == [.always, .sometimes, .never])
    let table = try TouchpointTable(
      [
        Touchpoint(name: "one", rule: .isEvent("b")),
        Touchpoint(name: "two", rule: .isOneOf(.event, [.string("b"), .string("c")])),
      ], of: segment, names: stories.names)
    #expect(Array(table.byCode) == [TouchpointTable.none, 0, 1])
  }

  @Test func `refuses to speak of a story where there is one event, and the other way round`()
    throws
  {
    let stories = try Stories([Event("a", at: Instant(milliseconds: 0), by: Identity("x"))])
    let segment = stories.segments[0]
    #expect { try EventRule(.not(.age), of: segment, names: stories.names) } throws: {
      ($0 as? Refusal)?.code == "rule.event"
    }
    #expect { try StoryRule(.isEvent("a"), of: segment, names: stories.names) } throws: {
      ($0 as? Refusal)?.code == "rule.story"
    }
  }

  @Test(arguments: [
    (Expression.binary(.less, .age, .span(.days(30))), 0, true),
    (.binary(.equal, .count(event: "a", within: .days(1)), .number(1)), 2, true),
    (.binary(.equal, .count(event: "a", within: nil), .number(0)), 0, true),
    (.binary(.equal, .since(event: "a"), .span(.days(1))), 1, true),
    (.binary(.unequal, .since(event: "z"), .span(.days(1))), 1, true),
    (.binary(.less, .since(event: "z"), .span(.days(1))), 1, false),
    (.binary(.equal, .trait("plan"), .string("pro")), 1, false),
    (.binary(.equal, .trait("plan"), .string("pro")), 2, true),
  ])
  func `sees what was before the event`(rule: Expression, position: Int, holds: Bool) throws {
    let day: Int64 = 86_400_000
    let stories = try Stories([
      Event("a", at: Instant(milliseconds: 0), by: Identity("x")),
      Event(
        Event.identify, at: Instant(milliseconds: day), by: Identity("x"),
        properties: ["traits.plan": .string("pro")]),
      Event("b", at: Instant(milliseconds: day), by: Identity("x")),
    ])
    let segment = stories.segments[0]
    let compiled = try StoryRule(rule, of: segment, names: stories.names)
    #expect(
      compiled.holds(story: 0..<3, before: position, at: segment.times[position]) == holds)
  }
}
