import Events
import Stories
import Words

/// What was found in a text.
struct TextReading: Sendable {
  /// Whether it has a word or a face.
  var hasWords = false
  /// 0: no language is known; else the position among all, and one.
  var language: UInt8 = 0
  /// From −1 to 1; NaN where it was not judged.
  var sentiment = Double.nan
  /// A bit for each theme.
  var themes: UInt64 = 0

  /// The feeling; nil where it was not judged.
  var tone: Sentiment.Tone? { sentiment.isNaN ? nil : Sentiment.Tone(sentiment) }
  /// The language; nil where none is known.
  var languageFound: Language? { language == 0 ? nil : Language.allCases[Int(language) - 1] }

  /// Reads a text.
  init(_ text: String, themes: [ThemeWords]) {
    let written = WrittenText(text)
    guard !written.isEmpty else { return }
    hasWords = true
    let found = Language(of: written)
    language = found.flatMap { Language.allCases.firstIndex(of: $0) }.map { UInt8($0 + 1) } ?? 0
    sentiment = Sentiment(of: written, in: found)?.score ?? .nan
    guard !themes.isEmpty else { return }
    let words = written.words.map(\.folded)
    for (place, theme) in themes.enumerated() where theme.isIn(words) {
      self.themes |= 1 << UInt64(place)
    }
  }
}

/// The readings of all values of a property, one for each distinct text of each segment.
struct TextReadings: Sendable {
  /// By segment, then by position in the dictionary.
  let segments: [[TextReading]]

  /// For whom texts are read: what serves all questions with the same themes is kept beside the stories.
  enum Use { case allQuestions, thisQuestion }

  /// Reads the texts.
  ///
  /// - Throws: `words.texts`, `words.themes`.
  init(_ property: String, themes: [ThemeWords], of stories: Stories, for use: Use) throws(Refusal)
  {
    guard themes.count <= WordsQuestion.mostThemes else {
      throw Refusal(
        "words.themes", problem: "There are \(themes.count) themes.",
        remedy: "Keep at most \(WordsQuestion.mostThemes) in the experience.")
    }
    let dictionaries = stories.segments.map {
      PropertyColumns(property, of: $0).texts?.dictionary ?? StringColumn()
    }
    let count = dictionaries.reduce(0) { $0 + $1.count }
    guard count <= WordsQuestion.mostTexts else {
      throw Refusal(
        "words.texts", problem: "“\(property.cut)” has \(count) distinct texts.",
        remedy: "Ask of a property with at most \(WordsQuestion.mostTexts).")
    }
    guard use == .allQuestions else {
      segments = dictionaries.map { Self.read($0, themes) }
      return
    }
    let words = themes.map { ([$0.name] + $0.words).joined(separator: "\u{1F}") }
    let name = "texts \(property)\u{1E}" + words.joined(separator: "\u{1E}")
    segments = stories.shelf.take(name) { dictionaries.map { Self.read($0, themes) } }
  }

  /// Reads the texts of a dictionary on all cores.
  private static func read(_ dictionary: StringColumn, _ themes: [ThemeWords]) -> [TextReading] {
    let pieces = (dictionary.count + piece - 1) / piece
    return onAllCores(pieces) { place in
      let first = place * piece
      return (first..<min(first + piece, dictionary.count)).map {
        TextReading(dictionary.text($0), themes: themes)
      }
    }.flatMap(\.self)
  }

  /// So many texts are read by one core at a time.
  private static let piece = 256
}

extension StringColumn {
  /// A text as far as it is read: of a megabyte only the beginning is copied.
  func text(_ position: Int) -> String {
    // One byte more, so that it is seen to be longer.
    String(decoding: utf8(position).prefix(WrittenText.mostBytes + 1), as: UTF8.self)
  }
}
