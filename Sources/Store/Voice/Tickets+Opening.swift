import Events
import Foundation
import GRDB

extension Store {
  /// What became of a cause.
  public enum TicketOutcome: Sendable, Equatable {
    /// It opened the ticket of a number.
    case opened(Int)
    /// It opened a closed one again.
    case reopened(Int)
    /// It was added to one that nobody has closed yet.
    case joined(Int)
    /// It was seen before.
    case known
  }

  /// Opens tickets for answers and events, each of which counts once, ever.
  ///
  /// Where the same customer has a ticket of the same touchpoint and team that isn't closed, what was
  /// said is added to it; one that was closed up to thirty days ago, before it was said, is opened
  /// again. Time runs from now on. What a team is told is kept in the same transaction.
  ///
  /// - Parameters:
  ///   - causes: what was found, in any order.
  ///   - ways: how each team is told; one that isn't among them is told nothing.
  /// - Returns: one outcome for each cause, in the same order.
  public func openTickets(
    _ causes: [TicketCause], telling ways: [String: Set<TicketMessage.Way>]
  ) throws(Fault) -> [TicketOutcome] {
    try faultsOnly {
      try write { database in
        let resolution = try self.resolution(database)
        return try causes.map { cause in
          let keys = resolution.component(of: cause.identity.key)
          return try open(cause, by: keys, ways[cause.team ?? ""] ?? [], database)
        }
      }
    }
  }

  private func open(
    _ cause: TicketCause, by keys: [UInt64], _ ways: Set<TicketMessage.Way>, _ database: Database
  ) throws -> TicketOutcome {
    let message = Int64(bitPattern: cause.message)
    let known = try Row.fetchOne(
      database, sql: "SELECT 1 FROM ticket_answers WHERE message = ?", arguments: [message])
    guard known == nil else { return .known }
    guard let earlier = try Self.earlier(cause, keys, database),
      let kept = try keep(cause, with: earlier, ways, database)
    else {
      let number = try insert(cause, database)
      try insertAnswer(cause, of: number, database)
      try tell(.opened, number, ways, database)
      return .opened(number)
    }
    return kept
  }

  /// The same customer's latest ticket of the same touchpoint and team.
  private static func earlier(
    _ cause: TicketCause, _ keys: [UInt64], _ database: Database
  ) throws -> Ticket? {
    guard let touchpoint = cause.touchpoint else { return nil }
    let keys = keys.map(Int64.init(bitPattern:))
    let request: SQLRequest<Row> = """
      \(ticketRows) WHERE t.touchpoint = \(touchpoint) AND t.team IS \(cause.team)
        AND t.number IN (SELECT ticket FROM ticket_answers WHERE key IN \(keys))
      ORDER BY t.number DESC LIMIT 1
      """
    return try request.fetchOne(database).map(Ticket.init)
  }

  /// Adds what was said to an earlier ticket; nil where that was closed too long ago.
  private func keep(
    _ cause: TicketCause, with ticket: Ticket, _ ways: Set<TicketMessage.Way>, _ database: Database
  ) throws -> TicketOutcome? {
    let now = clock()
    if let closed = ticket.closed, closed + Ticket.reopening < now { return nil }
    try insertAnswer(cause, of: ticket.number, database)
    guard let closed = ticket.closed, closed < cause.at else {
      try noteDeed(.answered, on: ticket.number, in: database)
      return .joined(ticket.number)
    }
    try database.execute(
      literal: """
        UPDATE tickets SET state = 'open', closed = NULL, reopened = reopened + 1, reminded = 0,
          due = \((now + cause.due).milliseconds) WHERE number = \(ticket.number)
        """)
    try noteDeed(.reopened, on: ticket.number, in: database)
    try tell(.reopened, ticket.number, ways, database)
    return .reopened(ticket.number)
  }

  private func insert(_ cause: TicketCause, _ database: Database) throws -> Int {
    let now = clock()
    try database.execute(
      literal: """
        INSERT INTO tickets (origin, name, touchpoint, journey, case_start, team, opened, due,
          state, changed, latest)
        VALUES (\(cause.origin.rawValue), \(cause.name), \(cause.touchpoint), \(cause.journey),
          \(cause.caseStart?.milliseconds), \(cause.team), \(now.milliseconds),
          \((now + cause.due).milliseconds), 'open', \(now.milliseconds),
          \(Int64(bitPattern: cause.message)))
        """)
    let number = Int(database.lastInsertedRowID)
    try noteDeed(.opened, on: number, in: database)
    return number
  }

  private func insertAnswer(
    _ cause: TicketCause, of ticket: Int, _ database: Database
  ) throws {
    let message = Int64(bitPattern: cause.message)
    let comment = cause.comment.map { String($0.prefix(Ticket.longestComment)) }
    try database.execute(
      literal: """
        INSERT INTO ticket_answers (message, ticket, event, at, key, namespace, id, score, comment)
        VALUES (\(message), \(ticket), \(cause.event), \(cause.at.milliseconds),
          \(Int64(bitPattern: cause.identity.key)), \(Int(cause.identity.namespace.rawValue)),
          \(Data(cause.identity.id.utf8)), \(cause.score), \(comment))
        """)
    // What was said last is what the ticket shows, in whatever order the events came.
    try database.execute(
      literal: """
        UPDATE tickets SET latest = (SELECT message FROM ticket_answers WHERE ticket = \(ticket)
          ORDER BY at DESC, message LIMIT 1) WHERE number = \(ticket)
        """)
  }

  /// Adds a line to a ticket's history; where no name is given, the program's.
  func noteDeed(
    _ deed: TicketDeed.Kind, on ticket: Int, by who: String = "", saying text: String = "",
    in database: Database
  ) throws {
    let now = clock().milliseconds
    try database.execute(
      literal: """
        INSERT INTO ticket_history (ticket, at, who, deed, text)
        VALUES (\(ticket), \(now), \(who), \(deed.rawValue), \(text))
        """)
    try database.execute(
      literal: "UPDATE tickets SET changed = \(now) WHERE number = \(ticket)")
  }
}
