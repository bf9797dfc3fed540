import Events
import Experience
import Statistics
import Words

/// The answer to a `WordsQuestion`.
public struct WordsAnswer: CatalogueAnswer {
  /// What one interval and one group of texts come to.
  public struct Figure: Codable, Sendable, Equatable {
    /// Of which interval; empty where the whole range is one.
    public var interval: String
    public var from: Instant
    public var to: Instant
    /// Of which texts; nil: all.
    public var by: String?
    /// Events that may hold a text, and their customers.
    public var events: Count
    /// Those with words.
    public var texts: Part
    /// From the worst to the best; shares are of the texts that were judged.
    public var feelings: [Part]
    /// Texts in languages whose words are not known.
    public var unjudged: Int
    /// Most texts first; “unknown” is one of them.
    public var languages: [Part]
    /// In the experience's order, then what has none.
    public var themes: [Part]
    /// Whether the data end before the interval does.
    public var isOpen: Bool
  }

  /// Events and their customers.
  public struct Count: Codable, Sendable, Equatable {
    public var count: Int
    public var customers: Int
  }

  /// Texts that have something in common.
  public struct Part: Codable, Sendable, Equatable {
    public var name: String
    public var customers: Int
    public var texts: Int
    /// Of all texts with words.
    public var share: Estimate
    /// The mean score of these texts.
    public var score: Estimate
    /// How much higher it is than that of the other texts.
    public var effect: Estimate
    /// The mean feeling of these texts, from −1 to 1.
    public var mood: Estimate
  }

  /// A term that may be worth a theme.
  public struct Proposal: Codable, Sendable, Equatable {
    public var term: String
    public var texts: Int
    /// Those with a score, or feeling, below the mean of all.
    public var low: Int
    public var share: Estimate
    /// Standard errors by which it is commoner in low texts, or, negative, in high ones.
    public var z: Double
  }

  /// What somebody wrote.
  public struct Verbatim: Codable, Sendable, Equatable {
    public var time: Instant
    /// The identity that the event came with.
    public var customer: String
    public var event: String
    /// At most `WordsQuestion.longestVerbatim` characters.
    public var text: String
    public var isCut: Bool
    public var score: Double?
    public var sentiment: Double?
    public var feeling: Sentiment.Tone?
    /// The code of the language.
    public var language: String?
    /// Themes by name.
    public var themes: [String]
  }

  public var interval: CalendarInterval?
  /// What texts are divided by; nil: nothing.
  public var by: String?
  /// In the order of the intervals; in each all texts, then the groups with most of them. Empty where
  /// texts are listed.
  public var figures: [Figure]
  /// What stands out most first; only of the whole range and of all texts.
  public var proposals: [Proposal]
  /// The latest first; nil where figures were asked for.
  public var verbatims: [Verbatim]?
  public var tally: AnswerTally

  static let everything = Scores.everything
  /// The row of texts without a theme.
  public static let noTheme = "(none)"
  /// The row of texts of no known language.
  public static let unknownLanguage = "unknown"

  /// What rows are about: the value of the column `about`.
  enum About: String, CaseIterable { case texts, feeling, language, theme, proposal }
  /// The rows about texts.
  static let (allEvents, withWords, unjudged) = ("all", "with words", "not judged")
}
