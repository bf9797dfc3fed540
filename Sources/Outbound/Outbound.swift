import Events

/// Calls servers elsewhere, on threads of its own, a few at a time.
///
///     let outbound = Outbound()
///     let answer = try await outbound.send(OutboundRequest(.get, "https://example.org/"))
///     // answer.status 200
///
/// It keeps no cookies, asks no proxy, unpacks nothing, and follows a redirect only where its rules
/// say so.
public final class Outbound: Sendable {
  /// How many calls wait for a thread at most; each holds its request and its caller.
  public static let mostWaiting = 200

  private let rules: OutboundRules
  private let threads: CallingThreads

  /// Makes a caller.
  ///
  /// - Parameter atOnce: how many calls are made at a time; each takes a thread meanwhile.
  public init(_ rules: OutboundRules = OutboundRules(), atOnce: Int = 4) {
    self.rules = rules
    threads = CallingThreads("outbound", atOnce: atOnce, most: Self.mostWaiting)
  }

  /// Makes a call and takes the answer, whatever its status.
  ///
  /// - Throws: `outbound.busy`, `outbound.scheme`, `outbound.private`, `outbound.name`,
  ///   `outbound.connection`, `outbound.certificate`, `outbound.slow`, `outbound.length`,
  ///   `outbound.redirects`, `outbound.cancelled`, `outbound.failed`. None tells more of the address
  ///   than its host.
  public func send(_ request: OutboundRequest) async throws(Fault) -> OutboundAnswer {
    let busy = Fault(
      "outbound.busy", subject: request.place,
      problem: "\(Self.mostWaiting) calls to elsewhere are under way already.",
      remedy: "Try again in a minute.")
    return try await threads.call(orElse: busy) { [rules] cancellation in
      do throws(Fault) {
        return .success(try Transfer(request, rules, cancellation).perform())
      } catch {
        return .failure(error)
      }
    }
  }
}
