import Accounts
import Events
import HTTPTypes
import Hummingbird
import Store

extension Call {
  /// Does what is asked once, however often the request is sent with the same key.
  ///
  /// Only what was done is kept: a request that was refused may be sent again, mended.
  /// - Throws: `idempotency.other` where the key is that of another request; 409 where the request
  ///   is being done, or the program ended while it was; 429 where there are too many keys.
  func once(_ work: () async throws -> Reply) async throws -> Reply {
    guard operation.repetition == .once, let name = visit.request.headers[.idempotencyKey] else {
      return try await work()
    }
    let principal = try principal()
    let caller = "\(principal.kind.rawValue) \(principal.id ?? 0)"
    let key = Hashing.sha256(Array(name.utf8))
    let request = "\(visit.request.method.rawValue) \(visit.request.uri.string)\n"
    switch try begin(caller, key, Hashing.sha256(Array(request.utf8) + bytes)) {
    case .new: break
    case .done(let kept): return Reply(kept)
    case .begun: throw Problem.begun
    case .other:
      throw Refusal(
        "idempotency.other", problem: "Another request was sent with the same Idempotency-Key.",
        remedy: "Take a new key for a new request.")
    }
    let reply: Reply
    do { reply = try await work() } catch {
      try store.endReply(to: caller, key: key, nil)
      throw error
    }
    // Should the disk fail now, it stays noted as begun: what was done is not done again.
    try store.endReply(to: caller, key: key, KeptReply(reply))
    return reply
  }

  private func begin(
    _ caller: String, _ key: [UInt8], _ request: [UInt8]
  ) throws -> ReplyState {
    do { return try store.beginReply(to: caller, key: key, request: request) } catch let refusal
      as Refusal
    {
      throw Problem(.tooManyRequests, refusal, retryAfter: 3600)
    }
  }
}

extension Problem {
  fileprivate static let begun = Problem(
    .conflict,
    Refusal(
      "idempotency.begun",
      problem: "This request is being done, or the program ended while it was.",
      remedy: "Send it again in a moment; if that doesn't help, look whether it was done."))
}

extension KeptReply {
  fileprivate init(_ reply: Reply) {
    self.init(
      status: reply.status.code, type: reply.type, location: reply.headers[.location],
      body: reply.kept ?? reply.body)
  }
}

extension Reply {
  fileprivate init(_ kept: KeptReply) {
    self.init(status: .init(code: kept.status), type: kept.type, body: kept.body)
    headers[.location] = kept.location
    headers[.idempotencyReplayed] = "true"
  }
}

extension HTTPField.Name {
  fileprivate static let idempotencyKey = HTTPField.Name("Idempotency-Key").unsafelyUnwrapped
  fileprivate static let idempotencyReplayed =
    HTTPField.Name("Idempotency-Replayed").unsafelyUnwrapped
}
