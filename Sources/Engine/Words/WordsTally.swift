import Events
import Statistics
import Stories
import Words

/// What a section has counted of texts, and the room it counts in.
struct WordsTally: Sendable {
  /// By figure, then slot.
  private var texts: [Int]
  private var customers: [Int]
  private var moods: [Moments]
  private var scores: [Moments]
  /// Units with a text in the range.
  private(set) var counted = 0
  /// By text, where terms are proposed.
  private(set) var distinct: [TextKey: Written] = [:]
  /// The texts that are listed so far, and some more; pruned now and then.
  private(set) var listed: [ListedText] = []

  private let slots: Int
  private let keeps: Keeping
  /// By the same places as `customers`: the last visit that counted there.
  private var visits: [Int]
  private var visit = 0

  /// What is kept of single texts.
  enum Keeping: Sendable, Equatable {
    case nothing
    /// So many of the latest, or of a sample.
    case texts(Int, WordsQuestion.Pick)
    /// What terms are proposed from.
    case distinct
  }

  /// A number of values, their sum, and that of their squares.
  struct Moments: Sendable, Equatable {
    var count = 0
    var sum = 0.0
    var squares = 0.0

    mutating func add(_ value: Double) {
      count += 1
      sum += value
      squares += value * value
    }

    static func + (left: Moments, right: Moments) -> Moments {
      Moments(
        count: left.count + right.count, sum: left.sum + right.sum,
        squares: left.squares + right.squares)
    }

    static func - (left: Moments, right: Moments) -> Moments {
      Moments(
        count: left.count - right.count, sum: left.sum - right.sum,
        squares: left.squares - right.squares)
    }

    /// Their mean with its 95 % interval.
    var mean: Estimate { Estimate.mean(count: count, sum: sum, squares: squares) }

    /// How much higher their mean is than that of others.
    func above(_ others: Moments) -> Estimate {
      Estimate.differenceOfMeans(
        (count, sum, squares), (others.count, others.sum, others.squares))
    }
  }

  /// A distinct text.
  struct TextKey: Hashable, Sendable {
    var segment: Int
    var text: Int
  }

  /// How often a distinct text was written, and the scores beside it.
  struct Written: Sendable {
    var count = 0
    var scores = Moments()
  }

  /// A text that is listed.
  struct ListedText: Sendable {
    var time: Int64
    var segment: Int
    var customer: Int
    var row: Int
    var text: Int
    /// Its number in the draw for a sample, evenly spread over all numbers.
    var lot: UInt64

    /// Whether it stands before another: the later one first.
    func comes(before other: ListedText) -> Bool {
      (other.time, segment, row) < (time, other.segment, other.row)
    }

    /// Whether it is kept before another.
    func wins(over other: ListedText, by pick: WordsQuestion.Pick) -> Bool {
      switch pick {
      case .sample where lot != other.lot: lot < other.lot
      case .latest, .sample: comes(before: other)
      }
    }

