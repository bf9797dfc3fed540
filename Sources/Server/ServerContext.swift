import Hummingbird
import Logging
import NIOCore

/// What Hummingbird carries along with a request.
struct ServerContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The connection; nil where there is none.
  let channel: (any Channel)?
  /// The other end of the connection, which is a proxy where there is one.
  let peer: SocketAddress?
  /// What the request is called in the log and in answers.
  var requestID: String
  /// Who asks, as the log and the limits of sign-in know them.
  var clientAddress: String

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
    peer = source.channel.remoteAddress
    requestID = source.logger[metadataKey: "hb.request.id"].map { "\($0)" } ?? ""
    clientAddress = peer?.ipAddress ?? "unix"
  }
}
