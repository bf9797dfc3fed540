import Events
import Foundation
import Testing

@testable import Server

@Suite struct `JSON that a request brings` {
  private static let samples: [(String, JSONValue)] = [
    ("null", .null), (" true ", true), ("\tfalse\r\n", false), ("0", 0), ("-0", 0),
    ("-17", -17), ("9223372036854775807", .integer(.max)), ("9223372036854775808", .number(0x1p63)),
    ("1.5", .number(1.5)), ("1e2", .number(100)), ("-1.25E-2", .number(-0.0125)),
    (#""""#, ""), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"), (#""\u00e4\u20AC""#, "ä€"),
    (#""\ud83d\ude00😀""#, "😀😀"), (#""\u0000""#, "\0"), ("[]", []), ("[ ]", []),
    ("[1,[2],{}]", [1, [2], .object([:])]),
    (#"{"a":1,"":{"b":[null]}}"#, ["a": 1, "": ["b": [.null]]]),
  ]

  private func read(_ text: String) throws(Refusal) -> JSONValue {
    try JSONValue(Array(text.utf8))
  }

  @Test(arguments: Self.samples)
  func `is read as RFC 8259 has it`(text: String, value: JSONValue) throws {
    #expect(try read(text) == value)
  }

  @Test(arguments: [
    "", " ", "nul", "nulll", "True", "01", "-01", "+1", "-", "1.", ".5", "1e", "1e+", "0x1", "NaN",
    "Infinity", "1e400", "1 2", "[1,]", "[,1]", "[1", "[1 2]", "{", "{a:1}", #"{"a"}"#, #"{"a":}"#,
    #"{"a":1,}"#, #"{"a":1 "b":2}"#, #"{"a":1"#, #"{"a":1,"a":2}"#, "'a'", "\"", "\"a\nb\"",
    #""\x""#,
    #""\u12""#, #""\u12g4""#, #""\u+123""#, #""\ud800""#, #""\ud800\n""#, #""\ud800A""#,
    #""\udc00""#, "\u{FEFF}1", "// 1", "1//",
  ])
  func `is refused otherwise, with the place`(text: String) {
    let refusal = #expect(throws: Refusal.self) { try read(text) }
    #expect(refusal?.code == "body.json")
    #expect(refusal?.problem.contains(/at byte \d+/) == true)
  }

  @Test(arguments: [
    [0xFF], [0x22, 0xC3, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x00], [0x31, 0x00],
  ])
  func `is refused where it is not UTF-8`(bytes: [UInt8]) {
    #expect(throws: Refusal.self) { try JSONValue(bytes) }
  }

  @Test func `lies so deep at most`() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(throws: Never.self) { try read(nested(JSONReader.deepest + 1)) }
    for depth in [JSONReader.deepest + 2, 10_000, 500_000] {
      #expect(throws: Refusal.self) { try read(nested(depth)) }
    }
  }

  @Test(arguments: 0..<200)
  func `says what was written`(seed: UInt64) throws {
    var random = Seeded(state: seed)
    let value = JSONValue.random(3, &random)
    let text = try value.json
    #expect(try read(text) == value)
    // Another reader agrees on what is JSON.
    let object = try JSONSerialization.jsonObject(
      with: Data(text.utf8), options: [.fragmentsAllowed])
    let again = try JSONSerialization.data(withJSONObject: object, options: [.fragmentsAllowed])
    #expect(try JSONValue(Array(again)) == value)
  }
}

/// Numbers that are the same for the same seed.
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension JSONValue {
  fileprivate static func random(_ depth: Int, _ random: inout Seeded) -> JSONValue {
    let texts = ["", "a", "ä\"\\\n", "😀", "\u{1}", "\u{2028}/", "e\u{301}"]
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &random) {
    case 0: return .boolean(.random(using: &random))
    case 1: return .integer(.random(in: -1_000_000...1_000_000, using: &random))
    case 2: return .number(Double(Int.random(in: 1...999, using: &random)) / 1024 + 0.0001)
    case 3: return .null
    case 4: return .text(texts[Int.random(in: 0..<texts.count, using: &random)])
    case 5:
      return .list(
        (0..<Int.random(in: 0..<4, using: &random)).map { _ in .random(depth - 1, &random) })
    default:
      var members: [String: JSONValue] = [:]
      for _ in 0..<Int.random(in: 0..<4, using: &random) {
        members[texts[Int.random(in: 0..<texts.count, using: &random)]] = .random(
          depth - 1, &random)
      }
      return .object(members)
    }
  }
}
