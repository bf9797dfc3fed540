import Foundation

/// Words and pairs of words that stand out in some texts against others.
///
/// The log-odds that a text of the one group has a term against those of the other, with what all texts say
/// as the prior, which keeps rare terms from standing out by chance; divided by its standard error.
///
/// - SeeAlso: B. L. Monroe, M. P. Colaresi and K. M. Quinn, "Fightin' Words: Lexical Feature Selection and
///   Evaluation for Identifying the Content of Political Conflict", Political Analysis 16 (2008).
public struct Standouts: Sendable {
  /// A term and how it stands out.
  public struct Term: Sendable, Hashable, Codable {
    /// One word or two, in lower case without accents.
    public var term: String
    /// Texts with a low and with a high score that have it.
    public var low: Int
    public var high: Int
    /// Standard errors by which it is commoner in the low texts, or, negative, in the high ones.
    public var z: Double
  }

  /// By term: in how many low and high texts it is.
  private var counts: [String: (low: Int, high: Int)] = [:]
  /// How many low and high texts there are.
  private var texts = (low: 0, high: 0)

  /// A term must be in so many texts: fewer are a person's way to write.
  public static let fewestTexts = 5
  /// A term must stand out by so many standard errors. Some of many terms do by chance, so it is more
  /// than the usual 1.96.
  public static let leastZ = 2.58

  /// Begins without texts.
  public init() {}

  /// Adds a text that was written so often with a low and so often with a high score.
  public mutating func add(_ text: WrittenText, low: Int, high: Int) {
    texts = (texts.low + low, texts.high + high)
    for term in Self.terms(of: text) {
      let known = counts[term] ?? (0, 0)
      counts[term] = (known.low + low, known.high + high)
    }
  }

  /// The terms that stand out most, at most so many; of a pair and a word in it that say the same, the
  /// pair.
  public func terms(most: Int) -> [Term] {
    let texts = texts
    guard texts.low > 0, texts.high > 0 else { return [] }
    let found = counts.compactMap { term, count -> Term? in
      guard count.low + count.high >= Self.fewestTexts else { return nil }
      // A tenth of all texts is added to both sides, and half a text, so that nothing is impossible.
      let prior = Double(count.low + count.high) * Self.priorShare + 0.5
      let without =
        Double(texts.low + texts.high - count.low - count.high) * Self.priorShare + 0.5
      func odds(_ own: Int, of all: Int) -> (value: Double, variance: Double) {
        let (with, rest) = (Double(own) + prior, Double(all - own) + without)
        return (log(with / rest), 1 / with + 1 / rest)
      }
      let (low, high) = (odds(count.low, of: texts.low), odds(count.high, of: texts.high))
      let z = (low.value - high.value) / (low.variance + high.variance).squareRoot()
      guard abs(z) >= Self.leastZ else { return nil }
      return Term(term: term, low: count.low, high: count.high, z: z)
    }
    let ranked = found.sorted { (abs($1.z), $0.term) < (abs($0.z), $1.term) }
    return Array(Self.withoutRepeats(ranked).prefix(most))
  }

  /// How strong the prior is.
  private static let priorShare = 0.1

  /// Leaves out words that hardly stand without a pair that is listed.
  private static func withoutRepeats(_ terms: [Term]) -> [Term] {
    let pairs = terms.filter { $0.term.contains(" ") }
    return terms.filter { term in
      if term.term.contains(" ") {
        // A pair that is no more than its word says nothing new.
        let words = term.term.split(separator: " ").map(String.init)
        return !terms.contains { other in
          words.contains(other.term)
            && Double(term.low + term.high) < Self.sameShare * Double(other.low + other.high)
        }
      }
      return !pairs.contains { pair in
        pair.term.split(separator: " ").contains { $0 == term.term }
          && Double(pair.low + pair.high) >= Self.sameShare * Double(term.low + term.high)
      }
    }
  }

  /// From this part on a pair and its word are the same.
  private static let sameShare = 0.8

  /// The different words and pairs of a text that may be a theme's.
  public static func terms(of text: WrittenText) -> Set<String> {
    var terms: Set<String> = []
    var before: String?
    for piece in text.pieces {
      guard case .word(let word) = piece else {
        before = nil
        continue
      }
      guard word.folded.utf8.count > 2, !LanguageMarks.isSmallWord(word),
        word.folded.contains(where: \.isLetter)
      else {
        before = nil
        continue
      }
      terms.insert(word.folded)
      if let before { terms.insert(before + " " + word.folded) }
      before = word.folded
    }
    return terms
  }
}

extension LanguageMarks {
  /// Whether a word says little by itself, in any language.
  static func isSmallWord(_ word: WrittenText.Word) -> Bool {
    small.contains(word.folded) || word.text.contains("'")
  }

  /// The smallest words of all languages; those that say what is good or bad are not small.
  private static let small: Set<String> = {
    let all =
      [english, german, french, spanish, italian, portuguese, dutch]
      + [swedish, danish, norwegian, finnish, polish, czech, hungarian, romanian, turkish]
      + [russian, ukrainian, bulgarian]
    let words = all.flatMap { $0.words.split(separator: " ").map { String($0).foldedWord } }
    let telling = [
      "good", "great", "bad", "fast", "slow", "late", "nice", "love", "gut", "schnell", "super",
      "ware", "lieferung", "bestelling", "levering", "service", "доставка", "snel", "bon", "bueno",
    ]
    return Set(words).subtracting(telling).union([
      "one", "two", "got", "went", "came", "made", "make", "much", "many", "other", "into", "over",
      "any", "every", "being", "does", "where", "why", "while", "dem", "einmal", "dann", "weil",
      "diese", "dieser", "dieses", "ganz", "etwas", "hab", "worden", "sein", "seine", "waren",
    ])
  }()
}
