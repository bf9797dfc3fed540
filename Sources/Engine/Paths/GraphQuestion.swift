import Events
import Experience
import Statistics

/// Asks what follows what directly.
///
/// A transition is an event and the next one of the same customer, both with names. It counts when its
/// second event lies in the range, be the first before it: the counts of adjoining ranges add up.
public struct GraphQuestion: CatalogueQuestion {
  public static let kind = QuestionKind.graph
  public static var form: QuestionForm {
    QuestionForm(
      asks: "What follows what directly, how often and after how long.",
      fields: PathFields.names + [
        PathFields.repeats(standard: .kept)
      ],
      example: """
        question: graph
        repeats: collapsed
        """)
  }

  public var scope = Scope()
  /// What events are called.
  public var naming: Naming
  /// Which events are looked at; empty: all. Others count as if they were not there.
  public var only: [EventSelector]
  /// What becomes of the same name several times in a row; collapsed, its time is that of the first.
  public var repeats: PathRepeats

  /// How many names are told apart: pairs of them are counted in a table of 1 KiB each a core.
  public static let mostNames = 256

  /// Makes a question.
  public init(by naming: Naming = .event, only: [EventSelector] = [], repeats: PathRepeats = .kept)
  {
    self.naming = naming
    self.only = only
    self.repeats = repeats
  }

  public var eventRules: [Expression] { only.map(\.rule) }
  public var propertyNames: [String] { naming.propertyNames }

  private enum CodingKeys: String, CodingKey, CaseIterable { case by, only, repeats }

  public init(from decoder: any Decoder) throws {
    let fields = try QuestionFields<CodingKeys>(decoder)
    self.init(
      by: try fields.value(.by, standard: .event), only: try fields.list(.only) ?? [],
      repeats: try fields.value(.repeats, standard: .kept))
    scope = try Scope(from: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    try scope.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    if naming != .event { try fields.encode(naming, forKey: .by) }
    if !only.isEmpty { try fields.encode(only, forKey: .only) }
    if repeats != .kept { try fields.encode(repeats, forKey: .repeats) }
  }

  public func fold(in context: QuestionContext) -> GraphFold {
    GraphFold(question: self, touchpoints: context.experience?.touchpoints ?? [])
  }
}

extension Naming {
  /// The property by which it names.
  var propertyNames: [String] { if case .property(let name) = self { [name] } else { [] } }
}

/// How fields that several questions about ways have are described.
enum PathFields {
  static let names: [QuestionForm.Field] = [
    .init(
      "by", takes: "event, touchpoint or properties.<name>", standard: "event",
      meaning: "What events are called.", input: .naming),
    .init(
      "only", takes: "events or touchpoints", standard: "all",
      meaning: "Which events are looked at.", input: .list(.event)),
  ]

  static func repeats(standard: PathRepeats) -> QuestionForm.Field {
    .init(
      "repeats", takes: "kept or collapsed", standard: standard.rawValue,
      meaning: "The same several times in a row: each, or all as one.",
      input: .choice(["kept", "collapsed"]))
  }

  static let times = QuestionForm.Field(
    "times", takes: "measured or omitted", standard: "measured",
    meaning: "Counts alone take less time.", input: .choice(["measured", "omitted"]))
}

/// What follows what: the answer to a `GraphQuestion`.
public struct Graph: CatalogueAnswer {
  /// One name.
  public struct Node: Sendable, Codable, Equatable {
    public var name: String
    /// Events in the range; a stay counts once where repeats are collapsed.
    public var events: Int
    public var customers: Int
    /// Stories that begin with it, in the range.
    public var starts: Int
    /// Stories that end with it, in the range.
    public var ends: Int
  }

  /// One name directly after another.
  public struct Edge: Sendable, Codable, Equatable {
    public var from: String
    public var to: String
    public var transitions: Int
    public var customers: Int
    /// The time between the two, in milliseconds.
    public var medianGap: Estimate
    public var p95Gap: Double?
  }

  public var tally: AnswerTally
  /// Most events first, then by name.
  public var nodes: [Node]
  /// Most transitions first, then by names.
  public var edges: [Edge]

  /// Every edge.
  public var table: AnswerTable {
    var table = AnswerTable([
      .init("from", .key), .init("to", .key), .init("customers", .count),
      .init("transitions", .count), .init("median_gap", .duration), .init("p95_gap", .duration),
    ])
    for edge in edges {
      table.add([
        .text(edge.from), .text(edge.to), .count(edge.customers), .count(edge.transitions),
        .optional(edge.medianGap.value), .optional(edge.p95Gap),
      ])
    }
    return table
  }

  /// The most edges that are drawn.
  private static let mostDrawn = 20

  /// The most frequent edges.
  public var picture: AnswerPicture? {
    .bars(
      title: "Transitions", series: ["transitions"],
      bars: edges.prefix(Self.mostDrawn).map {
        .init($0.from + waySeparator + $0.to, [Double($0.transitions)])
      })
  }
}
