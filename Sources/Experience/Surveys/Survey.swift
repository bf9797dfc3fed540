import Events

/// Questions that people are asked at a moment of their journey, and what is done with the answers.
public struct Survey: Sendable, Hashable {
  /// What the main question measures.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Would they recommend it, from 0 to 10.
    case nps
    /// How satisfied they are.
    case csat
    /// How easy it was; `direction` says which end of the scale is the easy one.
    case ces
    /// Any other number on a scale.
    case rating
    /// One of several options.
    case choice
    /// Words of their own.
    case text

    /// Whether the main question is answered by a number.
    public var isScored: Bool { self != .choice && self != .text }
  }

  /// Who answers.
  public enum Respondents: String, Sendable, Codable, CaseIterable {
    case customers, employees, partners
  }

  /// How people are asked. A link that is handed out, or printed, needs no channel.
  public enum Channel: String, Sendable, Codable, CaseIterable {
    /// By mail, to the address that they gave.
    case mail
    /// On the company's own pages, by the snippet.
    case page
  }

  /// Which end of the scale is the good one.
  public enum Direction: String, Sendable, Codable, CaseIterable { case higher, lower }

  /// The moment at which somebody is asked.
  public enum Occasion: Sendable, Hashable {
    /// After each interaction with a touchpoint.
    case touchpoint(String)
    /// After a case of a journey that ended so.
    case outcome(journey: String, CaseOutcome)
    /// When a step of a journey has not come by the time it was promised.
    case late(journey: String, touchpoint: String)
    /// Again and again, counted from the first event of whoever is asked.
    case every(TimeSpan)
  }

  /// How a case of a journey can end.
  public enum CaseOutcome: String, Sendable, Codable, CaseIterable {
    /// It reached the goal.
    case completed
    /// A touchpoint of the journey's `ends` closed it.
    case ended
    /// Its window passed.
    case abandoned
  }

  public var name: String
  public var title: String
  public var kind: Kind
  /// The main question.
  public var ask: Wording
  /// The lowest and the highest answer to it; of elements too, except an NPS's.
  public var scale: ClosedRange<Int>
  public var direction: Direction
  /// What stands at the lowest and at the highest answer.
  public var ends: Ends?
  /// What can be chosen, where the kind is `choice`.
  public var options: [Option]
  public var respondents: Respondents
  /// The touchpoint that answers speak of; that of the occasion where nothing else is said.
  public var about: String?
  /// When people are asked; nil: only by links, and by answers that are imported.
  public var occasion: Occasion?
  /// How long after the occasion.
  public var wait: TimeSpan
  /// Who is asked; nil: everybody.
  public var audience: Expression?
  /// The name of the segment or persona, or the condition, that `for:` gave.
  public var audienceName: String?
  /// The part of those that is asked, above 0 to 1; the same people at every occasion.
  public var share: Double
  public var channels: [Channel]
  /// How long an invitation can be answered.
  public var expires: TimeSpan
  /// What is rated one by one: of the offer, its delivery, the company, its partners.
  public var elements: [Element]
  /// What is asked further.
  public var questions: [FollowUp]
  /// What is said at the end: the first that holds.
  public var thanks: [Thanks]
  /// Which answers somebody has to see to; nil: none.
  public var loop: Loop?
  public var place: Place

  /// Makes a survey; scale and direction are those of the kind where they are not given.
  public init(
    name: String, title: String? = nil, kind: Kind, ask: Wording,
    scale: ClosedRange<Int>? = nil, direction: Direction = .higher, ends: Ends? = nil,
    options: [Option] = [], respondents: Respondents = .customers, about: String? = nil,
    occasion: Occasion? = nil, wait: TimeSpan = TimeSpan(milliseconds: 0),
    audience: Expression? = nil, audienceName: String? = nil, share: Double = 1,
    channels: [Channel] = [.mail], expires: TimeSpan = Survey.usualExpiry,
    elements: [Element] = [], questions: [FollowUp] = [], thanks: [Thanks] = [],
    loop: Loop? = nil, place: Place = Place()
  ) {
    self.name = name
    self.title = title ?? name.inSentenceCase
    self.kind = kind
    self.ask = ask
    self.scale = scale ?? kind.usualScale
    self.direction = direction
    self.ends = ends
    self.options = options
    self.respondents = respondents
    self.about = about
    self.occasion = occasion
    self.wait = wait
    self.audience = audience
    self.audienceName = audienceName
    self.share = share
    self.channels = channels
    self.expires = expires
    self.elements = elements
    self.questions = questions
    self.thanks = thanks
    self.loop = loop
    self.place = place
  }

  /// The scale of elements: the main question's, or 1 to 5 beside an NPS and where it has none.
  public var elementScale: ClosedRange<Int> {
    kind == .nps || !kind.isScored ? Kind.csat.usualScale : scale
  }

  /// Which end of the elements' scale is the good one.
  public var elementDirection: Direction {
    kind == .nps || !kind.isScored ? .higher : direction
  }

  /// Which events of a name are of this survey: its answers, unless another name is given.
  public func rule(of event: String = SurveyEvent.answered) -> Expression {
    .binary(
      .and, .isEvent(event), .binary(.equal, .property(SurveyEvent.survey), .string(name)))
  }

  /// An answer on the scale on which touchpoints are felt, 1 to 5; nil where it is no answer.
  public func feeling(_ score: Double) -> Double? {
    let (low, high) = (Double(scale.lowerBound), Double(scale.upperBound))
    guard kind.isScored, score == score.rounded(), low <= score, score <= high else { return nil }
    let part = (score - low) / (high - low)
    return 1 + 4 * (direction == .higher ? part : 1 - part)
  }

  /// Two weeks.
  public static let usualExpiry = TimeSpan.days(14)
  /// The most numbers on a scale that people can tell apart on a page.
  public static let mostPoints = 11
  /// The most elements, further questions and options each; nobody answers more.
  public static let mostParts = 20
}

extension Survey.Kind {
  /// The scale that the field uses for it.
  public var usualScale: ClosedRange<Int> {
    switch self {
    case .nps: 0...10
    case .ces: 1...7
    case .csat, .rating, .choice, .text: 1...5
    }
  }
}

extension Experience {
  /// The survey of that name.
  public func survey(_ name: String) -> Survey? { surveys.first { $0.name == name } }
}

extension Experience {
  /// The surveys that ask customers and partners about a touchpoint; what employees say of it is
  /// another matter.
  public func customerSurveys(about touchpoint: String) -> [Survey] {
    surveys.filter { $0.about == touchpoint && $0.respondents != .employees }
  }
}

extension Survey {
  /// The touchpoint that answers speak of: `about`, else that of the occasion.
  public var usualTouchpoint: String? {
    if let about { return about }
    return switch occasion {
    case .touchpoint(let name), .late(_, let name): name
    case .outcome, .every, nil: nil
    }
  }
}
