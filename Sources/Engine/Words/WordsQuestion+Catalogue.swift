import Events
import Experience
import Words

extension WordsQuestion: CatalogueQuestion {
  /// What people wrote.
  public static let kind = QuestionKind.words

  /// The fields of the question.
  public static var form: QuestionForm {
    QuestionForm(
      asks:
        "What people wrote: how they feel, in which language, of which themes, at which scores.",
      fields: [
        .init(
          "event", takes: "events or touchpoints, up to \(mostSources)",
          standard: SurveyEvent.answered,
          meaning:
            "The events that hold texts; of a touchpoint also the answers of surveys about it.",
          input: .list(.event)),
        .init(
          "text", takes: "a property", standard: SurveyEvent.comment,
          meaning: "What was written.", input: .property),
        .init(
          "score", takes: "a number property or expression", standard: SurveyEvent.score,
          meaning: "What was answered beside it, which themes are compared by.", input: .property),
        .init(
          "by", takes: "touchpoint, event or a property", standard: "none",
          meaning: "Divides the texts by what they speak of, or are of themselves.", input: .naming),
        .init(
          "interval", takes: "hour, day, week, month, quarter, year or none", standard: "none",
          meaning: "Intervals; none is one figure for the range.", input: .interval),
        .init(
          "theme", takes: "a theme of the experience, or words", standard: "all texts",
          meaning: "Only texts that speak of it.", input: .text),
        .init(
          "feeling", takes: "negative, neutral or positive", standard: "none",
          meaning: "Only texts with this feeling; none is all texts.",
          input: .choice(Sentiment.Tone.allCases.map(\.rawValue))),
        .init(
          "verbatims", takes: "0 to \(mostVerbatims)",
          standard: "\(usualVerbatims) of a theme or a feeling, else 0",
          meaning: "How many texts are listed, the latest first; 0 gives figures.", input: .number),
        .init(
          "pick", takes: "latest or sample", standard: "latest",
          meaning: "Which texts are listed: the latest, or some drawn evenly from all.",
          input: .choice(Pick.allCases.map(\.rawValue))),
      ],
      example: """
        question: words
        event: Survey Answered
        text: comment
        by: touchpoint
        """)
  }

  /// The conditions and numbers that it speaks of.
  public var eventRules: [Expression] { events.map(\.rule) + [scoreRule] }
  /// The properties of texts, of a score that is named, and of divisions.
  public var propertyNames: [String] {
    var names = score?.rule.properties ?? []
    names.insert(text.name)
    if case .property(let name)? = naming { names.insert(name) }
    return names.sorted()
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case event, text, score, by, interval, theme, feeling, verbatims, pick
  }

  /// Reads a question.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    do {
      self.init()
      if let events = try fields.list(.event, EventSelector.self) {
        self.events = events.withSurveys(
          of: try decoder.questionContext().experience ?? Experience())
      }
      text = try fields.value(.text, standard: text)
      score = try fields.value(.score)
      scope = try Scope(from: decoder)
      naming = try fields.value(.by)
      interval = try fields.value(.interval, standard: WrittenInterval(interval)).interval
      theme = try fields.value(.theme)
      feeling = try fields.value(.feeling)
      verbatims = try fields.value(.verbatims, standard: usualCount)
      pick = try fields.value(.pick, standard: pick)
      try validate()
    } catch let refusal as Refusal { throw decoder.refused(refusal) }
  }

  /// How many texts are listed where nothing is said.
  private var usualCount: Int { theme == nil && feeling == nil ? 0 : Self.usualVerbatims }

  /// Writes the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    let usual = WordsQuestion()
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    if events != usual.events { try fields.encode(events, forKey: .event) }
    if text != usual.text { try fields.encode(text, forKey: .text) }
    try fields.encodeIfPresent(score, forKey: .score)
    try fields.encodeIfPresent(naming, forKey: .by)
    if interval != nil { try fields.encode(WrittenInterval(interval), forKey: .interval) }
    try fields.encodeIfPresent(theme, forKey: .theme)
    try fields.encodeIfPresent(feeling, forKey: .feeling)
    if verbatims != usualCount { try fields.encode(verbatims, forKey: .verbatims) }
    if pick != usual.pick { try fields.encode(pick, forKey: .pick) }
  }
}
