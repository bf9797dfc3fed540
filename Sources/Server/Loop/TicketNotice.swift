import Accounts
import Events
import Experience
import Foundation
import Pages
import Store

/// What a team is told of a ticket.
///
/// Neither who the customer is nor what they wrote is in it: mail and chats keep what an erasure
/// can't reach, and the link leads to both.
struct TicketNotice: Sendable, Equatable {
  /// The message's own name, by which whoever gets it twice tells so.
  var id: String
  var occasion: TicketMessage.Occasion
  var number: Int
  var origin: Ticket.Origin
  /// The title of the survey or rule.
  var title: String
  var touchpoint: String?
  var team: String
  var score: Double?
  var due: Instant
  var link: String

  /// Tells of a ticket.
  ///
  /// - Parameter address: where people reach the server.
  init(_ message: TicketMessage, of ticket: Ticket, in experience: Experience, at address: String) {
    id = "ticket-message-\(message.id)"
    occasion = message.occasion
    (number, origin) = (ticket.number, ticket.origin)
    title = ticket.title(in: experience)
    touchpoint = ticket.touchpointTitle(in: experience)
    team = ticket.teamTitle(in: experience) ?? ""
    score = ticket.latest.score
    due = ticket.due
    link = "\(address)/inbox/\(ticket.number)"
  }

  /// One line that says what it is about.
  var subject: String {
    let what =
      switch occasion {
      case .opened: "Ticket \(number)"
      case .reopened: "Ticket \(number) is open again"
      case .overdue: "Ticket \(number) is overdue"
      }
    let points = score.map { ", score \(PropertyValue.number($0).shown)" } ?? ""
    let line = "\(what): \(title)\(points)\(touchpoint.map { " (\($0))" } ?? "")"
    // Titles are people's; a subject is one line, and not a long one.
    return String(line.map { $0.isNewline ? " " : $0 }.prefix(200))
  }

  /// The whole in plain words.
  var text: String {
    let calls =
      switch occasion {
      case .opened: "Somebody has to see to what a customer said."
      case .reopened: "The customer is unhappy again, after this was closed."
      case .overdue: "Its time has passed, and nobody has closed it."
      }
    let lines = [
      "\(subject)", "", calls, "", "For: \(team)", "Due: \(due)",
      "Who and what they wrote: \(link)",
      "",
    ]
    return lines.joined(separator: "\n")
  }

  /// The whole for programs.
  var json: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Only a score that is no finite number can't be written, and none is taken.
    let body = Body(id: id, type: "ticket.\(occasion.rawValue)", text: subject, ticket: self)
    return (try? encoder.encode(body)).map(Array.init) ?? []
  }

  private struct Body: Encodable {
    var id: String
    var type: String
    /// What chats show.
    var text: String
    var ticket: TicketNotice
  }
}

extension TicketNotice: Encodable {
  /// What stands under `ticket`; the others stand beside it.
  private enum CodingKeys: String, CodingKey {
    case number, origin, title, touchpoint, team, score, due, link
  }
}
