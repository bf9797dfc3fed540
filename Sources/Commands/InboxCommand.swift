import ArgumentParser
import Events
import Experience
import Pages
import Server
import Store

/// Lists what customers said that somebody has to see to.
struct InboxCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inbox",
    abstract: "List the tickets: what customers said that somebody has to see to.",
    usage: "waymark inbox [<options>]",
    discussion: """
      `waymark serve` opens tickets for low scores and for events that the experience names under \
      `loops`, and tells their teams; people see to them on the page /inbox.

      Examples:
        waymark inbox
        waymark inbox --state overdue --team support
        waymark inbox --state closed --format json
      """)

  @OptionGroup var workspace: WorkspaceOptions
  @Option(help: "unclosed, open, in_progress, overdue or closed.")
  var state = TicketFilter.Progress.unclosed
  @Option(help: ArgumentHelp("Only those of a team.", valueName: "name")) var team: String?
  @Option(help: ArgumentHelp("Only those of a touchpoint.", valueName: "name"))
  var touchpoint: String?
  @Option(help: "The form of the answer.") var format = PlainFormat.text

  /// The most tickets that are listed.
  private static let most = 1000

  func run() throws {
    let store = try workspace.store(.reading)
    let filter = TicketFilter(state, team: team, touchpoint: touchpoint)
    let tickets = try store.tickets(filter, limit: Self.most)
    let experience = try workspace.loadExperienceIfThere()
    switch format {
    case .json: try writeJSON(tickets.map { TicketForm($0) })
    case .text:
      guard !tickets.isEmpty else {
        Terminal.print("No ticket is \(state == .unclosed ? "waiting" : "like that").")
        return
      }
      let now = Instant.now
      var table = TextTable([
        ("ticket", .right), ("state", .left), ("due", .left), ("score", .right), ("of", .left),
        ("touchpoint", .left), ("team", .left), ("seen to by", .left),
      ])
      for ticket in tickets {
        let due =
          ticket.due < now ? "\((now - ticket.due).short) ago" : "in \((ticket.due - now).short)"
        table.add([
          "\(ticket.number)", ticket.isOverdue(at: now) ? "overdue" : ticket.state.words,
          ticket.state == .closed ? "–" : due,
          ticket.latest.score.map { PropertyValue.number($0).shown } ?? "–",
          ticket.title(in: experience), ticket.touchpointTitle(in: experience) ?? "–",
          ticket.teamTitle(in: experience) ?? "–", ticket.assignee?.name ?? "–",
        ])
      }
      for line in table.lines() { Terminal.print(line) }
    }
  }
}

extension Ticket.State {
  fileprivate var words: String { self == .inProgress ? "in progress" : rawValue }
}

extension TicketFilter.Progress: ExpressibleByArgument {}
