import Events
import Experience
import Statistics
import Stories

/// What surveys' answers say of a journey's touchpoints, compiled for one segment.
///
/// An answer speaks of the latest interaction with its survey's touchpoint in the whole story at or
/// before the moment that it names, its own where it names none. It counts where that interaction is
/// one of a counted case, until the survey's wait and expiry have passed after the case's end.
struct JourneyAnswers {
  /// An answer on the scale of feelings.
  struct Answer {
    var symbol: Int
    var feeling: Double
    /// The moment that it speaks of, in milliseconds.
    var moment: Int64
    /// How long after the end of a case it may come.
    var patience: Int64
  }

  /// The code of events that are answers.
  let code: UInt16
  private let surveys: [(rule: EventRule, survey: Survey, symbol: Int)]
  private let score: NumberRule
  private let occasions: PropertyColumn?

  /// Nil where no answer speaks of the journey.
  init?(_ plan: JourneyPlan, of segment: StorySegment, names: EventNames) throws(Refusal) {
    guard !plan.surveys.isEmpty, let code = names.code(of: SurveyEvent.answered) else { return nil }
    self.code = code
    var surveys: [(rule: EventRule, survey: Survey, symbol: Int)] = []
    for (survey, symbol) in plan.surveys {
      surveys.append(
        (try EventRule(survey.rule(), of: segment, names: names), survey, symbol))
    }
    self.surveys = surveys
    score = try NumberRule(.property(SurveyEvent.score), of: segment, names: names)
    occasions = segment.property(SurveyEvent.occasion, .string)
  }

  /// What the answer of a row says; nil where it says nothing of the journey.
  func answer(row: Int, at time: Int64) -> Answer? {
    guard let (_, survey, symbol) = surveys.first(where: { $0.rule.matches(row) }),
      let score = score.number(row), let feeling = survey.feeling(score)
    else { return nil }
    var moment = time
    if let occasions, case let code = occasions.code(at: row), code != 0,
      let occasion = Instant(iso8601: occasions.dictionary[Int(code) - 1])
    {
      moment = min(moment, occasion.milliseconds)
    }
    return Answer(
      symbol: symbol, feeling: feeling, moment: moment,
      patience: survey.wait.milliseconds.addingSaturating(survey.expires.milliseconds))
  }
}

/// An interaction of a counted case of which answers may speak.
struct SpokenOf {
  var row: Int
  /// When its case ended, in milliseconds; it is open where there is none.
  var caseEnd: Int64?
}

extension JourneyTally {
  /// Counts what a customer's answers say of the interactions in counted cases, and forgets those.
  mutating func countAnswers(
    _ rows: Range<Int>, of segment: borrowing StorySegment, _ rules: borrowing JourneyRules,
    _ answers: JourneyAnswers
  ) {
    defer { spokenOf.removeAll(keepingCapacity: true) }
    guard !spokenOf.isEmpty, segment.codes[rows].contains(answers.code) else { return }
    var met = [[Int]](repeating: [], count: plan.walked)
    for row in rows {
      let symbol = Int(rules.symbol(segment.codes[row], row: row))
      guard symbol < plan.walked, plan.duties[symbol].contains(.spokenOf) else { continue }
      met[symbol].append(row)
    }
    spokenOf.sort { $0.row < $1.row }
    for row in rows where segment.codes[row] == answers.code {
      let time = segment.times[row]
      guard let answer = answers.answer(row: row, at: time) else { continue }
      let own = met[answer.symbol]
      let before = own.prefixCount { segment.times[$0] <= answer.moment }
      guard before > 0 else { continue }
      let place = spokenOf.prefixCount { $0.row < own[before - 1] }
      guard place < spokenOf.count, spokenOf[place].row == own[before - 1] else { continue }
      if let end = spokenOf[place].caseEnd, time > end.addingSaturating(answer.patience) {
        continue
      }
      scores[answer.symbol].add(answer.feeling)
    }
  }
}
