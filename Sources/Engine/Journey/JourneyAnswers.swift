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
  /// What an answer speaks of, and how that felt.
  struct Answer {
    /// The touchpoint of the survey.
    var symbol: Int
    /// From 1 to 5; nil where it is no answer on the survey's scale.
    var feeling: Double?
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
    guard let (_, survey, symbol) = surveys.first(where: { $0.rule.matches(row) }) else {
      return nil
    }
    var moment = time
    if let occasions, case let code = occasions.code(at: row), code != 0,
      let occasion = Instant(iso8601: occasions.dictionary[Int(code) - 1])
    {
      moment = min(moment, occasion.milliseconds)
    }
    return Answer(
      symbol: symbol, feeling: score.number(row).flatMap(survey.feeling), moment: moment,
      patience: survey.wait.milliseconds.addingSaturating(survey.expires.milliseconds))
  }
}

/// An interaction of a counted case of which answers may speak.
struct SpokenOf {
  var row: Int
  var symbol: Int
  /// The symbol of the starting point of its case.
  var start: Int
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
    let heard = takeHeard(rows, of: segment, rules)
    for row in rows where segment.codes[row] == answers.code {
      guard let answer = answers.answer(row: row, at: segment.times[row]),
        let feeling = answer.feeling, let found = heard.interaction(of: answer, row, in: segment)
      else { continue }
      scores[found.symbol].add(feeling)
    }
  }

  /// The interactions of a customer's counted cases, which are forgotten.
  mutating func takeHeard(
    _ rows: Range<Int>, of segment: borrowing StorySegment, _ rules: borrowing JourneyRules
  ) -> HeardStory {
    defer { spokenOf.removeAll(keepingCapacity: true) }
    var met = [[Int]](repeating: [], count: plan.walked)
    for row in rows {
      let symbol = Int(rules.symbol(segment.codes[row], row: row))
      guard symbol < plan.walked, plan.duties[symbol].contains(.spokenOf) else { continue }
      met[symbol].append(row)
    }
    return HeardStory(counted: spokenOf.sorted { $0.row < $1.row }, met: met)
  }
}

/// A customer's interactions of which answers may speak.
struct HeardStory {
  /// Those of counted cases, in the order of the story.
  fileprivate let counted: [SpokenOf]
  /// By symbol: the rows of all of them, in cases or not.
  fileprivate let met: [[Int]]

  /// The interaction of a row; nil where it is none of a counted case.
  func interaction(at row: Int) -> SpokenOf? {
    let place = counted.prefixCount { $0.row < row }
    return place < counted.count && counted[place].row == row ? counted[place] : nil
  }

  /// The interaction that the answer of a row speaks of; nil where it is none of a counted case, or the
  /// answer came too late.
  func interaction(
    of answer: JourneyAnswers.Answer, _ row: Int, in segment: borrowing StorySegment
  ) -> SpokenOf? {
    let (own, times) = (met[answer.symbol], segment.times)
    let before = own.prefixCount { times[$0] <= answer.moment }
    guard before > 0, let found = interaction(at: own[before - 1]) else { return nil }
    if let end = found.caseEnd, times[row] > end.addingSaturating(answer.patience) { return nil }
    return found
  }
}
