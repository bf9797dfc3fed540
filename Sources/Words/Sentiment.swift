/// What a text says of how its writer feels.
public struct Sentiment: Sendable, Hashable, Codable {
  /// From −1, all bad, to 1, all good.
  public var score: Double
  /// The score in a word.
  public var tone: Tone { Tone(score) }

  /// The feeling in a word.
  public enum Tone: String, Sendable, Codable, CaseIterable {
    case negative, neutral, positive

    /// Names a score.
    public init(_ score: Double) {
      self = score <= -Self.least ? .negative : score >= Self.least ? .positive : .neutral
    }

    /// From this score on a text is one or the other.
    public static let least = 0.1
  }

  /// Takes a score.
  public init(score: Double) { self.score = score }

  /// Judges a text by the words of its language; where no language is known, by those of English and
  /// German that agree. nil where it has neither a face nor a language whose words are known.
  ///
  /// The rules are those of lexicons with valences: what denies turns, degrees raise or lower, what comes
  /// after *but* counts more, capitals and exclamation marks raise.
  ///
  /// - SeeAlso: C. J. Hutto and E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis
  ///   of Social Media Text", ICWSM 2014, which found these rules; words and weights here are our own.
  public init?(of text: WrittenText, in language: Language?) {
    let lexicons: [Lexicon]
    switch language {
    case .english?: lexicons = [.english]
    case .german?: lexicons = [.german]
    case nil: lexicons = [.english, .german]
    default: lexicons = []
    }
    var faces = 0.0
    var hasFace = false
    for case .face(let valence) in text.pieces {
      faces += valence
      hasFace = true
    }
    guard hasFace || !lexicons.isEmpty else { return nil }
    let sums = lexicons.map { SentimentReading(text, $0).sum }
    // Where the language is not known, the one that says more is likelier to be meant.
    let words = sums.max { abs($0) < abs($1) } ?? 0
    self.init(sum: words + faces)
  }

  /// The sum of valences, brought between −1 and 1.
  private init(sum: Double) {
    score = sum / (sum * sum + Self.ease).squareRoot()
  }

  /// How many valences, squared, it takes to come near 1.
  private static let ease = 15.0
}

/// One text read by one lexicon.
private struct SentimentReading {
  /// The valences of the words after all rules.
  private(set) var sum = 0.0
  private let lexicon: Lexicon
  private var words: [WrittenText.Word] = []
  /// By word: the first word of its clause, and its sentence.
  private var clauses: [Int] = []
  private var sentences: [Int] = []
  /// By sentence: the first word after its turn.
  private var turns: [Int: Int] = [:]
  private var exclamations = 0

  init(_ text: WrittenText, _ lexicon: Lexicon) {
    self.lexicon = lexicon
    lay(text.pieces)
    let shouts = words.contains { $0.isShouted } && words.contains { !$0.isShouted }
    let texts = words.map(\.text)
    var place = 0
    while place < words.count {
      let phrase = lexicon.phrase(at: place, of: texts)
      if var valence = phrase?.valence ?? lexicon.valence(of: texts[place]) {
        if shouts, words[place].isShouted { valence *= Self.shout }
        valence *= degree(at: place)
        if isDenied(at: place) { valence *= Self.denial }
        if let turn = turns[sentences[place]] { valence *= place < turn ? 0.5 : 1.5 }
        sum += valence
      }
      place += phrase?.length ?? 1
    }
    sum *= 1 + Self.exclamation * Double(min(exclamations, 3))
  }

  /// Lays words, clauses, sentences and turns out.
  private mutating func lay(_ pieces: [WrittenText.Piece]) {
    var (clause, sentence) = (0, 0)
    for piece in pieces {
      switch piece {
      case .word(let word):
        if lexicon.turns.contains(word.text) {
          turns[sentence] = words.count
          clause = words.count
        }
        words.append(word)
        clauses.append(clause)
        sentences.append(sentence)
      case .face: break
      case .pause: clause = words.count
      case .end(let count):
        exclamations += count
        sentence += 1
        clause = words.count
      }
    }
  }

  /// What capitals multiply a valence by.
  private static let shout = 1.25
  /// What each of the first three exclamation marks adds.
  private static let exclamation = 0.08
  /// What denial multiplies a valence by: *not good* is bad, though less so than *bad*.
  private static let denial = -0.7
  /// How many words before a word are looked at.
  private static let reach = 3

  /// What the words before a word multiply its valence by.
  private func degree(at word: Int) -> Double {
    var (degree, fade) = (1.0, 1.0)
    for place in stride(from: word - 1, through: max(clauses[word], word - Self.reach), by: -1) {
      if let found = lexicon.degrees[words[place].text] { degree *= 1 + (found - 1) * fade }
      fade *= 0.9
    }
    return degree
  }

  private func isDenied(at word: Int) -> Bool {
    let before = (max(clauses[word], word - Self.reach)..<word).count { denies($0) }
    guard lexicon.negatesBackwards, before == 0 else { return before % 2 == 1 }
    return words.indices[(word + 1)...].prefix(Self.reach).contains {
      clauses[$0] == clauses[word] && words[$0].text == "nicht"
    }
  }

  private func denies(_ place: Int) -> Bool {
    let text = words[place].text
    guard lexicon.negations.contains(text) || text.hasSuffix("n't") else { return false }
    // `not only good` denies nothing.
    return !(place + 1 < words.count && ["only", "nur"].contains(words[place + 1].text))
  }
}
