import Accounts
import Answers
import Events
import Hummingbird
import Outbound
import ServiceLifecycle
import Store

/// Asks the model for summaries, and keeps the latest: the same texts are not sent twice without need.
actor SummaryDesk {
  /// Whether a summary that was made before will do.
  enum Freshness: Sendable { case kept, new }

  /// How many summaries are kept, each some KB.
  static let mostKept = 50

  nonisolated let server: ChatServer
  private var kept: [[UInt8]: (summary: Summary, used: Int)] = [:]
  private var underWay: [[UInt8]: Task<Summary, any Error>] = [:]
  private var uses = 0

  /// Prepares to ask; nothing is sent before somebody asks for it.
  init(_ server: ChatServer) { self.server = server }

  /// What the model would be sent for a brief.
  nonisolated func request(_ brief: SummaryBrief) -> ChatRequest {
    server.request(instructions: brief.instructions, text: brief.texts)
  }

  /// The summary that is there already; nil where there is none.
  func summary(keptFor request: ChatRequest) -> Summary? {
    let key = Hashing.sha256(request.body)
    uses += 1
    kept[key]?.used = uses
    return kept[key]?.summary
  }

  /// The model's summary; who asks for the same meanwhile waits for the same.
  ///
  /// - Parameter sending: told before something is sent; where that fails nothing is.
  /// - Throws: `model.busy`, and what `ChatServer.answer` throws, as `Problem`s; what `sending` throws;
  ///   `CancellationError` where the server stops meanwhile.
  func summary(
    of request: ChatRequest, _ freshness: Freshness, sending: @Sendable () throws -> Void
  ) async throws -> Summary {
    if freshness == .kept, let summary = summary(keptFor: request) { return summary }
    let key = Hashing.sha256(request.body)
    if let task = underWay[key] { return try await task.value }
    guard underWay.count < ChatServer.mostAtOnce else { throw Problem.busy }
    try sending()
    let task = Task { [server] in
      do {
        // A model may take minutes, which a server that is told to stop doesn't have.
        let reply = try await cancelWhenGracefulShutdown { try await server.answer(request) }
        return Summary(text: reply.text, isCut: reply.isCut, made: .now)
      } catch let fault as Fault {
        guard fault.code != "outbound.cancelled" else { throw CancellationError() }
        throw Problem(ofModel: fault)
      }
    }
    underWay[key] = task
    defer { underWay[key] = nil }
    let summary = try await task.value
    keep(summary, key)
    return summary
  }

  private func keep(_ summary: Summary, _ key: [UInt8]) {
    uses += 1
    kept[key] = (summary, uses)
    if kept.count > Self.mostKept, let oldest = kept.min(by: { $0.value.used < $1.value.used }) {
      kept[oldest.key] = nil
    }
  }
}

extension Problem {
  /// As many summaries are being made as are made at a time.
  fileprivate static let busy = Problem(
    .serviceUnavailable,
    Refusal(
      "model.busy", problem: "\(ChatServer.mostAtOnce) summaries are being made already.",
      remedy: "Try again in a minute."), retryAfter: 30)

  /// Why another server gave no summary: the remedy is with whoever set it.
  fileprivate init(ofModel fault: Fault) {
    self.init(
      .badGateway, Refusal(fault.code, problem: fault.problem, remedy: fault.remedy))
  }
}
