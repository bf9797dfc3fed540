import Engine
import Events
import Experience
import Maps
import Pages
import Statistics
import Stories

extension MCPTool {
  static let format = Parameter(
    name: "format", kind: .choice(["text", "json"]),
    meaning: "“text” (usual) to read, “json” for all figures at full precision.")

  /// The arguments that choose which cases of a journey are measured.
  static let caseParameters = [
    Parameter(
      name: "range", kind: .number(1...36_525),
      meaning: "Cases that began in so many days up to the latest event; leave out for all time."),
    Parameter(
      name: "from", kind: .text, meaning: "The first day instead of a range: 2026-03-01."),
    Parameter(
      name: "to", kind: .text, meaning: "The last day, which counts whole: 2026-03-31."),
    Parameter(
      name: "for", kind: .text,
      meaning: "A segment, persona or saved set by name, or a condition on events."),
  ]

  static let journeyTools = [
    MCPTool(
      name: "list_journeys", title: "List journeys",
      about: "The journeys of the experience with their health: cases, completion, targets.",
      parameters: []
    ) { _, visit in try await journeys(visit) },
    MCPTool(
      name: "read_map", title: "Read a journey's map",
      about: "The measured map of a journey: for every step and starting point volumes, drop-offs, "
        + "times, deviations, channels, scores and money, and what to look at first.",
      parameters: [
        Parameter(
          name: "journey", kind: .text, presence: .required,
          meaning: "The journey's name, as list_journeys has it."),
        format,
      ] + caseParameters
    ) { arguments, visit in
      let request = try await MapRequest(visit.workspace, arguments)
      let measured = try await request.measured()
      guard arguments.text("format") == "json" else {
        return MapText.render(
          measured, of: request.journey, in: request.experience, width: width,
          tickets: try request.tickets())
      }
      return try MapJSON.render(
        measured, of: request.journey, in: request.experience, tickets: try request.tickets())
    },
  ]

  private struct Listed: Encodable {
    struct Target: Encodable {
      var metric: String
      var comparison: String
      var limit: Double
      var measured: Double?
      var verdict: String
    }

    var name: String
    var title: String
    var kind: String
    var starts: [String]
    var goal: String
    var steps: Int
    var cases: CaseCounts
    var completion: Estimate
    var targets: [Target]

    init(_ journey: Journey, _ measured: MeasuredJourney) {
      (name, title, kind) = (journey.name, journey.title, journey.kind)
      (starts, goal, steps) = (journey.starts, journey.goal, measured.steps.count)
      (cases, completion) = (measured.cases, measured.completion)
      targets = measured.targets.map {
        Target(
          metric: $0.metric, comparison: $0.comparison, limit: $0.limit,
          measured: $0.measured.value, verdict: $0.verdict.rawValue)
      }
    }
  }

  private static func journeys(_ visit: Visit) async throws -> String {
    let workspace = visit.workspace
    let file = workspace.experience()
    let experience = try file.usable()
    let (context, stories) = (try workspace.context(), try await workspace.stories())
    var listed: [Listed] = []
    for journey in experience.journeys {
      let measured = try await workspace.measured(
        journey, Scope(), in: context, of: stories, reading: file.reading)
      listed.append(Listed(journey, measured))
    }
    return try MCPArguments.json(listed)
  }
}

extension MapRequest {
  /// Reads the arguments of a tool.
  init(_ workspace: Workspace, _ arguments: MCPArguments) async throws {
    let (from, to) = (arguments.text("from"), arguments.text("to"))
    let days = arguments.number("range").map(String.init) ?? ""
    try await self.init(
      workspace, journey: arguments.text("journey"),
      MapChoice(
        range: from.isEmpty && to.isEmpty ? days : MapChoice.own, from: from, to: to,
        population: arguments.text("for")))
  }
}
