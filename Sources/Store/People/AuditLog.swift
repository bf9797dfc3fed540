import Accounts
import Events
import Foundation
import GRDB

/// What was done by somebody; the raw value is what the audit log says.
public enum AuditedAction: String, Sendable, CaseIterable {
  case memberAdded = "member.add"
  case memberInvited = "member.invite"
  case memberJoined = "member.join"
  case memberRenamed = "member.rename"
  case memberRole = "member.role"
  case memberDisabled = "member.disable"
  case memberEnabled = "member.enable"
  case memberRemoved = "member.remove"
  case memberLinked = "member.openid"
  case passwordChanged = "member.password"
  case setUp = "setup"
  case sessionBegun = "session.begin"
  case sessionEnded = "session.end"
  case writeKeyAdded = "key.add"
  case writeKeyRevoked = "key.revoke"
  case tokenAdded = "token.add"
  case tokenRevoked = "token.revoke"
  case questionSaved = "question.save"
  case questionDeleted = "question.delete"
  case boardSaved = "board.save"
  case boardDeleted = "board.delete"
  case setSaved = "set.save"
  case setDeleted = "set.delete"
  case experienceSaved = "experience.save"
  case settingChanged = "setting.change"
  case customersLinked = "customer.link"
  case customersUnlinked = "customer.unlink"
  case customerErased = "customer.erase"
  case customerExported = "customer.export"
  case customerInvited = "customer.invite"
  case imported = "import"
  case importDiscarded = "import.discard"
  case eventsExpired = "events.expire"
  case ticketTaken = "ticket.take"
  case ticketAssigned = "ticket.assign"
  case ticketNoted = "ticket.note"
  case ticketClosed = "ticket.close"
  case ticketReopened = "ticket.reopen"
  case textsSent = "texts.send"
}

/// One line of the audit log.
public struct AuditEntry: Sendable, Equatable {
  /// Its number; later lines have higher ones.
  public let id: Int
  /// When it was done.
  public let at: Instant
  /// What kind of caller did it.
  public let kind: Principal.Kind
  /// The number of the member, token or write key; nil for the folder's owner.
  public let actor: Int?
  /// Their name as of then.
  public let name: String
  /// What was done: a raw value of `AuditedAction`.
  public let action: String
  /// What it was done to.
  public let subject: String
  /// How, in words.
  public let detail: String
  /// The id of the request that it was done in.
  public let request: String?

  init(_ row: Row) {
    id = row["id"]
    at = Instant(milliseconds: row["at"])
    kind = Principal.Kind(rawValue: row["kind"]) ?? .owner
    actor = row["actor"]
    name = row["name"]
    action = row["action"]
    subject = row["subject"]
    detail = row["detail"]
    request = row["request"]
  }
}

/// Which lines of the audit log are asked for; without a condition, all.
public struct AuditFilter: Sendable, Equatable {
  /// One action.
  public var action: AuditedAction?
  /// One kind of caller.
  public var kind: Principal.Kind?
  /// One caller of that kind.
  public var actor: Int?
  /// The part of the action before the dot: `member`.
  public var area: String?

  /// Makes a filter.
  public init(
    action: AuditedAction? = nil, kind: Principal.Kind? = nil, actor: Int? = nil,
    area: String? = nil
  ) {
    self.action = action
    self.kind = kind
    self.actor = actor
    self.area = area
  }
}

extension Store {
  /// The most lines of the audit log that are read at once.
  public static let longestAuditPage = 500
  /// The longest subject, detail and name in the audit log, in characters; what is longer is cut.
  static let longestAuditText = 500

  /// Writes down what somebody did that the store has no function with a principal for.
  ///
  /// A subject names no customer: an erasure couldn't be proven otherwise.
  public func record(
    _ action: AuditedAction, _ subject: String, detail: String = "", by principal: Principal
  ) throws {
    try write { try note(action, subject, detail, by: principal, $0) }
  }

  /// The audit log, the latest line first.
  ///
  /// - Parameters:
  ///   - filter: which lines.
  ///   - cursor: the number of the last line that was read; nil begins with the latest.
  ///   - limit: how many lines, at most `longestAuditPage`.
  public func auditLog(
    _ filter: AuditFilter = AuditFilter(), before cursor: Int? = nil, limit: Int = 100
  ) throws(Fault) -> [AuditEntry] {
    try people([]) { database in
      var conditions: [SQL] = []
      if let action = filter.action { conditions.append("action = \(action.rawValue)") }
      if let area = filter.area {
        conditions.append("(action = \(area) OR action BETWEEN \(area + ".") AND \(area + "/"))")
      }
      if let kind = filter.kind { conditions.append("kind = \(kind.rawValue)") }
      if let actor = filter.actor { conditions.append("actor = \(actor)") }
      if let cursor { conditions.append("id < \(cursor)") }
      let all = conditions.isEmpty ? "true" : conditions.joined(separator: " AND ")
      let request: SQLRequest<Row> = """
        SELECT * FROM audit_log WHERE \(all) ORDER BY id DESC
        LIMIT \(max(0, min(limit, Self.longestAuditPage)))
        """
      return try request.fetchAll(database).map(AuditEntry.init)
    }
  }

  /// Adds a line in the transaction of what it tells of.
  func note(
    _ action: AuditedAction, _ subject: String, _ detail: String = "", by principal: Principal,
    _ database: Database
  ) throws {
    func cut(_ text: String) -> String { String(text.prefix(Self.longestAuditText)) }
    try database.execute(
      literal: """
        INSERT INTO audit_log (at, kind, actor, name, action, subject, detail, request)
        VALUES (\(clock().milliseconds), \(principal.kind.rawValue), \(principal.id),
          \(cut(principal.name)), \(action.rawValue), \(cut(subject)), \(cut(detail)),
          \(principal.request.map(cut)))
        """)
  }

  /// Reads tables that a store of an older version, opened for reading, doesn't have.
  func people<Value>(
    _ none: Value, _ body: (Database) throws -> Value
  ) throws(Fault) -> Value {
    try faultsOnly {
      try read { try Schema.version($0) >= Schema.firstWithPeople ? try body($0) : none }
    }
  }
}

extension Schema {
  /// The first version that has members.
  static let firstWithPeople = 4
}

/// A name that people give to something.
enum GivenName {
  /// The longest, in characters.
  static let longest = 100

  /// The name without white space around it.
  ///
  /// - Throws: `….name` where it is empty, too long, or has control characters.
  static func checked(_ name: String, of thing: String) throws(Refusal) -> String {
    let name = name.trimmingCharacters(in: .whitespacesAndNewlines)
    let isPlain = name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    guard !name.isEmpty, name.count <= longest, isPlain else {
      throw Refusal(
        "\(thing).name", problem: "“\(name.prefix(longest))” can't be the name of a \(thing).",
        remedy: "Write 1 to \(longest) characters on one line.")
    }
    return name
  }
}
