import Events
import Experience
import Statistics

/// A source as it is written: an event alone, or with its score.
struct WrittenSource: Codable {
  var event: EventSelector
  var score: NumberSelector?

  enum CodingKeys: String, CodingKey, CaseIterable { case event, score }

  init(_ source: ScoresQuestion.Source) {
    event = source.events
    score = source.score
  }

  init(_ event: EventSelector) { self.event = event }

  /// The touchpoints of a journey that customers rate.
  ///
  /// - Throws: `scores.journey` where there is none.
  static func rated(
    in journey: Journey, for rule: ScoreRule, _ context: QuestionContext
  ) throws(Refusal) -> [WrittenSource] {
    var names: [String] = []
    for name in journey.touchpoints where !names.contains(name) { names.append(name) }
    let rated = names.flatMap { name -> [WrittenSource] in
      guard let events = context.experience?.touchpoint(name)?.rule else {
        // A touchpoint without events may still be asked about.
        return context.experience?.customerSurveys(about: name).filter { $0.fits(rule) }
          .map { WrittenSource($0.answers) } ?? []
      }
      let source = WrittenSource(EventSelector(name, rule: events))
      return source.isRated(by: rule, in: context) ? [source] : []
    }
    guard !rated.isEmpty else {
      throw Refusal(
        "scores.journey",
        problem: "Customers rate no touchpoint of “\(journey.name)” so that it makes this score.",
        remedy: "Give one a `score`, write a survey about one, or name events.")
    }
    return rated
  }

  init(from decoder: any Decoder) throws {
    let fields = try QuestionFields(decoder, naming: CodingKeys.event)
    event = try fields?.required(.event) ?? EventSelector(from: decoder)
    score = try fields?.value(.score)
  }

  /// The score is the source's own, that of all, the touchpoint's with those of surveys about it, or the
  /// property of that name.
  func sources(
    _ usual: NumberSelector?, for rule: ScoreRule, in context: QuestionContext
  ) -> [ScoresQuestion.Source] {
    if let score = score ?? usual { return [.init(event, score: score)] }
    let property = NumberSelector(.property(SurveyEvent.score))
    let surveys = surveys(in: context).filter { $0.fits(rule) }
    var sources = surveys.map { ScoresQuestion.Source($0.answers, score: property) }
    if let rating = rating(in: context) {
      if sources.isEmpty || rule.isOfRatings {
        sources.insert(.init(event, score: rating), at: 0)
      }
    } else if sources.isEmpty {
      sources.append(.init(event, score: property))
    }
    return sources
  }

  /// Whether it is a touchpoint that customers rate so, by a score of its own or by surveys about it.
  func isRated(by rule: ScoreRule, in context: QuestionContext) -> Bool {
    (rule.isOfRatings && rating(in: context) != nil)
      || surveys(in: context).contains { $0.fits(rule) }
  }

  /// The surveys about the touchpoint.
  private func surveys(in context: QuestionContext) -> [Survey] {
    guard context.experience?.touchpoint(event.name) != nil else { return [] }
    return context.experience?.customerSurveys(about: event.name) ?? []
  }

  /// The score that the experience has for the touchpoint; nil where it is none or has none.
  func rating(in context: QuestionContext) -> NumberSelector? {
    context.experience?.touchpoint(event.name)?.score.map { NumberSelector($0) }
  }
}

extension ScoreRule {
  /// Whether the score that an interaction carries makes it: who gave that was asked for neither a
  /// recommendation nor an effort.
  fileprivate var isOfRatings: Bool { metric != .nps && metric != .ces }
}
