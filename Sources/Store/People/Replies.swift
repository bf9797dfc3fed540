import Events
import Foundation
import GRDB

/// What a request was answered, kept for its repetition.
public struct KeptReply: Sendable, Equatable {
  /// The status of HTTP.
  public var status: Int
  /// The type of the body; nil where there is none.
  public var type: String?
  /// Where lies what was made; nil where nothing was.
  public var location: String?
  public var body: [UInt8]

  /// Makes a reply.
  public init(status: Int, type: String? = nil, location: String? = nil, body: [UInt8] = []) {
    (self.status, self.type, self.location, self.body) = (status, type, location, body)
  }

  /// How long a reply is kept.
  public static let span = TimeSpan.days(1)
  /// The most replies of a caller that are kept at a time: one every nine seconds.
  public static let most = 10_000
}

/// Whether a request that may be a repetition has to be done.
public enum ReplyState: Sendable, Equatable {
  /// It is new, and noted as begun.
  case new
  /// It was done; what it was answered.
  case done(KeptReply)
  /// It was begun, and there is no answer yet: it is being done, or the program ended meanwhile.
  case begun
  /// Another request has the same name.
  case other
}

extension Store {
  /// Notes that a request is begun, unless it is a repetition.
  ///
  /// It is noted before it is done, so that whatever happens it is never done twice.
  /// - Parameters:
  ///   - caller: who asks.
  ///   - key: a SHA-256 of the caller's own name of the request.
  ///   - request: a SHA-256 of all that it says.
  /// - Throws: `idempotency.count` where the caller has too many.
  public func beginReply(
    to caller: String, key: [UInt8], request: [UInt8]
  ) throws -> ReplyState {
    let now = clock()
    return try write { database in
      try database.execute(
        literal: """
          DELETE FROM replies
          WHERE begun <= \((now - KeptReply.span).milliseconds)
          """)
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM replies WHERE caller = ? AND key = ?",
        arguments: [caller, Data(key)])
      if let row {
        guard Array(row["request"] as Data) == request else { return .other }
        guard let status: Int = row["status"] else { return .begun }
        return .done(
          KeptReply(
            status: status, type: row["type"], location: row["location"],
            body: Array(row["body"] as Data)))
      }
      let count = try Int.fetchOne(
        database, sql: "SELECT count(*) FROM replies WHERE caller = ?", arguments: [caller])
      guard count ?? 0 < KeptReply.most else {
        throw Refusal(
          "idempotency.count",
          problem: "You have sent \(KeptReply.most) requests with a key within a day.",
          remedy: "Send this one without a key, or later.")
      }
      try database.execute(
        literal: """
          INSERT INTO replies (caller, key, request, begun)
          VALUES (\(caller), \(Data(key)), \(Data(request)), \(now.milliseconds))
          """)
      return .new
    }
  }

  /// Keeps what a request was answered; nil: it was not done, and may be sent again.
  public func endReply(to caller: String, key: [UInt8], _ reply: KeptReply?) throws(Fault) {
    try faultsOnly {
      try write { database in
        guard let reply else {
          return try database.execute(
            literal: "DELETE FROM replies WHERE caller = \(caller) AND key = \(Data(key))")
        }
        try database.execute(
          literal: """
            UPDATE replies SET status = \(reply.status), type = \(reply.type),
              location = \(reply.location), body = \(Data(reply.body))
            WHERE caller = \(caller) AND key = \(Data(key))
            """)
      }
    }
  }
}
