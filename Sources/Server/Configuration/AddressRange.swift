import Glibc

/// Addresses of the internet that begin alike: `10.0.0.0/8`, `fd00::/8`, or one: `127.0.0.1`.
public struct AddressRange: Sendable, Hashable {
  /// The range as it was written.
  let text: String
  /// 16 bytes; an address of IPv4 stands in its place in IPv6, as sockets for both show it.
  private let bytes: [UInt8]
  /// How many bits all have in common.
  private let length: Int

  /// Reads an address, or one with the number of bits that count; nil where it is neither.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let bytes = Self.bytes(of: String(parts[0])), parts.count <= 2 else { return nil }
    let isOld = !parts[0].contains(":")
    var length = isOld ? 32 : 128
    if parts.count == 2 {
      guard parts[1].allSatisfy({ $0.isASCII && $0.isNumber }), let given = Int(parts[1]),
        given <= length
      else { return nil }
      length = given
    }
    self.text = text
    self.bytes = bytes
    self.length = length + (isOld ? 96 : 0)
  }

  /// Whether a text is one address.
  static func isAddress(_ text: String) -> Bool { bytes(of: text) != nil }

  /// Whether an address is one of them.
  func contains(_ address: String) -> Bool {
    guard let other = Self.bytes(of: address) else { return false }
    let whole = length / 8
    guard bytes[..<whole].elementsEqual(other[..<whole]) else { return false }
    guard length % 8 > 0 else { return true }
    let mask = UInt8.max << UInt8(8 - length % 8)
    return bytes[whole] & mask == other[whole] & mask
  }

  private static func bytes(of address: String) -> [UInt8]? {
    var old = in_addr()
    if inet_pton(AF_INET, address, &old) == 1 {
      let four = withUnsafeBytes(of: old) { Array($0) }
      return [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + four
    }
    var new = in6_addr()
    guard inet_pton(AF_INET6, address, &new) == 1 else { return nil }
    return withUnsafeBytes(of: new) { Array($0) }
  }
}
