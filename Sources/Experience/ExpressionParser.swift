import Events

/// Reads the text of expressions and checks their types as it goes.
///
///     try ExpressionParser.parse("properties.revenue > 50", about: .event, giving: .boolean)
///
/// Operators from the loosest: `?:`, `||`, `&&`, comparisons and `in`, `+ -`, `* / %`, `! -`. Those
/// of one level are taken from left to right. A property or trait may be of any kind.
/// - SeeAlso: the Common Expression Language, <https://github.com/google/cel-spec>, of which this
///   is a small, typed subset with spans and stories.
public struct ExpressionParser {
  /// The longest text that is read, in Unicode scalars; nobody reads a longer rule.
  public static let longestText = 65_536
  /// How deep brackets and signs may nest, so that reading needs little stack.
  public static let deepestNesting = 64
  /// How many operators may hang below one another, so that evaluating needs little stack.
  public static let deepestTree = 256

  /// A part that is read: what it says, gives, where it begins and how many levels it has.
  struct Part {
    var expression: Expression
    var kind: Expression.Kind
    var offset: Int
    var depth = 1
  }

  private var lexer: ExpressionLexer
  private(set) var token = Token.end
  private(set) var offset = 0
  private var nesting = 0
  let subject: Expression.Subject

  /// Reads an expression.
  ///
  /// - Parameters:
  ///   - text: what a person wrote.
  ///   - subject: what it may speak of.
  ///   - kind: what it has to give.
  /// - Returns: the expression, whose `description` reads back as the same expression.
  /// - Throws: the first mistake, with its offset.
  public static func parse(
    _ text: String, about subject: Expression.Subject, giving kind: Expression.Kind
  ) throws(ExpressionError) -> Expression {
    guard text.unicodeScalars.count <= longestText else {
      throw ExpressionError(
        at: longestText, "expression.long",
        problem: "The expression is longer than \(longestText) characters.",
        remedy: "Shorten it, or ask for a property that says the same.")
    }
    var parser = ExpressionParser(lexer: ExpressionLexer(text), subject: subject)
    try parser.advance()
    guard parser.token != .end else {
      throw ExpressionError(
        at: 0, "expression.empty", problem: "The expression is empty.",
        remedy: "Write a condition, such as event == \"Order Completed\".")
    }
    let part = try parser.conditional()
    guard parser.token == .end else {
      throw parser.error(
        "expression.end", "The expression should end here, but \(parser.token.shown) follows.",
        "Join two conditions with && or ||, or take the rest out.")
    }
    guard part.kind.agrees(with: kind) else {
      throw ExpressionError(
        at: part.offset, "expression.result",
        problem: "This gives \(part.kind.shown), and \(kind.shown) is needed.",
        remedy: kind == .boolean
          ? "Compare it with something, as in … >= 3." : "Write what gives \(kind.shown).")
    }
    return part.expression
  }

  private init(lexer: ExpressionLexer, subject: Expression.Subject) {
    self.lexer = lexer
    self.subject = subject
  }

  mutating func advance() throws(ExpressionError) { (token, offset) = try lexer.next() }

  func error(
    at place: Int? = nil, _ code: String, _ problem: String, _ remedy: String
  ) -> ExpressionError {
    ExpressionError(at: place ?? offset, code, problem: problem, remedy: remedy)
  }

  mutating func take(_ symbol: String) throws(ExpressionError) -> Bool {
    guard token == .symbol(symbol) else { return false }
    try advance()
    return true
  }

  mutating func expect(_ symbol: String) throws(ExpressionError) {
    guard try take(symbol) else {
      throw error(
        "expression.expected", "“\(symbol)” is expected here, not \(token.shown).",
        "Write “\(symbol)”, or look for a bracket that is missing before.")
    }
  }

  /// Goes one bracket or sign deeper, unless that is too deep.
  mutating func nest() throws(ExpressionError) {
    nesting += 1
    guard nesting <= Self.deepestNesting else {
      throw error(
        "expression.nesting", "The expression nests more than \(Self.deepestNesting) deep.",
        "Take brackets out, or split it over several segments or touchpoints.")
    }
  }

  mutating func unnest() { nesting -= 1 }

  /// The part made of others, unless too many levels hang below it.
  func joined(
    _ expression: Expression, _ kind: Expression.Kind, at place: Int, over parts: [Part]
  ) throws(ExpressionError) -> Part {
    let depth = (parts.map(\.depth).max() ?? 0) + 1
    guard depth <= Self.deepestTree else {
      throw error(
        "expression.nesting", "More than \(Self.deepestTree) operators hang on one another.",
        "List values with “in [a, b, c]” instead of joining comparisons.")
    }
    return Part(expression: expression, kind: kind, offset: place, depth: depth)
  }

  func check(
    _ part: Part, _ kind: Expression.Kind, in what: String
  ) throws(ExpressionError) {
    guard part.kind.agrees(with: kind) else {
      throw error(
        at: part.offset, "expression.type",
        "\(what) needs \(kind.shown), and this is \(part.kind.shown).",
        part.kind == .text && kind == .number
          ? "Write the number without quotes." : "Write what gives \(kind.shown).")
    }
  }

