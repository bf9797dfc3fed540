import ArgumentParser
import Engine
import Events
import Experience
import Store
import Stories

/// The options that say which cases, entries and identities a question is about.
struct QuestionOptions: ParsableArguments {
  @Option(help: "Only what began at or after this day or time: 2026-03-01.") var from: String?
  @Option(help: "Only what began before this day or time.") var to: String?
  @Option(
    name: [.long, .customLong("for")],
    help: ArgumentHelp(
      "Only customers of a segment or persona, or who meet an expression.", valueName: "who"))
  var segment: String?
  @Option(
    help: ArgumentHelp(
      "Who is who as it was known at that time, instead of today.", valueName: "time"))
  var identityAsOf: String?

  /// The links between identities that apply.
  func identity(_ clock: LocalCalendar) throws(Refusal) -> IdentityView {
    try identityAsOf.map { text throws(Refusal) in .asOf(try clock.instant(text)) } ?? .latest
  }

  /// Puts what is said here, and a unit, in the place of what a question's text says.
  func change(
    _ scope: inout Scope, unit: String?, in context: QuestionContext
  ) throws(Refusal) {
    let range = try TimeRange(from, to, context.calendar)
    if let from = range.from { scope.from = from }
    if let to = range.to { scope.to = to }
    if let segment { scope.population = try Population(segment, in: context) }
    if let unit { scope.unit = try Unit(unit) }
    if let identityAsOf { scope.identityAsOf = try context.calendar.instant(identityAsOf) }
    try scope.validate()
  }

  /// The customers that are asked for.
  func population(in experience: Experience?) throws(Refusal) -> JourneyQuestion.Population? {
    try segment.map { name throws(Refusal) in try Self.population(name, in: experience) }
  }

  static func population(
    _ name: String, in experience: Experience?
  ) throws(Refusal) -> JourneyQuestion.Population {
    if let rule = experience?.condition(name) { return .init(name: name, rule: rule) }
    do {
      let rule = try ExpressionParser.parse(name, about: .story, giving: .boolean)
      return .init(name: name, rule: rule)
    } catch {
      let known =
        (experience?.segments.map(\.name) ?? [])
        + (experience?.personas.filter { $0.rule != nil }.map(\.name) ?? [])
      throw Refusal(
        "question.segment",
        problem: "“\(name.brief)” is no segment or persona, and no condition on a story: "
          + error.refusal.problem,
        remedy: nearest(to: name, among: known).map { "Did you mean “\($0)”?" }
          ?? (known.isEmpty
            ? "Write a condition, such as 'count(\"Order Completed\") >= 3'."
            : "Name one of \(known.joined(separator: ", ")), or write a condition."))
    }
  }
}

/// The range as instants, in the experience's zone.
struct TimeRange {
  var from: Instant?
  var to: Instant?

  init(_ from: String?, _ to: String?, _ clock: LocalCalendar) throws(Refusal) {
    self.from = try from.map { text throws(Refusal) in try clock.instant(text) }
    self.to = try to.map { text throws(Refusal) in try clock.instant(text) }
    guard let begin = self.from, let end = self.to, begin >= end else { return }
    throw Refusal(
      "range.empty", problem: "The range from \(begin) to \(end) is empty.",
      remedy: "Let it end after it begins.")
  }
}

extension Store {
  /// A snapshot that has events in it.
  ///
  /// - Throws: `store.empty` where there is nothing to ask about.
  func stories(_ identity: IdentityView = .latest) throws -> Stories {
    let stories = try snapshot(identity: identity)
    guard stories.customerCount > 0 else {
      throw Refusal(
        "store.empty", problem: "The store \(folder) holds no events yet.",
        remedy: "Begin with `waymark import <file>`.")
    }
    return stories
  }
}

extension FunnelQuestion.Step {
  /// What a step's text stands for: a touchpoint, an expression, or an event's name.
  static func rule(_ text: String, in experience: Experience?) throws(Refusal) -> Expression {
    if let rule = experience?.touchpoint(text)?.rule { return rule }
    guard text.contains("==") || text.contains("properties.") else { return .isEvent(text) }
    return try Expression(reading: text, about: .event, giving: .boolean)
  }
}
