import Events

/// What a person asks: the word after `question:`.
public enum QuestionKind: String, Sendable, Codable, CaseIterable {
  /// How many came how far.
  case funnel
  /// A funnel for each interval of entry.
  case funnelTrend = "funnel_over_time"
  /// Which ways lead from, to or between events.
  case flow
  /// What follows what directly.
  case graph
  /// Which whole ways are taken.
  case variants
  /// What two populations do differently.
  case comparison
  /// Who comes back.
  case retention
  /// Who is new, returning, resurrecting, dormant.
  case lifecycle
  /// On how many days of an interval.
  case stickiness
  /// Visits, their length and size.
  case sessions
  /// How many, how much, over time.
  case trends
  /// How often.
  case frequency
  /// How long ago.
  case recency
  /// What earned the conversions.
  case attribution
  /// How closely a journey is walked as designed.
  case conformance
  /// Between which steps time is lost.
  case bottlenecks
  /// What is repeated.
  case rework
  /// How large segments are, overlap and change.
  case segments
  /// Recency, frequency and monetary value in cells.
  case rfm
  /// What answers on a scale come to.
  case scores
  /// What drives a score, a return or spending.
  case drivers
  /// What people wrote.
  case words
  /// What customers do who found it easy, or met a touchpoint.
  case loyalty
  /// Employees' scores beside customers'.
  case linkage
}

/// A question of the catalogue.
public enum Question: Sendable, Equatable {
  case funnel(FunnelQuestion)
  case funnelTrend(FunnelTrendQuestion)
  case flow(FlowQuestion)
  case graph(GraphQuestion)
  case variants(VariantsQuestion)
  case comparison(ComparisonQuestion)
  case retention(RetentionQuestion)
  case lifecycle(LifecycleQuestion)
  case stickiness(StickinessQuestion)
  case sessions(SessionsQuestion)
  case trends(TrendsQuestion)
  case frequency(FrequencyQuestion)
  case recency(RecencyQuestion)
  case attribution(AttributionQuestion)
  case conformance(ConformanceQuestion)
  case bottlenecks(BottlenecksQuestion)
  case rework(ReworkQuestion)
  case segments(SegmentsQuestion)
  case rfm(RFMQuestion)
  case scores(ScoresQuestion)
  case drivers(DriversQuestion)
  case words(WordsQuestion)
  case loyalty(LoyaltyQuestion)
  case linkage(LinkageQuestion)

  /// The question itself.
  public var subject: any CatalogueQuestion {
    switch self {
    case .funnel(let question): question
    case .funnelTrend(let question): question
    case .flow(let question): question
    case .graph(let question): question
    case .variants(let question): question
    case .comparison(let question): question
    case .retention(let question): question
    case .lifecycle(let question): question
    case .stickiness(let question): question
    case .sessions(let question): question
    case .trends(let question): question
    case .frequency(let question): question
    case .recency(let question): question
    case .attribution(let question): question
    case .conformance(let question): question
    case .bottlenecks(let question): question
    case .rework(let question): question
    case .segments(let question): question
    case .rfm(let question): question
    case .scores(let question): question
    case .drivers(let question): question
    case .words(let question): question
    case .loyalty(let question): question
    case .linkage(let question): question
    }
  }

