import Events
import Statistics
import Words

extension WordsAnswer {
  /// A row for each part of each figure, or for each text.
  public var table: AnswerTable {
    verbatims.map(Self.table) ?? figureTable
  }

  private static func table(_ verbatims: [Verbatim]) -> AnswerTable {
    var table = AnswerTable([
      .init("time", .key), .init("customer", .key), .init("feeling", .note),
      .init("score", .number), .init("sentiment", .number), .init("language", .note),
      .init("themes", .note), .init("text", .words),
    ])
    for each in verbatims {
      table.add([
        .text("\(each.time)"), .text(each.customer),
        each.feeling.map { .text($0.rawValue) } ?? .none, .optional(each.score),
        .optional(each.sentiment), each.language.map { .text($0) } ?? .none,
        each.themes.isEmpty ? .none : .text(each.themes.joined(separator: ", ")),
        .text(each.text),
      ])
    }
    return table
  }

  private var figureTable: AnswerTable {
    var columns: [AnswerTable.Column] = []
    if interval != nil { columns.append(.init("interval", .key)) }
    if by != nil { columns.append(.init("by", .key)) }
    columns += [
      .init("about", .key), .init("name", .key), .init("customers", .count),
      .init("texts", .count), .init("share", .share), .init("low", .share), .init("high", .share),
      .init("score", .number), .init("effect", .number), .init("effect_low", .number),
      .init("effect_high", .number), .init("mood", .number), .init("low_texts", .count),
      .init("note", .note),
    ]
    var table = AnswerTable(columns)
    for figure in figures {
      var keys: [AnswerTable.Cell] = interval == nil ? [] : [.text(figure.interval)]
      if by != nil { keys.append(.text(figure.by ?? Self.everything)) }
      for row in figure.rows { table.add(keys + row) }
    }
    for proposal in proposals {
      var row: [AnswerTable.Cell] = [
        .text(About.proposal.rawValue), .text(proposal.term), .none, .count(proposal.texts),
      ]
      row += [proposal.share.value, proposal.share.low, proposal.share.high].map { .optional($0) }
      row += [.none, .none, .none, .none, .none, .count(proposal.low), .none]
      table.add(row)
    }
    return table
  }

  /// More figures than this are drawn as lines.
  private static let mostRanges = 40

  /// Over many intervals the shares of feelings as lines; else what people speak of, or how they feel.
  public var picture: AnswerPicture? {
    guard verbatims == nil, let first = figures.first else { return nil }
    if interval != nil {
      let all = figures.filter { $0.by == nil }
      return .lines(
        title: "Feelings", axis: all.map(\.interval),
        lines: Sentiment.Tone.allCases.reversed().map { tone in
          .init(
            tone.rawValue,
            all.map { figure in
              figure.isOpen
                ? nil : figure.feelings.first { $0.name == tone.rawValue }?.share.value
            })
        })
    }
    let isGrouped = figures.count > 1
    let ranges =
      isGrouped
      ? figures.map { figure in
        let part = figure.feelings.first { $0.name == Sentiment.Tone.negative.rawValue }
        return AnswerPicture.Range(
          figure.by ?? Self.everything, part?.share.value, low: part?.share.low,
          high: part?.share.high)
      }
      : (first.feelings.reversed() + first.themes.filter { $0.texts > 0 }).map {
        .init($0.name, $0.share.value, low: $0.share.low, high: $0.share.high)
      }
    return .ranges(
      title: isGrouped ? "Share of negative texts" : "Feelings and themes",
      ranges: Array(ranges.prefix(Self.mostRanges)))
  }
}

extension WordsAnswer.Figure {
  /// The cells of its rows after those that say which figure it is.
  fileprivate var rows: [[AnswerTable.Cell]] {
    typealias About = WordsAnswer.About
    let nothing = [AnswerTable.Cell](repeating: .none, count: 9)
    var rows: [[AnswerTable.Cell]] = [
      [
        .text(About.texts.rawValue), .text(WordsAnswer.allEvents), .count(events.customers),
        .count(events.count),
      ] + nothing + [isOpen ? .text("open") : .none],
      row(.texts, texts, isCompared: false),
    ]
    guard texts.texts > 0 else { return rows }
    rows += feelings.map { row(.feeling, $0, isCompared: false) }
    if unjudged > 0 {
      rows.append(
        [
          .text(About.feeling.rawValue), .text(WordsAnswer.unjudged), .none, .count(unjudged),
        ] + nothing + [.text("languages without a lexicon")])
    }
    rows += languages.map { row(.language, $0, isCompared: false) }
    rows += themes.map { row(.theme, $0, isCompared: true) }
    return rows
  }

  private func row(
    _ about: WordsAnswer.About, _ part: WordsAnswer.Part, isCompared: Bool
  ) -> [AnswerTable.Cell] {
    var cells: [AnswerTable.Cell] = [
      .text(about.rawValue), .text(part.name), .count(part.customers), .count(part.texts),
    ]
    cells += [part.share.value, part.share.low, part.share.high, part.score.value]
      .map { .optional($0) }
    let effect = isCompared ? part.effect : .none
    cells += [effect.value, effect.low, effect.high, part.mood.value].map { .optional($0) }
    let note: String? =
      effect.low == nil ? nil : effect.leavesZero ? nil : "no clear effect"
    cells += [.none, note.map { .text($0) } ?? .none]
    return cells
  }
}
