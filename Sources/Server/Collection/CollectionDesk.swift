import Accounts
import Events
import HTTPTypes
import Hummingbird
import Logging
import Store
import Synchronization
import Wire

/// Takes requests that bring events: bytes to events, events to the log, verdicts to an answer.
///
/// What is answered as taken is on the disk. Nothing of a request is taken that is answered by a
/// failure as a whole.
final class CollectionDesk: Sendable {
  /// The longest body that is read without waiting for a turn, in bytes.
  private static let smallBody = 262_144
  /// How many long or compressed bodies are read at a time: the most hostile one takes 150 MB.
  private static let longBodies = 2

  let room = BodyRoom()
  let ledger: CollectionLedger
  private let collector: Collector
  private let turns = Turns(longBodies)

  init(_ store: Store, sealing: Collector.SealingPolicy, _ logger: Logger) {
    ledger = CollectionLedger(store)
    collector = Collector(store, sealing: sealing) { error in
      logger.error(
        "The log could not become parts; it is tried again.", metadata: ["error": "\(error)"])
    }
  }

  /// Tells that there are new events.
  func changes() -> AsyncStream<Void> { collector.changes() }

  /// What was collected since the start, and what waits.
  var figures: Collector.Figures { collector.figures }

  /// Finishes what was accepted, and ends.
  func stop() async { await collector.stop() }

  /// Answers a request that brings events, in the words of its client.
  func answer(_ visit: Visit) async -> Response {
    do throws(CollectionFailure) {
      return .collected(try await collect(visit))
    } catch {
      let dialect = CollectionDialect(path: visit.request.uri.path)
      var response = Response.collected(CollectionAnswer(to: error, in: dialect))
      // The connection of a body that nobody reads to its end is closed.
      if ArrivingBody.failures.contains(error.code) { response.headers[.connection] = "close" }
      return response
    }
  }

  private func collect(_ visit: Visit) async throws(CollectionFailure) -> CollectionAnswer {
    let request = try await read(visit)
    let sender = try sender(of: request, visit)
    let outcomes = try await take(request.events, visit)
    ledger.note(request, outcomes, from: CollectionSource(sender), at: .now)
    visit.workspace.tap.show(request, outcomes, from: sender)
    return CollectionAnswer(to: request, outcomes: outcomes)
  }

  /// The request's items.
  private func read(_ visit: Visit) async throws(CollectionFailure) -> CollectedRequest {
    let body = try await ArrivingBody.read(visit, into: room)
    defer { room.giveBack(body.count) }
    let encoding = visit.request.headers[.contentEncoding]
    var request = CollectionRequest(
      path: visit.request.uri.path, query: visit.request.uri.query?.formFields ?? [:],
      authorization: visit.request.headers[.authorization],
      contentType: visit.request.headers[.contentType], body: body, received: .now)
    guard CompressedBody.isCompressed(body, encoding: encoding) || body.count > Self.smallBody
    else { return try CollectedRequest.read(request) }
    return try await turns.run { () throws(CollectionFailure) in
      request.body = try CompressedBody.unpacked(body, encoding: encoding)
      return try CollectedRequest.read(request)
    }
  }

  /// Who sends.
  private func sender(
    of request: CollectedRequest, _ visit: Visit
  ) throws(CollectionFailure) -> Principal {
    guard let key = request.key else {
      throw CollectionFailure(
        status: 401, "key.missing", problem: "The request has no write key.",
        remedy: "Give your client the write key that an admin makes under Settings.")
    }
    let principal: Principal?
    do { principal = try visit.workspace.sender(key, request: visit.context.requestID) } catch {
      throw failure(error, visit)
    }
    guard let principal else {
      throw CollectionFailure(
        status: 401, "key.unknown", problem: "The write key is unknown, or was revoked.",
        remedy: "Give your client a write key that an admin makes under Settings.")
    }
    do throws(Refusal) { try principal.require(.collect) } catch {
      throw CollectionFailure(
        status: 403, error.code, problem: error.problem, remedy: error.remedy)
    }
    return principal
  }

  /// Takes events; when it returns, they are on the disk.
  private func take(
    _ events: [Event], _ visit: Visit
  ) async throws(CollectionFailure) -> [ItemOutcome] {
    guard !events.isEmpty else { return [] }
    do {
      return try await collector.take(events).map { verdict in
        switch verdict {
        case .taken: .taken
        case .repeated: .repeated
        case .refused(let refusal): .refused(refusal)
        }
      }
    } catch {
      throw failure(error, visit)
    }
  }

  /// The failure that the client is told of; the log has it in full unless it is only that too much
  /// waits.
  private func failure(_ error: any Error, _ visit: Visit) -> CollectionFailure {
    if !(error is Refusal) {
      visit.context.logger.error(
        "\(error)", metadata: ["request": "\(visit.context.requestID)"])
    }
    return CollectionFailure(error)
  }
}

extension CollectionFailure {
  /// What a failure of the store means to whoever sent events: to come again.
  fileprivate init(_ error: any Error) {
    switch error {
    case let refusal as Refusal:
      self.init(
        status: 503, refusal.code, problem: refusal.problem, remedy: refusal.remedy, retryAfter: 2)
    case let fault as Fault:
      self.init(
        status: 503, fault.code, problem: fault.problem,
        remedy: "Send it again later; the server's log says more.", retryAfter: 5)
    default:
      self.init(
        status: 503, "server.error", problem: "Something unforeseen went wrong.",
        remedy: "Send it again later; the server's log says more.", retryAfter: 5)
    }
  }
}

extension Workspace {
  /// The program behind a write key, or behind an API token that may send events; nil for others.
  fileprivate func sender(_ text: String, request: String) throws -> Principal? {
    if let secret = Secret(text, kind: .token) {
      return try store.token(secret)?.principal(request: request)
    }
    return try writeKey(text, request: request)
  }
}
