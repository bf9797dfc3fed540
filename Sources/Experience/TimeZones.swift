import Foundation

/// The time zones that this machine knows by their IANA names.
enum TimeZones {
  static let names = TimeZone.knownTimeZoneIdentifiers

  /// Whether the name is an IANA time zone; offsets such as GMT+1 are none.
  static func isKnown(_ name: String) -> Bool {
    if name == "UTC" || names.contains(name) { return true }
    let isPlain =
      name.utf8.count <= 64
      && name.utf8.allSatisfy { byte in
        byte == 0x2F || byte == 0x5F || byte == 0x2D || (65...90).contains(byte)
          || (97...122).contains(byte)
      }
    return isPlain && name.contains("/") && !name.hasPrefix("/")
      && TimeZone(identifier: name) != nil
  }
}
