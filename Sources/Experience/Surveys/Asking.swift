import Events

/// How all surveys together treat a person, and where their address is.
public struct Asking: Sendable, Hashable {
  /// Hours in which nobody is asked, as minutes of the local day; `from` may lie after `to`.
  public struct QuietHours: Sendable, Hashable {
    public var from: Int
    public var to: Int

    /// Makes quiet hours.
    public init(from: Int, to: Int) {
      self.from = from
      self.to = to
    }

    /// Whether a minute of the day is one of them; `from` is, `to` is not.
    public func contains(_ minute: Int) -> Bool {
      from <= to ? from <= minute && minute < to : minute >= from || minute < to
    }
  }

  /// How often a person is asked at most, by all surveys together.
  public var atMost: Int
  /// In which span that counts.
  public var per: TimeSpan
  public var quiet: QuietHours?
  /// The trait that holds the address.
  public var address: String
  /// The trait that holds the language.
  public var language: String

  /// Makes rules; without arguments, those that hold where the experience says nothing.
  public init(
    atMost: Int = 1, per: TimeSpan = .days(30),
    quiet: QuietHours? = QuietHours(from: 21 * 60, to: 8 * 60), address: String = "email",
    language: String = "language"
  ) {
    self.atMost = atMost
    self.per = per
    self.quiet = quiet
    self.address = address
    self.language = language
  }
}

/// The names of the events by which surveys stand in stories, and of their properties.
///
/// Elements are properties `elements.<name>`, further answers `answers.<name>`.
public enum SurveyEvent {
  public static let sent = "Survey Sent"
  public static let answered = "Survey Answered"
  public static let dismissed = "Survey Dismissed"
  public static let expired = "Survey Expired"
  public static let names = [sent, answered, dismissed, expired]

  /// The survey's name.
  public static let survey = "survey"
  /// The number that answers the main question.
  public static let score = "score"
  /// The option that answers it.
  public static let choice = "choice"
  /// The first words of their own.
  public static let comment = "comment"
  /// The touchpoint that is spoken of.
  public static let touchpoint = "touchpoint"
  /// The journey and, as ISO 8601, the start of the case that it belongs to, where one is known.
  public static let journey = "journey"
  public static let caseStart = "case_start"
  /// When that happened which is spoken of, as ISO 8601.
  public static let occasion = "occasion"
  /// The language of the questions.
  public static let language = "language"
  /// By what people were asked: mail, page, link, import.
  public static let askedBy = "asked_by"
  /// The element or answer of a name.
  public static func element(_ name: String) -> String { "elements." + name }
  public static func answer(_ name: String) -> String { "answers." + name }
  /// What stands between several options that were chosen.
  public static let betweenOptions = ", "
}

/// Something that people speak of in their own words, recognised by words.
public struct Theme: Sendable, Hashable {
  public var name: String
  public var title: String
  /// Words and phrases; `*` at the end of a word stands for any ending.
  public var words: [String]
  public var place: Place

  /// Makes a theme.
  public init(name: String, title: String? = nil, words: [String], place: Place = Place()) {
    self.name = name
    self.title = title ?? name.inSentenceCase
    self.words = words
    self.place = place
  }
}

/// Events beside surveys' answers that somebody has to see to: reviews, mentions, complaints.
public struct LoopRule: Sendable {
  public var name: String
  public var title: String
  /// Which events open a ticket.
  public var rule: Expression
  /// The touchpoint that it is of; nil: the one that the event is an interaction with.
  public var about: String?
  /// The team that sees to it; nil: the touchpoint's owner.
  public var team: String?
  public var due: TimeSpan
  public var place: Place

  /// Makes a rule.
  public init(
    name: String, title: String? = nil, rule: Expression, about: String? = nil,
    team: String? = nil, due: TimeSpan = Survey.Loop.usualDue, place: Place = Place()
  ) {
    self.name = name
    self.title = title ?? name.inSentenceCase
    self.rule = rule
    self.about = about
    self.team = team
    self.due = due
    self.place = place
  }
}
