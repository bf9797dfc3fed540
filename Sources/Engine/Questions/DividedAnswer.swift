import Events

/// The answers for the values of a breakdown.
public struct DividedAnswer: CatalogueAnswer {
  /// The answer for one value.
  public struct Part: Sendable, Encodable, Equatable {
    /// The value as text; nil for units without one, and for the rest.
    public var value: String?
    /// Whether these are the values beyond those that are told apart.
    public var isRest: Bool
    public var answer: Answer

    /// What rows of a table call it.
    public var name: String { value ?? (isRest ? DimensionTable.others : DimensionTable.none) }
  }

  /// What it is divided by.
  public var breakdown: String
  /// Those with something to tell: most units first, segments as they were named; then the rest, and
  /// units without a value.
  public var parts: [Part]
  /// The sums over all values.
  public var tally: AnswerTally

  /// The most values for which a picture is drawn.
  private static let mostDrawn = 4

  init<Asked>(
    by breakdown: String, _ parts: [DividedFold<Asked>.Part],
    _ wrap: (Asked.Answer) -> Answer
  ) {
    self.breakdown = breakdown
    self.parts = []
    tally = AnswerTally(counted: 0)
    for part in parts {
      let answer = wrap(part.answer)
      tally.add(answer.subject.tally)
      // Of a value without any event in the range there is nothing to tell.
      guard answer.subject.table.rows.contains(where: { $0.contains(where: \.isCounted) }) else {
        continue
      }
      let value: String? = if case .value(let name) = part.value { name } else { nil }
      self.parts.append(Part(value: value, isRest: part.value == .others, answer: answer))
    }
  }

  /// The rows of each value, behind its name.
  public var table: AnswerTable {
    let tables = parts.map(\.answer.subject.table)
    var columns = tables.first?.columns ?? []
    // A column may be there for some values only.
    for column in tables.flatMap(\.columns) where !columns.contains(column) {
      columns.append(column)
    }
    var table = AnswerTable([.init("breakdown", .key)] + columns)
    for (part, own) in zip(parts, tables) {
      let places = columns.map { own.columns.firstIndex(of: $0) }
      for row in own.rows {
        table.add([.text(part.name)] + places.map { $0.map { row[$0] } ?? .none })
      }
    }
    return table
  }

  /// The pictures of the first values.
  public var picture: AnswerPicture? {
    let pictures = parts.prefix(Self.mostDrawn).compactMap { part in
      part.answer.subject.picture.map { AnswerPicture.Part(name: part.name, picture: $0) }
    }
    guard let title = pictures.first?.picture.title else { return nil }
    return .several(title: "\(title) by \(breakdown)", parts: pictures)
  }
}

extension AnswerTable.Cell {
  fileprivate var isCounted: Bool { if case .count(let count) = self { count != 0 } else { false } }
}

extension AnswerTally {
  /// Adds what another one counts, reason by reason.
  mutating func add(_ other: AnswerTally) {
    counted += other.counted
    open += other.open
    for exclusion in other.excluded {
      if let place = excluded.firstIndex(where: { $0.reason == exclusion.reason }) {
        excluded[place].count += exclusion.count
      } else {
        excluded.append(exclusion)
      }
    }
  }
}