  mutating func conditional() throws(ExpressionError) -> Part {
    let condition = try operators(from: 1)
    guard token == .symbol("?") else { return condition }
    try check(condition, .boolean, in: "What stands before “?”")
    try nest()
    try advance()
    let first = try operators(from: 1)
    try expect(":")
    let second = try conditional()
    unnest()
    guard first.kind.agrees(with: second.kind) else {
      throw error(
        at: second.offset, "expression.type",
        "The two sides of “:” differ: \(first.kind.shown) and \(second.kind.shown).",
        "Let both give the same.")
    }
    return try joined(
      .conditional(condition.expression, first.expression, second.expression),
      first.kind == .any ? second.kind : first.kind, at: condition.offset,
      over: [condition, first, second])
  }

  /// Reads operators that bind at least that tightly, from left to right.
  mutating func operators(from level: Int) throws(ExpressionError) -> Part {
    var left = try unary()
    while true {
      if token == .name("in"), level <= Expression.comparisonLevel {
        left = try membership(of: left)
        continue
      }
      guard case .symbol(let symbol) = token, let binary = Expression.Operator(rawValue: symbol),
        binary.level >= level
      else { return left }
      let place = offset
      try advance()
      let right = try operators(from: binary.level + 1)
      left = try joined(
        .binary(binary, left.expression, right.expression),
        try result(of: binary, left, right, at: place), at: left.offset, over: [left, right])
    }
  }

  /// The kind that an operator gives, once its sides are found to fit.
  private func result(
    of binary: Expression.Operator, _ left: Part, _ right: Part, at place: Int
  ) throws(ExpressionError) -> Expression.Kind {
    let sign = "“\(binary.rawValue)”"
    switch binary {
    case .or, .and:
      try check(left, .boolean, in: sign)
      try check(right, .boolean, in: sign)
      return .boolean
    case .times, .divided, .modulo:
      try check(left, .number, in: sign)
      try check(right, .number, in: sign)
      return .number
    case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual, .plus, .minus:
      guard left.kind.agrees(with: right.kind) else {
        throw error(
          at: place, "expression.type",
          "\(sign) stands between \(left.kind.shown) and \(right.kind.shown).",
          "Let both sides be of one kind.")
      }
    }
    let kind = left.kind == .any ? right.kind : left.kind
    switch binary {
    case .plus, .minus:
      guard kind == .number || kind == .span || kind == .any else {
        throw error(
          at: place, "expression.type", "\(sign) cannot work on \(kind.shown).",
          "Use it on numbers or on spans.")
      }
      return kind == .any ? .number : kind
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      guard kind != .boolean else {
        throw error(
          at: place, "expression.type", "\(sign) cannot order true and false.",
          "Compare them with == or !=.")
      }
      return .boolean
    default: return .boolean
    }
  }

  private mutating func membership(of value: Part) throws(ExpressionError) -> Part {
    try advance()
    guard token == .symbol("[") else { return try between(value) }
    try nest()
    try advance()
    var items: [Part] = []
    while token != .symbol("]") {
      let item = try conditional()
      guard item.kind.agrees(with: value.kind) else {
        throw error(
          at: item.offset, "expression.type",
          "The list holds \(item.kind.shown), and what is looked for is \(value.kind.shown).",
          "Let both be of one kind.")
      }
      items.append(item)
      guard try take(",") else { break }
    }
    try expect("]")
    unnest()
    guard !items.isEmpty else {
      throw error(
        at: value.offset, "expression.list", "The list is empty, so nothing is in it.",
        "Name at least one value.")
    }
    return try joined(
      .isOneOf(value.expression, items.map(\.expression)), .boolean, at: value.offset,
      over: items + [value])
  }

  private mutating func between(_ value: Part) throws(ExpressionError) -> Part {
    let low = try operators(from: Expression.comparisonLevel + 1)
    guard try take("..") else {
      throw error(
        "expression.in", "After “in” a list or a range is expected.",
        "Write in [1, 2, 3] or in 1..3.")
    }
    let high = try operators(from: Expression.comparisonLevel + 1)
    for bound in [value, low, high] {
      guard bound.kind == .any || bound.kind == .number || bound.kind == .span,
        bound.kind.agrees(with: value.kind), bound.kind.agrees(with: low.kind)
      else {
        throw error(
          at: bound.offset, "expression.type",
          "A range needs numbers or spans throughout, and this is \(bound.kind.shown).",
          "Write in 1..3, or in [\"a\", \"b\"] for texts.")
      }
    }
    return try joined(
      .isBetween(value.expression, low.expression, high.expression), .boolean, at: value.offset,
      over: [value, low, high])
  }
}

extension Expression {
  static let comparisonLevel = 3
}

extension Expression.Operator {
  /// How tightly it binds: 1 for `||` up to 5 for `*`.
  var level: Int {
    switch self {
    case .or: 1
    case .and: 2
    case .equal, .unequal, .less, .lessOrEqual, .greater, .greaterOrEqual:
      Expression.comparisonLevel
    case .plus, .minus: 4
    case .times, .divided, .modulo: 5
    }
  }
}
