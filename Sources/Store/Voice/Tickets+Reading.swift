import Events
import Foundation
import GRDB

/// Which tickets are asked for; without a condition, all.
public struct TicketFilter: Sendable, Equatable {
  /// How far they are.
  public enum Progress: String, Sendable, CaseIterable {
    /// Open or in progress.
    case unclosed
    case open
    case inProgress = "in_progress"
    case overdue
    case closed
  }

  public var progress: Progress?
  public var team: String?
  public var touchpoint: String?
  /// The member who sees to them.
  public var assignee: Int?

  /// Makes a filter.
  public init(
    _ progress: Progress? = nil, team: String? = nil, touchpoint: String? = nil,
    assignee: Int? = nil
  ) {
    self.progress = progress
    self.team = team
    self.touchpoint = touchpoint
    self.assignee = assignee
  }
}

/// How many tickets wait.
public struct TicketCounts: Sendable, Equatable {
  /// Those that aren't closed.
  public var unclosed = 0
  /// Those of them whose time has passed.
  public var overdue = 0

  /// Makes counts; without arguments, none.
  public init(unclosed: Int = 0, overdue: Int = 0) {
    self.unclosed = unclosed
    self.overdue = overdue
  }
}

extension Store {
  /// The order of a list of tickets.
  public enum TicketOrder: Sendable, Equatable {
    /// What is due first; closed ones last, the latest first.
    case byUrgency
    /// By number, behind one.
    case byNumber(after: Int)
  }

  /// Tickets that fit a filter.
  public func tickets(
    _ filter: TicketFilter = TicketFilter(), _ order: TicketOrder = .byUrgency, limit: Int
  ) throws(Fault) -> [Ticket] {
    try readingTickets([]) { database in
      var all = conditions(filter)
      var sorting: SQL = "t.closed IS NOT NULL, t.closed DESC, t.due, t.number"
      if case .byNumber(let after) = order {
        all = "\(all) AND t.number > \(after)"
        sorting = "t.number"
      }
      let request: SQLRequest<Row> = """
        \(Self.ticketRows) WHERE \(all) ORDER BY \(sorting) LIMIT \(max(0, limit))
        """
      return try request.fetchAll(database).map(Ticket.init)
    }
  }

  /// How many tickets fit a filter, of those that aren't closed where it doesn't say.
  public func ticketCounts(_ filter: TicketFilter = TicketFilter()) throws(Fault) -> TicketCounts {
    try readingTickets(TicketCounts()) { database in
      let now = clock().milliseconds
      let request: SQLRequest<Row> = """
        SELECT count(*), coalesce(sum(t.due < \(now)), 0) FROM tickets t
        WHERE t.state <> 'closed' AND \(conditions(filter))
        """
      let row = try request.fetchOne(database)
      return TicketCounts(unclosed: row?[0] ?? 0, overdue: row?[1] ?? 0)
    }
  }

  /// The tickets that aren't closed, by touchpoint.
  public func ticketsByTouchpoint() throws(Fault) -> [String: TicketCounts] {
    try readingTickets([:]) { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT touchpoint, count(*), sum(due < ?) FROM tickets
          WHERE state <> 'closed' AND touchpoint IS NOT NULL GROUP BY touchpoint
          """, arguments: [clock().milliseconds])
      return Dictionary(
        rows.map { ($0[0] as String, TicketCounts(unclosed: $0[1], overdue: $0[2])) }
      ) { $1 }
    }
  }

  /// The ticket of a number.
  ///
  /// - Throws: `ticket.unknown`.
  public func ticket(_ number: Int) throws -> Ticket {
    try readingTickets(nil) { try Self.ticket(number, $0) }.orThrow(Self.unknownTicket(number))
  }

  /// What was said, and what was done since, the earliest first.
  public func story(
    ofTicket number: Int
  ) throws(Fault) -> (answers: [TicketAnswer], deeds: [TicketDeed]) {
    try readingTickets(([], [])) { database in
      let answers = try Row.fetchAll(
        database,
        sql: "SELECT * FROM ticket_answers WHERE ticket = ? ORDER BY at, message LIMIT 100",
        arguments: [number])
      let deeds = try Row.fetchAll(
        database, sql: "SELECT * FROM ticket_history WHERE ticket = ? ORDER BY id",
        arguments: [number])
      return (answers.map(TicketAnswer.init), deeds.map(TicketDeed.init))
    }
  }

  private func conditions(_ filter: TicketFilter) -> SQL {
    var all: [SQL] = []
    switch filter.progress {
    case .unclosed: all.append("t.state <> 'closed'")
    case .overdue: all.append("t.state <> 'closed' AND t.due < \(clock().milliseconds)")
    case .open, .inProgress, .closed: all.append("t.state = \(filter.progress?.rawValue)")
    case nil: break
    }
    if let team = filter.team { all.append("t.team = \(team)") }
    if let touchpoint = filter.touchpoint { all.append("t.touchpoint = \(touchpoint)") }
    if let assignee = filter.assignee { all.append("t.assignee = \(assignee)") }
    return all.isEmpty ? "true" : all.joined(separator: " AND ")
  }

  /// Tickets with the names of members and what was said last.
  static let ticketRows: SQL = """
    SELECT t.*, m.name AS assignee_name, a.event, a.at, a.namespace, a.id, a.score, a.comment
    FROM tickets t JOIN ticket_answers a ON a.message = t.latest
    LEFT JOIN members m ON m.id = t.assignee
    """

  static func ticket(_ number: Int, _ database: Database) throws -> Ticket? {
    let request: SQLRequest<Row> = "\(ticketRows) WHERE t.number = \(number)"
    return try request.fetchOne(database).map(Ticket.init)
  }

  static func unknownTicket(_ number: Int) -> Refusal {
    Refusal(
      "ticket.unknown", problem: "There is no ticket with the number \(number).",
      remedy: "Look at the inbox.")
  }

  /// Reads tables that a store of an older version, opened for reading, doesn't have.
  private func readingTickets<Value>(
    _ none: Value, _ body: (Database) throws -> Value
  ) throws(Fault) -> Value {
    try faultsOnly {
      try read { try Schema.version($0) >= Schema.firstWithTickets ? try body($0) : none }
    }
  }
}
