import ArgumentParser
import Events
import Foundation
import Store

/// Removes events that are older than they are kept.
struct RetainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retain",
    abstract: "Remove events that are older than they are kept.",
    usage: "waymark retain [<options>]",
    discussion: """
      By the rule that holds, or by what --months and --event change of it, which holds from then \
      on. A running server does this every day. It cannot be undone.

      Examples:
        waymark retain --months 24 --dry-run
        waymark retain --months 24 --event 'Page Viewed: 6' --event 'Order: keep'
        waymark retain --yes
      """)

  @Option(help: "For how many months events are kept, or “keep” for ever.") var months: String?
  @Option(help: "The term of events of a name: 'Page Viewed: 6'; say it for each that has one.")
  var event: [String] = []
  @OptionGroup var workspace: WorkspaceOptions
  @Flag(help: "Only say what would be removed.") var dryRun = false
  @Flag(help: "Do not ask.") var yes = false
  @Option(help: "The form of the answer.") var format = PlainFormat.text

  func run() throws {
    let store = try workspace.store(dryRun ? .reading : .writing)
    let known = try store.retentionRule()
    let rule = try RetentionRule(
      months: months ?? known.months.map(String.init) ?? "",
      lines: event.isEmpty ? known.lines : event.joined(separator: "\n"))
    let expired = try store.expiredEvents(by: rule)
    if dryRun { return try tell(expired, of: rule, removed: nil) }
    if expired.count > 0, !yes { try confirm(expired, of: rule) }
    if rule != known { try store.keep(rule) }
    let line = ProgressLine("Removing \(counted(expired.count, "event"))")
    let report = try store.removeExpired { done, of in line.update("\(done) of \(of) parts") }
    line.clear()
    try tell(expired, of: rule, removed: report)
  }

  private func confirm(_ expired: ExpiredEvents, of rule: RetentionRule) throws {
    guard isatty(STDIN_FILENO) == 1 else {
      throw Refusal(
        "retention.confirm",
        problem:
          "\(counted(expired.count, "event")) would go for good, and nobody is there to ask.",
        remedy: "Look at them with --dry-run, then say --yes.")
    }
    show(expired)
    Terminal.write("Remove \(counted(expired.count, "event")) for good? Type “remove” to confirm: ")
    guard readLine() == "remove" else {
      throw Refusal(
        "retention.confirm", problem: "Nothing was removed.", remedy: "Type “remove”.")
    }
  }

  private func tell(
    _ expired: ExpiredEvents, of rule: RetentionRule, removed: RetentionReport?
  ) throws {
    switch format {
    case .json: try writeJSON(Answer(expired, removed))
    case .text:
      if let removed {
        Terminal.print(
          "Removed \(counted(removed.events, "event")) and \(counted(removed.links, "link")).")
      } else {
        show(expired)
      }
      guard rule.keepsAll else { return }
      Terminal.print("All events are kept for ever; --months says otherwise.")
    }
  }

  private func show(_ expired: ExpiredEvents) {
    guard expired.count > 0 else { return Terminal.print("No event is older than it is kept.") }
    Terminal.print("\(counted(expired.count, "event")) would go:")
    var months = TextTable([("Month", .left), ("Events", .right)])
    for (month, count) in expired.months { months.add([month, grouped(count)]) }
    var names = TextTable([("Event", .left), ("Events", .right)])
    for (name, count) in expired.names { names.add([name, grouped(count)]) }
    for line in months.lines() + [""] + names.lines() { Terminal.print(line) }
  }

  private struct Answer: Encodable {
    var expired: Int
    var months: [String: Int]
    var names: [String: Int]
    var removed: Int?
    var links: Int?

    init(_ expired: ExpiredEvents, _ report: RetentionReport?) {
      self.expired = expired.count
      months = Dictionary(uniqueKeysWithValues: expired.months.map { ($0.month, $0.count) })
      names = Dictionary(uniqueKeysWithValues: expired.names.map { ($0.name, $0.count) })
      removed = report?.events
      links = report?.links
    }
  }
}
