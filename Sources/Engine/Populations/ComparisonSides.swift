import Events
import Experience
import Stories

/// Which population a customer is of, and which of their rows are compared.
enum ComparisonSide {
  /// They did not begin.
  case none
  case open
  case both
  case neither
  case first(Range<Int>)
  case second(Range<Int>)
}

/// The two populations of a comparison, compiled for one segment.
struct ComparisonSides: Sendable {
  private enum Rule: Sendable {
    case outcome(start: EventRule, goal: EventRule, window: Int64?)
    case populations(Membership, Membership)
  }

  /// Who is of a population.
  private enum Membership: Sendable {
    case condition(StoryRule)
    case saved([UInt64])

    func holds(
      _ customer: Int, _ rows: Range<Int>, before row: Int, at moment: Int64,
      in segment: StorySegment
    ) -> Bool {
      switch self {
      case .condition(let rule): rule.holds(story: rows, before: row, at: moment)
      case .saved(let keys): keys.contains(sorted: segment.customers[customer])
      }
    }
  }

  private let rule: Rule
  private let range: Range<Int64>
  private let moment: Int64
  private let watermark: Int64

  init(
    _ question: ComparisonQuestion, of segment: StorySegment, names: EventNames,
    judgedAt moment: Int64, watermark: Int64
  ) throws(Refusal) {
    range = question.scope.milliseconds
    self.moment = moment
    self.watermark = watermark
    switch question.sides {
    case .outcome(let start, let goal, let window):
      rule = .outcome(
        start: try EventRule(start.rule, of: segment, names: names),
        goal: try EventRule(goal.rule, of: segment, names: names), window: window?.milliseconds)
    case .populations(let a, let b):
      func membership(_ population: Population) throws(Refusal) -> Membership {
        switch population {
        case .condition(_, let condition):
          .condition(try StoryRule(condition, of: segment, names: names))
        case .saved(_, let keys): .saved(keys)
        }
      }
      rule = .populations(try membership(a), try membership(b))
    }
  }

  /// The side of the customer at a position.
  func side(of customer: Int, in segment: StorySegment) -> ComparisonSide {
    let rows = segment.rows(of: customer)
    switch rule {
    case .outcome(let start, let goal, let window):
      return outcome(rows, start, goal, window, in: segment)
    case .populations(let a, let b):
      let times = UnsafeBufferPointer(rebasing: segment.times[rows])
      let end = rows.lowerBound + times.firstPosition { $0 >= moment }
      let isFirst = a.holds(customer, rows, before: end, at: moment, in: segment)
      let isSecond = b.holds(customer, rows, before: end, at: moment, in: segment)
      guard isFirst != isSecond else { return isFirst ? .both : .neither }
      let low = rows.lowerBound + times.firstPosition { $0 >= range.lowerBound }
      let compared =
        low..<max(low, rows.lowerBound + times.firstPosition { $0 >= range.upperBound })
      return isFirst ? .first(compared) : .second(compared)
    }
  }

  private func outcome(
    _ rows: Range<Int>, _ start: EventRule, _ goal: EventRule, _ window: Int64?,
    in segment: StorySegment
  ) -> ComparisonSide {
    guard
      let first = rows.first(where: {
        range.contains(segment.times[$0]) && start.matches($0)
      })
    else { return .none }
    let begin = segment.times[first]
    var row = first + 1
    while row < rows.upperBound, window.map({ segment.times[row] - begin <= $0 }) ?? true {
      if goal.matches(row) { return .first((first + 1)..<row) }
      row += 1
    }
    if let window, watermark - begin <= window { return .open }
    return .second((first + 1)..<row)
  }
}
