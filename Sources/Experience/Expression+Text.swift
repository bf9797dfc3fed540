import Events

extension Expression: CustomStringConvertible {
  /// The expression as text that reads back as the same expression.
  public var description: String { written(within: 0) }

  // Levels above those of the binary operators; 0 is `?:`.
  private static let unaryLevel = 6
  private static let valueLevel = 7

  private var level: Int {
    switch self {
    case .conditional: 0
    case .binary(let binary, _, _): binary.level
    case .isOneOf, .isBetween: Self.comparisonLevel
    case .not, .negative: Self.unaryLevel
    case .number(let value): value.sign == .minus ? Self.unaryLevel : Self.valueLevel
    case .span(let span): span.milliseconds < 0 ? Self.unaryLevel : Self.valueLevel
    default: Self.valueLevel
    }
  }

  /// The text, in brackets where it binds more loosely than its surroundings.
  private func written(within surroundings: Int) -> String {
    level < surroundings ? "(\(bare))" : bare
  }

  private var bare: String {
    switch self {
    case .string(let text): Self.quoted(text)
    case .number(let value): Self.written(value)
    case .boolean(let value): value ? "true" : "false"
    case .span(let span): "\(span)"
    case .event: "event"
    case .property(let name): name == "channel" ? name : Self.path("properties", name)
    case .trait(let name): Self.path("traits", name)
    case .count(let event, let within): "count(\(Self.quoted(event))\(Self.argument(within)))"
    case .sum(let event, let property, let within):
      "sum(\(Self.quoted(event)), \(Self.quoted(property))\(Self.argument(within)))"
    case .since(let event): "since(\(Self.quoted(event)))"
    case .age: "age()"
    case .has(let part): "has(\(part))"
    case .not(let part): "!" + part.written(within: Self.unaryLevel)
    case .negative(let part): part.isLiteral ? "-(\(part))" : "-\(part.afterSign)"
    case .binary(let binary, let left, let right):
      "\(left.written(within: binary.level)) \(binary.rawValue) "
        + right.written(within: binary.level + 1)
    case .isOneOf(let value, let items):
      "\(value.written(within: Self.comparisonLevel)) in "
        + "[\(items.map(\.description).joined(separator: ", "))]"
    case .isBetween(let value, let low, let high):
      "\(value.written(within: Self.comparisonLevel)) in "
        + "\(low.written(within: Self.comparisonLevel + 1)).."
        + high.written(within: Self.comparisonLevel + 1)
    case .text(let test, let value, let argument):
      "\(value.written(within: Self.valueLevel)).\(test.rawValue)(\(argument))"
    case .conditional(let condition, let first, let second):
      "\(condition.written(within: 1)) ? \(first.written(within: 1)) : \(second)"
    }
  }

  private var afterSign: String { written(within: Self.unaryLevel) }

  /// Whether a minus sign before it would become part of it.
  private var isLiteral: Bool {
    switch self {
    case .number, .span: true
    default: false
    }
  }

  private static func argument(_ span: TimeSpan?) -> String { span.map { ", \($0)" } ?? "" }

  private static func path(_ word: String, _ name: String) -> String {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    let isPlain = parts.allSatisfy { part in
      part.unicodeScalars.first?.isNameStart == true
        && part.unicodeScalars.allSatisfy { $0.isNameStart || $0.isDigit }
    }
    return isPlain ? "\(word).\(name)" : "\(word)[\(quoted(name))]"
  }

  /// The number without a fraction where it has none.
  static func written(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : String(value)
  }

  /// The text in double quotes, with what needs it escaped.
  static func quoted(_ text: String) -> String {
    var written = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": written += "\\\""
      case "\\": written += "\\\\"
      case "\n": written += "\\n"
      case "\t": written += "\\t"
      case "\r": written += "\\r"
      case let control where control.value < 0x20 || control.value == 0x7F:
        let digits = String(control.value, radix: 16)
        written += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: written.unicodeScalars.append(scalar)
      }
    }
    return written + "\""
  }
}
