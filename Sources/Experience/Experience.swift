import Events

/// A company's experience as it was written down: what it designed, before anything is measured.
///
/// Lists keep the order of the text. Names are unique within their list; the linter says so.
public struct Experience: Sendable {
  /// What the experience is called.
  public var title: String
  /// The IANA time zone in which days and local times are taken.
  public var timezone: String
  /// The ISO 4217 code in which costs and values are given.
  public var currency: String
  /// The phases of the lifecycle, in order.
  public var stages: [String]
  /// The channels, in the order written; further ones may occur in the data.
  public var channels: [String]
  public var teams: [Team]
  public var partners: [Partner]
  public var touchpoints: [Touchpoint]
  public var personas: [Persona]
  public var segments: [Segment]
  public var journeys: [Journey]
  /// Where events are fetched from, or sent by, beside collection.
  public var sources: [EventSource]
  public var surveys: [Survey]
  /// How all surveys together treat a person.
  public var asking: Asking
  /// What people speak of in their own words.
  public var themes: [Theme]
  /// Events beside surveys' answers that open a ticket.
  public var loops: [LoopRule]

  /// Makes an experience; without arguments, an empty one in UTC and EUR with the default stages.
  public init(
    title: String = "Untitled experience", timezone: String = "UTC", currency: String = "EUR",
    stages: [String] = Experience.defaultStages, channels: [String] = [], teams: [Team] = [],
    partners: [Partner] = [], touchpoints: [Touchpoint] = [], personas: [Persona] = [],
    segments: [Segment] = [], journeys: [Journey] = [], sources: [EventSource] = [],
    surveys: [Survey] = [], asking: Asking = Asking(), themes: [Theme] = [], loops: [LoopRule] = []
  ) {
    self.title = title
    self.timezone = timezone
    self.currency = currency
    self.stages = stages
    self.channels = channels
    self.teams = teams
    self.partners = partners
    self.touchpoints = touchpoints
    self.personas = personas
    self.segments = segments
    self.journeys = journeys
    self.sources = sources
    self.surveys = surveys
    self.asking = asking
    self.themes = themes
    self.loops = loops
  }

  /// The phases of a customer's lifecycle where the experience names none.
  public static let defaultStages = [
    "awareness", "consideration", "purchase", "service", "advocacy",
  ]

  /// The touchpoint of that name.
  public func touchpoint(_ name: String) -> Touchpoint? { touchpoints.first { $0.name == name } }
  /// The journey of that name.
  public func journey(_ name: String) -> Journey? { journeys.first { $0.name == name } }

  /// The condition that a segment or persona of that name sets.
  public func condition(_ name: String) -> Expression? {
    segments.first { $0.name == name }?.rule ?? personas.first { $0.name == name }?.rule
  }
}

/// Where something stands in a text.
public struct Place: Hashable, Sendable {
  /// The file as the person named it.
  public var file: String
  /// The line, counted from 1.
  public var line: Int
  /// The column, counted from 1.
  public var column: Int

  /// Makes a place; without arguments, one that is nowhere.
  public init(file: String = "", line: Int = 1, column: Int = 1) {
    self.file = file
    self.line = line
    self.column = column
  }
}

/// A group of employees that owns touchpoints.
public struct Team: Sendable {
  public var name: String
  public var title: String
  /// Where it reads of what it has to see to.
  public var mail: String?
  public var place: Place

  /// Makes a team.
  public init(name: String, title: String? = nil, mail: String? = nil, place: Place = Place()) {
    self.name = name
    self.title = title ?? name
    self.mail = mail
    self.place = place
  }
}

/// Another company that holds touchpoints on this one's behalf.
public struct Partner: Sendable {
  public var name: String
  public var title: String
  public var place: Place

  /// Makes a partner.
  public init(name: String, title: String? = nil, place: Place = Place()) {
    self.name = name
    self.title = title ?? name
    self.place = place
  }
}

