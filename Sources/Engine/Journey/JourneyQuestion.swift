import Events
import Experience

/// Which cases of a journey are measured.
public struct JourneyQuestion: Sendable {
  public var journey: Journey
  /// The first moment at which a measured case may have begun; nil: any.
  public var from: Instant?
  /// The first moment at which it is too late; nil: none.
  public var to: Instant?
  /// Which customers, judged like the audience: by the story before the starting event. It chooses
  /// among the cases of the journey and changes none of them, so that parts add up to the whole. A
  /// saved set is chosen before stories are read.
  public var population: Population?
  /// The moment at which the question is asked; events after it are not read. nil: the watermark.
  public var now: Instant?

  /// Asks for a journey's cases.
  public init(
    _ journey: Journey, from: Instant? = nil, to: Instant? = nil, population: Population? = nil,
    now: Instant? = nil
  ) {
    self.journey = journey
    self.from = from
    self.to = to
    self.population = population
    self.now = now
  }
}
