import Events
import Experience

/// Asks how large segments are over time, who enters and leaves them, and how they overlap.
///
/// At the end of each interval every unit whose story has begun is judged by the story before that
/// moment; the last interval ends where the range or the data do. *Entering* are those that are in
/// the segment at an interval's end and were not at the end of the one before, *leaving* the
/// reverse:
///
///     size(t) − size(t − 1) = entering(t) − leaving(t)
///
/// The first interval is compared with the moment at which the range, or else the interval, begins.
public struct SegmentsQuestion: Sendable, Equatable {
  public var scope = Scope()
  /// Conditions on stories, or sets of customers that were saved; their names differ.
  public var segments: [Population]
  public var interval = CalendarInterval.month

  /// Makes a question.
  public init(segments: [Population]) { self.segments = segments }

  /// The most segments: each is judged for each unit and interval, and told for each other one.
  public static let mostSegments = 32
  /// The most intervals, for the same reason: days of a year.
  public static let mostIntervals = 366

  /// Refuses too few and too many segments, and names that come twice.
  func validate() throws(Refusal) {
    guard (1...Self.mostSegments).contains(segments.count) else {
      throw Refusal(
        "segments.count",
        problem: segments.isEmpty
          ? "No segment is named, and the experience has none."
          : "There are \(segments.count) segments.",
        remedy: "Name 1 to \(Self.mostSegments), or conditions on stories.")
    }
    for (position, segment) in segments.enumerated()
    where segments[..<position].contains(where: { $0.name == segment.name }) {
      throw Refusal(
        "segments.name", problem: "“\(segment.name)” is named twice.",
        remedy: "Drop one, or give it another name.")
    }
  }
}

extension SegmentsQuestion: CatalogueQuestion {
  /// How large segments are, overlap and change.
  public static let kind = QuestionKind.segments

  /// The fields of a segments question.
  public static var form: QuestionForm {
    QuestionForm(
      asks: "How large segments are over time, who enters and leaves, and how they overlap.",
      fields: [
        .init(
          "segments", takes: "segments, personas, saved sets or conditions on a story",
          standard: "all segments of the experience", meaning: "Which.", input: .list(.population)),
        .init(
          "interval", takes: "hour, day, week, month, quarter or year", standard: "month",
          meaning: "At whose ends they are judged; up to \(mostIntervals) of them.",
          input: .interval),
      ],
      example: """
        question: segments
        interval: week
        segments:
          - name: buyers
            who: count("Order Completed") > 0
          - name: newcomers
            who: age() < 30d
        """)
  }

  /// The events that conditions name, as far as the conditions have no name in the experience.
  public var eventRules: [Expression] {
    segments.flatMap { segment -> [Expression] in
      guard let rule = segment.rule, Self.isWrittenOut(segment.name, rule) else { return [] }
      return rule.namedEvents.sorted().map { .isEvent($0) }
    }
  }

  /// Whether a condition goes by its own text: a slip there is a mistake, whereas a segment of the
  /// experience may well wait for its first event.
  private static func isWrittenOut(_ name: String, _ rule: Expression) -> Bool {
    (try? Expression(reading: name, about: .story, giving: .boolean)) == rule
  }

  /// The segments.
  public var populations: [Population] { segments }

  /// Takes the experience's calendar along.
  public func fold(in context: QuestionContext) throws(Refusal) -> SegmentsFold {
    SegmentsFold(question: self, calendar: context.calendar)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case segments, interval }

  /// Reads a question; without segments, about all that the experience has.
  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    let experience = try decoder.questionContext().experience
    self.init(
      segments: try fields.list(.segments)
        ?? experience?.segments.map { .condition(name: $0.name, $0.rule) } ?? [])
    scope = try Scope(from: decoder)
    interval = try fields.value(.interval, standard: interval)
    do { try validate() } catch { throw decoder.refused(error) }
  }

  /// Writes the segments, and the fields that are not as usual.
  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(segments, forKey: .segments)
    if interval != .month { try fields.encode(interval, forKey: .interval) }
  }
}
