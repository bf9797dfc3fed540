import Events
import Foundation
import Hummingbird
import Store
import Wire

/// How a server runs.
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
  public var trustedProxies: Set<String> = []
  /// The longest body of a request that brings events, in bytes as it arrives; once it is unpacked
  /// it has at most `CollectionLimits.body`.
  public var largestBody = CollectionLimits.body
  /// How many connections are open at a time at most; further ones wait to be accepted.
  public var mostConnections = 20_000
  /// When the log becomes parts.
  public var sealing = Collector.SealingPolicy()

  /// Makes a configuration with everything else as usual.
  public init(folder: String, experience: String) {
    self.folder = folder
    self.experience = experience
  }

  /// Whether people reach the server by TLS, so that cookies need it too.
  var isPublicSecure: Bool { publicAddress?.hasPrefix("https://") == true }

  /// Who asks: the other end of the connection, or the last address that a trusted proxy did not
  /// itself add.
  func clientAddress(of request: Request, _ context: ServerContext) -> String {
    let peer = context.peer?.ipAddress ?? "unix"
    guard trustedProxies.contains(peer) else { return peer }
    let hops = request.headers[values: .forwardedFor]
      .flatMap { $0.split(separator: ",") }
      .map { $0.trimmingCharacters(in: .whitespaces) }
    return hops.last { !trustedProxies.contains($0) } ?? peer
  }
}
