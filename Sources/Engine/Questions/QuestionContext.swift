import Events
import Experience

/// What the names and times in a question's text stand for.
public struct QuestionContext: Sendable {
  /// The experience, whose touchpoints, segments, personas and journeys a question may name.
  public var experience: Experience?
  /// Days, weeks and months of the experience's time zone.
  public var calendar: LocalCalendar
  /// Saved sets of customers by name, as canonical keys in ascending order.
  public var savedSets: [String: [UInt64]] = [:]

  /// Makes a context; without an experience there are only events' names, and days are UTC.
  ///
  /// - Throws: `timezone.unknown`.
  public init(_ experience: Experience? = nil) throws(Refusal) {
    self.experience = experience
    calendar = try LocalCalendar(timezone: experience?.timezone ?? "UTC")
  }

  /// The experience's journey of a name.
  ///
  /// - Throws: `question.journey`.
  public func journey(_ name: String) throws(Refusal) -> (Journey, Experience) {
    if let experience, let journey = experience.journeys.first(where: { $0.name == name }) {
      return (journey, experience)
    }
    let known = experience?.journeys.map(\.name) ?? []
    throw Refusal(
      "question.journey", problem: "The experience has no journey “\(name)”.",
      remedy: nearest(to: name, among: known).map { "Did you mean “\($0)”?" }
        ?? (known.isEmpty
          ? "Write one into the experience; `waymark infer` proposes one."
          : "Name one of \(known.joined(separator: ", "))."))
  }
}

extension CodingUserInfoKey {
  /// Where a decoder carries the `QuestionContext`.
  static let questionContext = CodingUserInfoKey(rawValue: "questionContext").unsafelyUnwrapped
}

extension Decoder {
  /// The context in which a question is read.
  ///
  /// - Throws: where the decoder has none: questions are read by `Question.read`.
  func questionContext() throws -> QuestionContext {
    guard let context = userInfo[.questionContext] as? QuestionContext else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: codingPath, debugDescription: "Questions are read with a context."))
    }
    return context
  }

  /// An error at this place of a question's text.
  func refused(_ refusal: Refusal) -> DecodingError {
    .dataCorrupted(
      .init(
        codingPath: codingPath, debugDescription: refusal.description, underlyingError: refusal))
  }
}