  /// Whom and when it asks about.
  public var scope: Scope {
    get { subject.scope }
    set {
      switch self {
      case .funnel(var question):
        question.scope = newValue
        self = .funnel(question)
      case .funnelTrend(var question):
        question.scope = newValue
        self = .funnelTrend(question)
      case .flow(var question):
        question.scope = newValue
        self = .flow(question)
      case .graph(var question):
        question.scope = newValue
        self = .graph(question)
      case .variants(var question):
        question.scope = newValue
        self = .variants(question)
      case .comparison(var question):
        question.scope = newValue
        self = .comparison(question)
      case .retention(var question):
        question.scope = newValue
        self = .retention(question)
      case .lifecycle(var question):
        question.scope = newValue
        self = .lifecycle(question)
      case .stickiness(var question):
        question.scope = newValue
        self = .stickiness(question)
      case .sessions(var question):
        question.scope = newValue
        self = .sessions(question)
      case .trends(var question):
        question.scope = newValue
        self = .trends(question)
      case .frequency(var question):
        question.scope = newValue
        self = .frequency(question)
      case .recency(var question):
        question.scope = newValue
        self = .recency(question)
      case .attribution(var question):
        question.scope = newValue
        self = .attribution(question)
      case .conformance(var question):
        question.scope = newValue
        self = .conformance(question)
      case .bottlenecks(var question):
        question.scope = newValue
        self = .bottlenecks(question)
      case .rework(var question):
        question.scope = newValue
        self = .rework(question)
      case .segments(var question):
        question.scope = newValue
        self = .segments(question)
      case .rfm(var question):
        question.scope = newValue
        self = .rfm(question)
      case .scores(var question):
        question.scope = newValue
        self = .scores(question)
      case .drivers(var question):
        question.scope = newValue
        self = .drivers(question)
      case .words(var question):
        question.scope = newValue
        self = .words(question)
      case .loyalty(var question):
        question.scope = newValue
        self = .loyalty(question)
      case .linkage(var question):
        question.scope = newValue
        self = .linkage(question)
      }
    }
  }
  /// What it asks.
  public var kind: QuestionKind { type(of: subject).kind }
}

extension QuestionKind {
  /// The type of the questions that ask this.
  public var type: any CatalogueQuestion.Type {
    switch self {
    case .funnel: FunnelQuestion.self
    case .funnelTrend: FunnelTrendQuestion.self
    case .flow: FlowQuestion.self
    case .graph: GraphQuestion.self
    case .variants: VariantsQuestion.self
    case .comparison: ComparisonQuestion.self
    case .retention: RetentionQuestion.self
    case .lifecycle: LifecycleQuestion.self
    case .stickiness: StickinessQuestion.self
    case .sessions: SessionsQuestion.self
    case .trends: TrendsQuestion.self
    case .frequency: FrequencyQuestion.self
    case .recency: RecencyQuestion.self
    case .attribution: AttributionQuestion.self
    case .conformance: ConformanceQuestion.self
    case .bottlenecks: BottlenecksQuestion.self
    case .rework: ReworkQuestion.self
    case .segments: SegmentsQuestion.self
    case .rfm: RFMQuestion.self
    case .scores: ScoresQuestion.self
    case .drivers: DriversQuestion.self
    case .words: WordsQuestion.self
    case .loyalty: LoyaltyQuestion.self
    case .linkage: LinkageQuestion.self
    }
  }
}

extension Question: Codable {
  private enum CodingKeys: String, CodingKey { case question }

  /// Reads `question: funnel` and that question's fields beside it.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    self =
      switch try fields.decode(QuestionKind.self, forKey: .question) {
      case .funnel: .funnel(try FunnelQuestion(from: decoder))
      case .funnelTrend: .funnelTrend(try FunnelTrendQuestion(from: decoder))
      case .flow: .flow(try FlowQuestion(from: decoder))
      case .graph: .graph(try GraphQuestion(from: decoder))
      case .variants: .variants(try VariantsQuestion(from: decoder))
      case .comparison: .comparison(try ComparisonQuestion(from: decoder))
      case .retention: .retention(try RetentionQuestion(from: decoder))
      case .lifecycle: .lifecycle(try LifecycleQuestion(from: decoder))
      case .stickiness: .stickiness(try StickinessQuestion(from: decoder))
      case .sessions: .sessions(try SessionsQuestion(from: decoder))
      case .trends: .trends(try TrendsQuestion(from: decoder))
      case .frequency: .frequency(try FrequencyQuestion(from: decoder))
      case .recency: .recency(try RecencyQuestion(from: decoder))
      case .attribution: .attribution(try AttributionQuestion(from: decoder))
      case .conformance: .conformance(try ConformanceQuestion(from: decoder))
      case .bottlenecks: .bottlenecks(try BottlenecksQuestion(from: decoder))
      case .rework: .rework(try ReworkQuestion(from: decoder))
      case .segments: .segments(try SegmentsQuestion(from: decoder))
      case .rfm: .rfm(try RFMQuestion(from: decoder))
      case .scores: .scores(try ScoresQuestion(from: decoder))
      case .drivers: .drivers(try DriversQuestion(from: decoder))
      case .words: .words(try WordsQuestion(from: decoder))
      case .loyalty: .loyalty(try LoyaltyQuestion(from: decoder))
      case .linkage: .linkage(try LinkageQuestion(from: decoder))
      }
  }

  /// Writes the kind and the question's fields beside it.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(kind, forKey: .question)
    try subject.encode(to: encoder)
  }
}

