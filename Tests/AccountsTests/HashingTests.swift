import Events
import Statistics
import Testing

@testable import Accounts

/// The bytes of a hexadecimal text.
func bytes(_ text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map {
    UInt8(digits[$0] << 4 | digits[$0 + 1])
  }
}

@Suite
struct `A hash` {
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `is the SHA-256 of FIPS 180-4`(message: String, digest: String) {
    #expect(Hashing.sha256(Array(message.utf8)) == bytes(digest))
    #expect(bytes(digest).hexadecimal == digest)
  }

  @Test(arguments: [
    // RFC 4231, test cases 1, 2 and 6.
    (
      [UInt8](repeating: 0x0b, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xaa, count: 131),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
  ])
  func `under a key is the HMAC of RFC 4231`(key: [UInt8], message: String, code: String) {
    #expect(Hashing.hmacSHA256(Array(message.utf8), key: key) == bytes(code))
  }

  @Test
  func `is equal to itself alone`() {
    #expect(Hashing.areEqual([], []))
    #expect(Hashing.areEqual([1, 2], [1, 2]))
    #expect(!Hashing.areEqual([1, 2], [1, 3]))
    #expect(!Hashing.areEqual([1, 2], [1, 2, 3]))
  }

  @Test(arguments: 0..<40)
  func `in base64 for addresses comes back as it was`(count: Int) {
    var dice = SeededGenerator(seed: UInt64(count))
    let bytes = (0..<count).map { _ in UInt8(dice.below(256)) }
    let text = Base64URL.text(of: bytes)
    #expect(Base64URL.bytes(of: text) == bytes)
    #expect(text.utf8.allSatisfy(Base64URL.isLetter))
  }

  @Test(arguments: ["a", "ab=", "ab+/", "a b", "é", "ab\n"])
  func `in another alphabet is none`(text: String) { #expect(Base64URL.bytes(of: text) == nil) }
}

@Suite
struct `A password` {
  private let quick = PasswordHash.Cost(logarithm: 4, blockSize: 8, repetitions: 1)

  @Test(arguments: [
    // RFC 7914, section 12, without the last, which takes a gigabyte.
    (
      "", "", 4, 1, 1,
      """
      77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442
      fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906
      """
    ),
    (
      "password", "NaCl", 10, 8, 16,
      """
      fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162
      2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
      """
    ),
    (
      "pleaseletmein", "SodiumChloride", 14, 8, 1,
      """
      7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2
      d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887
      """
    ),
  ])
  func `is derived as RFC 7914 does it`(
    password: String, salt: String, logarithm: Int, size: Int, repetitions: Int, key: String
  ) {
    let cost = PasswordHash.Cost(
      logarithm: logarithm, blockSize: size, repetitions: repetitions)
    #expect(
      PasswordHash.derive(
        Array(password.utf8), salt: Array(salt.utf8), cost: cost, length: 64) == bytes(key))
  }

  @Test
  func `is known again, however its letters are composed, and another isn't`() throws {
    let hash = try PasswordHash(of: "cafe\u{301} au lait", cost: quick)
    #expect(hash.matches("caf\u{e9} au lait"))
    #expect(!hash.matches("cafe au lait"))
    #expect(!hash.matches(""))
    let read = try PasswordHash(encoded: hash.encoded)
    #expect(read == hash)
    #expect(read.matches("caf\u{e9} au lait"))
    #expect(hash.isOutdated)
  }

  @Test
  func `is hashed at 32 MiB, with a salt of its own`() throws {
    let hashes = try (0..<2).map { _ in try PasswordHash(of: "correct horse battery") }
    #expect(hashes[0].encoded.hasPrefix("$scrypt$ln=15,r=8,p=1$"))
    #expect(hashes[0].encoded != hashes[1].encoded)
    #expect(PasswordHash.Cost.standard.memory == 32 << 20)
    #expect(!hashes[0].isOutdated)
    #expect(PasswordHash.matches("correct horse battery", hashes[0]))
    #expect(!PasswordHash.matches("correct horse batterx", hashes[0]))
    #expect(!PasswordHash.matches("correct horse battery", nil))
  }

  @Test(arguments: [
    ("elevenchars", "password.short"), ("", "password.short"),
    // Twelve marks on one letter are one character.
    ("a" + String(repeating: "\u{301}", count: 12), "password.short"),
    (String(repeating: "ä", count: 513), "password.long"),
  ])
  func `of a wrong length is refused, with the reason`(password: String, code: String) {
    let refusal = #expect(throws: Refusal.self) { try PasswordHash(of: password, cost: quick) }
    #expect(refusal?.code == code)
  }

  @Test
  func `may have 12 characters and 1024 bytes`() throws {
    _ = try PasswordHash(of: "twelve chars", cost: quick)
    let long = String(repeating: "ä", count: 512)
    #expect(try PasswordHash(of: long, cost: quick).matches(long))
    #expect(try !PasswordHash(of: long, cost: quick).matches(long + "ä"))
  }

  @Test(arguments: [
    "", "secret", "$scrypt$", "$bcrypt$ln=15,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
    "$scrypt$ln=0,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
    "$scrypt$ln=20,r=32,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
    "$scrypt$ln=63,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
    "$scrypt$ln=15,r=8$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
    "$scrypt$ln=15,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$",
    "$scrypt$ln=15,r=8,p=1$!!!$AAAAAAAAAAAAAAAAAAAAAA",
    "$scrypt$ln=-1,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
  ])
  func `is not read from what is no hash, or costs too much`(text: String) {
    let refusal = #expect(throws: Refusal.self) { try PasswordHash(encoded: text) }
    #expect(refusal?.code == "password.hash")
  }

  @Test
  func `shows nothing when it is printed`() throws {
    let hash = try PasswordHash(of: "correct horse battery", cost: quick)
    var dumped = ""
    dump(hash, to: &dumped)
    let tail = String(hash.encoded.suffix(20))
    #expect(!"\(hash)\(String(reflecting: hash))\(dumped)".contains(tail))
  }
}
