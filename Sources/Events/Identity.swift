import CXXHash

/// A 64-bit hash of bytes, the same on every machine and in every run.
///
/// - SeeAlso: XXH3 of xxHash, <https://xxhash.com>.
@inlinable public func stableHash(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
  XXH3_64bits_withSeed(bytes.baseAddress, bytes.count, seed)
}

/// A 64-bit hash of a text's UTF-8, the same on every machine and in every run.
public func stableHash(_ text: some StringProtocol, seed: UInt64 = 0) -> UInt64 {
  var copy = String(text)
  return copy.withUTF8 { stableHash(UnsafeRawBufferPointer($0), seed: seed) }
}

/// A hash as 16 hexadecimal digits, the way people and files name it.
public func hexadecimal(_ hash: UInt64) -> String {
  let digits = String(hash, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}

/// The kind of id that an identity is.
public enum Namespace: UInt8, Sendable, Codable, CaseIterable {
  /// An id that the company gave a known person.
  case user = 0
  /// An id that a device or a browser made up before the person was known.
  case anonymous = 1

  /// The word for it in commands and files.
  public var name: String { self == .user ? "user" : "anonymous" }
}

/// One name of one customer: a namespace and an id.
///
/// Written `user:c17` or `anonymous:3f9a`; a bare id means a user.
public struct Identity: Hashable, Sendable, CustomStringConvertible {
  /// The kind of id.
  public let namespace: Namespace
  /// The id, as the company wrote it.
  public let id: String

  /// Makes an identity from its namespace and id.
  public init(_ namespace: Namespace, _ id: String) {
    self.namespace = namespace
    self.id = id
  }

  /// Reads `user:c17`, `anonymous:3f9a`, or a bare user id.
  public init(_ text: String) {
    for namespace in Namespace.allCases where text.hasPrefix(namespace.name + ":") {
      self.init(namespace, String(text.dropFirst(namespace.name.count + 1)))
      return
    }
    self.init(.user, text)
  }

  /// The key under which the identity's events are stored.
  public var key: UInt64 { stableHash(id, seed: UInt64(namespace.rawValue)) }

  /// The key of an id that is still bytes; equal to `Identity.key` of the same id.
  @inlinable public static func key(
    _ namespace: Namespace, _ id: UnsafeRawBufferPointer
  ) -> UInt64 {
    stableHash(id, seed: UInt64(namespace.rawValue))
  }

  /// The longest id that is taken, in bytes of UTF-8.
  public static let longestID = 512

  /// Ids that programs send when they know nobody; an event that has only such an id is refused.
  public static let placeholders: Set<String> = [
    "", "null", "NULL", "Null", "nil", "none", "None", "undefined", "unknown", "anonymous", "guest",
    "0", "-1", "NaN", "nan", "NA", "N/A", "n/a", "[object Object]",
    "00000000-0000-0000-0000-000000000000",
  ]

  /// The identity as it is written: `user:c17`.
  public var description: String { "\(namespace.name):\(id)" }
}
