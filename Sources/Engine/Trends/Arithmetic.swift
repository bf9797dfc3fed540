import Events

/// Arithmetic over the series of a trend, which are called A, B, C … in their order.
///
///     try Arithmetic(reading: "A / B * 100")
public indirect enum Arithmetic: Sendable, Hashable {
  case number(Double)
  /// The value of the series at a position.
  case series(Int)
  case negative(Arithmetic)
  case binary(Operator, Arithmetic, Arithmetic)

  /// Operators with two sides.
  public enum Operator: Character, Sendable, CaseIterable {
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divided = "/"

    var level: Int { self == .plus || self == .minus ? 1 : 2 }
  }

  /// The longest text that is read; nobody reads a longer formula.
  public static let longestText = 1000
  /// How deep brackets and signs may nest, so that reading needs little stack.
  public static let deepestNesting = 32

  /// Reads a formula.
  ///
  /// - Throws: `trends.formula`.
  public init(reading text: String) throws(Refusal) {
    guard text.utf8.count <= Self.longestText else {
      throw Refusal(
        "trends.formula", problem: "The formula is longer than \(Self.longestText) characters.",
        remedy: "Shorten it.")
    }
    var reader = ArithmeticReader(text)
    self = try reader.whole()
  }

  /// The positions of the series that it speaks of, in the order of the text.
  public var series: [Int] {
    switch self {
    case .number: []
    case .series(let position): [position]
    case .negative(let part): part.series
    case .binary(_, let left, let right): left.series + right.series
    }
  }

  /// The value; nil where a value that it needs is missing, and where it divides by zero.
  public func value(of series: (Int) -> Double?) -> Double? {
    let value: Double?
    switch self {
    case .number(let number): value = number
    case .series(let position): value = series(position)
    case .negative(let part): value = part.value(of: series).map { -$0 }
    case .binary(let sign, let left, let right):
      guard let left = left.value(of: series), let right = right.value(of: series) else {
        return nil
      }
      value =
        switch sign {
        case .plus: left + right
        case .minus: left - right
        case .times: left * right
        case .divided: right == 0 ? nil : left / right
        }
    }
    return value.flatMap { $0.isFinite ? $0 : nil }
  }

  /// What a series is called in formulas: `A` for the first.
  static func letter(_ position: Int) -> String {
    String(UnicodeScalar(UInt8(ascii: "A") + UInt8(position)))
  }
}

extension Arithmetic: CustomStringConvertible {
  /// The formula as text that reads back as the same formula.
  public var description: String { written(within: 0) }

  private func written(within surroundings: Int) -> String {
    switch self {
    case .number(let number): return PropertyValue.number(number).shown
    case .series(let position): return Self.letter(position)
    case .negative(let part): return "-" + part.written(within: 3)
    case .binary(let sign, let left, let right):
      let text =
        "\(left.written(within: sign.level)) \(sign.rawValue) "
        + right.written(within: sign.level + 1)
      return sign.level < surroundings ? "(\(text))" : text
    }
  }
}

/// Reads formulas from left to right.
private struct ArithmeticReader {
  private let text: String
  private var rest: Substring
  private var nesting = 0

  init(_ text: String) {
    self.text = text
    rest = Substring(text)
  }

  mutating func whole() throws(Refusal) -> Arithmetic {
    let formula = try sum(from: 1)
    guard next == nil else { throw wrong("“\(rest)” is too much") }
    return formula
  }

  private var next: Character? {
    mutating get {
      rest = rest.drop { $0 == " " }
      return rest.first
    }
  }

  private func wrong(_ what: String) -> Refusal {
    Refusal(
      "trends.formula", problem: "\(what) in the formula “\(text)”.",
      remedy: "Write numbers, + - * / and brackets, and series as A, B …: A / B * 100.")
  }

  private mutating func sum(from level: Int) throws(Refusal) -> Arithmetic {
    var left = try unary()
    while let sign = next.flatMap({ Arithmetic.Operator(rawValue: $0) }), sign.level >= level {
      rest.removeFirst()
      left = .binary(sign, left, try sum(from: sign.level + 1))
    }
    return left
  }

  private mutating func unary() throws(Refusal) -> Arithmetic {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= Arithmetic.deepestNesting else {
      throw wrong("More than \(Arithmetic.deepestNesting) brackets and signs nest")
    }
    guard let first = next else { throw wrong("Something is missing at the end") }
    if first == "-" {
      rest.removeFirst()
      return .negative(try unary())
    }
    if first == "(" {
      rest.removeFirst()
      let inside = try sum(from: 1)
      guard next == ")" else { throw wrong("A bracket is not closed") }
      rest.removeFirst()
      return inside
    }
    if let letter = first.asciiValue, ("A"..."Z").contains(first) {
      rest.removeFirst()
      guard rest.first?.isLetter != true else { throw wrong("“\(first)\(rest)” is no series") }
      return .series(Int(letter - UInt8(ascii: "A")))
    }
    return .number(try number(first))
  }

  private mutating func number(_ first: Character) throws(Refusal) -> Double {
    var digits = ""
    while let character = rest.first,
      "0123456789.e".contains(character) || (digits.last == "e" && "+-".contains(character))
    {
      digits.append(character)
      rest.removeFirst()
    }
    guard let number = Double(digits), number.isFinite else {
      throw wrong("“\(digits.isEmpty ? String(first) : digits)” is no number")
    }
    return number
  }
}
