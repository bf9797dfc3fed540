import Events
import Experience

extension Event {
  /// Whether the event meets a rule made of the few forms that the examples use.
  func meets(_ rule: Expression) -> Bool {
    switch rule {
    case .binary(.or, let left, let right): meets(left) || meets(right)
    case .binary(.and, let left, let right): meets(left) && meets(right)
    case .binary(.equal, let left, let right):
      value(left).flatMap { left in value(right).map { left == $0 } } ?? false
    case .isOneOf(let one, let others): others.contains { meets(.binary(.equal, one, $0)) }
    case .text(.startsWith, let whole, let start):
      if case .string(let whole) = value(whole), case .string(let start) = value(start) {
        whole.hasPrefix(start)
      } else {
        false
      }
    default: false
    }
  }

  private func value(_ expression: Expression) -> PropertyValue? {
    switch expression {
    case .event: .string(name)
    case .property(let name): properties[name]
    case .string(let text): .string(text)
    case .number(let number): .number(number)
    case .boolean(let truth): .boolean(truth)
    default: nil
    }
  }
}

extension Expression {
  /// The event names that the rule compares with.
  var namedEvents: [String] {
    switch self {
    case .binary(.equal, .event, .string(let name)): [name]
    case .binary(_, let left, let right): left.namedEvents + right.namedEvents
    case .isOneOf(.event, let names):
      names.compactMap { if case .string(let name) = $0 { name } else { nil } }
    default: []
    }
  }
}
