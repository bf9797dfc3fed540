import Experience

/// A field of an entry, as its form asks for it.
public struct EntryField: Sendable {
  /// What is typed.
  public enum Kind: Sendable, Equatable {
    /// One line.
    case text
    /// A number.
    case number
    /// One of a list, or nothing.
    case choice([String])
    /// One a line; the names that it may be.
    case list([String])
    /// Yes or no.
    case flag
    /// The steps of a journey.
    case steps
  }

  public var name: String
  public var label: String
  public var kind: Kind
  public var hint: String

  init(_ name: String, _ label: String, _ kind: Kind = .text, _ hint: String = "") {
    self.name = name
    self.label = label
    self.kind = kind
    self.hint = hint
  }

  /// The fields of an entry of a section, with the names that the experience knows.
  public static func all(
    of section: ExperienceText.Section, in experience: Experience
  ) -> [EntryField] {
    let touchpoints = experience.touchpoints.map(\.name)
    let teams = experience.teams.map(\.name)
    switch section {
    case .touchpoints: return touchpoint(experience, touchpoints, teams)
    case .journeys: return journey(experience, touchpoints, teams)
    case .personas:
      return [
        .init("title", "Title"), .init("goal", "Goal", .text, "What they want to get done."),
        .init("needs", "Needs", .list([]), "One a line."),
        .init("pains", "Pains", .list([]), "One a line."),
        .init("channels", "Channels", .list(experience.channels), "One a line."),
        .init("who", "Who", .text, "A condition: traits.household > 2"),
      ]
    case .segments:
      return [.init("rule", "Who", .text, "A condition: count(\"Order Completed\", 90d) >= 3")]
    case .teams, .partners: return [.init("title", "Title", .text, "What people read.")]
    }
  }

  private static func touchpoint(
    _ experience: Experience, _ touchpoints: [String], _ teams: [String]
  ) -> [EntryField] {
    [
      .init("title", "Title", .text, "What people read."),
      .init("stage", "Stage", .choice(experience.stages)),
      .init("channel", "Channels", .list(experience.channels), "One a line; none: any."),
      .init(
        "on", "Events", .list([]), "An event's name, several (one a line), or a condition."),
      .init("owner", "Owner", .choice(teams)),
      .init("control", "Held by", .choice(Touchpoint.Control.allCases.map(\.rawValue))),
      .init("partner", "Partner", .choice(experience.partners.map(\.name))),
      .init("cost", "Cost of one", .number, "In \(experience.currency)."),
      .init("value", "Worth of one", .text, "A number of the event: properties.revenue"),
      .init("score", "Score", .text, "A number from 1 to 5 of the event: properties.rating"),
      .init("expects", "Promised within", .text, "2d, or {within: 2d, of: order}"),
      .init("feeling", "Designed feeling", .number, "From 1 (bad) to 5 (delightful)."),
      .init("moment_of_truth", "Moment of truth", .flag),
      .init("pain", "Known pain", .text, "Why it hurts."),
      .init("backstage", "Backstage", .list([]), "What employees do behind it, one a line."),
      .init("support", "Support", .list([]), "Systems and partners behind it, one a line."),
    ]
  }

  private static func journey(
    _ experience: Experience, _ touchpoints: [String], _ teams: [String]
  ) -> [EntryField] {
    let audiences = experience.segments.map(\.name) + experience.personas.map(\.name)
    return [
      .init("title", "Title", .text, "What people read."),
      .init("kind", "Kind", .text, "decision, implementation, management, or a word of your own."),
      .init(
        "for", "For", .text,
        "A segment or persona (\(audiences.prefix(6).joined(separator: ", "))), or a condition."),
      .init(
        "starts", "Starting points", .list(touchpoints), "One to three touchpoints, one a line."),
      .init(
        "steps", "Steps", .steps,
        "One a line: a touchpoint, any: […], all: […], optional: …, repeat: …"),
      .init("goal", "Goal", .choice(touchpoints)),
      .init("ends", "Ends without success", .list(touchpoints), "One a line."),
      .init("window", "Longest time", .text, "30d"),
      .init("again", "Again", .text, "afterEnd, once, or {after: 30d}"),
      .init("case_key", "Side by side by", .text, "A property such as order_id."),
      .init("then", "Next journey", .choice(experience.journeys.map(\.name))),
      .init("targets.completion", "Target: completion", .text, ">= 20%"),
      .init("targets.median_time", "Target: median time", .text, "<= 5d"),
      .init("targets.p90_time", "Target: time of nine in ten", .text, "<= 9d"),
      .init("targets.fitness", "Target: fitness", .text, ">= 0.8"),
      .init("targets.feeling", "Target: feeling", .text, ">= 4"),
      .init("targets.value", "Target: value", .text, ">= 50"),
      .init("targets.cost", "Target: cost", .text, "<= 6"),
      .init("owner", "Owner", .choice(teams)),
    ]
  }
}
