import Events
import Foundation

/// How mail is sent.
public struct MailSettings: Sendable, Equatable {
  /// A server that takes mail.
  public struct Place: Sendable, Equatable {
    /// How a connection begins.
    public enum Scheme: String, Sendable {
      /// Without TLS, which is then asked for: ports 25 and 587.
      case smtp
      /// With TLS: port 465.
      case smtps

      fileprivate var usualPort: Int { self == .smtps ? 465 : 587 }
    }

    public let scheme: Scheme
    public let host: String
    public let port: Int

    /// Reads `smtp://mail.example.com:587`; nil where it is none. Without a port it is 587, with
    /// `smtps` 465.
    public init?(_ text: String) {
      guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty,
        let scheme = parts.scheme.flatMap({ Scheme(rawValue: $0.lowercased()) }),
        parts.user == nil, parts.password == nil, parts.path.isEmpty || parts.path == "/",
        parts.query == nil, parts.fragment == nil, (1...65_535).contains(parts.port ?? 1),
        host.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
      else { return nil }
      self.scheme = scheme
      self.host = host
      port = parts.port ?? scheme.usualPort
    }

    /// The address in full: `smtp://mail.example.com:587`.
    public var address: String { "\(scheme)://\(host):\(port)" }
  }

  /// The server; nil: no mail is sent.
  public var server: Place?
  /// The name to sign in with there; nil: without.
  public var user: String?
  /// The password for it.
  public var password: String?
  /// Whom mails come from.
  public var from: MailAddress?
  public var encryption = Encryption.elsewhere
  /// A file of certificates in PEM to believe instead of the system's.
  public var certificates: String?

  /// Settings in which nothing is set: no mail is sent.
  public init() {}

  /// Whether mail can be sent.
  public var isSet: Bool { server != nil && from != nil }

  /// Refuses settings that don't go together.
  ///
  /// - Throws: `mail.settings`.
  public func check() throws(Refusal) {
    func refusal(_ problem: String, _ remedy: String) -> Refusal {
      Refusal("mail.settings", problem: problem, remedy: remedy)
    }
    guard (server == nil) == (from == nil) else {
      throw refusal(
        "Of mail.server and mail.from only one is set.",
        "Set both, or none and no mail is sent.")
    }
    guard (user == nil) == (password == nil) else {
      throw refusal(
        "Of mail.user and mail.password only one is set.",
        "Set both, or none where the server asks for neither.")
    }
    guard encryption != .never || server?.scheme != .smtps else {
      throw refusal(
        "mail.server begins with TLS, and mail.tls is never.",
        "Write smtp:// there, or take mail.tls out.")
    }
    guard encryption != .never || password == nil || server?.host.isThisMachine == true else {
      throw refusal(
        "mail.tls is never, and mail.password would be sent for everybody to read.",
        "Take one of the two out.")
    }
  }

  /// Whether the connection must be encrypted.
  var demandsEncryption: Bool {
    server.map { encryption.isDemanded(to: $0.host) } ?? (encryption == .always)
  }
}

extension MailSettings: CustomStringConvertible, CustomReflectable {
  /// The settings without the password.
  public var description: String { server?.address ?? "no mail" }
  /// The settings without the password.
  public var customMirror: Mirror { Mirror(self, children: ["server": description]) }
}
