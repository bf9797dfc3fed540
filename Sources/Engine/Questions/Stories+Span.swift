import Events
import Experience
import Stories

extension StorySegment {
  /// Customers cut into ranges of at most so many rows, or of a single customer who has more: what a loop
  /// writes down of one range stays in a core's cache.
  func parts(of customers: Range<Int>, rows most: Int) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = customers.lowerBound
    while start < customers.upperBound {
      var end = start + 1
      while end < customers.upperBound, Int(offsets[end + 1]) - Int(offsets[start]) <= most {
        end += 1
      }
      parts.append(start..<end)
      start = end
    }
    return parts
  }
}

extension Stories {
  /// The times of the first and the last visible event; nil where there is none.
  ///
  /// - Complexity: O(*customers*) once, since a story's first event is its earliest.
  var span: ClosedRange<Instant>? {
    shelf.take("span") {
      var first = Int64.max
      var last = Int64.min
      for segment in segments {
        for customer in segment.visible.joined() {
          let rows = segment.rows(of: customer)
          guard !rows.isEmpty else { continue }
          first = min(first, segment.times[rows.lowerBound])
          last = max(last, segment.times[rows.upperBound - 1])
        }
      }
      return first > last ? nil : Instant(milliseconds: first)...Instant(milliseconds: last)
    }
  }

  /// The intervals of the calendar in which events lie that are in a scope's range.
  ///
  /// - Throws: `question.interval` where there are too many.
  func intervals(
    _ interval: CalendarInterval, in scope: Scope, _ calendar: LocalCalendar
  ) throws(Refusal) -> IntervalTable {
    let span = span ?? Instant(milliseconds: 0)...Instant(milliseconds: 0)
    let last = scope.to.map { $0 - .millisecond } ?? span.upperBound
    let first = scope.from ?? span.lowerBound
    let low = max(first, min(span.lowerBound, last))
    return try IntervalTable(
      interval, from: low, through: max(low, min(last, span.upperBound)), calendar)
  }
}