/// The answer to a question of the catalogue.
public enum Answer: Sendable, Equatable {
  case funnel(Funnel)
  case funnelTrend(FunnelTrend)
  case flow(Flow)
  case graph(Graph)
  case variants(Variants)
  case comparison(Comparison)
  case retention(Retention)
  case lifecycle(Lifecycle)
  case stickiness(Stickiness)
  case sessions(Sessions)
  case trends(Trends)
  case frequency(Frequency)
  case recency(Recency)
  case attribution(Attribution)
  case conformance(ConformanceTrend)
  case bottlenecks(Bottlenecks)
  case rework(Rework)
  case segments(SegmentSizes)
  case rfm(RFMCells)
  case scores(Scores)
  case drivers(Drivers)
  case words(WordsAnswer)
  case loyalty(Loyalty)
  case linkage(Linkage)
  /// One answer for each value of a breakdown.
  case divided(DividedAnswer)

  /// The figures themselves.
  public var subject: any CatalogueAnswer {
    switch self {
    case .funnel(let answer): answer
    case .funnelTrend(let answer): answer
    case .flow(let answer): answer
    case .graph(let answer): answer
    case .variants(let answer): answer
    case .comparison(let answer): answer
    case .retention(let answer): answer
    case .lifecycle(let answer): answer
    case .stickiness(let answer): answer
    case .sessions(let answer): answer
    case .trends(let answer): answer
    case .frequency(let answer): answer
    case .recency(let answer): answer
    case .attribution(let answer): answer
    case .conformance(let answer): answer
    case .bottlenecks(let answer): answer
    case .rework(let answer): answer
    case .segments(let answer): answer
    case .rfm(let answer): answer
    case .scores(let answer): answer
    case .drivers(let answer): answer
    case .words(let answer): answer
    case .loyalty(let answer): answer
    case .linkage(let answer): answer
    case .divided(let answer): answer
    }
  }
}

extension Answer: Encodable {
  /// Writes the figures.
  public func encode(to encoder: any Encoder) throws { try subject.encode(to: encoder) }
}

extension Question {
  /// Where each question meets the engine: how it is counted, and which answer that makes.
  func counting(in context: QuestionContext) throws(Refusal) -> any Counting {
    switch self {
    case .funnel(let question): try CountingOf(question, context) { .funnel($0) }
    case .funnelTrend(let question): try CountingOf(question, context) { .funnelTrend($0) }
    case .flow(let question): try CountingOf(question, context) { .flow($0) }
    case .graph(let question): try CountingOf(question, context) { .graph($0) }
    case .variants(let question): try CountingOf(question, context) { .variants($0) }
    case .comparison(let question): try CountingOf(question, context) { .comparison($0) }
    case .retention(let question): try CountingOf(question, context) { .retention($0) }
    case .lifecycle(let question): try CountingOf(question, context) { .lifecycle($0) }
    case .stickiness(let question): try CountingOf(question, context) { .stickiness($0) }
    case .sessions(let question): try CountingOf(question, context) { .sessions($0) }
    case .trends(let question): try CountingOf(question, context) { .trends($0) }
    case .frequency(let question): try CountingOf(question, context) { .frequency($0) }
    case .recency(let question): try CountingOf(question, context) { .recency($0) }
    case .attribution(let question): try CountingOf(question, context) { .attribution($0) }
    case .conformance(let question): try CountingOf(question, context) { .conformance($0) }
    case .bottlenecks(let question): try CountingOf(question, context) { .bottlenecks($0) }
    case .rework(let question): try CountingOf(question, context) { .rework($0) }
    case .segments(let question): try CountingOf(question, context) { .segments($0) }
    case .rfm(let question): try CountingOf(question, context) { .rfm($0) }
    case .scores(let question): try CountingOf(question, context) { .scores($0) }
    case .drivers(let question): try CountingOf(question, context) { .drivers($0) }
    case .words(let question): try CountingOf(question, context) { .words($0) }
    case .loyalty(let question): try CountingOf(question, context) { .loyalty($0) }
    case .linkage(let question): try CountingOf(question, context) { .linkage($0) }
    }
  }
}
