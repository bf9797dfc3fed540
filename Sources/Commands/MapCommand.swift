import ArgumentParser
import Engine
import Events
import Experience
import Foundation
import Maps
import Store
import Stories

/// Measures a journey and draws its map.
struct MapCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map",
    abstract: "Measure a journey and draw its map.",
    discussion: """
      Prints the map, and writes it as one self-contained page whose path is printed. With --format \
      json, html or svg, only that is written: to standard output, or to --output.

      Examples:
        waymark map
        waymark map first_order --from 2026-03-01 --to 2026-04-01
        waymark map first_order --segment regulars --compare-segment newcomers
        waymark map first_order --format svg --output map.svg
      """)

  /// The forms of a map.
  enum Form: String, CaseIterable, ExpressibleByArgument { case text, json, html, svg }

  @Argument(help: "The journey (default: the first).") var journey: String?
  @OptionGroup var workspace: WorkspaceOptions
  @OptionGroup var question: QuestionOptions
  @Option(help: "Compare with what began at or after this.") var compareFrom: String?
  @Option(help: "Compare with what began before this.") var compareTo: String?
  @Option(help: "Compare with these customers.") var compareSegment: String?
  @Option(help: "The form of the map.") var format = Form.text
  @Option(name: [.long, .customShort("o")], help: "Where to write.", completion: .file())
  var output: String?
  @Option(help: "The ground of an svg.") var theme = Theme.light
  @Option(help: "When to use colours.") var color = Terminal.Colors.auto
  @Flag(help: "Print the JSON Schema of --format json, and nothing else.") var schema = false
  @Option(help: .hidden) var timing = 0

  /// The ground of a picture.
  enum Theme: String, CaseIterable, ExpressibleByArgument { case light, dark }

  func run() async throws {
    guard !schema else { return Terminal.print(MapJSON.schema) }
    let experience = try workspace.loadExperience()
    let journey = try Self.find(journey, in: experience)
    let context = try QuestionContext(experience)
    let clock = context.calendar
    let store = try workspace.store(.reading)
    let stories = try store.stories(question.identity(clock))
    let range = try TimeRange(question.from, question.to, clock)
    let asked = JourneyQuestion(
      journey, from: range.from, to: range.to,
      population: try question.population(in: context))
    let measured = try await Timing.measure(timing, over: stories) {
      try await stories.answer(JourneyFold(asked, of: experience))
    }
    if let other = try other(asked, in: context) {
      let comparison = MapComparison(
        measured, named: Self.name(asked, clock),
        with: try await stories.answer(
          JourneyFold(other, of: experience)), named: Self.name(other, clock))
      try show(comparison, journey, experience)
    } else {
      let tickets = WaitingTickets(
        try store.ticketsByTouchpoint().mapValues {
          .init(open: $0.unclosed, overdue: $0.overdue)
        })
      try show(measured, journey, experience, tickets)
      let others = experience.journeys.filter { $0.name != journey.name }.map(\.name)
      if format == .text, self.journey == nil, !others.isEmpty {
        Terminal.print("Other journeys: \(others.joined(separator: ", "))")
      }
    }
  }

  /// The journey of a name; the first where none is given.
  static func find(_ name: String?, in experience: Experience) throws(Refusal) -> Journey {
    if let journey = name.map(experience.journey) ?? experience.journeys.first { return journey }
    let known = experience.journeys.map(\.name)
    throw Refusal(
      "map.journey",
      problem: name.map { "There is no journey “\($0.brief)”." }
        ?? "The experience has no journey.",
      remedy: name.flatMap { nearest(to: $0, among: known) }.map { "Did you mean “\($0)”?" }
        ?? (known.isEmpty
          ? "Write one under `journeys:`, or let `waymark infer` propose one."
          : "Choose one of \(known.joined(separator: ", "))."))
  }

  /// What to compare with; what is left out is as in the question itself.
  private func other(
    _ asked: JourneyQuestion, in context: QuestionContext
  ) throws -> JourneyQuestion? {
    guard compareFrom != nil || compareTo != nil || compareSegment != nil else { return nil }
    var other = asked
    if compareFrom != nil || compareTo != nil {
      let range = try TimeRange(compareFrom, compareTo, context.calendar)
      (other.from, other.to) = (range.from, range.to)
    }
    if let compareSegment {
      other.population = try Population(compareSegment, in: context)
    }
    return other
  }

  private static func name(_ question: JourneyQuestion, _ clock: LocalCalendar) -> String {
    var words: [String] = []
    if let population = question.population { words.append(population.name) }
    if let from = question.from { words.append("from \(clock.day(from))") }
    if let to = question.to { words.append("to \(clock.day(to))") }
    return words.isEmpty ? "everybody" : words.joined(separator: " ")
  }

  private func show(
    _ measured: MeasuredJourney, _ journey: Journey, _ experience: Experience,
    _ tickets: WaitingTickets
  ) throws {
    switch format {
    case .json: try put(MapJSON.render(measured, of: journey, in: experience, tickets: tickets))
    case .html: try put(MapPage.render(measured, of: journey, in: experience, tickets: tickets))
    case .svg:
      try put(
        MapSVG.render(
          measured, of: journey, in: experience, theme: theme == .dark ? .dark : .light,
          tickets: tickets))
    case .text:
      Terminal.print(
        MapText.render(
          measured, of: journey, in: experience, width: Terminal.width,
          color: Terminal.usesColors(color) ? .ansi : .plain, tickets: tickets))
      try page(
        MapPage.render(measured, of: journey, in: experience, tickets: tickets), journey.name)
    }
  }

  private func show(
    _ comparison: MapComparison, _ journey: Journey, _ experience: Experience
  ) throws {
    switch format {
    case .json, .svg:
      throw Refusal(
        "map.format", problem: "A comparison is not drawn as \(format.rawValue).",
        remedy: "Choose text or html, or ask for the two maps one by one.")
    case .html: try put(MapPage.render(comparison, of: journey, in: experience))
    case .text:
      Terminal.print(
        MapText.render(
          comparison, of: journey, in: experience, width: Terminal.width,
          color: Terminal.usesColors(color) ? .ansi : .plain))
      try page(
        MapPage.render(comparison, of: journey, in: experience), journey.name + "-compared")
    }
  }

  private func put(_ text: String) throws {
    guard let output else { return Terminal.print(text) }
    try writeText(text, to: output, over: .existing)
    Terminal.note("Wrote \(output)")
  }

  /// Writes the page beside the events and tells where.
  private func page(_ html: String, _ name: String) throws {
    let path = output ?? "\(workspace.folder)/maps/\(name).html"
    try writeText(html, to: path, over: .existing)
    Terminal.print("The map as a page: \(URL(filePath: path).standardizedFileURL.path)")
  }
}
