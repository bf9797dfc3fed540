import Events

/// Asks a language model, by the API for chats that OpenAI's servers and many others have.
///
///     let server = try ChatServer(settings)
///     let reply = try await server.answer(server.request(instructions: "Sum up.", text: "…"))
public final class ChatServer: Sendable {
  /// How many questions are under way at a time: each takes a thread, and all the server's time.
  public static let mostAtOnce = 4

  /// Where the model is.
  public let place: ChatSettings.Place
  /// What it is called there.
  public let model: String
  private let settings: ChatSettings
  private let outbound: Outbound

  /// Prepares to ask; nothing is connected to yet.
  ///
  /// - Throws: `model.off` where no model is set; `model.settings` where settings don't go together.
  public init(_ settings: ChatSettings) throws(Refusal) {
    try settings.check()
    guard let place = settings.place, let model = settings.model else { throw Self.off }
    self.settings = settings
    self.place = place
    self.model = model
    var rules = OutboundRules()
    // The operator chose the server, which may well be this machine.
    rules.reach = .everywhere
    rules.transport = place.isSecure ? .secure : .any
    rules.longest = .seconds(settings.seconds)
    rules.longestConnecting = .seconds(min(10, settings.seconds))
    rules.certificates = settings.certificates
    outbound = Outbound(rules, atOnce: Self.mostAtOnce)
  }

  /// That no model is set.
  public static let off = Refusal(
    "model.off", problem: "No model for summaries is set.",
    remedy: "Set summaries.url and summaries.model, as docs/words.md shows.")

  /// What the model would be sent.
  public func request(instructions: String, text: String) -> ChatRequest {
    ChatRequest(model: model, instructions: instructions, text: text)
  }

  /// Sends a request, and waits for what the model makes of it.
  ///
  /// - Throws: `model.slow`, `model.length`, `model.key`, `model.limit`, `model.refused`,
  ///   `model.failed`, `model.redirect`, `model.reply`, `model.empty`; otherwise as `Outbound.send`.
  ///   None holds the key, nor what was sent.
  public func answer(_ request: ChatRequest) async throws(Fault) -> ChatReply {
    var headers: [(name: String, value: String)] = [
      ("Content-Type", "application/json"), ("Accept", "application/json"),
    ]
    if let key = settings.key { headers.append(("Authorization", "Bearer \(key)")) }
    let call: OutboundRequest
    do {
      call = try OutboundRequest(.post, place.completions, headers: headers, body: request.body)
    } catch {
      throw Fault(
        "model.settings", subject: place.host, problem: error.problem, remedy: error.remedy)
    }
    let answer: OutboundAnswer
    do { answer = try await outbound.send(call) } catch { throw explained(error) }
    return try ChatReply(answer, from: settings)
  }

  /// What can be done here about a call that failed.
  private func explained(_ fault: Fault) -> Fault {
    func explained(_ code: String, _ problem: String, _ remedy: String) -> Fault {
      Fault("model.\(code)", subject: place.host, problem: problem, remedy: remedy)
    }
    return switch fault.code {
    case "outbound.slow":
      explained(
        "slow", "\(place.host) can't be reached, or gave no answer within \(settings.seconds) s.",
        "Look whether it is up and this machine may connect to it; a slow model needs a larger summaries.seconds or smaller summaries.texts."
      )
    case "outbound.length":
      explained(
        "length", "\(place.host) answered with more than a model writes.",
        "Look whether summaries.url is the right address.")
    case "outbound.connection", "outbound.name":
      explained(
        "connection", "\(place.host) can't be reached: \(fault.problem)",
        "Look at summaries.url, and whether the server is up.")
    default: fault
    }
  }
}