/// A designed contact between customer and company.
public struct Touchpoint: Sendable {
  /// Who holds the touchpoint.
  public enum Control: String, Codable, Sendable, CaseIterable {
    /// The company itself.
    case owned
    /// A partner on the company's behalf.
    case partner
    /// Nobody the company can direct: press, review sites, friends.
    case external
  }

  /// By when an interaction is promised.
  public struct Expectation: Hashable, Sendable {
    /// The longest time promised.
    public var within: TimeSpan
    /// The touchpoint from which the time counts; nil counts from the case's start.
    public var of: String?

    /// Makes a promise.
    public init(within: TimeSpan, of touchpoint: String? = nil) {
      self.within = within
      self.of = touchpoint
    }
  }

  public var name: String
  public var title: String
  public var stage: String?
  /// The channels it was designed for; an interaction in another is *wrong channel*. Empty: any.
  public var channels: [String]
  /// Which events are interactions with it; nil where nothing is bound to it yet.
  public var rule: Expression?
  /// The team that owns it.
  public var owner: String?
  public var control: Control
  /// The partner that holds it, where `control` is `.partner`.
  public var partner: String?
  /// What one interaction costs the company, in the experience's currency.
  public var cost: Double?
  /// What one interaction is worth: a number from the event.
  public var value: Expression?
  /// How the customer scored the interaction, 1 to 5: a number from the event.
  public var score: Expression?
  public var expects: Expectation?
  /// How it was designed to feel, from 1 (bad) to 5 (delightful).
  public var feeling: Double?
  public var momentOfTruth: Bool
  /// Why it is known to hurt; nil where it is not known to.
  public var pain: String?
  /// What employees do behind the line of visibility.
  public var backstage: [String]
  /// The systems and partners that support those steps.
  public var support: [String]
  public var place: Place

  /// Makes a touchpoint.
  public init(
    name: String, title: String? = nil, stage: String? = nil, channels: [String] = [],
    rule: Expression? = nil, owner: String? = nil, control: Control = .owned,
    partner: String? = nil, cost: Double? = nil, value: Expression? = nil,
    score: Expression? = nil, expects: Expectation? = nil, feeling: Double? = nil,
    momentOfTruth: Bool = false, pain: String? = nil, backstage: [String] = [],
    support: [String] = [], place: Place = Place()
  ) {
    self.name = name
    self.title = title ?? name.inSentenceCase
    self.stage = stage
    self.channels = channels
    self.rule = rule
    self.owner = owner
    self.control = control
    self.partner = partner
    self.cost = cost
    self.value = value
    self.score = score
    self.expects = expects
    self.feeling = feeling
    self.momentOfTruth = momentOfTruth
    self.pain = pain
    self.backstage = backstage
    self.support = support
    self.place = place
  }
}

/// A kind of customer, drawn as a person.
public struct Persona: Sendable {
  public var name: String
  public var title: String
  public var goal: String?
  public var needs: [String]
  public var pains: [String]
  public var channels: [String]
  /// Who belongs to it; nil where it is only described.
  public var rule: Expression?
  public var place: Place

  /// Makes a persona.
  public init(
    name: String, title: String? = nil, goal: String? = nil, needs: [String] = [],
    pains: [String] = [], channels: [String] = [], rule: Expression? = nil, place: Place = Place()
  ) {
    self.name = name
    self.title = title ?? name.inSentenceCase
    self.goal = goal
    self.needs = needs
    self.pains = pains
    self.channels = channels
    self.rule = rule
    self.place = place
  }
}

/// A set of customers, given by a condition on their stories.
public struct Segment: Sendable {
  public var name: String
  public var rule: Expression
  public var place: Place

  /// Makes a segment.
  public init(name: String, rule: Expression, place: Place = Place()) {
    self.name = name
    self.rule = rule
    self.place = place
  }
}

extension String {
  /// A name as a title: `product_page` is “Product page”.
  var inSentenceCase: String {
    let words = replacing("_", with: " ")
    guard let first = words.first, first.isLowercase else { return words }
    return first.uppercased() + words.dropFirst()
  }
}
