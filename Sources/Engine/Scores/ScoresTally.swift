import Events
import Statistics
import Stories

/// What a section has counted of a score, and the room it counts in.
struct ScoresTally: Sendable {
  /// By figure, then stratum, then place on the scale: answers that count.
  private(set) var answers: [Int]
  /// By figure, then all and each part of the scale: units.
  private var customers: [Int]
  /// By span: units that were asked in it, and those of them who answered then or later.
  private(set) var asked: [Int]
  private(set) var responded: [Int]
  /// By stratum: units with an event in the range, or, where it is said what asks, units that were asked.
  private(set) var people: [Int]
  /// Units with an answer in the range itself.
  private(set) var counted = 0
  /// Answers in the range itself that are no number of the scale.
  private(set) var offScale = 0

  private let points: Int
  private let strata: Int
  /// By the same places as `customers`: the last visit that counted there.
  private var visits: [Int]
  /// By figure: the place of the latest answer, where this visit has one there.
  private var latest: [Int]
  private var visit = 0

  /// The parts of a figure that count units: all, and each part of the scale.
  private static let parts = 1 + ScoreBand.allCases.count

  init(_ question: ScoresQuestion, _ plan: ScoresPlan) {
    points = question.rule.scale.count
    strata = plan.strataCount
    answers = Array(repeating: 0, count: plan.figures * strata * points)
    customers = Array(repeating: 0, count: plan.figures * Self.parts)
    visits = customers
    latest = Array(repeating: 0, count: question.counting == .latest ? plan.figures : 0)
    asked = Array(repeating: 0, count: plan.spans.count)
    responded = asked
    people = Array(repeating: 0, count: strata)
  }

  /// The units with an answer in a figure: any, or one in a part of the scale.
  func customers(_ figure: Int, _ band: ScoreBand?) -> Int {
    customers[figure * Self.parts + (band.map { 1 + $0.rawValue } ?? 0)]
  }

  /// The answers of a figure and a stratum, by place on the scale.
  func counts(_ figure: Int, stratum: Int) -> ArraySlice<Int> {
    let first = (figure * strata + stratum) * points
    return answers[first..<(first + points)]
  }

  /// Counts the answers of one unit.
  mutating func count(
    _ customer: Int, of segment: StorySegment, at index: Int, _ question: ScoresQuestion,
    _ plan: ScoresPlan, _ rooms: inout [JourneyFold.Partial]
  ) {
    visit += 1
    let table = plan.segments[index]
    var cases: ScoreCaseGroups.Walked?
    let stratum = table.strata.map { Int($0[customer]) } ?? 0
    let first = plan.spans.starts[plan.spans.before].milliseconds
    var (isCounted, isPerson, wasAsked) = (false, false, false)
    // Spans in which it was asked without an answer since, and the last in which it was asked.
    var (waiting, lastAsked) = ([Int](), -1)
    for row in segment.rows(of: customer) {
      let time = segment.times[row]
      guard time < plan.spans.times.upperBound else { break }
      guard time >= plan.spans.times.lowerBound else { continue }
      isPerson = isPerson || time >= first
      guard table.means(row) else { continue }
      let span = plan.spans.position(of: time, isCut: false)
      var source = table.source(row, from: 0)
      while let found = source {
        source = question.division == .element ? table.source(row, from: found + 1) : nil
        guard let place = table.place(row, of: found, on: question.rule.scale) else {
          offScale += time >= first ? 1 : 0
          continue
        }
        for span in waiting { responded[span] += 1 }
        waiting = []
        isCounted = isCounted || time >= first
        let figure = span * plan.width
        add(place, figure, stratum, question)
        if let group = table.group(row, source: found, of: plan.width) {
          add(place, figure + group, stratum, question)
        }
        guard let groups = plan.cases else { continue }
        // Cases are found for those who answered only, and once for all that they did.
        let walked =
          cases ?? groups.walk(segment.rows(of: customer), of: segment, at: index, &rooms)
        cases = walked
        for group in groups.groups(of: row, in: walked, of: segment, at: index) {
          add(place, figure + 1 + group, stratum, question)
        }
      }
      if table.asks(row) {
        wasAsked = wasAsked || time >= first
        guard span != lastAsked else { continue }
        lastAsked = span
        asked[span] += 1
        waiting.append(span)
      }
    }
    if isCounted { counted += 1 }
    if question.asked == nil ? isPerson : wasAsked { people[stratum] += 1 }
  }

  /// Counts one answer in a figure.
  private mutating func add(_ place: Int, _ figure: Int, _ stratum: Int, _ question: ScoresQuestion)
  {
    let first = (figure * strata + stratum) * points
    let part = figure * Self.parts
    func band(_ place: Int) -> Int {
      part + 1 + question.rule.band(of: question.rule.scale.lowerBound + place).rawValue
    }
    let isFirst = visits[part] != visit
    if question.counting == .latest {
      if !isFirst {
        answers[first + latest[figure]] -= 1
        customers[band(latest[figure])] -= 1
      }
      latest[figure] = place
      customers[band(place)] += 1
    } else if visits[band(place)] != visit {
      visits[band(place)] = visit
      customers[band(place)] += 1
    }
    if isFirst {
      visits[part] = visit
      customers[part] += 1
    }
    answers[first + place] += 1
  }

  /// Adds what another section has counted.
  mutating func merge(_ other: ScoresTally) {
    for place in answers.indices { answers[place] += other.answers[place] }
    for place in customers.indices { customers[place] += other.customers[place] }
    for span in asked.indices {
      asked[span] += other.asked[span]
      responded[span] += other.responded[span]
    }
    for stratum in people.indices { people[stratum] += other.people[stratum] }
    counted += other.counted
    offScale += other.offScale
  }
}
