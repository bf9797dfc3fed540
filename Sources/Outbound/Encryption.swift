/// When a connection to a server that the operator chose has to be encrypted.
public enum Encryption: String, Sendable, CaseIterable {
  /// Always, also to this machine.
  case always
  /// To every other machine.
  case elsewhere
  /// Never: whoever is in between can read what is sent.
  case never

  /// Whether a connection to a host must be encrypted.
  func isDemanded(to host: String) -> Bool {
    switch self {
    case .always: true
    case .elsewhere: !host.isThisMachine
    case .never: false
    }
  }
}

extension String {
  /// Whether a host is this machine, which nobody can listen in between.
  var isThisMachine: Bool {
    let name = lowercased()
    // libcurl never asks anybody where `localhost` is.
    return name == "localhost" || name == "[::1]"
      || name.hasPrefix("127.") && name.utf8.allSatisfy { $0 == UInt8(ascii: ".") || $0 < 0x3A }
  }
}
