import Events
import Experience

/// What an expression comes to.
///
/// Texts compare by their UTF-8 bytes. What is missing, or of another kind than the other side, is
/// unequal to everything and neither more nor less. A condition holds only where it is true: a
/// missing value, a text or a number is no yes. Arithmetic on what does not fit, and any result that
/// is not finite, is missing.
enum RuleValue: Sendable {
  case missing
  case text(String)
  case number(Double)
  case boolean(Bool)
  /// Milliseconds.
  case span(Double)

  init(_ value: PropertyValue?) {
    switch value {
    case .string(let text): self = .text(text)
    case .number(let number): self = .number(number)
    case .boolean(let boolean): self = .boolean(boolean)
    case nil: self = .missing
    }
  }

  /// Whether it is the truth value *true*.
  var holds: Bool {
    if case .boolean(true) = self { return true }
    return false
  }

  var isMissing: Bool {
    if case .missing = self { return true }
    return false
  }

  /// The number with its sign turned.
  var negated: RuleValue {
    switch self {
    case .number(let number): .number(-number)
    case .span(let span): .span(-span)
    default: .missing
    }
  }

  /// −1, 0 or 1 as the left value is less, equal or greater; nil where they do not compare.
  private func order(_ other: RuleValue) -> Int? {
    switch (self, other) {
    case (.number(let left), .number(let right)), (.span(let left), .span(let right)):
      return left < right ? -1 : left == right ? 0 : 1
    case (.text(let left), .text(let right)):
      if left.utf8.elementsEqual(right.utf8) { return 0 }
      return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    default: return nil
    }
  }

  func equals(_ other: RuleValue) -> Bool {
    if case .boolean(let left) = self, case .boolean(let right) = other { return left == right }
    return order(other) == 0
  }

  static func apply(
    _ operation: Expression.Operator, _ left: RuleValue, _ right: RuleValue
  ) -> RuleValue {
    switch operation {
    case .or: .boolean(left.holds || right.holds)
    case .and: .boolean(left.holds && right.holds)
    case .equal: .boolean(left.equals(right))
    case .unequal: .boolean(!left.equals(right))
    case .less: .boolean(left.order(right).map { $0 < 0 } ?? false)
    case .lessOrEqual: .boolean(left.order(right).map { $0 <= 0 } ?? false)
    case .greater: .boolean(left.order(right).map { $0 > 0 } ?? false)
    case .greaterOrEqual: .boolean(left.order(right).map { $0 >= 0 } ?? false)
    case .plus, .minus, .times, .divided, .modulo: calculate(operation, left, right)
    }
  }

  private static func calculate(
    _ operation: Expression.Operator, _ left: RuleValue, _ right: RuleValue
  ) -> RuleValue {
    switch (operation, left, right) {
    case (.plus, .text(let a), .text(let b)): .text(a + b)
    case (.plus, .number(let a), .number(let b)): .finite(a + b)
    case (.minus, .number(let a), .number(let b)): .finite(a - b)
    case (.times, .number(let a), .number(let b)): .finite(a * b)
    case (.divided, .number(let a), .number(let b)): .finite(a / b)
    case (.modulo, .number(let a), .number(let b)): .finite(a.truncatingRemainder(dividingBy: b))
    case (.plus, .span(let a), .span(let b)): .finite(span: a + b)
    case (.minus, .span(let a), .span(let b)): .finite(span: a - b)
    case (.times, .span(let a), .number(let b)), (.times, .number(let b), .span(let a)):
      .finite(span: a * b)
    case (.divided, .span(let a), .number(let b)): .finite(span: a / b)
    case (.divided, .span(let a), .span(let b)): .finite(a / b)
    default: .missing
    }
  }

  private static func finite(_ number: Double) -> RuleValue {
    number.isFinite ? .number(number) : .missing
  }

  private static func finite(span: Double) -> RuleValue {
    abs(span) <= longestSpan ? .span(span.rounded(.towardZero)) : .missing
  }

  /// Ten thousand years in milliseconds: exact as a floating-point number.
  private static let longestSpan = 3.2e14

  func isBetween(_ low: RuleValue, _ high: RuleValue) -> Bool {
    Self.apply(.greaterOrEqual, self, low).holds && Self.apply(.lessOrEqual, self, high).holds
  }

  func passes(_ test: Expression.TextTest, _ other: RuleValue) -> Bool {
    guard case .text(var text) = self, case .text(var part) = other else { return false }
    return text.withUTF8 { text in part.withUTF8 { text.passes(test, $0) } }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether a text begins with, ends with or holds another.
  func passes(_ test: Expression.TextTest, _ part: UnsafeBufferPointer<UInt8>) -> Bool {
    guard part.count <= count else { return false }
    switch test {
    case .startsWith: return starts(with: part)
    case .endsWith: return suffix(part.count).elementsEqual(part)
    case .contains:
      guard let first = part.first else { return true }
      return (0...(count - part.count)).contains { start in
        self[start] == first && self[start..<(start + part.count)].elementsEqual(part)
      }
    }
  }
}
