import Events
import Foundation

/// A call to a server elsewhere.
public struct OutboundRequest: Sendable {
  /// What is done there.
  public enum Method: String, Sendable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
  }

  /// What is done.
  public let method: Method
  /// Where.
  public let address: String
  /// What is said besides the body.
  public let headers: [(name: String, value: String)]
  /// What is sent.
  public let body: [UInt8]

  /// The longest address, in bytes: what servers take.
  public static let longestAddress = 8000

  /// Makes a request.
  ///
  /// - Throws: `outbound.address` where it is no address of http or https, or carries a name and
  ///   password; `outbound.header` where a header would end its line.
  public init(
    _ method: Method = .get, _ address: String, headers: [(name: String, value: String)] = [],
    body: [UInt8] = []
  ) throws(Refusal) {
    let parts = URLComponents(string: address)
    guard let parts, ["http", "https"].contains(parts.scheme?.lowercased()),
      parts.host?.isEmpty == false, parts.user == nil, parts.password == nil,
      address.utf8.count <= Self.longestAddress,
      address.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw Refusal(
        "outbound.address", problem: "“\(address.prefix(200))” is no address to call.",
        remedy: "Write it as https://example.org/path, without a name and password in it.")
    }
    for (name, value) in headers {
      let isName = name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") }
      guard !name.isEmpty, isName, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
        throw Refusal(
          "outbound.header", problem: "“\(name.prefix(80))” can't be sent as a header.",
          remedy: "Use letters, digits and “-” in its name, and one line as its value.")
      }
    }
    self.method = method
    self.address = address
    self.headers = headers
    self.body = body
  }

  /// Where it goes, without what the path and the query may tell: for errors and logs.
  var place: String {
    let parts = URLComponents(string: address)
    return "\(parts?.scheme ?? "")://\(parts?.host ?? "")\(parts?.port.map { ":\($0)" } ?? "")"
  }
}

/// What a server elsewhere answered, whatever its status.
public struct OutboundAnswer: Sendable, Equatable {
  /// The status: 200.
  public let status: Int
  /// The headers by name in lower case; of one that came twice, the last.
  public let headers: [String: String]
  /// The body as it came: it is never unpacked.
  public let body: [UInt8]
}

/// What calls may do, and how much of everything they may take.
public struct OutboundRules: Sendable, Equatable {
  /// How calls are made.
  public enum Transport: Sendable {
    /// By https, with a certificate that is known to be the server's.
    case secure
    /// By http, too, where the address says so.
    case any
  }

  /// Where calls may go.
  public enum Reach: Sendable {
    /// To addresses of the internet: not to this machine nor into the network around it.
    ///
    /// The address that is connected to is what counts, whatever name leads there.
    case publicAddresses
    /// Anywhere: for what the operator chose, not for what others wrote.
    case everywhere
  }

  public var transport = Transport.secure
  public var reach = Reach.publicAddresses
  /// How often an answer may send a GET on to another address; 0, as for all others: that answer is
  /// the answer.
  public var mostRedirects = 0
  /// How long a connection may take, name and handshake included.
  public var longestConnecting = Duration.seconds(5)
  /// How long the whole call may take.
  public var longest = Duration.seconds(15)
  /// The most bytes of an answer's body; a longer one is a failure.
  public var largestAnswer = 1 << 20
  /// A file of certificates in PEM to believe instead of the system's.
  public var certificates: String?

  /// The usual rules: https, to the internet, no redirects.
  public init() {}
}
