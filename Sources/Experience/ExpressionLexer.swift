import Events

/// The smallest part of an expression's text.
enum Token: Equatable {
  case name(String)
  case string(String)
  case number(Double)
  case span(TimeSpan)
  /// An operator or a bracket.
  case symbol(String)
  case end

  /// The token as a person would name it in a sentence.
  var shown: String {
    switch self {
    case .name(let text), .symbol(let text): "“\(text)”"
    case .string(let text): "the text \(Expression.quoted(text))"
    case .number(let value): "the number \(Expression.written(value))"
    case .span(let span): "the span \(span)"
    case .end: "the end"
    }
  }
}

/// Cuts an expression's text into tokens, one at a time, each with the offset at which it begins.
struct ExpressionLexer {
  private let text: [Unicode.Scalar]
  private(set) var offset = 0

  init(_ text: String) { self.text = Array(text.unicodeScalars) }

  private static let pairs: Set<String> = ["||", "&&", "==", "!=", "<=", ">=", ".."]
  private static let singles: Set<Unicode.Scalar> = [
    "(", ")", "[", "]", ",", ".", "?", ":", "+", "-", "*", "/", "%", "<", ">", "!",
  ]

  private func scalar(_ ahead: Int = 0) -> Unicode.Scalar? {
    offset + ahead < text.count ? text[offset + ahead] : nil
  }

  /// The next token and its place.
  mutating func next() throws(ExpressionError) -> (token: Token, offset: Int) {
    while let space = scalar(), space.properties.isWhitespace { offset += 1 }
    let start = offset
    guard let first = scalar() else { return (.end, start) }
    if first.isDigit { return (try number(), start) }
    if first.isNameStart { return (name(), start) }
    if first == "\"" || first == "'" { return (try string(closedBy: first), start) }
    if let second = scalar(1) {
      let pair = String(first) + String(second)
      if Self.pairs.contains(pair) {
        offset += 2
        return (.symbol(pair), start)
      }
    }
    guard Self.singles.contains(first) else {
      throw unexpected(first)
    }
    offset += 1
    return (.symbol(String(first)), start)
  }

  private func unexpected(_ scalar: Unicode.Scalar) -> ExpressionError {
    let remedy =
      switch scalar {
      case "=": "Compare with ==."
      case "&": "Write && for “and”."
      case "|": "Write || for “or”."
      case "“", "”", "‘", "’": "Use straight quotes: \" or '."
      default: "Take it out, or put the text in quotes."
      }
    return ExpressionError(
      at: offset, "expression.symbol",
      problem: "The character \(String(scalar).debugDescription) means nothing here.",
      remedy: remedy)
  }

  private mutating func name() -> Token {
    let start = offset
    while let next = scalar(), next.isNameStart || next.isDigit { offset += 1 }
    return .name(written(from: start))
  }

  private func written(from start: Int) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text[start..<offset])
    return String(view)
  }

  /// A number, or a span where a unit follows the digits.
  private mutating func number() throws(ExpressionError) -> Token {
    let start = offset
    skipDigits()
    if scalar() == ".", scalar(1)?.isDigit == true {
      offset += 1
      skipDigits()
    }
    if scalar() == "e" || scalar() == "E" {
      let sign = scalar(1) == "+" || scalar(1) == "-" ? 1 : 0
      if scalar(1 + sign)?.isDigit == true {
        offset += 1 + sign
        skipDigits()
      }
    }
    let isNumber = scalar().map { !$0.isNameStart } ?? true
    while let next = scalar(), next.isNameStart || next.isDigit { offset += 1 }
    let written = written(from: start)
    if isNumber {
      guard let value = Double(written), value.isFinite else {
        throw ExpressionError(
          at: start, "expression.number", problem: "The number \(written) is too large.",
          remedy: "Write a number below 1e308.")
      }
      return .number(value)
    }
    guard let span = TimeSpan(written) else {
      throw ExpressionError(
        at: start, "expression.span", problem: "“\(written)” is neither a number nor a span.",
        remedy: "Write a span like 30d, 2h or 1d12h, and put a text in quotes.")
    }
    return .span(span)
  }

  private mutating func skipDigits() {
    while scalar()?.isDigit == true { offset += 1 }
  }

  private mutating func string(closedBy quote: Unicode.Scalar) throws(ExpressionError) -> Token {
    let start = offset
    var view = String.UnicodeScalarView()
    offset += 1
    while let next = scalar() {
      offset += 1
      if next == quote { return .string(String(view)) }
      view.append(next == "\\" ? try escaped() : next)
    }
    throw ExpressionError(
      at: start, "expression.quote", problem: "The text that begins here has no end.",
      remedy: "Close it with \(quote).")
  }

  private mutating func escaped() throws(ExpressionError) -> Unicode.Scalar {
    let letter = scalar()
    offset += 1
    switch letter {
    case "\"", "'", "\\", "/": return letter ?? "\\"
    case "n": return "\n"
    case "t": return "\t"
    case "r": return "\r"
    case "u":
      let digits = text[offset..<min(offset + 4, text.count)].map(String.init).joined()
      if digits.count == 4, digits.allSatisfy(\.isHexDigit), let code = UInt32(digits, radix: 16),
        let scalar = Unicode.Scalar(code)
      {
        offset += 4
        return scalar
      }
    default: break
    }
    offset = min(offset, text.count)
    throw ExpressionError(
      at: offset - 1, "expression.escape",
      problem: "A backslash is followed by something that it does not escape.",
      remedy: #"Known are \" \' \\ \n \t \r and \u with four hexadecimal digits."#)
  }
}

extension Unicode.Scalar {
  var isDigit: Bool { ("0"..."9").contains(self) }
  var isNameStart: Bool { self == "_" || self == "$" || properties.isAlphabetic }
}
