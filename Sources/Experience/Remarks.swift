import Events
import Yams

/// The remarks on a text so far, each with its place; bounded, for a hostile file has no end of them.
struct Remarks {
  /// The most remarks that are kept; nobody reads more, and the first ones cause the rest.
  static let most = 500

  private(set) var kept: [Diagnostic] = []
  private var dropped: [Diagnostic.Severity: Int] = [:]
  var isFull: Bool { kept.count >= Self.most }
  /// How many errors there are, kept or not.
  var errorCount: Int { kept.count { $0.severity == .error } + (dropped[.error] ?? 0) }

  mutating func add(_ diagnostic: Diagnostic) {
    guard !isFull else {
      dropped[diagnostic.severity, default: 0] += 1
      return
    }
    kept.append(diagnostic)
  }

  private mutating func add(
    _ severity: Diagnostic.Severity, _ code: String, at place: Place, _ problem: String,
    _ remedy: String
  ) {
    add(
      Diagnostic(
        file: place.file, line: place.line, column: place.column, severity: severity, code: code,
        problem: problem, remedy: remedy))
  }

  mutating func error(_ code: String, at place: Place, _ problem: String, _ remedy: String) {
    add(.error, code, at: place, problem, remedy)
  }

  mutating func warn(_ code: String, at place: Place, _ problem: String, _ remedy: String) {
    add(.warning, code, at: place, problem, remedy)
  }

  mutating func note(_ code: String, at place: Place, _ problem: String, _ remedy: String) {
    add(.note, code, at: place, problem, remedy)
  }

  /// All remarks, by file in the order read, then by place.
  func sorted(files: [String]) -> [Diagnostic] {
    let ranks = Dictionary(
      files.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    var all = kept.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      return (ranks[a.file] ?? 0, a.line, a.column, left.offset)
        < (ranks[b.file] ?? 0, b.line, b.column, right.offset)
    }.map(\.element)
    if let last = all.last,
      let worst = Diagnostic.Severity.allCases.first(where: { dropped[$0] != nil })
    {
      all.append(
        Diagnostic(
          file: last.file, line: last.line, column: last.column, severity: worst,
          code: "file.remarks", problem: "There are \(dropped.values.reduce(0, +)) more remarks.",
          remedy: "Mend the first ones and check again."))
    }
    return all
  }
}

/// What one text stood for: the experience, and what the linter needs to point at.
struct Sketch {
  /// A name that has to be known somewhere else in the experience.
  struct Mention {
    /// Where the name was written.
    enum Role: Equatable {
      case stage, channel, owner, partner
      case expectation
      case start(journey: Int)
      case step(journey: Int)
      case goal(journey: Int)
      case end(journey: Int)
      case next(journey: Int)
      case audience(journey: Int)
      /// Whom a survey asks.
      case asked(survey: String)
      /// The touchpoint that answers, or events that are seen to, speak of.
      case spokenOf
      /// The journey after which a survey asks.
      case walked

      /// The index of the journey that holds it.
      var journey: Int? {
        switch self {
        case .stage, .channel, .owner, .partner, .expectation, .asked, .spokenOf, .walked: nil
        case .start(let index), .step(let index), .goal(let index), .end(let index),
          .next(let index), .audience(let index):
          index
        }
      }
    }
    var name: String
    var role: Role
    var place: Place
  }

  var experience = Experience()
  /// Whether the experience's time zone is what was meant.
  var isZoneKnown = true
  var mentions: [Mention] = []
  /// The place of each touchpoint's rule, by the touchpoint's name.
  var rules: [String: Place] = [:]
  /// The place of each journey's window, by the journey's name.
  var windows: [String: Place] = [:]
  /// The place of the first word about each of the document's own fields.
  var fields: [String: Place] = [:]
  /// The places of each survey's values, by the survey's name and the field's.
  var surveys: [String: [String: Place]] = [:]
  /// The texts of the survey that is being read, each with what it is the text of.
  var wordings: [(name: String, wording: Wording, place: Place)] = []

  /// Where a survey's field has its value.
  func place(_ field: String, of survey: Survey) -> Place {
    surveys[survey.name]?[field] ?? survey.place
  }
}
