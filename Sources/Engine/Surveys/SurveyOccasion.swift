import Events
import Experience
import Stories

/// A moment at which a customer is due to be asked.
public struct SurveyOccasion: Sendable, Hashable {
  /// The survey's name.
  public var survey: String
  /// The customer as their story calls them, and the canonical key that it lies under.
  public var customer: Identity
  public var key: UInt64
  /// When that happened which is spoken of.
  public var moment: Instant
  /// From when on they are asked: the moment and the survey's `wait`.
  public var due: Instant
  /// The touchpoint that is spoken of: the survey's `about`, or that of the occasion.
  public var touchpoint: String?
  /// The journey and the start of the case that the occasion belongs to.
  public var journey: String?
  public var caseStart: Instant?
  /// The latest values of the traits that hold them.
  public var address: String?
  public var language: String?

  /// Makes an occasion.
  public init(
    survey: String, customer: Identity, key: UInt64, moment: Instant, due: Instant,
    touchpoint: String? = nil, journey: String? = nil, caseStart: Instant? = nil,
    address: String? = nil, language: String? = nil
  ) {
    self.survey = survey
    self.customer = customer
    self.key = key
    self.moment = moment
    self.due = due
    self.touchpoint = touchpoint
    self.journey = journey
    self.caseStart = caseStart
    self.address = address
    self.language = language
  }

  /// Whether it comes before another: by when they are due, then customer, then survey.
  func isBefore(_ other: SurveyOccasion) -> Bool {
    (due, key, survey) < (other.due, other.key, other.survey)
  }
}

/// Who is due to be asked.
public struct SurveyOccasions: Sendable, Equatable {
  /// By when they are due, then customer's key, then survey's name.
  public var occasions: [SurveyOccasion]
  /// Whether there are more: ask for those after the last one.
  public var isCut: Bool

  /// The most of one call; some 40 MB.
  public static let most = 100_000
}

extension Stories {
  /// Which customers are due for which survey.
  ///
  ///     let now = try await stories.occasions(
  ///       of: experience.surveys, in: experience, between: lastTime..<thisTime)
  ///
  /// An occasion follows from the story as it is up to the moment at which it is due, and from
  /// nothing else: asked again the answer is the same, and of two ranges that meet it is that of both
  /// together. What counts:
  /// - **touchpoint**: each interaction, with the case that it lies in of the first journey that has
  ///   the touchpoint and such a case.
  /// - **outcome**: each case that ended so, at its last event or, if abandoned, where its window ends.
  /// - **late**: a promise that is broken, at the end of the time promised. Nobody is asked for whom
  ///   the touchpoint has come by the time they would be, or whose case has closed by then.
  /// - **every**: whole spans after the customer's first event.
  ///
  /// The audience is judged by the story before the moment. The share takes the same customers each
  /// time, those of a smaller share being among those of a larger. Of occasions of one survey at the
  /// same moment of one customer there is one. Employees and partners are told from customers by the
  /// audience only: a survey of theirs without one has no occasions.
  ///
  /// - Parameters:
  ///   - surveys: those without an occasion are passed over.
  ///   - range: of when customers are due.
  ///   - after: the last of a call before, whose answer was cut.
  ///   - most: how many are wanted at most.
  /// - Throws: `survey.occasion` where a survey names what the experience doesn't have, what is wrong
  ///   with its audience or journey, or `CancellationError`.
  /// - Complexity: O(*customers*), and O(*events*) of those who were seen near the range.
  public func occasions(
    of surveys: [Survey], in experience: Experience, between range: Range<Instant>,
    after: SurveyOccasion? = nil, most: Int = SurveyOccasions.most
  ) async throws -> SurveyOccasions {
    try await answer(
      OccasionFold(
        surveys: surveys.filter(\.isAsked), experience: experience, range: range, after: after,
        most: max(0, min(most, SurveyOccasions.most))))
  }
}

extension Survey {
  /// Whether stories have occasions for it.
  fileprivate var isAsked: Bool {
    occasion != nil && (respondents == .customers || audience != nil)
  }

  /// Whether a customer belongs to the share that is asked.
  func asks(_ key: UInt64) -> Bool {
    guard share < 1 else { return true }
    return Double(stableHash(name, seed: key)) < share * 0x1p64
  }
}
