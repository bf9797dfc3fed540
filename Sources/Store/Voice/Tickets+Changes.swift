import Accounts
import Events
import Foundation
import GRDB

/// What somebody does with a ticket.
public enum TicketChange: Sendable, Equatable {
  /// Sees to it from now on.
  case take
  /// Gives it to a member; nil: to nobody.
  case assign(Int?)
  /// Writes something down.
  case note(String)
  /// Says that it has been seen to, and how.
  case close(String)
  /// Says that it hasn't, after all.
  case reopen(String)
}

extension Store {
  /// Does something with a ticket, and writes down who did.
  ///
  /// - Parameter seen: when the ticket that was looked at was changed last; nil takes whatever is
  ///   there.
  /// - Returns: the ticket as it is then.
  /// - Throws: `access.denied`, `ticket.unknown`, `ticket.changed` where somebody else changed it
  ///   meanwhile, `ticket.closed`, `ticket.open`, `ticket.text`, `ticket.member`, `ticket.history`.
  @discardableResult
  public func changeTicket(
    _ number: Int, _ change: TicketChange, seen: Instant? = nil, by principal: Principal
  ) throws -> Ticket {
    try principal.require(.seeToTickets)
    return try write { database in
      let ticket = try Self.ticket(number, database).orThrow(Self.unknownTicket(number))
      guard seen == nil || seen == ticket.changed else {
        throw Refusal(
          "ticket.changed", problem: "Somebody else changed ticket \(number) meanwhile.",
          remedy: "Look at it as it is now, and do it once more.")
      }
      try Self.checkHistory(of: number, database)
      switch change {
      case .take: try take(ticket, by: principal, database)
      case .assign(let member): try assign(ticket, to: member, by: principal, database)
      case .note(let text): try note(ticket, text, by: principal, database)
      case .close(let reason): try close(ticket, reason, by: principal, database)
      case .reopen(let reason): try reopen(ticket, reason, by: principal, database)
      }
      return try Self.ticket(number, database).orThrow(Self.unknownTicket(number))
    }
  }

  private func take(_ ticket: Ticket, by principal: Principal, _ database: Database) throws {
    try Self.refuseClosed(ticket)
    guard let member = principal.member else {
      throw Refusal(
        "ticket.member", problem: "“\(principal.name.prefix(80))” is no member.",
        remedy: "Give the ticket to a member.")
    }
    try give(ticket, to: member, database)
    try noteDeed(.taken, on: ticket.number, by: principal.name, in: database)
    try note(.ticketTaken, "\(ticket.number)", by: principal, database)
  }

  private func assign(
    _ ticket: Ticket, to member: Int?, by principal: Principal, _ database: Database
  ) throws {
    try Self.refuseClosed(ticket)
    var name = "nobody"
    if let member {
      let row = try Row.fetchOne(
        database, sql: "SELECT name, role FROM members WHERE id = ? AND state = 'active'",
        arguments: [member])
      guard let row, Role(rawValue: row["role"])?.permissions.contains(.seeToTickets) == true else {
        throw Refusal(
          "ticket.member", problem: "Member \(member) can't see to tickets.",
          remedy: "Choose somebody who is an analyst or more, and isn't disabled.")
      }
      name = row["name"]
    }
    try give(ticket, to: member, database)
    try noteDeed(.assigned, on: ticket.number, by: principal.name, saying: name, in: database)
    try note(.ticketAssigned, "\(ticket.number)", "to \(name)", by: principal, database)
  }

  private func give(_ ticket: Ticket, to member: Int?, _ database: Database) throws {
    let state: Ticket.State = member == nil ? .open : .inProgress
    try database.execute(
      literal: """
        UPDATE tickets SET assignee = \(member), state = \(state.rawValue)
        WHERE number = \(ticket.number)
        """)
  }

  private func note(
    _ ticket: Ticket, _ text: String, by principal: Principal, _ database: Database
  ) throws {
    let text = try Self.checkedNote(text)
    try noteDeed(.noted, on: ticket.number, by: principal.name, saying: text, in: database)
    // What it says may be of the customer, so that the audit log doesn't.
    try note(.ticketNoted, "\(ticket.number)", by: principal, database)
  }

  private func close(
    _ ticket: Ticket, _ reason: String, by principal: Principal, _ database: Database
  ) throws {
    try Self.refuseClosed(ticket)
    let reason = try Self.checkedNote(reason)
    try database.execute(
      literal: """
        UPDATE tickets SET state = 'closed', closed = \(clock().milliseconds)
        WHERE number = \(ticket.number)
        """)
    // Nobody has to be told any more of what is closed.
    try database.execute(
      literal: """
        DELETE FROM ticket_messages WHERE ticket = \(ticket.number) AND state = 'waiting'
        """)
    try noteDeed(.closed, on: ticket.number, by: principal.name, saying: reason, in: database)
    try note(.ticketClosed, "\(ticket.number)", by: principal, database)
  }

  private func reopen(
    _ ticket: Ticket, _ reason: String, by principal: Principal, _ database: Database
  ) throws {
    guard ticket.state == .closed else {
      throw Refusal(
        "ticket.open", problem: "Ticket \(ticket.number) isn't closed.",
        remedy: "Take it, or write a note.")
    }
    let reason = reason.isEmpty ? "" : try Self.checkedNote(reason)
    let state: Ticket.State = ticket.assignee == nil ? .open : .inProgress
    // It has as long as it had at first.
    let due = clock() + (ticket.due - ticket.opened)
    try database.execute(
      literal: """
        UPDATE tickets SET state = \(state.rawValue), closed = NULL, reopened = reopened + 1,
          reminded = 0, due = max(due, \(due.milliseconds)) WHERE number = \(ticket.number)
        """)
    try noteDeed(.reopened, on: ticket.number, by: principal.name, saying: reason, in: database)
    try note(.ticketReopened, "\(ticket.number)", by: principal, database)
  }

  private static func refuseClosed(_ ticket: Ticket) throws(Refusal) {
    guard ticket.state != .closed else {
      throw Refusal(
        "ticket.closed", problem: "Ticket \(ticket.number) is closed already.",
        remedy: "Open it again first.")
    }
  }

  private static func checkedNote(_ text: String) throws(Refusal) -> String {
    let text = text.replacing("\r\n", with: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
    guard !text.isEmpty, text.count <= Ticket.longestNote else {
      throw Refusal(
        "ticket.text",
        problem: text.isEmpty ? "There is no text." : "The text has \(text.count) characters.",
        remedy: "Write 1 to \(Ticket.longestNote) characters.")
    }
    return text
  }

  private static func checkHistory(of number: Int, _ database: Database) throws {
    let count = try Int.fetchOne(
      database, sql: "SELECT count(*) FROM ticket_history WHERE ticket = ?", arguments: [number])
    guard (count ?? 0) < Ticket.mostDeeds else {
      throw Refusal(
        "ticket.history", problem: "Ticket \(number) has \(Ticket.mostDeeds) lines of history.",
        remedy: "Go on elsewhere: nobody reads more.")
    }
  }
}
