import Events
import Experience
import Stories
import Words

/// A question about texts, compiled for all segments.
///
/// A *figure* is an interval and a group of texts: the first group is all of them. It has *slots*, each a
/// number of texts and of units: all events, those with words, feelings, languages, themes.
struct WordsPlan: Sendable {
  let spans: TrendSpans
  /// What groups are called, from the second on; empty where texts are not divided.
  let groups: [String]
  let segments: [WordsTable]
  let themes: [ThemeWords]
  /// The stories, of which listed texts are taken.
  let stories: Stories
  let filter: TextFilter

  var width: Int { groups.count + 1 }
  var figures: Int { spans.count * width }
  var watermark: Instant? { stories.watermark }
  var slots: WordsSlots { WordsSlots(themes: themes.count) }

  init(
    _ question: WordsQuestion, for stories: Stories, _ context: QuestionContext
  ) throws(Refusal) {
    try question.validate()
    self.stories = stories
    spans = try TrendSpans(
      question.interval, of: question.scope, comparison: .none, over: stories, context.calendar)
    let known = context.experience?.themes ?? []
    var themes = known.map { ThemeWords($0.name, $0.words) }
    var wanted: Int?
    if let theme = question.theme {
      wanted = themes.firstIndex { $0.name == theme }
      // Words that are no theme are one for this question, which isn't counted apart.
      if wanted == nil {
        wanted = themes.count
        themes.append(ThemeWords(theme, [theme]))
      }
    }
    filter = TextFilter(
      themes: wanted.map { 1 << UInt64(min(63, $0)) } ?? 0, feeling: question.feeling)
    let readings = try TextReadings(
      question.text.name, themes: themes, of: stories,
      // Of words that somebody looks for once nothing is kept.
      for: themes.count == known.count ? .allQuestions : .thisQuestion)
    self.themes = Array(themes.prefix(known.count))
    let touchpoints = context.experience?.touchpoints ?? []
    let naming = try question.naming.map { naming throws(Refusal) in
      try NamingTable(
        naming, only: question.events, of: stories, touchpoints: touchpoints,
        most: WordsQuestion.mostValues)
    }
    groups = naming.map { $0.names + [DimensionTable.none] } ?? []
    var segments: [WordsTable] = []
    for (index, segment) in stories.segments.enumerated() {
      let spoken =
        question.naming == .touchpoint
        ? try SpokenOfColumns(touchpoints, of: segment, names: stories.names) : nil
      segments.append(
        try WordsTable(
          question, of: segment, names: stories.names, naming: naming?[index], spoken: spoken,
          readings: readings.segments[index]))
    }
    self.segments = segments
    guard figures * slots.count <= WordsQuestion.mostCells else {
      throw Refusal(
        "words.cells",
        problem: "\(spans.count) intervals by \(width) groups are more than "
          + "\(WordsQuestion.mostCells / slots.count).",
        remedy: "Take a longer interval, a shorter range, or divide by less.")
    }
  }

  /// The position of a group by its name; 0 is all texts.
  ///
  /// - Throws: `customers.row`.
  func group(of name: String) throws(Refusal) -> Int {
    if name == Scores.everything { return 0 }
    guard let group = groups.firstIndex(of: name) else {
      throw AnswerRowKey.unknown("by", name)
    }
    return group + 1
  }
}

/// Which texts count.
struct TextFilter: Sendable {
  /// The bits of themes of which a text must have one; 0: any text.
  var themes: UInt64
  var feeling: Sentiment.Tone?

  func takes(_ reading: TextReading?) -> Bool {
    if themes != 0, (reading?.themes ?? 0) & themes == 0 { return false }
    return feeling == nil || reading?.tone == feeling
  }
}

/// The places of a figure's numbers.
struct WordsSlots: Sendable {
  let themes: Int

  static let events = 0
  static let texts = 1
  private static let tones = 2
  /// Texts that were not judged.
  static let unjudged = tones + Sentiment.Tone.allCases.count
  private static let languages = unjudged + 1
  private static let firstTheme = languages + 1 + Language.allCases.count

  var count: Int { Self.firstTheme + themes + 1 }

  static func tone(_ tone: Sentiment.Tone) -> Int {
    tones + (Sentiment.Tone.allCases.firstIndex(of: tone) ?? 0)
  }
  /// The slot of a language; nil: none is known.
  static func language(_ language: Language?) -> Int {
    languages + (language.flatMap { Language.allCases.firstIndex(of: $0) }.map { $0 + 1 } ?? 0)
  }
  /// The slot of a theme by its position; after the last, of texts without any.
  static func theme(_ position: Int) -> Int { firstTheme + position }
}

/// A question about texts, compiled for one segment.
struct WordsTable: @unchecked Sendable {
  private let rules: [EventRule]
  private let isMeant: [Bool]
  private let codes: UnsafeBufferPointer<UInt16>
  private let score: NumberRule
  private let memory = ColumnMemory()
  private let column: ColumnView?
  private let naming: NamingColumns?
  /// The touchpoints that texts speak of, where they are divided by that.
  private let spoken: SpokenOfColumns?
  let readings: [TextReading]
  let dictionary: StringColumn

  init(
    _ question: WordsQuestion, of segment: StorySegment, names: EventNames,
    naming: NamingColumns?, spoken: SpokenOfColumns?, readings: [TextReading]
  ) throws(Refusal) {
    var rules: [EventRule] = []
    for event in question.events {
      rules.append(try EventRule(event.rule, of: segment, names: names))
    }
    self.rules = rules
    isMeant = names.names.indices.map { code in
      rules.contains { $0.verdict(code: UInt16(code)) != .never }
    }
    codes = segment.codes
    score = try NumberRule(question.scoreRule, of: segment, names: names)
    let texts = PropertyColumns(question.text.name, of: segment).texts
    column = texts.map { [memory] in ColumnView($0, memory: memory) }
    dictionary = texts?.dictionary ?? StringColumn()
    self.naming = naming
    self.spoken = spoken
    self.readings = readings
  }

  /// Whether a row's event is one that may hold a text.
  @inline(__always) func means(_ row: Int) -> Bool {
    isMeant[Int(codes[row])] && rules.contains { $0.matches(row) }
  }

  /// The position of a row's text; nil where it has none.
  func text(_ row: Int) -> Int? {
    guard let code = column?.code(row), code > 0 else { return nil }
    return code - 1
  }

  /// What was answered beside it.
  func score(_ row: Int) -> Double? { score.number(row) }

  /// The group of a row's event beside that of all; nil where texts are not divided.
  func group(_ row: Int, of width: Int) -> Int? {
    if let spoken { return spoken.touchpoint(row).map { $0 + 1 } ?? width - 1 }
    return naming.map {
      let number = $0.number(row)
      return number == NamingTable.skipped ? width - 1 : Int(number) + 1
    }
  }
}
