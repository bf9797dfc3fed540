import Events
import Experience
import Stories

/// By what answers are divided.
///
/// Written as a word, or as a property's name (`plan`; `properties.team` where a word is meant as one).
public enum ScoreDivision: Sendable, Hashable {
  /// The names of their events.
  case event
  /// The elements that they rate: what the question calls its events, of which one event may be several.
  case element
  /// The touchpoint that they speak of: the one that a survey's answer names, else the one that the event
  /// is an interaction with.
  case touchpoint
  /// The stage of that touchpoint.
  case stage
  /// The team that owns it.
  case team
  /// The partner that holds it.
  case partner
  /// The journeys to whose cases they belong, of which one answer may be in several.
  case journey
  /// The steps of a journey that they speak of.
  case step
  /// The starting points of the cases of a journey that they belong to.
  case start
  case property(String)

  /// The words, in the order in which people look for them.
  public static let words = [
    "touchpoint", "stage", "journey", "step", "start", "team", "partner", "element", "event",
  ]

  /// Whether cases of journeys say the group of an answer.
  var isOfCases: Bool { self == .journey || self == .step || self == .start }

  /// The word or the property's name.
  public var name: String {
    switch self {
    case .event: "event"
    case .element: "element"
    case .touchpoint: "touchpoint"
    case .stage: "stage"
    case .team: "team"
    case .partner: "partner"
    case .journey: "journey"
    case .step: "step"
    case .start: "start"
    case .property(let name): name
    }
  }

  /// What the touchpoint that an answer speaks of belongs to; nil where it belongs to nothing.
  func group(of touchpoint: Touchpoint) -> String? {
    switch self {
    case .touchpoint: touchpoint.name
    case .stage: touchpoint.stage
    case .team: touchpoint.owner
    case .partner: touchpoint.partner
    case .event, .element, .journey, .step, .start, .property: nil
    }
  }
}

extension ScoreDivision: Codable {
  /// Reads a word or a property's name.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    switch text {
    case "event": self = .event
    case "element": self = .element
    case "touchpoint": self = .touchpoint
    case "stage": self = .stage
    case "team": self = .team
    case "partner": self = .partner
    case "journey": self = .journey
    case "step": self = .step
    case "start": self = .start
    default: self = .property(propertyName(text))
    }
  }

  /// Writes the word, or the property as `properties.…`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if case .property(let name) = self {
      try container.encode("properties.\(name)")
    } else {
      try container.encode(name)
    }
  }
}

/// The groups of answers, numbered once for all segments.
struct ScoreGroups {
  let names: [String]
  private let columns: [ScoreGroupColumns]

  /// Numbers the groups.
  ///
  /// - Throws: `question.naming` where there are no touchpoints, and what is wrong with an event.
  init(
    _ division: ScoreDivision, of question: ScoresQuestion, in stories: Stories,
    touchpoints: [Touchpoint]
  ) throws(Refusal) {
    switch division {
    case .event, .property:
      let naming: Naming =
        if case .property(let name) = division { .property(name) } else { .event }
      let table = try NamingTable(
        naming, only: question.sources.map(\.events), of: stories, most: ScoresQuestion.mostValues)
      names = table.names
      columns = stories.segments.indices.map { .named(table[$0]) }
    case .element:
      names = question.sources.map(\.events.name)
      columns = stories.segments.map { _ in .element }
    case .journey, .step, .start:
      preconditionFailure("Cases of journeys divide these answers, with `ScoreCaseGroups`.")
    case .touchpoint, .stage, .team, .partner:
      guard !touchpoints.isEmpty else {
        throw Refusal(
          "question.naming", problem: "There are no touchpoints that answers could speak of.",
          remedy: "Write some into the experience, or divide by event.")
      }
      var names: [String] = []
      let groups = touchpoints.map { touchpoint -> Int? in
        guard let name = division.group(of: touchpoint) else { return nil }
        if let known = names.firstIndex(of: name) { return known }
        names.append(name)
        return names.count - 1
      }
      self.names = names
      var columns: [ScoreGroupColumns] = []
      for segment in stories.segments {
        columns.append(
          .spokenOf(
            try SpokenOfColumns(touchpoints, of: segment, names: stories.names), groups))
      }
      self.columns = columns
    }
  }

  /// The groups of one segment's answers.
  subscript(segment: Int) -> ScoreGroupColumns { columns[segment] }
}

/// The groups of one segment's answers.
enum ScoreGroupColumns {
  case named(NamingColumns)
  /// With the group of each touchpoint.
  case spokenOf(SpokenOfColumns, [Int?])
  case element

  /// The number of the group that a row's event is in as an answer to a source; nil where it is in none.
  func group(_ row: Int, source: Int) -> Int? {
    switch self {
    case .named(let columns):
      let number = columns.number(row)
      return number == NamingTable.skipped ? nil : Int(number)
    case .spokenOf(let columns, let groups): return columns.touchpoint(row).flatMap { groups[$0] }
    case .element: return source
    }
  }
}
