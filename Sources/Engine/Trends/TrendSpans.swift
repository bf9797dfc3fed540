import Events
import Experience
import Stories

/// The intervals of a range, with those of the range before where they are compared.
struct TrendSpans: Sendable {
  /// By position: the first moment of each, and of the one after the last.
  let starts: [Instant]
  /// What they are called; one without an interval of the calendar has no name.
  let names: [String]
  /// How many of them belong to the range before.
  let before: Int
  /// The times that count; empty where none does.
  let times: Range<Int64>
  private let table: IntervalTable?
  /// The first moment of the second span where there is no table.
  private let split: Int64

  var count: Int { names.count }

  /// Lays intervals over a range; an end that is left out is that of the data.
  ///
  /// - Throws: `trends.compare`, `question.interval`.
  init(
    _ interval: CalendarInterval?, of scope: Scope, comparison: TrendsQuestion.Comparison,
    over stories: Stories, _ calendar: LocalCalendar
  ) throws(Refusal) {
    let watermark = stories.watermark
    guard let first = scope.from ?? stories.span?.lowerBound,
      let end = scope.to ?? watermark.map({ max($0, first) + .millisecond }), first < end
    else {
      (starts, names, before, times, table, split) = ([], [], 0, 0..<0, nil, .max)
      return
    }
    let start =
      comparison == .previous
      ? try Self.start(before: first, end, scope, interval, calendar) : first
    times = start.milliseconds..<end.milliseconds
    guard let interval else {
      starts = comparison == .previous ? [start, first, end] : [first, end]
      names = Array(repeating: "", count: starts.count - 1)
      before = starts.count - 2
      split = before == 0 ? .max : first.milliseconds
      table = nil
      return
    }
    let table = try IntervalTable(interval, from: start, through: end - .millisecond, calendar)
    (starts, names) = (table.starts, table.names)
    before = comparison == .previous ? table.starts.firstIndex { $0 >= first } ?? 0 : 0
    self.table = table
    split = .max
  }

  /// The first moment of the range of the same length before.
  private static func start(
    before first: Instant, _ end: Instant, _ scope: Scope, _ interval: CalendarInterval?,
    _ calendar: LocalCalendar
  ) throws(Refusal) -> Instant {
    // A range of whole days is as long as so many days, whatever the clocks do.
    let unit = interval ?? .day
    let isWhole =
      calendar.start(of: unit, at: first) == first
      && scope.to.map { calendar.start(of: unit, at: $0) == $0 } ?? true
    guard isWhole else {
      guard interval == nil else {
        throw Refusal(
          "trends.compare",
          problem: "The range from \(first) to \(end) cuts a \(unit.rawValue) in two.",
          remedy: "Let it begin and end with one, or take a shorter interval or none.")
      }
      return first - (end - first)
    }
    guard
      let starts = calendar.starts(
        of: unit, from: first, through: end - .millisecond, limit: IntervalTable.most)
    else {
      throw Refusal(
        "question.interval",
        problem: "From \(first) to \(end) there are more than \(IntervalTable.most) intervals.",
        remedy: "Take a longer interval or a shorter range.")
    }
    if interval == nil, scope.to == nil {
      return first - (end - first)
    }
    var start = first
    for _ in starts.dropLast() {
      start = calendar.start(of: unit, at: start - .millisecond) ?? start
    }
    return start
  }

  /// The position of the span that each time lies in; of one outside, any.
  ///
  /// - Parameter isCut: whether some times may lie outside.
  @inline(__always) func locate(
    _ times: UnsafePointer<Int64>, count: Int, isCut: Bool,
    into positions: UnsafeMutablePointer<UInt32>
  ) {
    if let table, isCut {
      let (first, last) = (table.times.lowerBound, table.times.upperBound)
      for row in 0..<count {
        positions[row] = UInt32(
          truncatingIfNeeded: table.position(of: min(last, max(first, times[row]))))
      }
    } else if let table {
      for row in 0..<count {
        positions[row] = UInt32(truncatingIfNeeded: table.position(of: times[row]))
      }
    } else if before == 0 {
      for row in 0..<count { positions[row] = 0 }
    } else {
      for row in 0..<count { positions[row] = times[row] >= split ? 1 : 0 }
    }
  }

  /// The position of the span that a time lies in; of one outside, any.
  @inline(__always) func position(of time: Int64, isCut: Bool) -> Int {
    guard let table else { return time >= split ? 1 : 0 }
    return table.position(
      of: isCut ? min(table.times.upperBound, max(table.times.lowerBound, time)) : time)
  }

  /// Whether the data end before a span does.
  func isOpen(_ position: Int, watermark: Instant?) -> Bool {
    min(starts[position + 1].milliseconds, times.upperBound) > watermark?.milliseconds ?? .min
  }

  /// The position of the span of a name in the range itself.
  ///
  /// - Throws: `customers.row`.
  func position(of name: String) throws(Refusal) -> Int {
    guard let position = names[before...].firstIndex(of: name) else {
      throw AnswerRowKey.unknown("interval", name)
    }
    return position
  }
}

extension TimeSpan {
  /// The shortest span.
  static let millisecond = TimeSpan(milliseconds: 1)
}
