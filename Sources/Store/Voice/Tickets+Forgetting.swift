import Events
import GRDB

extension Store {
  /// Takes customers who are erased out of tickets: who they are, what they wrote, and what was
  /// written about them. That there was a ticket, and its score, stay.
  static func forgetTickets(of keys: [UInt64], _ database: Database) throws {
    try forgetTickets(
      "key IN \(keys.map(Int64.init(bitPattern:)))", "removed with the customer", database)
  }

  /// The same for what was said before a horizon: its events go.
  static func forgetTickets(before horizon: Horizon, _ database: Database) throws {
    let names = try String.fetchAll(
      database, sql: "SELECT DISTINCT event FROM ticket_answers WHERE key IS NOT NULL")
    for name in names {
      guard let limit = horizon.limit(of: name) else { continue }
      try forgetTickets(
        "key IS NOT NULL AND event = \(name) AND at < \(limit.milliseconds)",
        "removed with the event, by its age", database)
    }
  }

  private static func forgetTickets(
    _ condition: SQL, _ why: String, _ database: Database
  ) throws {
    let request: SQLRequest<Int> = "SELECT DISTINCT ticket FROM ticket_answers WHERE \(condition)"
    let tickets = try request.fetchAll(database)
    guard !tickets.isEmpty else { return }
    try database.execute(
      literal: """
        UPDATE ticket_answers SET key = NULL, namespace = NULL, id = NULL, comment = NULL
        WHERE \(condition)
        """)
    for ticket in tickets {
      try database.execute(
        literal: "UPDATE tickets SET case_start = NULL WHERE number = \(ticket)")
      try database.execute(
        literal: """
          UPDATE ticket_history SET text = \("(" + why + ")")
          WHERE ticket = \(ticket) AND text <> '' AND deed <> 'assigned'
          """)
    }
  }
}
