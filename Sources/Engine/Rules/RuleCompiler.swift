import Events
import Experience
import Stories

/// What an expression may speak of.
enum RuleSubject {
  /// One event: its name and properties.
  case event
  /// A story up to a moment: traits, counts, spans.
  case story
}

extension Expression {
  /// The value of a constant; nil where it is none.
  var literal: RuleValue? {
    switch self {
    case .string(let text): .text(text)
    case .number(let number): number.isNaN ? nil : .number(number)
    case .boolean(let boolean): .boolean(boolean)
    case .span(let span): .span(Double(span.milliseconds))
    default: nil
    }
  }

  /// The parts that it is made of.
  var parts: [Expression] {
    switch self {
    case .string, .number, .boolean, .span, .event, .property, .trait, .count, .sum, .since, .age:
      []
    case .has(let part), .not(let part), .negative(let part): [part]
    case .binary(_, let left, let right), .text(_, let left, let right): [left, right]
    case .isOneOf(let part, let list): [part] + list
    case .isBetween(let part, let low, let high): [part, low, high]
    case .conditional(let condition, let yes, let no): [condition, yes, no]
    }
  }

  /// Refuses an expression that speaks of something else.
  func check(_ subject: RuleSubject) throws(Refusal) {
    switch (self, subject) {
    case (.trait, .event), (.count, .event), (.sum, .event), (.since, .event), (.age, .event):
      throw Refusal(
        "rule.event",
        problem: "A condition on one event can't speak of traits, counts, sums, since or age.",
        remedy: "Use event, channel and properties, or put the condition into a segment.")
    case (.event, .story), (.property, .story):
      throw Refusal(
        "rule.story",
        problem: "A condition on a customer's story can't speak of one event's name or properties.",
        remedy: "Use traits, count, sum, since and age.")
    default: for part in parts { try part.check(subject) }
    }
  }

  /// The conditions that must all hold.
  var conjuncts: [Expression] {
    guard case .binary(.and, let left, let right) = self else { return [self] }
    return left.conjuncts + right.conjuncts
  }

  /// Whether its value is always a truth value.
  private var isCondition: Bool {
    switch self {
    case .boolean, .has, .not, .isOneOf, .isBetween, .text: true
    case .binary(let operation, _, _):
      operation == .and || operation == .or || operation.isComparison
    default: false
    }
  }

  /// The expression with the event's name known, worked out as far as that goes.
  func knowing(event name: String) -> Expression {
    switch self {
    case .event: return .string(name)
    case .not(let part):
      let part = part.knowing(event: name)
      return part.literal.map { .boolean(!$0.holds) } ?? .not(part)
    case .binary(.and, let left, let right):
      return .joined(.and, left.knowing(event: name), right.knowing(event: name), neutral: true)
    case .binary(.or, let left, let right):
      return .joined(.or, left.knowing(event: name), right.knowing(event: name), neutral: false)
    case .binary(let operation, let left, let right):
      let (left, right) = (left.knowing(event: name), right.knowing(event: name))
      guard operation.isComparison, let a = left.literal, let b = right.literal else {
        return .binary(operation, left, right)
      }
      return .boolean(RuleValue.apply(operation, a, b).holds)
    case .isOneOf(let part, let list):
      let part = part.knowing(event: name)
      let others = list.map { $0.knowing(event: name) }
      let values = others.compactMap(\.literal)
      guard let value = part.literal, values.count == others.count else {
        return .isOneOf(part, others)
      }
      return .boolean(values.contains { value.equals($0) })
    case .text(let test, let part, let other):
      let (part, other) = (part.knowing(event: name), other.knowing(event: name))
      guard let a = part.literal, let b = other.literal else { return .text(test, part, other) }
      return .boolean(a.passes(test, b))
    case .conditional(let condition, let yes, let no):
      let condition = condition.knowing(event: name)
      let (yes, no) = (yes.knowing(event: name), no.knowing(event: name))
      return condition.literal.map { $0.holds ? yes : no } ?? .conditional(condition, yes, no)
    case .has(let part): return .has(part.knowing(event: name))
    case .negative(let part): return .negative(part.knowing(event: name))
    case .isBetween(let part, let low, let high):
      return .isBetween(
        part.knowing(event: name), low.knowing(event: name), high.knowing(event: name))
    default: return self
    }
  }

  /// Two conditions joined; the neutral one is left out, its opposite decides.
  private static func joined(
    _ operation: Operator, _ left: Expression, _ right: Expression, neutral: Bool
  ) -> Expression {
    if left == .boolean(!neutral) || right == .boolean(!neutral) { return .boolean(!neutral) }
    if left == .boolean(neutral), right.isCondition { return right }
    if right == .boolean(neutral), left.isCondition { return left }
    return .binary(operation, left, right)
  }

  /// The event names that it tells apart; nil where it looks at names in other ways than `==`, `!=`
  /// and `in` with constants.
  var eventNames: Set<String>? {
    switch self {
    case .event: return nil
    case .binary(.equal, .event, .string(let name)), .binary(.equal, .string(let name), .event),
      .binary(.unequal, .event, .string(let name)), .binary(.unequal, .string(let name), .event):
      return [name]
    case .isOneOf(.event, let list):
      let names = list.compactMap { if case .string(let name) = $0 { name } else { nil } }
      return names.count == list.count ? Set(names) : nil
    default:
      var names: Set<String> = []
      for part in parts {
        guard let more = part.eventNames else { return nil }
        names.formUnion(more)
      }
      return names
    }
  }
}

extension RuleNode {
  /// Compiles an expression whose subject was checked.
  init(
    _ expression: Expression, of segment: StorySegment, names: EventNames, memory: ColumnMemory
  ) {
    func node(_ part: Expression) -> RuleNode {
      RuleNode(part, of: segment, names: names, memory: memory)
    }
    func history(_ event: String, _ within: TimeSpan?) -> RuleHistory {
      RuleHistory(code: names.code(of: event) ?? EventNames.none, within: within?.milliseconds)
    }
    if case .property(let name) = expression {
      self = .property(PropertyColumns(name, of: segment))
      return
    }
    if let test = PropertyTest(expression, of: segment, memory: memory) {
      self = .test(test)
      return
    }
    switch expression {
    case .event: self = .event(names)
    case .string, .number, .boolean, .span, .property:
      self = .constant(expression.literal ?? .missing)
    case .trait(let name): self = .trait(PropertyColumns("traits.\(name)", of: segment))
    case .count(let event, let within): self = .count(history(event, within))
    case .sum(let event, let property, let within):
      self = .sum(history(event, within), PropertyColumns(property, of: segment))
    case .since(let event): self = .since(history(event, nil))
    case .age: self = .age
    case .has(let part): self = .has(node(part))
    case .not(let part): self = .not(node(part))
    case .negative(let part): self = .negative(node(part))
    case .binary(let operation, let left, let right):
      self = .binary(operation, node(left), node(right))
    case .isOneOf(let part, let list): self = .isOneOf(node(part), list.map(node))
    case .isBetween(let part, let low, let high):
      self = .isBetween(node(part), node(low), node(high))
    case .text(let test, let part, let other): self = .text(test, node(part), node(other))
    case .conditional(let condition, let yes, let no):
      self = .conditional(node(condition), node(yes), node(no))
    }
  }
}
