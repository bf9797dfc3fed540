import Statistics

/// The ways that customers take: the answer to a `VariantsQuestion`.
public struct Variants: CatalogueAnswer {
  /// One way.
  public struct Variant: Sendable, Codable, Equatable {
    public var names: [String]
    public var customers: Int
    /// Of all customers with a way, 0 to 1.
    public var share: Double
    /// From the first event of the way to the last one that it covers, in milliseconds: of a whole way
    /// the last of the story in the range, of one that is cut the event that begins its last stay.
    public var duration: Estimate?
    /// The share that met the goal.
    public var goal: Estimate?
    /// The mean of the numbers.
    public var score: Estimate?
  }

  public var tally: AnswerTally
  /// Most customers first, then by the bytes of their names; as many as were asked for.
  public var variants: [Variant]
  /// How many different ways there are.
  public var variantCount: Int
  /// Customers of the ways that are not shown.
  public var others: Int

  /// The ways that are shown.
  public var table: AnswerTable {
    let (timed, judged) = (variants.first?.duration != nil, variants.first?.goal != nil)
    let scored = variants.first?.score != nil
    var table = AnswerTable(
      [.init("path", .key), .init("customers", .count), .init("share", .share)]
        + (timed ? [.init("median_duration", .duration)] : [])
        + (judged ? [.init("goal", .share)] : []) + (scored ? [.init("score", .number)] : []))
    for variant in variants {
      table.add(
        [
          .text(variant.names.joined(separator: waySeparator)), .count(variant.customers),
          .number(variant.share),
        ]
          + (timed ? [.optional(variant.duration?.value)] : [])
          + (judged ? [.optional(variant.goal?.value)] : [])
          + (scored ? [.optional(variant.score?.value)] : []))
    }
    return table
  }

  /// The most ways that are drawn.
  private static let mostDrawn = 20

  /// The most frequent ways.
  public var picture: AnswerPicture? {
    .bars(
      title: "Ways", series: ["customers"],
      bars: variants.prefix(Self.mostDrawn).map {
        .init($0.names.joined(separator: waySeparator), [Double($0.customers)])
      })
  }
}
