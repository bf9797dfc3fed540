import Events
import Experience

/// The twin of the compiled rules: each expression read as it stands, over plain events.
///
/// It shares nothing with `EventRule`, `NumberRule`, `StoryRule` and `TouchpointTable` but the
/// meaning, which tests compare; see those for the rules.
public struct NaiveRules: Sendable {
  /// The events of one customer in the story's order.
  public var story: [Event]
  /// The position of the event in question; the story's history is what lies before it.
  public var position: Int
  /// The moment.
  public var time: Instant

  /// Judges at the event of a position, at its own time where none is given.
  public init(_ story: [Event], at position: Int, time: Instant? = nil) {
    self.story = story
    self.position = position
    self.time = time ?? (position < story.count ? story[position].time : Instant(milliseconds: 0))
  }

  /// Judges one event by itself.
  public init(_ event: Event) { self.init([event], at: 0) }

  /// Whether a condition holds.
  public func holds(_ expression: Expression) -> Bool { value(expression) == .boolean(true) }

  /// The number that an expression comes to.
  public func number(_ expression: Expression) -> Double? {
    if case .number(let number) = value(expression) { number } else { nil }
  }

  /// The position of the first touchpoint whose rule the event meets.
  public func touchpoint(_ touchpoints: [Touchpoint]) -> Int? {
    touchpoints.firstIndex { $0.rule.map(holds) ?? false }
  }

  /// What an expression comes to, as an expression that is a constant; nil is missing.
  private func value(_ expression: Expression) -> Expression? {
    switch expression {
    case .string, .number, .boolean, .span: return expression
    case .event: return .string(story[position].name)
    case .property(let name): return constant(story[position].properties[name])
    case .trait(let name):
      return constant(
        story[..<position].last { $0.properties["traits." + name] != nil }?
          .properties["traits." + name])
    case .count(let event, let span): return .number(Double(past(event, span).count))
    case .sum(let event, let property, let span):
      var sum = 0.0
      for event in past(event, span) {
        if case .number(let number)? = event.properties[property] { sum += number }
      }
      return .number(sum)
    case .since(let event): return past(event, nil).last.map { .span(time - $0.time) }
    case .age: return story.first.map { .span(time - $0.time) }
    case .has(let part): return .boolean(value(part) != nil)
    case .not(let part): return .boolean(!holds(part))
    case .negative(let part):
      switch value(part) {
      case .number(let number): return .number(-number)
      case .span(let span): return .span(TimeSpan(milliseconds: -span.milliseconds))
      default: return nil
      }
    case .binary(.and, let left, let right): return .boolean(holds(left) && holds(right))
    case .binary(.or, let left, let right): return .boolean(holds(left) || holds(right))
    case .binary(let operation, let left, let right):
      return binary(operation, value(left), value(right))
    case .isOneOf(let part, let list):
      return .boolean(list.contains { compare(.equal, value(part), value($0)) })
    case .isBetween(let part, let low, let high):
      return .boolean(
        compare(.greaterOrEqual, value(part), value(low))
          && compare(.lessOrEqual, value(part), value(high)))
    case .text(let test, let part, let other):
      guard case .string(let text) = value(part), case .string(let other) = value(other) else {
        return .boolean(false)
      }
      return .boolean(passes(test, Array(text.utf8), Array(other.utf8)))
    case .conditional(let condition, let yes, let no):
      return value(holds(condition) ? yes : no)
    }
  }

  private func constant(_ value: PropertyValue?) -> Expression? {
    switch value {
    case .string(let text): .string(text)
    case .number(let number): .number(number)
    case .boolean(let boolean): .boolean(boolean)
    case nil: nil
    }
  }

  private func past(_ name: String, _ span: TimeSpan?) -> [Event] {
    story[..<position].filter { event in
      event.name == name
        && (span.map { event.time.milliseconds >= time.milliseconds - $0.milliseconds } ?? true)
    }
  }

  private func binary(
    _ operation: Expression.Operator, _ left: Expression?, _ right: Expression?
  ) -> Expression? {
    switch operation {
    case .and, .or: return nil
    case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual:
      return .boolean(compare(operation, left, right))
    case .plus, .minus, .times, .divided, .modulo: break
    }
    if operation == .plus, case .string(let a)? = left, case .string(let b)? = right {
      return .string(a + b)
    }
    guard let (a, aUnit) = measure(left), let (b, bUnit) = measure(right) else { return nil }
    let result: Double
    let unit: Int
    switch operation {
    case .plus where aUnit == bUnit: (result, unit) = (a + b, aUnit)
    case .minus where aUnit == bUnit: (result, unit) = (a - b, aUnit)
    case .times where aUnit + bUnit < 2: (result, unit) = (a * b, aUnit + bUnit)
    case .divided where aUnit >= bUnit: (result, unit) = (a / b, aUnit - bUnit)
    case .modulo where aUnit + bUnit == 0:
      (result, unit) = (a.truncatingRemainder(dividingBy: b), 0)
    default: return nil
    }
    guard result.isFinite else { return nil }
    guard unit == 1 else { return .number(result) }
    return abs(result) <= 3.2e14 ? .span(TimeSpan(milliseconds: Int64(result))) : nil
  }

  /// A number, or the milliseconds of a span, and how many times the unit is time.
  private func measure(_ value: Expression?) -> (Double, Int)? {
    switch value {
    case .number(let number): (number, 0)
    case .span(let span): (Double(span.milliseconds), 1)
    default: nil
    }
  }

  private func compare(
    _ operation: Expression.Operator, _ left: Expression?, _ right: Expression?
  ) -> Bool {
    var less = false
    var equal = false
    if let (a, aUnit) = measure(left), let (b, bUnit) = measure(right), aUnit == bUnit {
      (less, equal) = (a < b, a == b)
    } else if case .string(let a)? = left, case .string(let b)? = right {
      less = Array(a.utf8).lexicographicallyPrecedes(Array(b.utf8))
      equal = Array(a.utf8) == Array(b.utf8)
    } else if case .boolean(let a)? = left, case .boolean(let b)? = right {
      guard operation == .equal || operation == .unequal else { return false }
      equal = a == b
    } else {
      return operation == .unequal
    }
    switch operation {
    case .equal: return equal
    case .unequal: return !equal
    case .less: return less
    case .lessOrEqual: return less || equal
    case .greater: return !less && !equal
    case .greaterOrEqual: return !less
    default: return false
    }
  }

  private func passes(_ test: Expression.TextTest, _ text: [UInt8], _ part: [UInt8]) -> Bool {
    switch test {
    case .startsWith: text.starts(with: part)
    case .endsWith: text.reversed().starts(with: part.reversed())
    case .contains: text.indices.contains { text[$0...].starts(with: part) } || part.isEmpty
    }
  }
}
