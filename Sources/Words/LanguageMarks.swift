/// By what languages of one script are told: their smallest words, letters, beginnings and endings.
struct LanguageMarks: Sendable {
  let language: Language
  /// Small words that most sentences have.
  let words: String
  /// Letters that few others have.
  let letters: String
  /// What words end with, and what is within them.
  let endings: String
  let parts: String

  /// What each kind of mark is worth; a mark of several languages is worth less to each.
  private static let (word, letter, ending, part) = (1.0, 0.7, 0.25, 0.2)
  /// The least by which a language must be spoken for.
  private static let least = 0.45
  /// How far the first must be ahead of the second.
  private static let lead = 1.08

  /// The language that most speaks for; nil where nothing does, or two are alike.
  static func likeliest(_ words: [WrittenText.Word], _ script: Script) -> Language? {
    var scores = [Double](repeating: 0, count: Language.allCases.count)
    let table = script == .cyrillic ? cyrillic : latin
    for word in words { table.add(word.text, to: &scores) }
    let ranked = zip(Language.allCases, scores).sorted { $0.1 > $1.1 }
    let (first, score) = ranked[0]
    // Danish and Norwegian differ in few words: one of them, even by a little, is better than none.
    let near: Set<Language> = [.danish, .norwegian]
    let next = ranked.dropFirst().first { !(near.contains(first) && near.contains($0.0)) }
    guard score >= least, score >= lead * (next?.1 ?? 0) else { return nil }
    return first
  }

  /// The marks of all languages of a script, each with what it is worth to whom.
  private struct Table: Sendable {
    private var words: [String: [(Int, Double)]] = [:]
    private var letters: [Character: [(Int, Double)]] = [:]
    private var endings: [String: [(Int, Double)]] = [:]
    private var parts: [String: [(Int, Double)]] = [:]

    init(_ marks: [LanguageMarks]) {
      words = Self.shared(marks, worth: LanguageMarks.word) { $0.words.split(separator: " ") }
      endings = Self.shared(marks, worth: LanguageMarks.ending) {
        $0.endings.split(separator: " ")
      }
      parts = Self.shared(marks, worth: LanguageMarks.part) { $0.parts.split(separator: " ") }
      for (letter, worth) in Self.shared(
        marks, worth: LanguageMarks.letter, { mark in mark.letters.map { Substring(String($0)) } })
      {
        if let first = letter.first { letters[first] = worth }
      }
    }

    private static func shared(
      _ marks: [LanguageMarks], worth: Double, _ of: (LanguageMarks) -> [Substring]
    ) -> [String: [(Int, Double)]] {
      var owners: [String: [Int]] = [:]
      for mark in marks {
        let place = Language.allCases.firstIndex(of: mark.language) ?? 0
        for text in Set(of(mark)) { owners[String(text), default: []].append(place) }
      }
      return owners.mapValues { places in
        places.map { ($0, worth / Double(places.count)) }
      }
    }

    func add(_ word: String, to scores: inout [Double]) {
      for (place, worth) in words[word] ?? [] { scores[place] += worth }
      var seen: [Character] = []
      let letters = Array(word)
      for letter in letters where !letter.isASCII && !seen.contains(letter) {
        seen.append(letter)
        for (place, worth) in self.letters[letter] ?? [] { scores[place] += worth }
      }
      guard letters.count > 3 else { return }
      for length in 2...4 where letters.count > length {
        for (place, worth) in endings[String(letters.suffix(length))] ?? [] {
          scores[place] += worth
        }
      }
      for length in 2...3 {
        for start in 0...(letters.count - length) {
          for (place, worth) in parts[String(letters[start..<(start + length)])] ?? [] {
            scores[place] += worth
          }
        }
      }
    }
  }

  private static let latin = Table(
    [english, german, french, spanish, italian, portuguese, dutch]
      + [swedish, danish, norwegian, finnish, polish, czech, hungarian, romanian, turkish])
  private static let cyrillic = Table([russian, ukrainian, bulgarian])
}
