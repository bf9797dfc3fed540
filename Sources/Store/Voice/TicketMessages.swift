import Events
import GRDB

/// What a team is to be told of a ticket: kept until it was, so that a crash loses nothing.
///
/// It is sent at least once: a program that ends between sending and writing that down sends it
/// again. Its id tells the one from the other.
public struct TicketMessage: Sendable, Equatable {
  /// What it tells of.
  public enum Occasion: String, Sendable, Codable, CaseIterable {
    case opened, reopened, overdue
  }

  /// How it is sent.
  public enum Way: String, Sendable, Codable, CaseIterable {
    case mail, webhook
  }

  /// The number, which is never given out twice.
  public let id: Int
  public let ticket: Int
  public let occasion: Occasion
  public let way: Way
  /// How often sending it failed.
  public let tries: Int
  public let made: Instant
  /// Why the last try failed.
  public let problem: String?
  /// Whether it was given up.
  public let isGivenUp: Bool

  /// Whether it is worth while to try once more.
  public enum Again: Sendable { case later, never }

  /// How long it is tried.
  public static let longestTrying = TimeSpan.days(3)

  init(_ row: Row) {
    id = row["id"]
    ticket = row["ticket"]
    // The table has no other values.
    occasion = Occasion(rawValue: row["occasion"]) ?? .opened
    way = Way(rawValue: row["way"]) ?? .mail
    tries = row["tries"]
    made = Instant(milliseconds: row["made"])
    problem = row["problem"]
    isGivenUp = row["state"] == "failed"
  }

  /// How long to wait after so many failures: 5 s, 10 s, 20 s, up to an hour.
  static func pause(after failures: Int) -> TimeSpan {
    TimeSpan(milliseconds: min(3_600_000, 2500 << min(max(1, failures), 20)))
  }
}

extension Store {
  /// Messages that are due to be sent, the oldest first.
  public func dueTicketMessages(limit: Int) throws(Fault) -> [TicketMessage] {
    try faultsOnly {
      try read { database in
        try Row.fetchAll(
          database,
          sql: """
            SELECT * FROM ticket_messages WHERE state = 'waiting' AND next <= ?
            ORDER BY id LIMIT ?
            """, arguments: [clock().milliseconds, limit]
        ).map(TicketMessage.init)
      }
    }
  }

  /// What a ticket's team could not be told yet, or not at all.
  public func troubledMessages(ofTicket number: Int) throws(Fault) -> [TicketMessage] {
    try faultsOnly {
      try read { database in
        try Row.fetchAll(
          database,
          sql: """
            SELECT * FROM ticket_messages WHERE ticket = ? AND state <> 'sent'
              AND problem IS NOT NULL ORDER BY id
            """, arguments: [number]
        ).map(TicketMessage.init)
      }
    }
  }

  /// Notes that a message was sent.
  public func sent(_ message: TicketMessage) throws(Fault) {
    try faultsOnly {
      try write { database in
        try database.execute(
          literal: """
            UPDATE ticket_messages SET state = 'sent', problem = NULL WHERE id = \(message.id)
            """)
      }
    }
  }

  /// Notes why a message could not be sent: it is tried again, after pauses that grow, for three days.
  ///
  /// - Parameter problem: why; nothing that is secret.
  public func failed(
    _ message: TicketMessage, because problem: String, again: TicketMessage.Again = .later
  ) throws(Fault) {
    let now = clock()
    let isOver = again == .never || now - message.made > TicketMessage.longestTrying
    let state = isOver ? "failed" : "waiting"
    let next = now + TicketMessage.pause(after: message.tries + 1)
    try faultsOnly {
      try write { database in
        try database.execute(
          literal: """
            UPDATE ticket_messages SET state = \(state), tries = tries + 1,
              next = \(next.milliseconds), problem = \(String(problem.prefix(500)))
            WHERE id = \(message.id)
            """)
      }
    }
  }

  /// Reminds the teams of tickets whose time has passed, once for each time that they were opened.
  ///
  /// - Returns: how many tickets there were.
  public func remindOfOverdue(
    telling ways: [String: Set<TicketMessage.Way>]
  ) throws(Fault) -> Int {
    try faultsOnly {
      let now = clock().milliseconds
      let sql = "FROM tickets WHERE state <> 'closed' AND due < ? AND reminded = 0"
      // Nobody has to wait for a transaction where there are none.
      let isNeeded = try read { database in
        try Row.fetchOne(database, sql: "SELECT 1 \(sql) LIMIT 1", arguments: [now]) != nil
      }
      guard isNeeded else { return 0 }
      return try write { database in
        let rows = try Row.fetchAll(
          database, sql: "SELECT number, team \(sql) LIMIT 1000", arguments: [now])
        for row in rows {
          let number: Int = row[0]
          try database.execute(
            literal: "UPDATE tickets SET reminded = 1 WHERE number = \(number)")
          try noteDeed(.overdue, on: number, in: database)
          try tell(.overdue, number, ways[row[1] as String? ?? ""] ?? [], database)
        }
        return rows.count
      }
    }
  }

  /// Keeps a message for each way, to be sent at once.
  func tell(
    _ occasion: TicketMessage.Occasion, _ ticket: Int, _ ways: Set<TicketMessage.Way>,
    _ database: Database
  ) throws {
    let now = clock().milliseconds
    for way in TicketMessage.Way.allCases where ways.contains(way) {
      try database.execute(
        literal: """
          INSERT INTO ticket_messages (ticket, occasion, way, state, made, next)
          VALUES (\(ticket), \(occasion.rawValue), \(way.rawValue), 'waiting', \(now), \(now))
          """)
    }
  }
}
