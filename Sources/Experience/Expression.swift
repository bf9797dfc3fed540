import Events

/// A condition or a number over one event, a customer's traits, or a customer's story.
///
/// A small, typed subset of the Common Expression Language. What is missing compares as unequal and
/// is neither more nor less than anything; arithmetic on what is missing is missing.
public indirect enum Expression: Hashable, Sendable {
  /// Operators with two sides.
  public enum Operator: String, Sendable, CaseIterable {
    case or = "||"
    case and = "&&"
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divided = "/"
    case modulo = "%"
  }

  /// Tests of one text by another.
  public enum TextTest: String, Sendable, CaseIterable {
    case startsWith, endsWith, contains
  }

  // Values
  case string(String)
  case number(Double)
  case boolean(Bool)
  case span(TimeSpan)

  // One event
  /// The event's name.
  case event
  /// A property of the event by its dotted name; the channel is the property `channel`.
  case property(String)

  // A customer's story up to a moment
  /// The customer's latest trait of that dotted name.
  case trait(String)
  /// How many events of that name, within the span before the moment where one is given.
  case count(event: String, within: TimeSpan?)
  /// The sum of a number property over events of that name.
  case sum(event: String, property: String, within: TimeSpan?)
  /// The span since the latest event of that name; missing where there was none.
  case since(event: String)
  /// The span since the customer's first event.
  case age

  // Made of others
  /// Whether a property or trait is there.
  case has(Expression)
  case not(Expression)
  case negative(Expression)
  case binary(Operator, Expression, Expression)
  /// `x in [a, b, c]`
  case isOneOf(Expression, [Expression])
  /// `x in 1..2`, both ends counted.
  case isBetween(Expression, Expression, Expression)
  case text(TextTest, Expression, Expression)
  /// `condition ? a : b`
  case conditional(Expression, Expression, Expression)
}

extension Expression {
  /// The expression that an event has this name.
  public static func isEvent(_ name: String) -> Expression {
    .binary(.equal, .event, .string(name))
  }
}
