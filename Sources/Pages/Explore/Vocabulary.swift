import Engine
import Experience

/// The names that a question may speak of, offered where a field is filled in.
public struct Vocabulary: Sendable {
  public var touchpoints: [String]
  public var events: [String]
  public var properties: [String]
  /// Segments, personas with a condition, and saved sets.
  public var populations: [String]
  public var journeys: [String]
  public var surveys: [String]

  /// Gathers the names of an experience and of its customers' stories.
  ///
  /// - Parameters:
  ///   - events: the names of events, as many as are offered.
  ///   - properties: likewise.
  public init(
    _ experience: Experience?, events: [String], properties: [String], savedSets: [String]
  ) {
    touchpoints = experience?.touchpoints.filter { $0.rule != nil }.map(\.name) ?? []
    self.events = Array(events.prefix(Self.most))
    self.properties = Array(properties.prefix(Self.most))
    populations =
      (experience?.segments.map(\.name) ?? [])
      + (experience?.personas.filter { $0.rule != nil }.map(\.name) ?? []) + savedSets
    journeys = experience?.journeys.map(\.name) ?? []
    surveys = experience?.surveys.map(\.name) ?? []
  }

  /// The most names of a kind that are offered: more make a page slow, and nobody reads them.
  private static let most = 1000

  /// The names that are offered, by the name of their list.
  private var lists: [(name: String, names: [String])] {
    let declared = touchpoints + surveys
    return [
      ("event", declared + events.filter { !declared.contains($0) }),
      ("naming", ["event", "touchpoint"] + properties.map { "properties.\($0)" }),
      ("division", ScoreDivision.words + properties.map { "properties.\($0)" }),
      ("survey", surveys),
      ("property", properties),
      ("population", populations),
      ("journey", journeys),
      ("unit", ["customer", "session 30m"] + journeys.map { "case \($0)" }),
      ("span", ["30m", "1h", "1d", "7d", "30d", "90d"]),
    ]
  }

  /// The name of the list for what a field takes; nil where nothing is offered.
  static func list(for input: QuestionForm.Input) -> String? {
    switch input {
    case .event: "event"
    case .naming: "naming"
    case .division: "division"
    case .survey: "survey"
    case .property: "property"
    case .population: "population"
    case .journey: "journey"
    case .unit: "unit"
    case .span: "span"
    case .list(let item): list(for: item)
    case .text, .number, .moment, .choice: nil
    }
  }

  /// The lists, for the inputs of a page to name.
  var markup: Markup {
    lists.map { list, names -> Markup in
      let options = names.map { name -> Markup in "<option value=\"\(lines: name)\"></option>" }
      return "<datalist id=\"offer-\(list)\">\(options)</datalist>"
    }.joined()
  }
}
