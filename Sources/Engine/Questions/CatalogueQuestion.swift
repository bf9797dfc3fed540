import Events
import Experience
import Stories

/// A question of the catalogue: a plain value that reads from YAML or JSON, and becomes a fold.
///
/// `from`, `to`, `for`, `unit`, `identity_as_of` and mostly `breakdown` are the `scope`; they are
/// written beside the question's own fields.
public protocol CatalogueQuestion: Codable, Sendable, Equatable {
  /// What counts the answer; mostly the question itself.
  associatedtype Counting: TraceableFold where Counting.Answer: CatalogueAnswer

  /// What a person asks: the word after `question:`.
  static var kind: QuestionKind { get }
  /// Its fields, for people who write it.
  static var form: QuestionForm { get }

  /// Which units, when, and as known when.
  var scope: Scope { get set }
  /// The conditions and numbers over events that it speaks of, which are checked for names never seen.
  var eventRules: [Expression] { get }
  /// The properties that it speaks of by name, which are checked likewise.
  var propertyNames: [String] { get }
  /// The populations that it speaks of beside that of its scope.
  var populations: [Population] { get }

  /// Makes the fold, with the experience at hand for journeys and touchpoints.
  ///
  /// - Throws: what makes the question one without an answer.
  func fold(in context: QuestionContext) throws(Refusal) -> Counting
}

extension CatalogueQuestion {
  /// Nothing.
  public var eventRules: [Expression] { [] }
  /// Nothing.
  public var propertyNames: [String] { [] }
  /// Nothing.
  public var populations: [Population] { [] }
}

extension CatalogueQuestion where Self == Counting {
  /// The question itself.
  public func fold(in context: QuestionContext) throws(Refusal) -> Self { self }
}

/// An answer of the catalogue: a plain value, which can be laid out as a table and drawn.
public protocol CatalogueAnswer: Encodable, Sendable, Equatable {
  /// What was counted, and what was not.
  var tally: AnswerTally { get }
  /// All its figures as rows.
  var table: AnswerTable { get }
  /// What it looks like; nil where a table says it best.
  var picture: AnswerPicture? { get }
}

extension CatalogueAnswer {
  /// No picture.
  public var picture: AnswerPicture? { nil }
}

/// What an answer rests on.
public struct AnswerTally: Sendable, Codable, Equatable {
  /// Units that the figures count: customers, accounts, sessions or cases, or entries of them.
  public var counted: Int
  /// Units of which the end is still to come; they are not judged yet.
  public var open: Int
  /// What was left out, with why.
  public var excluded: [Exclusion]

  /// What was left out for one reason.
  public struct Exclusion: Sendable, Codable, Equatable {
    public var reason: String
    public var count: Int

    /// Names a reason.
    public init(reason: String, count: Int) {
      self.reason = reason
      self.count = count
    }
  }

  /// Makes a tally; reasons of which there was no case are not listed.
  public init(counted: Int, open: Int = 0, excluded: [Exclusion] = []) {
    self.counted = counted
    self.open = open
    self.excluded = excluded.filter { $0.count > 0 }
  }
}

/// A fold that can tell which customers are behind a number of its answer.
///
/// They are those at whose visit the number rises, so they agree with the count by construction.
public protocol TraceableFold: Fold {
  /// A place in the partial answer.
  associatedtype Cell: Sendable

  /// Finds the number that a row of the answer's table shows first.
  ///
  /// - Parameter row: the values of the row's key columns, as the table shows them.
  /// - Throws: `customers.row` where no such row can be.
  func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Cell
  /// The number there, so far.
  func count(at cell: Cell, in partial: borrowing Partial) -> Int
}

/// What a question's text needs to say of itself.
public struct QuestionForm: Sendable {
  /// What a form offers to choose from for a field; what else a field takes can still be typed.
  public indirect enum Input: Sendable, Equatable {
    /// Nothing: it is typed.
    case text
    /// Events, touchpoints.
    case event
    /// What events are called by: `event`, `touchpoint`, a property.
    case naming
    /// What answers are divided by: a word of `ScoreDivision`, a property.
    case division
    /// A survey of the experience.
    case survey
    case property
    /// Segments, personas, saved sets.
    case population
    case journey
    /// What is counted.
    case unit
    case number
    /// A length of time, such as `7d`.
    case span
    /// A day, or a moment of one.
    case moment
    /// One of these words, and nothing else.
    case choice([String])
    /// Several, in their order.
    case list(Input)

    /// The usual lengths of intervals.
    static let interval = choice(["hour", "day", "week", "month", "quarter", "year"])
  }

  /// One field.
  public struct Field: Sendable {
    public var name: String
    /// What may be written: `event or touchpoint`, `7d`, `day, week or month`.
    public var takes: String
    /// What holds where it is left out; nil where it must be there.
    public var standard: String?
    public var meaning: String
    public var input: Input

    /// Describes a field.
    public init(
      _ name: String, takes: String, standard: String?, meaning: String, input: Input
    ) {
      self.name = name
      self.takes = takes
      self.standard = standard
      self.meaning = meaning
      self.input = input
    }
  }

  /// What the question asks, in one sentence.
  public var asks: String
  public var fields: [Field]
  /// A question that reads, in YAML.
  public var example: String

  /// Describes a question.
  public init(asks: String, fields: [Field], example: String) {
    self.asks = asks
    self.fields = fields
    self.example = example
  }
}
