import Events
import Foundation

/// Which language model is asked, and where.
public struct ChatSettings: Sendable, Equatable {
  /// An address below which a server completes chats as OpenAI's API has it.
  public struct Place: Sendable, Equatable {
    /// The address without a slash at its end: `http://127.0.0.1:11434/v1`.
    public let address: String
    /// The host with its port, where one is written: for logs and people.
    public let host: String
    /// Whether it is reached by TLS.
    let isSecure: Bool
    /// The host without its port.
    let name: String

    /// Reads an address of http or https; nil where it is none, or has a name, a password or a query.
    public init?(_ text: String) {
      guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty,
        let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
        parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil,
        (1...65_535).contains(parts.port ?? 1), text.utf8.count <= Self.longest,
        text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
      else { return nil }
      var address = text[...]
      while address.hasSuffix("/") { address.removeLast() }
      self.address = String(address)
      self.host = host + (parts.port.map { ":\($0)" } ?? "")
      isSecure = scheme == "https"
      name = host
    }

    /// The longest address, in bytes; what is called has some more.
    private static let longest = 2000

    /// Where chats are completed.
    var completions: String { address + "/chat/completions" }
  }

  /// Where; nil: no model is asked.
  public var place: Place?
  /// The model's name there.
  public var model: String?
  /// What opens the server; nil: it is open.
  public var key: String?
  public var encryption = Encryption.elsewhere
  /// A file of certificates in PEM to believe instead of the system's.
  public var certificates: String?
  /// How long an answer may take, in seconds: a large model on an own machine takes minutes.
  public var seconds = 60

  /// Settings in which nothing is set: no model is asked.
  public init() {}

  /// Refuses settings that don't go together.
  ///
  /// - Throws: `model.settings`.
  public func check() throws(Refusal) {
    func refusal(_ problem: String, _ remedy: String) -> Refusal {
      Refusal("model.settings", problem: problem, remedy: remedy)
    }
    guard (place == nil) == (model == nil) else {
      throw refusal(
        "Of summaries.url and summaries.model only one is set.",
        "Set both, or none and no model is asked.")
    }
    guard let place else {
      guard key == nil else {
        throw refusal(
          "summaries.key is set, and no model is.", "Set summaries.url and summaries.model, too.")
      }
      return
    }
    guard place.isSecure || !encryption.isDemanded(to: place.name) else {
      throw refusal(
        "summaries.url is one of http, and what customers wrote would be sent for everybody to read.",
        "Write https://, or set summaries.tls to never where the network is yours alone.")
    }
    guard place.isSecure || key == nil || place.name.isThisMachine else {
      throw refusal(
        "summaries.url is one of http, and summaries.key would be sent for everybody to read.",
        "Write https://, or take the key out.")
    }
  }
}

extension ChatSettings: CustomStringConvertible, CustomReflectable {
  /// The settings without the key.
  public var description: String {
    place.map { "\(model ?? "no model") at \($0.address)" } ?? "no model"
  }
  /// The settings without the key.
  public var customMirror: Mirror { Mirror(self, children: ["place": description]) }
}
