import Answers
import Foundation
import Hummingbird
import Logging
import Outbound
import Store
import Wire

/// How a server runs; `Setting` says what can be set, and how it is written.
public struct ServerConfiguration: Sendable, Equatable {
  /// The folder of the store.
  public var folder: String
  /// The experience: a file or a folder.
  public var experience: String
  /// The address to listen on: this machine only, unless told otherwise.
  public var host = "127.0.0.1"
  /// The port to listen on; 0 takes a free one.
  public var port = 8080
  /// How people reach the server, for links and cookies: `https://journeys.example.com`.
  public var publicAddress: String?
  /// The proxies whose word on who asks is believed.
  public var trustedProxies: [AddressRange] = []
  /// The longest body of a request that brings events, in bytes as it arrives; once it is unpacked
  /// it has at most `CollectionLimits.body`.
  public var largestBody = CollectionLimits.body
  /// How many connections are open at a time at most; further ones wait to be accepted.
  public var mostConnections = 20_000
  /// The provider by which people may sign in, beside their passwords.
  public var openID: OpenIDSettings?
  /// Whose pages may show surveys: `https://www.example.com`.
  public var surveyOrigins: [String] = []
  /// How mail is sent; without a server none is.
  public var mail = MailSettings()
  /// Which model sums up what people wrote; usually none does.
  public var summaries = ChatSettings()
  /// How many texts it is given at most.
  public var summaryTexts = SummaryBrief.usualTexts
  /// How often it is looked who is to be asked by surveys, in seconds.
  public var surveySeconds = 60
  /// How much collection holds in memory at most.
  public var collection = Collector.Limits()
  /// When the log of events becomes parts.
  public var sealing = Collector.SealingPolicy()
  /// The least grave lines that the log has.
  public var logLevel = Logger.Level.info
  /// How the log is written.
  public var logForm = LogForm.json

  /// Makes a configuration with everything else as usual.
  public init(folder: String, experience: String) {
    self.folder = folder
    self.experience = experience
  }

  /// Whether people reach the server by TLS, so that cookies need it too.
  var isPublicSecure: Bool { publicAddress?.hasPrefix("https://") == true }

  /// Who asks: the other end of the connection, or whom the proxies that are trusted name.
  func clientAddress(of request: Request, _ context: ServerContext) -> String {
    client(
      behind: context.peer?.ipAddress ?? "unix", forwarded: request.headers[values: .forwardedFor])
  }

  /// Who asks where somebody connects with those fields of `X-Forwarded-For`: the last address that
  /// no trusted proxy has. What stands before it anybody can have written.
  func client(behind peer: String, forwarded: [String]) -> String {
    guard isTrusted(peer) else { return peer }
    let hops = forwarded.flatMap { $0.split(separator: ",") }
      .map { $0.trimmingCharacters(in: .whitespaces) }
    guard let client = hops.last(where: { !isTrusted($0) }), AddressRange.isAddress(client) else {
      return peer
    }
    return client
  }

  private func isTrusted(_ address: String) -> Bool {
    trustedProxies.contains { $0.contains(address) }
  }
}
