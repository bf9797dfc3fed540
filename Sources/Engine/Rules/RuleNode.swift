import Events
import Experience
import Stories

/// The moment of a story at which an expression is judged.
struct RuleMoment {
  /// The rows of the customer.
  var story: Range<Int>
  /// The event in question; a story's history is the rows before it.
  var row: Int
  /// Milliseconds since the Unix epoch.
  var time: Int64
}

/// An expression whose names are resolved for one segment: the general form, for what no table holds.
indirect enum RuleNode: Sendable {
  case constant(RuleValue)
  case event(EventNames)
  case property(PropertyColumns)
  case test(PropertyTest)
  case trait(PropertyColumns)
  case count(RuleHistory)
  case sum(RuleHistory, PropertyColumns)
  case since(RuleHistory)
  case age
  case has(RuleNode)
  case not(RuleNode)
  case negative(RuleNode)
  case binary(Expression.Operator, RuleNode, RuleNode)
  case isOneOf(RuleNode, [RuleNode])
  case isBetween(RuleNode, RuleNode, RuleNode)
  case text(Expression.TextTest, RuleNode, RuleNode)
  case conditional(RuleNode, RuleNode, RuleNode)

  func value(at moment: RuleMoment, in segment: borrowing StorySegment) -> RuleValue {
    switch self {
    case .constant(let value): value
    case .event(let names): .text(names.names[Int(segment.codes[moment.row])])
    case .property(let columns): RuleValue(columns.value(at: moment.row))
    case .test(let test): .boolean(test.holds(moment.row))
    case .trait(let columns):
      RuleValue(columns.latest(in: moment.story.lowerBound..<moment.row))
    case .count(let history): .number(Double(history.rows(at: moment, in: segment).count))
    case .sum(let history, let columns):
      .number(
        history.rows(at: moment, in: segment).reduce(0) { $0 + (columns.number(at: $1) ?? 0) })
    case .since(let history):
      history.latest(before: moment, in: segment).map {
        .span(Double(moment.time - segment.times[$0]))
      } ?? .missing
    case .age:
      moment.story.isEmpty
        ? .missing : .span(Double(moment.time - segment.times[moment.story.lowerBound]))
    case .has(let part): .boolean(!part.value(at: moment, in: segment).isMissing)
    case .not(let part): .boolean(!part.value(at: moment, in: segment).holds)
    case .negative(let part): part.value(at: moment, in: segment).negated
    case .binary(.and, let left, let right):
      .boolean(
        left.value(at: moment, in: segment).holds && right.value(at: moment, in: segment).holds)
    case .binary(.or, let left, let right):
      .boolean(
        left.value(at: moment, in: segment).holds || right.value(at: moment, in: segment).holds)
    case .binary(let operation, let left, let right):
      .apply(
        operation, left.value(at: moment, in: segment), right.value(at: moment, in: segment))
    case .isOneOf(let part, let list): isOneOf(part, list, at: moment, in: segment)
    case .isBetween(let part, let low, let high):
      .boolean(
        part.value(at: moment, in: segment).isBetween(
          low.value(at: moment, in: segment), high.value(at: moment, in: segment)))
    case .text(let test, let part, let other):
      .boolean(
        part.value(at: moment, in: segment).passes(test, other.value(at: moment, in: segment)))
    case .conditional(let condition, let yes, let no):
      (condition.value(at: moment, in: segment).holds ? yes : no).value(at: moment, in: segment)
    }
  }

  private func isOneOf(
    _ part: RuleNode, _ list: [RuleNode], at moment: RuleMoment, in segment: borrowing StorySegment
  ) -> RuleValue {
    let value = part.value(at: moment, in: segment)
    for other in list where value.equals(other.value(at: moment, in: segment)) {
      return .boolean(true)
    }
    return .boolean(false)
  }
}

/// The events of one name before a moment.
struct RuleHistory: Sendable {
  /// The name's code; `EventNames.none` where no event has it.
  var code: UInt16
  /// How far back, in milliseconds; an event exactly that far back counts. nil: all.
  var within: Int64?

  func rows(at moment: RuleMoment, in segment: borrowing StorySegment) -> RowsOfCode {
    var start = moment.story.lowerBound
    if let within {
      let times = UnsafeBufferPointer(rebasing: segment.times[start..<moment.row])
      start += times.firstPosition { $0 >= moment.time - within }
    }
    return RowsOfCode(codes: segment.codes, rows: start..<moment.row, code: code)
  }

  func latest(before moment: RuleMoment, in segment: borrowing StorySegment) -> Int? {
    var row = moment.row
    while row > moment.story.lowerBound {
      row -= 1
      if segment.codes[row] == code { return row }
    }
    return nil
  }
}

/// The rows of a range that hold an event of one name.
struct RowsOfCode {
  var codes: UnsafeBufferPointer<UInt16>
  var rows: Range<Int>
  var code: UInt16

  var count: Int {
    var count = 0
    for row in rows { count &+= codes[row] == code ? 1 : 0 }
    return count
  }

  func reduce(_ start: Double, _ add: (Double, Int) -> Double) -> Double {
    var sum = start
    for row in rows where codes[row] == code { sum = add(sum, row) }
    return sum
  }
}

/// The columns of one property, one for each kind that occurs.
struct PropertyColumns: Sendable {
  var texts: PropertyColumn?
  var numbers: PropertyColumn?
  var booleans: PropertyColumn?

  init(_ name: String, of segment: StorySegment) {
    texts = segment.property(name, .string)
    numbers = segment.property(name, .number)
    booleans = segment.property(name, .boolean)
  }

  func value(at row: Int) -> PropertyValue? {
    texts?.value(at: row) ?? numbers?.value(at: row) ?? booleans?.value(at: row)
  }

  func number(at row: Int) -> Double? { numbers?.number(at: row) }

  /// The value of the last row in a range that has one.
  func latest(in rows: Range<Int>) -> PropertyValue? {
    [texts, numbers, booleans].compactMap { column in
      column.flatMap { column in column.latest(in: rows).map { (row: $0, column: column) } }
    }.max { $0.row < $1.row }.flatMap { $0.column.value(at: $0.row) }
  }
}

extension PropertyColumn {
  /// The last row in a range that has a value.
  func latest(in range: Range<Int>) -> Int? {
    if let rows {
      let position = rows.firstPosition { $0 >= UInt32(range.upperBound) }
      // A sparse column may still hold an entry that stands for no value.
      for place in stride(from: position - 1, through: 0, by: -1) {
        let row = Int(rows[place])
        guard row >= range.lowerBound else { return nil }
        if value(at: row) != nil { return row }
      }
      return nil
    }
    return range.reversed().first { value(at: $0) != nil }
  }
}
