import Events
import Experience

/// Asks which ways lead from, to or between events.
///
/// A way is anchored in the range: at an event of `start`, or of `end` where there is no `start`. It is
/// followed through the story, forward or backward, beyond the range's end if need be, as far as window and
/// depth allow. Between two events it ends at the first `end` after the anchor, and only ways that get
/// there count.
public struct FlowQuestion: CatalogueQuestion {
  public static let kind = QuestionKind.flow
  public static var form: QuestionForm {
    QuestionForm(
      asks: "Which ways lead from, to or between events.",
      fields: [
        .init(
          "start", takes: "event or touchpoint", standard: "none", meaning: "Where ways begin.",
          input: .event),
        .init(
          "end", takes: "event or touchpoint", standard: "none",
          meaning: "Where ways end; one of the two must be there.", input: .event),
      ] + PathFields.names + [
        .init(
          "entry", takes: "first or every", standard: "first",
          meaning: "Which anchors of a customer count.", input: .choice(["first", "every"])),
        PathFields.repeats(standard: .collapsed),
        .init(
          "loops", takes: "kept or folded", standard: "kept",
          meaning: "Folded: a name that the way already has is passed over.",
          input: .choice(["kept", "folded"])),
        .init(
          "window", takes: "7d, or none", standard: "none",
          meaning: "How far from the anchor events count.", input: .span),
        .init(
          "depth", takes: "1 to \(deepest)", standard: "\(usualDepth)",
          meaning: "How many names are followed.", input: .number),
        .init(
          "most", takes: "1 to \(widest)", standard: "\(usualMost)",
          meaning: "How many next names are shown each; the rest is other.", input: .number),
        PathFields.times,
      ],
      example: """
        question: flow
        start: Product Viewed
        depth: 3
        """)
  }

  /// Which anchors of a customer count.
  public enum Entry: String, Sendable, Codable, CaseIterable { case first, every }

  /// What becomes of names that a way already has.
  public enum Loops: String, Sendable, Codable, CaseIterable {
    case kept
    /// They are passed over, so that each name is in a way once.
    case folded
  }

  public var scope = Scope()
  public var start: EventSelector?
  public var end: EventSelector?
  /// What events are called.
  public var naming: Naming = .event
  /// Which events are looked at; empty: all. Others count as if they were not there.
  public var only: [EventSelector] = []
  public var entry = Entry.first
  public var repeats = PathRepeats.collapsed
  public var loops = Loops.kept
  /// How far from the anchor events count, the end included; nil: any time.
  public var window: TimeSpan?
  /// How many names are followed beside the anchor.
  public var depth = usualDepth
  /// How many children of a node are shown.
  public var most = usualMost
  /// Whether times between the names are worked out.
  public var times = PathTimes.measured

  /// How many names are followed unless a question says otherwise.
  public static let usualDepth = 5
  /// How many children are shown unless a question says otherwise.
  public static let usualMost = 5
  /// The most names that are followed, which bounds the tree.
  public static let deepest = 20
  /// The most children that are shown.
  public static let widest = 100
  /// How many events of a story a way is followed at most; one that is longer goes on. It bounds what a story of
  /// very many events costs where each of them is an anchor.
  public static let mostFollowed = 10_000

  /// Makes a question; one of the two must be there.
  public init(from start: EventSelector? = nil, to end: EventSelector? = nil) {
    self.start = start
    self.end = end
  }

  public var eventRules: [Expression] { ([start, end].compactMap(\.self) + only).map(\.rule) }
  public var propertyNames: [String] { naming.propertyNames }

  /// Refuses a flow without an anchor, and numbers out of their limits.
  func validate() throws(Refusal) {
    guard start != nil || end != nil else {
      throw Refusal(
        "flow.anchor", problem: "The flow has neither `start` nor `end`.",
        remedy: "Say where ways begin, where they end, or both.")
    }
    if let window, window.milliseconds <= 0 {
      throw Refusal(
        "flow.window", problem: "Nothing happens within a window of \(window).",
        remedy: "Take a window above 0, or none.")
    }
    guard (1...Self.deepest).contains(depth) else {
      throw Refusal(
        "flow.depth", problem: "A flow \(depth) names deep cannot be drawn.",
        remedy: "Take 1 to \(Self.deepest).")
    }
    guard (1...Self.widest).contains(most) else {
      throw Refusal(
        "flow.most", problem: "\(most) next names cannot be shown.",
        remedy: "Take 1 to \(Self.widest).")
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case start, end, by, only, entry, repeats, loops, window, depth, most, times
  }

  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    self.init(from: try fields.value(.start), to: try fields.value(.end))
    scope = try Scope(from: decoder)
    naming = try fields.value(.by, standard: .event)
    only = try fields.list(.only) ?? []
    entry = try fields.value(.entry, standard: .first)
    repeats = try fields.value(.repeats, standard: .collapsed)
    loops = try fields.value(.loops, standard: .kept)
    if try fields.value(.window, String.self) != "none" { window = try fields.value(.window) }
    depth = try fields.value(.depth, standard: Self.usualDepth)
    most = try fields.value(.most, standard: Self.usualMost)
    times = try fields.value(.times, standard: .measured)
    do { try validate() } catch { throw decoder.refused(error) }
  }

  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encodeIfPresent(start, forKey: .start)
    try fields.encodeIfPresent(end, forKey: .end)
    if naming != .event { try fields.encode(naming, forKey: .by) }
    if !only.isEmpty { try fields.encode(only, forKey: .only) }
    if entry != .first { try fields.encode(entry, forKey: .entry) }
    if repeats != .collapsed { try fields.encode(repeats, forKey: .repeats) }
    if loops != .kept { try fields.encode(loops, forKey: .loops) }
    try fields.encodeIfPresent(window, forKey: .window)
    if depth != Self.usualDepth { try fields.encode(depth, forKey: .depth) }
    if most != Self.usualMost { try fields.encode(most, forKey: .most) }
    if times != .measured { try fields.encode(times, forKey: .times) }
  }

  public func fold(in context: QuestionContext) -> FlowFold {
    FlowFold(question: self, touchpoints: context.experience?.touchpoints ?? [])
  }
}
