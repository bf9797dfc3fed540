import Engine
import Events
import Experience
import Foundation
import Maps
import Pages
import Store
import Stories

/// A journey's map as an address asks for it: its range, population and comparison.
struct MapRequest: Sendable {
  let workspace: Workspace
  let stories: Stories
  let context: QuestionContext
  let experience: Experience
  let journey: Journey
  let picker: MapPicker
  /// The version of the stories, or the one before.
  let seen: Int
  let reading: Int

  /// Reads the address of a visit.
  ///
  /// - Throws: `question.journey`, and what keeps the experience from being measured.
  init(_ visit: Visit) async throws {
    let seen = visit.workspace.changes.version
    try self.init(
      visit.workspace, journey: visit.parameter("journey"),
      MapChoice(visit), seen: seen, of: try await visit.storiesShown())
  }

  /// Takes a choice of whoever asks in another way, over the stories as they are.
  ///
  /// - Throws: as for a visit.
  init(_ workspace: Workspace, journey name: String, _ choice: MapChoice) async throws {
    let seen = workspace.changes.version
    try self.init(
      workspace, journey: name, choice, seen: seen, of: try await workspace.stories())
  }

  private init(
    _ workspace: Workspace, journey name: String, _ choice: MapChoice, seen: Int,
    of stories: Stories
  ) throws {
    self.workspace = workspace
    self.seen = seen
    self.stories = stories
    let file = workspace.experience()
    experience = try file.usable()
    reading = file.reading
    context = try workspace.context()
    journey = try context.journey(name).0
    picker = MapPicker(choice, offer: .init(experience, context))
  }

  private var choice: MapChoice { picker.choice }

  /// Which cases are asked for.
  ///
  /// - Throws: `map.range`, `range.time`, `range.empty`, `question.for`.
  func scope() throws(Refusal) -> Scope { try choice.scope(in: context, of: stories) }

  /// The measured map.
  func measured() async throws -> MeasuredJourney { try await measured(try scope()) }

  private func measured(_ scope: Scope) async throws -> MeasuredJourney {
    try await workspace.measured(
      journey, scope, in: context, of: stories, reading: reading)
  }

  /// The tickets that wait at touchpoints now, whichever cases the map shows.
  func tickets() throws -> WaitingTickets {
    WaitingTickets(waiting: try workspace.store.ticketsByTouchpoint())
  }

  /// The customers behind a number of the map.
  func customers(at place: JourneyPlace) async throws -> JourneyCustomers {
    try await workspace.customers(
      at: place, of: journey, try scope(), in: context, of: stories, reading: reading)
  }

  /// What the page of the map shows.
  func content() async throws -> JourneyMapPage.Content {
    do {
      let scope = try scope()
      guard !choice.compare.isEmpty else { return .map(try await measured(scope)) }
      let (other, names) = try comparison(with: scope)
      let (left, right) = (try await measured(other), try await measured(scope))
      return .comparison(MapComparison(left, named: names.other, with: right, named: names.this))
    } catch let refusal as Refusal {
      return .refused(refusal)
    }
  }

  /// What a scope is compared with, and what both are called; differences are this one less it.
  private func comparison(
    with scope: Scope
  ) throws(Refusal) -> (Scope, names: (other: String, this: String)) {
    var other = scope
    let this = scope.population?.name ?? "everybody"
    if choice.compare.hasPrefix(MapChoice.other) {
      let name = String(choice.compare.dropFirst(MapChoice.other.count))
      other.population = name.isEmpty ? nil : try Population(name, in: context)
      return (other, (name.isEmpty ? "everybody" : name, this))
    }
    guard choice.compare == MapChoice.before else {
      throw Refusal(
        "map.compare", problem: "“\(choice.compare.prefix(40))” is nothing to compare with.",
        remedy: "Choose the range before, or other customers.")
    }
    guard let from = scope.from, let end = scope.to ?? stories.watermark, end > from else {
      throw Refusal(
        "map.compare", problem: "All time has no range before it.",
        remedy: "Choose a range of days first.")
    }
    let days = Int(((end - from).milliseconds + 43_200_000) / 86_400_000)
    let isWhole = scope.to != nil
    other.from = context.calendar.day(
      isWhole ? max(1, days) : Int(choice.range) ?? max(1, days), before: from)
    other.to = from
    return (other, ("the range before", "this range"))
  }
}

extension WaitingTickets {
  /// Takes the counts of a store.
  init(waiting counts: [String: TicketCounts]) {
    self.init(counts.mapValues { Count(open: $0.unclosed, overdue: $0.overdue) })
  }
}