    /// The number in the draw of what somebody wrote at a time, wherever its event is stored.
    static func lot(ofWriter key: UInt64, at time: Int64) -> UInt64 {
      // The finisher of SplitMix64: times that differ by a second fall far apart.
      var mixed = key &+ UInt64(bitPattern: time) &* 0x9E37_79B9_7F4A_7C15
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  init(_ question: WordsQuestion, _ plan: WordsPlan) {
    slots = plan.slots.count
    texts = Array(repeating: 0, count: plan.figures * slots)
    customers = texts
    visits = texts
    moods = Array(repeating: Moments(), count: texts.count)
    scores = moods
    keeps =
      question.verbatims > 0
      ? .texts(question.verbatims, question.pick)
      : question.interval == nil && question.naming == nil ? .distinct : .nothing
  }

  func texts(_ figure: Int, _ slot: Int) -> Int { texts[figure * slots + slot] }
  func customers(_ figure: Int, _ slot: Int) -> Int { customers[figure * slots + slot] }
  func moods(_ figure: Int, _ slot: Int) -> Moments { moods[figure * slots + slot] }
  func scores(_ figure: Int, _ slot: Int) -> Moments { scores[figure * slots + slot] }

  /// Counts the texts of one unit.
  mutating func count(
    _ customer: Int, ofSegment index: Int, _ plan: WordsPlan
  ) {
    visit += 1
    let segment = plan.stories.segments[index]
    let table = plan.segments[index]
    var isCounted = false
    for row in segment.rows(of: customer) {
      let time = segment.times[row]
      guard time < plan.spans.times.upperBound else { break }
      guard time >= plan.spans.times.lowerBound, table.means(row) else { continue }
      let text = table.text(row)
      let reading = text.map { table.readings[$0] }
      guard plan.filter.takes(reading) else { continue }
      let score = table.score(row)
      let figure = plan.spans.position(of: time, isCut: false) * plan.width
      add(figure, reading, score, plan)
      if let group = table.group(row, of: plan.width) { add(figure + group, reading, score, plan) }
      guard let text, reading?.hasWords == true else { continue }
      isCounted = true
      let lot = ListedText.lot(
        ofWriter: segment.ownKey(row: row, customer: customer), at: time)
      keep(
        ListedText(
          time: time, segment: index, customer: customer, row: row, text: text, lot: lot), score)
    }
    if isCounted { counted += 1 }
  }

  /// Counts one event in a figure.
  private mutating func add(
    _ figure: Int, _ reading: TextReading?, _ score: Double?, _ plan: WordsPlan
  ) {
    let first = figure * slots
    func add(_ slot: Int, to tally: inout WordsTally) {
      let place = first + slot
      tally.texts[place] += 1
      if tally.visits[place] != tally.visit {
        tally.visits[place] = tally.visit
        tally.customers[place] += 1
      }
      if let score { tally.scores[place].add(score) }
      if let mood = reading?.sentiment, !mood.isNaN { tally.moods[place].add(mood) }
    }
    add(WordsSlots.events, to: &self)
    guard let reading, reading.hasWords else { return }
    add(WordsSlots.texts, to: &self)
    add(reading.tone.map(WordsSlots.tone) ?? WordsSlots.unjudged, to: &self)
    add(WordsSlots.language(reading.languageFound), to: &self)
    var isOfNone = true
    for theme in 0..<plan.themes.count where reading.themes & (1 << UInt64(theme)) != 0 {
      add(WordsSlots.theme(theme), to: &self)
      isOfNone = false
    }
    if isOfNone { add(WordsSlots.theme(plan.themes.count), to: &self) }
  }

  private mutating func keep(_ text: ListedText, _ score: Double?) {
    switch keeps {
    case .nothing: break
    case .distinct:
      let key = TextKey(segment: text.segment, text: text.text)
      distinct[key, default: Written()].count += 1
      if let score { distinct[key, default: Written()].scores.add(score) }
    case .texts(let most, let pick):
      listed.append(text)
      if listed.count >= 4 * most + 64 { prune(most, pick) }
    }
  }

  private mutating func prune(_ most: Int, _ pick: WordsQuestion.Pick) {
    listed.sort { $0.wins(over: $1, by: pick) }
    listed.removeLast(max(0, listed.count - most))
  }

  /// Adds what another section has counted.
  mutating func merge(_ other: WordsTally) {
    for place in texts.indices {
      texts[place] += other.texts[place]
      customers[place] += other.customers[place]
      moods[place] = moods[place] + other.moods[place]
      scores[place] = scores[place] + other.scores[place]
    }
    counted += other.counted
    distinct.merge(other.distinct) {
      Written(count: $0.count + $1.count, scores: $0.scores + $1.scores)
    }
    listed += other.listed
    if case .texts(let most, let pick) = keeps { prune(most, pick) }
  }

  /// Puts the listed texts into their order.
  mutating func finish() {
    guard case .texts(let most, let pick) = keeps else { return }
    prune(most, pick)
    listed.sort { $0.comes(before: $1) }
  }
}
