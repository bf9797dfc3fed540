import COpenSSL
import Events
import Foundation

/// A password as it is stored: `$scrypt$ln=15,r=8,p=1$salt$hash`, salt and hash in base64.
///
/// - SeeAlso: RFC 7914; the PHC string format.
public struct PasswordHash: Sendable, Equatable {
  /// The fewest characters of a password.
  public static let fewestCharacters = 12
  /// The most bytes of a password, so that nobody makes us hash a book.
  public static let mostBytes = 1024

  /// What computing the hash costs.
  struct Cost: Sendable, Equatable {
    /// The binary logarithm of N: memory and time.
    var logarithm: Int
    /// The size of a block in 128 bytes.
    var blockSize: Int
    /// How often it is done.
    var repetitions: Int

    /// 32 MiB, and about 0.1 s of one core.
    static let standard = Cost(logarithm: 15, blockSize: 8, repetitions: 1)
    /// The most memory that a stored hash may ask for: 256 MiB.
    static let mostMemory = 256 << 20

    var memory: Int { 128 * blockSize << logarithm }

    /// Whether a stored hash with this cost can be computed without harm.
    var isBounded: Bool {
      (1...20).contains(logarithm) && (1...32).contains(blockSize)
        && (1...16).contains(repetitions) && memory <= Self.mostMemory
    }
  }

  /// The text that is stored.
  public var encoded: String {
    "$scrypt$ln=\(cost.logarithm),r=\(cost.blockSize),p=\(cost.repetitions)"
      + "$\(Self.text(of: salt))$\(Self.text(of: hash))"
  }

  private let cost: Cost
  private let salt: [UInt8]
  private let hash: [UInt8]

  /// Hashes a new password, which takes a tenth of a second and 32 MiB.
  ///
  /// - Throws: `password.short`, `password.long`.
  public init(of password: String) throws(Refusal) { try self.init(of: password, cost: .standard) }

  /// Hashes a new password at a cost.
  init(of password: String, cost: Cost) throws(Refusal) {
    let normal = password.precomposedStringWithCanonicalMapping
    guard normal.count >= Self.fewestCharacters else {
      throw Refusal(
        "password.short",
        problem: "The password has \(normal.count) characters, which can be guessed.",
        remedy: "Choose \(Self.fewestCharacters) characters or more; a few words will do.")
    }
    guard normal.utf8.count <= Self.mostBytes else {
      throw Refusal(
        "password.long", problem: "The password has \(normal.utf8.count) bytes.",
        remedy: "Choose one of at most \(Self.mostBytes) bytes.")
    }
    self.cost = cost
    salt = Hashing.randomBytes(16)
    hash = Self.derive(Array(normal.utf8), salt: salt, cost: cost, length: 32)
  }

  /// Reads a hash that was stored.
  ///
  /// - Throws: `password.hash` where it is none, or costs more than this program spends.
  public init(encoded: String) throws(Refusal) {
    let fields = encoded.split(separator: "$", omittingEmptySubsequences: false)
    guard fields.count == 5, fields[0].isEmpty, fields[1] == "scrypt",
      let cost = Cost(fields[2]), cost.isBounded,
      let salt = Self.bytes(of: fields[3]), let hash = Self.bytes(of: fields[4]),
      (8...64).contains(salt.count), (16...64).contains(hash.count)
    else {
      throw Refusal(
        "password.hash", problem: "The stored password is not one of this program's hashes.",
        remedy: "Invite the member again, so that they choose a new password.")
    }
    self.cost = cost
    self.salt = salt
    self.hash = hash
  }

  /// Whether the hash should be made anew, now that the password is at hand.
  public var isOutdated: Bool { cost != .standard }

  /// Whether the password is the one that was hashed.
  public func matches(_ password: String) -> Bool {
    let normal = Array(password.precomposedStringWithCanonicalMapping.utf8)
    // Anybody can see that a longer one is wrong, so nothing is told by being quick about it.
    guard normal.count <= Self.mostBytes else { return false }
    return Hashing.areEqual(
      hash, Self.derive(normal, salt: salt, cost: cost, length: hash.count))
  }

  /// Whether a password is that of an account; an account that isn't there takes as long.
  public static func matches(_ password: String, _ stored: PasswordHash?) -> Bool {
    let matches = (stored ?? nobodys).matches(password)
    return matches && stored != nil
  }

  /// A hash of no password at all.
  private static let nobodys = PasswordHash(
    cost: .standard, salt: Hashing.randomBytes(16), hash: Hashing.randomBytes(32))

  private init(cost: Cost, salt: [UInt8], hash: [UInt8]) {
    self.cost = cost
    self.salt = salt
    self.hash = hash
  }

  /// The function of RFC 7914.
  static func derive(_ password: [UInt8], salt: [UInt8], cost: Cost, length: Int) -> [UInt8] {
    var key = [UInt8](repeating: 0, count: length)
    let done = password.withUnsafeBytes { password in
      EVP_PBE_scrypt(
        password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
        1 << UInt64(cost.logarithm), UInt64(cost.blockSize), UInt64(cost.repetitions),
        UInt64(2 * Cost.mostMemory), &key, length)
    }
    precondition(done == 1, "libcrypto refuses scrypt at \(cost), or there is no memory for it.")
    return key
  }

  private static func text(of bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().filter { $0 != "=" }
  }

  private static func bytes(of text: Substring) -> [UInt8]? {
    guard !text.contains("=") else { return nil }
    let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    return Data(base64Encoded: text + padding).map(Array.init)
  }
}

extension PasswordHash.Cost {
  /// Reads `ln=15,r=8,p=1`; nil where it is anything else.
  init?(_ text: Substring) {
    let fields = text.split(separator: ",", omittingEmptySubsequences: false)
    func number(_ place: Int, _ name: String) -> Int? {
      let field = fields[place]
      return field.hasPrefix(name) ? Int(field.dropFirst(name.count)) : nil
    }
    guard fields.count == 3, let logarithm = number(0, "ln="), let size = number(1, "r="),
      let repetitions = number(2, "p=")
    else { return nil }
    self.init(logarithm: logarithm, blockSize: size, repetitions: repetitions)
  }
}

extension PasswordHash: CustomStringConvertible, CustomReflectable {
  /// What it is, without salt and hash.
  public var description: String { "a password's hash" }
  /// What it is, without salt and hash.
  public var customMirror: Mirror { Mirror(self, children: ["cost": cost]) }
}
