import Events
import Foundation
import GRDB

/// Something that a customer said and that somebody has to see to: until it is closed.
public struct Ticket: Sendable, Equatable {
  /// What opened it.
  public enum Origin: String, Sendable, Codable, CaseIterable {
    /// An answer to a survey.
    case survey
    /// An event that a rule of the experience names: a review, a mention, a complaint.
    case rule
  }

  /// How far it is.
  public enum State: String, Sendable, Codable, CaseIterable {
    case open
    case inProgress = "in_progress"
    case closed
  }

  /// The number, which is never given out twice.
  public let number: Int
  public let origin: Origin
  /// The name of the survey or the rule.
  public let name: String
  /// The touchpoint that it is of.
  public let touchpoint: String?
  public let journey: String?
  public let caseStart: Instant?
  /// The team that sees to it; nil where nobody owns the touchpoint.
  public let team: String?
  public let opened: Instant
  public let due: Instant
  public let state: State
  public let closed: Instant?
  /// The member who sees to it.
  public let assignee: Assignee?
  /// How often it was opened again.
  public let reopened: Int
  public let changed: Instant
  /// What was said last.
  public let latest: TicketAnswer

  /// A member who sees to a ticket.
  public struct Assignee: Sendable, Equatable {
    public let id: Int
    public let name: String
  }

  /// Whether it should have been seen to by then.
  public func isOverdue(at now: Instant) -> Bool { state != .closed && due < now }

  /// How long after it was closed a new low score opens it again rather than a new one.
  public static let reopening = TimeSpan.days(30)
  /// The longest comment that is kept, in characters; that of an answer is no longer.
  public static let longestComment = 10_000
  /// The longest note or reason, in characters.
  public static let longestNote = 4000
  /// The most notes and deeds of a ticket: people read them all.
  public static let mostDeeds = 500

  init(_ row: Row) {
    number = row["number"]
    // The table has no other values.
    origin = Origin(rawValue: row["origin"]) ?? .survey
    name = row["name"]
    touchpoint = row["touchpoint"]
    journey = row["journey"]
    caseStart = (row["case_start"] as Int64?).map(Instant.init(milliseconds:))
    team = row["team"]
    opened = Instant(milliseconds: row["opened"])
    due = Instant(milliseconds: row["due"])
    state = State(rawValue: row["state"]) ?? .open
    closed = (row["closed"] as Int64?).map(Instant.init(milliseconds:))
    assignee = (row["assignee"] as Int?).map { Assignee(id: $0, name: row["assignee_name"] ?? "") }
    reopened = row["reopened"]
    changed = Instant(milliseconds: row["changed"])
    latest = TicketAnswer(row)
  }
}

/// What a customer said: an answer to a survey, or another event.
public struct TicketAnswer: Sendable, Equatable {
  /// The event's name.
  public let event: String
  public let at: Instant
  /// Who said it; nil once they were erased, or the event went by its age.
  public let identity: Identity?
  public let score: Double?
  /// Their words, as they wrote them.
  public let comment: String?

  init(_ row: Row) {
    event = row["event"]
    at = Instant(milliseconds: row["at"])
    identity = (row["namespace"] as Int?).map { namespace in
      Identity(
        namespace == 0 ? .user : .anonymous,
        String(decoding: row["id"] as Data? ?? Data(), as: UTF8.self))
    }
    score = row["score"]
    comment = row["comment"]
  }
}

/// An answer or event that has to be seen to, as it was found among the events.
public struct TicketCause: Sendable, Equatable {
  public var origin: Ticket.Origin
  /// The name of the survey or the rule.
  public var name: String
  /// What the event is recognised by when it is sent again.
  public var message: UInt64
  public var event: String
  public var identity: Identity
  public var at: Instant
  public var touchpoint: String?
  public var journey: String?
  public var caseStart: Instant?
  public var team: String?
  /// How long seeing to it may take.
  public var due: TimeSpan
  public var score: Double?
  public var comment: String?

  /// Makes a cause.
  public init(
    _ origin: Ticket.Origin, _ name: String, message: UInt64, event: String, by identity: Identity,
    at: Instant, touchpoint: String? = nil, journey: String? = nil, caseStart: Instant? = nil,
    team: String? = nil, due: TimeSpan, score: Double? = nil, comment: String? = nil
  ) {
    self.origin = origin
    self.name = name
    self.message = message
    self.event = event
    self.identity = identity
    self.at = at
    self.touchpoint = touchpoint
    self.journey = journey
    self.caseStart = caseStart
    self.team = team
    self.due = due
    self.score = score
    self.comment = comment
  }
}

/// One line of a ticket's history.
public struct TicketDeed: Sendable, Equatable {
  /// What was done.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    case opened
    /// The customer said something again that would have opened it.
    case answered
    case reopened
    case taken
    case assigned
    case noted
    case closed
    case overdue
  }

  public let at: Instant
  /// Who did it, by their name as of then; nil: the program.
  public let who: String?
  public let kind: Kind
  /// The note, the reason, or whom it was given to.
  public let text: String

  init(_ row: Row) {
    at = Instant(milliseconds: row["at"])
    who = (row["who"] as String).isEmpty ? nil : row["who"]
    kind = Kind(rawValue: row["deed"]) ?? .noted
    text = row["text"]
  }
}
