import Foundation

/// The address of a machine, as a connection has it.
struct NetworkAddress: Sendable, Equatable {
  /// 4 or 16 bytes.
  let bytes: [UInt8]

  /// Takes the bytes of an address; nil where they are neither 4 nor 16.
  init?(_ bytes: [UInt8]) {
    guard [4, 16].contains(bytes.count) else { return nil }
    self.bytes = bytes
  }

  /// Reads the address of a socket, a `sockaddr` with all that follows it; nil where it is of another
  /// kind.
  init?(_ raw: UnsafeRawPointer, length: Int) {
    guard length >= MemoryLayout<sa_family_t>.size else { return nil }
    switch Int32(raw.loadUnaligned(as: sa_family_t.self)) {
    case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
      let place = MemoryLayout<sockaddr_in>.offset(of: \.sin_addr) ?? 0
      bytes = Array(UnsafeRawBufferPointer(start: raw + place, count: 4))
    case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
      let place = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr) ?? 0
      bytes = Array(UnsafeRawBufferPointer(start: raw + place, count: 16))
    default: return nil
    }
  }

  /// Whether the address is one of the internet: not of this machine, of the network around it, nor
  /// kept for something special.
  ///
  /// - SeeAlso: IANA's registries of special-purpose addresses, RFC 6890.
  var isPublic: Bool {
    if bytes.count == 4 { return Self.isPublic(bytes[...]) }
    // An address of the old kind inside one of the new: by mapping, by NAT64, by 6to4.
    let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10...11] == [255, 255]
    let isTranslated = bytes[..<12] == [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]
    if isMapped || isTranslated { return Self.isPublic(bytes[12...]) }
    if bytes[..<2] == [0x20, 0x02] { return Self.isPublic(bytes[2..<6]) }
    // Only these are given out, and of these the first 2001::/23 for protocols, 2001:db8::/32 and
    // 3fff::/20 for manuals.
    guard bytes[0] & 0xE0 == 0x20 else { return false }
    let isForProtocols = bytes[..<2] == [0x20, 0x01] && bytes[2] < 2
    let isForManuals =
      bytes[..<4] == [0x20, 0x01, 0x0D, 0xB8] || (bytes[..<2] == [0x3F, 0xFF] && bytes[2] < 0x10)
    return !isForProtocols && !isForManuals
  }

  private static func isPublic(_ four: ArraySlice<UInt8>) -> Bool {
    let number = four.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return !special.contains { number >> (32 - $0.length) == $0.network >> (32 - $0.length) }
  }

  private static let special: [(network: UInt32, length: UInt32)] = [
    (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16),
    (0xAC10_0000, 12), (0xC000_0000, 24), (0xC000_0200, 24), (0xC058_6300, 24),
    (0xC0A8_0000, 16), (0xC612_0000, 15), (0xC633_6400, 24), (0xCB00_7100, 24),
    (0xE000_0000, 3),
  ]
}
