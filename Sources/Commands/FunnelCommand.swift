import Answers
import ArgumentParser
import Engine
import Events
import Experience
import Foundation
import Statistics
import Store
import Stories

/// Counts how many customers took some steps.
struct FunnelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "funnel",
    abstract: "Count how many customers took some steps, in order and in time.",
    discussion: """
      A step is an event's name, a touchpoint of the experience, or an expression over one event; \
      with a ? at its end it may be left out.

      Examples:
        waymark funnel catalog cart delivery_choice payment_done --window 7d
        waymark funnel "Page Viewed" "Coupon Used?" "Order Placed" --breakdown city
        waymark funnel cart payment_done --exclude cart_emptied --order strict
      """)

  @Argument(help: "The steps, 2 to 32.") var steps: [String]
  @OptionGroup var workspace: WorkspaceOptions
  @OptionGroup var question: QuestionOptions
  @Option(help: "The longest time from the first step to the last: 7d.") var window = "30d"
  @Option(help: "The longest time from one step to the next.") var pairWindow: String?
  @Option(help: "How steps follow each other.") var order = FunnelQuestion.Order.ordered
  @Option(help: "Which entry of a customer counts.") var entry = FunnelQuestion.Entry.best
  @Option(help: "Whether a step may happen at the same millisecond as the one before.")
  var ties = FunnelQuestion.Ties.allowed
  @Option(help: "What a step that comes again does: it may pass, or end the customer's way.")
  var repeats = FunnelQuestion.Repeats.pass
  @Option(help: "An event that must not come between the first step and the last.")
  var exclude: [String] = []
  @Option(help: "A property that must be the same in all steps.") var hold: [String] = []
  @Option(help: "Divide by a property's value at the first step.") var breakdown: String?
  @Option(help: "The form of the answer.") var format = Form.text
  @Option(help: .hidden) var timing = 0
  @Flag(help: "Count only; no times.") var countsOnly = false

  /// The forms of a funnel.
  enum Form: String, CaseIterable, ExpressibleByArgument { case text, json, csv }

  func run() async throws {
    let experience = try workspace.loadExperienceIfThere()
    let context = try QuestionContext(experience)
    let asked = try ask(context)
    try asked.validate()
    let stories = try workspace.store(.reading).stories(question.identity(context.calendar))
    try Question.funnel(asked).check(against: stories, in: context)
    let funnel = try await Timing.measure(timing, over: stories) {
      try await stories.answer(asked)
    }
    switch format {
    case .json: try writeJSON(funnel)
    case .csv: tellCSV(funnel)
    case .text: tell(funnel)
    }
  }

  private func ask(_ context: QuestionContext) throws -> FunnelQuestion {
    let parts = try steps.map { text in
      let optional = text.hasSuffix("?")
      let name = optional ? String(text.dropLast()) : text
      return FunnelQuestion.Step(
        name, rule: try EventSelector(name, in: context).rule,
        presence: optional ? .optional : .required)
    }
    var asked = FunnelQuestion(steps: parts, window: try Self.span(window))
    asked.pairWindow = try pairWindow.map(Self.span)
    asked.order = order
    asked.entry = entry
    asked.ties = ties
    asked.repeats = repeats
    asked.exclusions = try exclude.flatMap { name in
      let rule = try EventSelector(name, in: context).rule
      return parts.indices.dropLast().map { FunnelQuestion.Exclusion(rule, after: $0) }
    }
    asked.heldConstant = hold
    asked.breakdown = breakdown.map { FunnelQuestion.Breakdown($0) }
    let range = try TimeRange(question.from, question.to, context.calendar)
    (asked.from, asked.to) = (range.from, range.to)
    asked.population = try question.population(in: context)?.rule
    asked.figures = countsOnly ? .counts : .countsAndTimes
    return asked
  }

  private static func span(_ text: String) throws -> TimeSpan {
    guard let span = TimeSpan(text) else {
      throw Refusal(
        "funnel.window", problem: "“\(text.brief)” is no span of time.",
        remedy: "Write 30m, 24h, 7d or 1d12h.")
    }
    return span
  }

  private func tell(_ funnel: Funnel) {
    Terminal.print(
      "\(order.rawValue), within \(window), "
        + (entry == .every ? "every entry" : "customers, \(entry.rawValue) entry"))
    Terminal.print()
    tell(funnel.steps)
    if let median = funnel.timeToConvert.median.value {
      Terminal.print(
        "\nFirst to last: median \(Self.time(median))"
          + (funnel.timeToConvert.p90.map { ", nine of ten within \(Self.time($0))" } ?? "")
          + " (n \(grouped(funnel.timeToConvert.median.count)))")
    }
    for group in funnel.groups {
      let name = group.isRest ? "all others" : group.value ?? "(none)"
      Terminal.print("\n\(breakdown ?? ""): \(name.printable)")
      tell(group.steps)
    }
  }

  /// Bars and intervals give way to the names of steps where the terminal is narrow.
  private func tell(_ steps: [Funnel.Step]) {
    let tables = [[.bar, .interval], [.interval], []].map { self.table(steps, $0) }
    let table = tables.first(where: \.fits) ?? tables[2]
    for line in table.lines() { Terminal.print(line) }
  }

  private enum Extra { case bar, interval }

  private func table(_ steps: [Funnel.Step], _ extras: Set<Extra>) -> TextTable {
    var headings: [(title: String, side: TextTable.Side)] = [("step", .left)]
    if extras.contains(.bar) { headings.append(("", .left)) }
    headings += [("count", .right), ("of first", .right)]
    if extras.contains(.interval) { headings.append(("95 %", .right)) }
    headings += [("of previous", .right), ("median", .right), ("open", .right)]
    var table = TextTable(headings)
    for step in steps {
      var cells = [step.name]
      if extras.contains(.bar) {
        cells.append(String(repeating: "█", count: Int(((step.share.value ?? 0) * 10).rounded())))
      }
      cells += [grouped(step.count), Self.percent(step.share.value)]
      if extras.contains(.interval) { cells.append(Self.interval(step.share)) }
      cells += [
        Self.percent(step.shareOfPrevious.value),
        step.timeFromPrevious?.median.value.map(Self.time) ?? "", grouped(step.open),
      ]
      table.add(cells)
    }
    return table
  }

  private static func interval(_ share: Estimate) -> String {
    guard let low = share.low, let high = share.high else { return "" }
    return String(format: "%.1f–%.1f %%", low * 100, high * 100)
  }

  private func tellCSV(_ funnel: Funnel) {
    Terminal.print("group,step,count,share,low,high,share_of_previous,median_ms,open")
    let all =
      [(name: "", steps: funnel.steps)]
      + funnel.groups.map { (name: $0.isRest ? "all others" : $0.value ?? "", steps: $0.steps) }
    for group in all {
      for step in group.steps {
        let figures = [
          step.share.value, step.share.low, step.share.high, step.shareOfPrevious.value,
          step.timeFromPrevious?.median.value,
        ].map { $0.map { "\($0)" } ?? "" }
        Terminal.print(
          AnswerCSV.record([group.name, step.name, "\(step.count)"] + figures + ["\(step.open)"]))
      }
    }
  }

  private static func percent(_ share: Double?) -> String {
    share.map { String(format: "%.1f %%", $0 * 100) } ?? "–"
  }

  private static func time(_ milliseconds: Double) -> String {
    TimeSpan(milliseconds: Int64(milliseconds.rounded())).short
  }
}

extension FunnelQuestion.Order: ExpressibleByArgument {}
extension FunnelQuestion.Entry: ExpressibleByArgument {}
extension FunnelQuestion.Ties: ExpressibleByArgument {}
extension FunnelQuestion.Repeats: ExpressibleByArgument {}
