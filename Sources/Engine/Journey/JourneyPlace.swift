import Events

/// One number of a measured journey, of which somebody asks whose it is.
///
/// It reads from a row key: `figure=late,step=3`, where steps count from 1 as people do.
public struct JourneyPlace: Sendable, Hashable {
  /// What the number counts.
  public enum Figure: String, Sendable, CaseIterable {
    /// Cases, all or by how they came out; of one starting point, if that is named.
    case cases, completed, ended, abandoned
    /// Cases whose end is still to come; of one starting point, or whose furthest step it is.
    case open
    /// Cases that came as far as a step, met it, or came no further; of one starting point, if named.
    case reached, met
    case droppedOff = "dropped_off"
    /// What went otherwise than designed at a step; without one, closed cases by verdict.
    case skipped, extra, repeated, late
    case outOfOrder = "out_of_order"
    case wrongChannel = "wrong_channel"
    /// Cases at a step for which a promise could be checked.
    case promised
    /// Cases that came to a step by another channel than to the one before.
    case switchedChannel = "switched_channel"
    /// Closed cases without any deviation.
    case asPlanned = "as_planned"
    /// Cases that dropped off at a step, by what they met next.
    case next
    /// Cases by what they met that is not on the map.
    case passage
  }

  public var figure: Figure
  /// The step's index, from 0.
  public var step: Int?
  /// The name of the starting point.
  public var start: String?
  /// The touchpoint or event off the map, or `Passage.nothing`: a touchpoint where there is one of
  /// that name.
  public var passage: String?

  /// Names a number.
  public init(_ figure: Figure, step: Int? = nil, start: String? = nil, passage: String? = nil) {
    self.figure = figure
    self.step = step
    self.start = start
    self.passage = passage
  }

  private static let columns = ["figure", "step", "start", "passage"]

  /// Reads a row key.
  ///
  /// - Throws: `customers.row` where no map has such a number.
  public init(_ row: AnswerRowKey) throws(Refusal) {
    let name = try row.value("figure", of: Self.columns)
    guard let figure = Figure(rawValue: name) else {
      throw AnswerRowKey.unknown("figure", name)
    }
    var step: Int?
    if let text = row.values["step"] {
      guard let number = Int(text), (1...64).contains(number) else {
        throw AnswerRowKey.unknown("step", text)
      }
      step = number - 1
    }
    self.init(figure, step: step, start: row.values["start"], passage: row.values["passage"])
    guard fits else {
      throw Refusal(
        "customers.row", problem: "A map has no number “\(text)”.",
        remedy: "Follow a number of the map.")
    }
  }

  /// What reads back as the same place.
  public var text: String {
    var parts = ["figure=\(figure.rawValue)"]
    if let step { parts.append("step=\(step + 1)") }
    for (column, value) in [("start", start), ("passage", passage)] {
      guard let value else { continue }
      let escaped = value.replacing("\\", with: "\\\\").replacing(",", with: "\\,")
      parts.append("\(column)=\(escaped)")
    }
    return parts.joined(separator: ",")
  }

  /// Whether it counts single interactions rather than cases.
  public var countsInteractions: Bool {
    step != nil && (figure == .extra || figure == .wrongChannel)
  }

  /// Whether the figure is counted by what is named beside it, and by all of that.
  private var fits: Bool {
    switch figure {
    case .cases, .completed, .ended, .abandoned: step == nil && passage == nil
    case .open: (step == nil || start == nil) && passage == nil
    case .reached, .met, .droppedOff: step != nil && passage == nil
    case .skipped, .extra, .repeated, .late, .outOfOrder, .wrongChannel:
      start == nil && passage == nil
    case .promised, .switchedChannel: step != nil && start == nil && passage == nil
    case .asPlanned: step == nil && start == nil && passage == nil
    case .next: step != nil && start == nil && passage != nil
    case .passage: step == nil && start == nil && passage != nil
    }
  }
}

/// The customers behind a number of a measured journey.
///
/// The parts that customers have in the number add up to it. A customer is listed once, and may have
/// several cases, so there are at most as many customers as the number says.
public struct JourneyCustomers: Sendable, Equatable {
  /// Canonical keys, ascending, each once.
  public var customers: [UInt64]
  /// The number, as the map says it.
  public var number: Int
}
