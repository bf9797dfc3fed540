import Engine
import Statistics

/// Tables and pictures, as random as answers could be.
struct Sampler {
  var dice: SeededGenerator

  init(_ seed: Int) { dice = SeededGenerator(seed: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15) }

  /// Texts that come from data: long, wide, and such that would move a terminal or close a tag.
  static let texts = [
    "cart", "Order Completed", "", " ", "a,b", "say \"hi\"", "two\nlines", "=1+1", "-5", "@here",
    "\u{1B}[31mred", "\u{202E}turned", "購入完了しました", "👩‍👩‍👧‍👦 family", "<script>alert(1)</script>",
    "\" onload=\"x", "]]>", "&amp;", String(repeating: "long ", count: 60), "\u{0}nul", "\r\n",
  ]

  mutating func text() -> String { Self.texts[dice.below(Self.texts.count)] }

  mutating func number() -> Double {
    switch dice.below(8) {
    case 0: 0
    case 1: Double(dice.below(1_000_000))
    case 2: -dice.unit() * 500
    case 3: dice.unit() * 1e14
    case 4: dice.unit() * 1e-9
    case 5: .nan
    default: dice.unit()
    }
  }

  mutating func cell(_ measure: AnswerTable.Measure) -> AnswerTable.Cell {
    switch measure {
    case .key: .text(text())
    case .note: dice.chance(0.5) ? .text(text()) : .none
    case .count: .count(dice.below(10_000_000))
    default: dice.chance(0.2) ? .none : .number(number())
    }
  }

  mutating func table() -> AnswerTable {
    var columns = (0..<(1 + dice.below(3))).map { AnswerTable.Column("key\($0)", .key) }
    columns.append(.init("customers", .count))
    let measures: [AnswerTable.Measure] = [.count, .share, .duration, .money, .number, .note]
    for position in 0..<dice.below(9) {
      let measure = measures[dice.below(measures.count)]
      columns.append(.init("column_\(position)", measure))
      if measure == .share {
        columns += [.init("low", .share), .init("high", .share)]
      }
    }
    var table = AnswerTable(columns)
    for _ in 0..<dice.below(70) { table.add(columns.map { cell($0.measure) }) }
    return table
  }

  mutating func picture() -> AnswerPicture {
    guard dice.chance(0.2) else { return single() }
    return .several(
      title: text(),
      parts: (0..<dice.below(5)).map { _ in .init(name: text(), picture: single()) })
  }

  private mutating func single() -> AnswerPicture {
    let size = dice.below(40)
    switch dice.below(6) {
    case 0:
      let series = 1 + dice.below(3)
      return .bars(
        title: text(), series: (0..<series).map { _ in text() },
        bars: (0..<size).map { _ in .init(text(), (0..<series).map { _ in number() }) })
    case 1:
      return .lines(
        title: text(), axis: (0..<size).map { _ in text() },
        lines: (0..<(1 + dice.below(20))).map { _ in
          .init(text(), (0..<size).map { _ in dice.chance(0.2) ? nil : number() })
        })
    case 2:
      let columns = dice.below(90)
      return .grid(
        title: text(), rows: (0..<size).map { _ in text() },
        columns: (0..<columns).map { _ in text() },
        shares: (0..<size).map { _ in
          (0..<dice.below(columns + 1)).map { _ in dice.chance(0.2) ? nil : number() }
        })
    case 3:
      return .ranges(
        title: text(),
        ranges: (0..<size).map { _ in
          .init(
            text(), dice.chance(0.2) ? nil : number(), low: dice.chance(0.3) ? nil : number(),
            high: dice.chance(0.3) ? nil : number())
        })
    case 4:
      return .matrix(
        title: text(),
        .init(
          across: text(), up: text(), cutAcross: number(), cutUp: number(),
          corners: (0..<4).map { _ in text() },
          points: (0..<size).map { _ in .init(text(), across: number(), up: number()) }))
    default:
      // Links point anywhere, backwards and out of range too.
      return .flow(
        title: text(),
        nodes: (0..<size).map { _ in
          .init(text(), column: dice.below(5), count: dice.below(10_000))
        },
        links: (0..<dice.below(80)).map { _ in
          .init(from: dice.below(size + 1), to: dice.below(size + 1), count: dice.below(5000))
        })
    }
  }
}
