import Events
import Foundation

/// Where mail goes to or comes from, perhaps with the name that people read.
public struct MailAddress: Sendable, Hashable {
  /// What people read: “Customer support”.
  public let name: String?
  /// Where it goes: `support@example.com`.
  public let address: String

  /// The longest address in bytes; RFC 5321 has this for what stands between `<` and `>`, with them.
  public static let longestAddress = 254
  /// The longest name in characters; a longer one nobody sees.
  public static let longestName = 100

  /// Reads `support@example.com` or `Customer support <support@example.com>`.
  ///
  /// An address has only ASCII: those with other letters need servers that most are not. One with
  /// quotes is none here, nor is one at a number.
  /// - Throws: `mail.address`.
  public init(_ text: String) throws(Refusal) {
    let trimmed = text.trimmingCharacters(in: .whitespaces)
    guard trimmed.last == ">", let open = trimmed.lastIndex(of: "<") else {
      try self.init(name: nil, address: trimmed)
      return
    }
    var name = trimmed[..<open].trimmingCharacters(in: .whitespaces)
    if name.count >= 2, name.first == "\"", name.last == "\"" {
      name = String(name.dropFirst().dropLast())
    }
    let address = trimmed[trimmed.index(after: open)...].dropLast()
    try self.init(name: name.isEmpty ? nil : name, address: String(address))
  }

  /// Takes a name and an address.
  ///
  /// - Throws: `mail.address`.
  public init(name: String?, address: String) throws(Refusal) {
    guard Self.isAddress(address) else {
      throw Refusal(
        "mail.address", problem: "“\(address.prefix(100))” is no address of mail.",
        remedy: "Write it as name@example.com, in ASCII.")
    }
    if let name, name.count > Self.longestName || !name.isOneLine {
      throw Refusal(
        "mail.address", problem: "“\(name.prefix(100))” can't be the name beside an address.",
        remedy: "Write one line of at most \(Self.longestName) characters.")
    }
    self.name = name
    self.address = address
  }

  /// The address as it is read: `Customer support <support@example.com>`.
  public var written: String { name.map { "\($0) <\(address)>" } ?? address }

  /// The part behind the `@`.
  var domain: Substring { address.drop { $0 != "@" }.dropFirst() }

  private static func isAddress(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard text.utf8.count <= longestAddress, parts.count == 2, parts[0].count <= 64 else {
      return false
    }
    let atoms = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let hyphen = UInt8(ascii: "-")
    return atoms.allSatisfy { !$0.isEmpty && $0.allSatisfy(isOfAtom) }
      && labels.allSatisfy { label in
        (1...63).contains(label.count) && label.first != hyphen && label.last != hyphen
          && label.allSatisfy { isAlphanumeric($0) || $0 == hyphen }
      }
  }

  private static func isOfAtom(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}

extension String {
  /// Whether it has no control characters, and so can't end the line that it is written in.
  var isOneLine: Bool { unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } }
}
