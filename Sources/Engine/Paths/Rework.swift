import Statistics

/// What is repeated: the answer to a `ReworkQuestion`.
public struct Rework: CatalogueAnswer {
  /// One name.
  public struct Name: Sendable, Codable, Equatable {
    public var name: String
    public var events: Int
    /// Customers who have it.
    public var customers: Int
    /// Customers who have it more than once, and their share of those who have it.
    public var again: Int
    public var share: Estimate
    /// Events after a customer's first.
    public var repeats: Int
    /// Stays of more than one event: the same at once again. One stay counts once.
    public var selfLoops: Int
    /// Stays after a customer's first: the same again after something else.
    public var repetitions: Int
    /// Repeats of a customer who has any.
    public var meanRepeats: Double?
    /// From a customer's first to the last, where there are several: the median and the sum, in
    /// milliseconds.
    public var time: Estimate
    public var totalTime: Double
  }

  /// From one name to another and straight back; stays count once.
  public struct Loop: Sendable, Codable, Equatable {
    public var name: String
    public var by: String
    public var loops: Int
    public var customers: Int
  }

  public var tally: AnswerTally
  /// Customers with any repeat.
  public var again: Int
  /// Most repeats first, then by name.
  public var names: [Name]
  /// Most loops first, then by names; as many as were asked for.
  public var loops: [Loop]

  /// Names, then loops; their first figure counts customers with repeats, or with the loop.
  public var table: AnswerTable {
    var table = AnswerTable([
      .init("what", .key), .init("customers", .count), .init("share", .share),
      .init("repeats", .count), .init("self_loops", .count), .init("repetitions", .count),
      .init("events", .count), .init("median_time", .duration), .init("total_time", .duration),
    ])
    for name in names {
      table.add([
        .text(name.name), .count(name.again), .optional(name.share.value), .count(name.repeats),
        .count(name.selfLoops), .count(name.repetitions), .count(name.events),
        .optional(name.time.value), .number(name.totalTime),
      ])
    }
    for loop in loops {
      table.add([
        .text([loop.name, loop.by, loop.name].joined(separator: waySeparator)),
        .count(loop.customers), .number(Double(loop.customers) / Double(tally.counted)),
        .count(loop.loops), .none, .none, .none, .none, .none,
      ])
    }
    return table
  }

  /// The most names that are drawn.
  private static let mostDrawn = 20

  /// The names that are most often repeated.
  public var picture: AnswerPicture? {
    .bars(
      title: "Repeats", series: ["self-loops", "repetitions"],
      bars: names.prefix(Self.mostDrawn).map {
        .init($0.name, [Double($0.selfLoops), Double($0.repetitions)])
      })
  }
}
