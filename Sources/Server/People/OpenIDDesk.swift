import Accounts
import Events
import Foundation
import Outbound
import Store

/// Asks the OpenID provider: what it says of itself, its keys, and whom a code stands for.
actor OpenIDDesk {
  /// What the provider says of itself.
  struct Known: Sendable {
    var provider: OpenIDProvider
    var keys: JSONWebKeys
    var fetched: ContinuousClock.Instant
  }

  /// How long what was fetched holds: a key that was withdrawn proves nothing after that.
  private static let lifetime = Duration.seconds(3600)

  nonisolated let settings: OpenIDSettings
  private let outbound: Outbound
  private var known: Known?
  private var fetching: Task<Known, any Error>?

  /// Prepares to ask; nothing is fetched before somebody signs in.
  init(_ settings: OpenIDSettings) {
    self.settings = settings
    var rules = OutboundRules()
    // The operator chose the provider, which may well be inside the own network; `OpenIDProvider`
    // refuses http to anywhere but this machine, and a provider of https leads nobody to http.
    rules.reach = .everywhere
    rules.transport = settings.issuer.hasPrefix("https://") ? .secure : .any
    rules.largestAnswer = OpenIDProvider.largestDocument
    outbound = Outbound(rules)
  }

  /// What the provider says of itself, fetched where that is an hour ago.
  ///
  /// - Throws: faults `openid.unavailable` and of `Outbound`; refusals of what it says.
  func provider() async throws -> OpenIDProvider { try await knownNow().provider }

  /// Exchanges a code for the provider's token, and proves that.
  ///
  /// Where its key isn't known the keys are fetched anew, for the provider may have new ones.
  /// - Throws: `openid.exchange`; as `provider()` and `IDToken.init`.
  func token(
    for code: String, of attempt: OpenIDAttempt, as client: OpenIDClient
  ) async throws -> IDToken {
    let known = try await knownNow()
    let text = try await exchange(
      attempt.exchange(of: code, as: client, secret: settings.clientSecret),
      at: known.provider.tokenAddress)
    do {
      return try prove(text, known, attempt)
    } catch let refusal as Refusal
      where ["openid.key", "openid.signature"].contains(refusal.code)
    {
      return try prove(text, try await fetched(), attempt)
    }
  }

  private func prove(_ text: String, _ known: Known, _ attempt: OpenIDAttempt) throws -> IDToken {
    try IDToken(
      verifying: text, keys: known.keys, issuer: settings.issuer,
      audience: settings.clientIdentifier, nonce: attempt.nonce, now: .now)
  }

  private func knownNow() async throws -> Known {
    if let known, known.fetched + Self.lifetime > .now { return known }
    return try await fetched()
  }

  /// Fetches the documents; who asks meanwhile waits for the same.
  private func fetched() async throws -> Known {
    let task = fetching ?? Task { try await fetch() }
    fetching = task
    defer { fetching = nil }
    let value = try await task.value
    known = value
    return value
  }

  private func fetch() async throws -> Known {
    let issuer = settings.issuer
    let provider = try OpenIDProvider(
      discovery: try await document(OpenIDProvider.discoveryAddress(of: issuer)), issuer: issuer)
    let keys = try JSONWebKeys(document: try await document(provider.keysAddress))
    return Known(provider: provider, keys: keys, fetched: .now)
  }

  private func document(_ address: String) async throws -> [UInt8] {
    let answer = try await outbound.send(
      OutboundRequest(.get, address, headers: [("Accept", "application/json")]))
    guard answer.status == 200 else { throw unavailable(answer.status) }
    return answer.body
  }

  private struct TokenAnswer: Decodable {
    var id_token: String?
    var error: String?
    var error_description: String?
  }

  private func exchange(_ exchange: OpenIDExchange, at address: String) async throws -> String {
    let request = try OutboundRequest(
      .post, address,
      headers: [
        ("Authorization", exchange.authorization), ("Accept", "application/json"),
        ("Content-Type", "application/x-www-form-urlencoded"),
      ], body: Array(exchange.form.utf8))
    let answer = try await outbound.send(request)
    guard answer.status < 500 else { throw unavailable(answer.status) }
    let said = try? JSONDecoder().decode(TokenAnswer.self, from: Data(answer.body))
    if answer.status == 200, let token = said?.id_token { return token }
    let reason = [said?.error, said?.error_description].compactMap(\.self).joined(separator: ", ")
    throw Refusal(
      "openid.exchange",
      problem: "The provider gave no token: "
        + "\(reason.isEmpty ? "status \(answer.status)" : String(reason.prefix(200))).",
      remedy: "Sign in again; if that fails, too, an admin should check the client's id and secret."
    )
  }

  private func unavailable(_ status: Int) -> Fault {
    Fault(
      "openid.unavailable", subject: settings.name,
      problem: "The provider answers with status \(status).",
      remedy: "Try again later, or sign in with a password.")
  }
}
