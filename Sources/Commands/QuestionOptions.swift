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
    if let population = try population(in: context) { scope.population = population }
    if let unit { scope.unit = try Unit(unit) }
    if let identityAsOf { scope.identityAsOf = try context.calendar.instant(identityAsOf) }
    try scope.validate()
  }

  /// The customers that are asked for.
  func population(in context: QuestionContext) throws(Refusal) -> Population? {
    try segment.map { text throws(Refusal) in try Population(text, in: context) }
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
