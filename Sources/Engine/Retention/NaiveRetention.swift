import Events
import Experience

/// The twin of the retention question: every member, period and event tried, over plain events.
public struct NaiveRetention: Sendable {
  /// What is counted of a cohort.
  public struct Row: Sendable, Equatable {
    public var members = 0
    /// By bracket.
    public var returned: [Int]
    public var elapsed: [Int]
    public var retained: [Int]
  }

  /// Which row: a value of the breakdown, if any, and the first moment of a cohort.
  public struct Key: Hashable, Sendable {
    public var value: PropertyValue?
    public var isOfValue: Bool
    public var cohort: Instant
  }

  let question: RetentionQuestion
  let calendar: LocalCalendar

  /// The numbers of all cohorts.
  public func rows(_ stories: [[Event]]) -> [Key: Row] {
    let watermark = stories.joined().map(\.time).max() ?? .earliest
    let brackets = brackets
    var rows: [Key: Row] = [:]
    for story in stories {
      for position in members(story) {
        let start = story[position]
        guard let cohort = calendar.start(of: question.interval, at: start.time) else { continue }
        var keys = [Key(value: nil, isOfValue: false, cohort: cohort)]
        if let breakdown = question.breakdown {
          keys.append(
            Key(value: start.properties[breakdown.name], isOfValue: true, cohort: cohort))
        }
        for key in keys {
          let zeros = [Int](repeating: 0, count: brackets.count)
          var row = rows[key] ?? Row(returned: zeros, elapsed: zeros, retained: zeros)
          row.members += 1
          for (bracket, periods) in brackets.enumerated() {
            let begin = self.begin(ofPeriod: periods.lowerBound, start.time)
            let end = self.begin(ofPeriod: periods.upperBound, start.time)
            let returns = story[position...].contains { event in
              NaiveRules(event).holds(question.comeback.rule) && event.time >= begin
                && (isOpenEnded || event.time < end)
            }
            row.returned[bracket] += returns ? 1 : 0
            row.elapsed[bracket] += end <= watermark ? 1 : 0
            row.retained[bracket] += returns && end <= watermark ? 1 : 0
          }
          rows[key] = row
        }
      }
    }
    return rows
  }

  private var isOpenEnded: Bool { if case .onOrAfter = question.returns { true } else { false } }

  private var brackets: [Range<Int>] {
    switch question.returns {
    case .on(let periods), .onOrAfter(let periods): (0..<periods).map { $0..<($0 + 1) }
    case .brackets(let bounds): zip(bounds, bounds.dropFirst()).map { $0..<$1 }
    }
  }

  /// The positions of the events that make the customer a member.
  private func members(_ story: [Event]) -> [Int] {
    let range = question.scope.milliseconds
    let starts = story.indices.filter { NaiveRules(story[$0]).holds(question.start.rule) }
    func isIn(_ position: Int) -> Bool { range.contains(story[position].time.milliseconds) }
    func belongs(_ position: Int) -> Bool {
      question.scope.population?.rule.map { NaiveRules(story, at: position).holds($0) } ?? true
    }
    switch question.cohort {
    case .firstEver: return starts.prefix(1).filter { isIn($0) && belongs($0) }
    case .firstInRange: return Array(starts.filter { isIn($0) && belongs($0) }.prefix(1))
    case .every:
      var found: [Instant: Int] = [:]
      for position in starts.reversed() where isIn(position) && belongs(position) {
        guard let cohort = calendar.start(of: question.interval, at: story[position].time) else {
          continue
        }
        found[cohort] = position
      }
      return found.values.sorted()
    }
  }

  /// When a period begins that is counted from a start.
  private func begin(ofPeriod period: Int, _ start: Instant) -> Instant {
    if question.clock == .rolling {
      let days: Int64 =
        switch question.interval {
        case .hour, .day: 1
        case .week: 7
        case .month: 30
        case .quarter: 90
        case .year: 365
        }
      let length = question.interval == .hour ? 3_600_000 : days * 86_400_000
      return start + TimeSpan(milliseconds: Int64(period) * length)
    }
    return NaiveCalendar(calendar).start(of: question.interval, at: start, after: period)
  }
}

/// Intervals of the calendar, one step after the other.
struct NaiveCalendar {
  let calendar: LocalCalendar

  init(_ calendar: LocalCalendar) { self.calendar = calendar }

  /// The first moment of the interval so many after that in which an instant lies.
  func start(of interval: CalendarInterval, at instant: Instant, after steps: Int = 0) -> Instant {
    // From the first moment of an interval this always leads into the next one.
    let step: TimeSpan? =
      switch interval {
      case .hour: TimeSpan("1h")
      case .day: TimeSpan("26h")
      case .week: TimeSpan("8d")
      case .month: TimeSpan("32d")
      case .quarter: TimeSpan("95d")
      case .year: TimeSpan("370d")
      }
    var start = calendar.start(of: interval, at: instant) ?? instant
    for _ in 0..<steps {
      start = calendar.start(of: interval, at: start + (step ?? .days(1))) ?? start
    }
    return start
  }
}
