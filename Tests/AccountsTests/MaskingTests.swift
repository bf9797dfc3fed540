import Foundation
import Statistics
import Testing

@testable import Accounts

@Suite
struct `A masked item` {
  @Test(arguments: [
    (#"{"event":"seen","writeKey":"k1"}"#, #"{"event":"seen","writeKey":"***"}"#),
    (#"{"api_key": 17, "a": 1}"#, #"{"api_key": "***", "a": 1}"#),
    (#"{"token":{"a":[1,"}"]},"b":2}"#, #"{"token":"***","b":2}"#),
    (#"{"Password":["x","y"]}"#, #"{"Password":"***"}"#),
    (#"{"\u006bey":"x","n":1}"#, #"{"\u006bey":"***","n":1}"#),
    (#"{"key":"a\"b","n":1}"#, #"{"key":"***","n":1}"#),
    (#"{"secret":"never clos"#, #"{"secret":"***""#),
    (#"{"secret":"#, #"{"secret":"#),
    (#"{"monkeys":"key"}"#, #"{"monkeys":"***"}"#),
    (#"{"keyboard":"token"}"#, #"{"keyboard":"token"}"#),
    (#"{"a":"b","list":["key",":"]}"#, #"{"a":"b","list":["key",":"]}"#),
    ("api_key=abc&event=seen", "api_key=***&event=seen"),
    ("event=a&session.token=x y", "event=a&session.token=*** y"),
    ("no JSON at all \"", "no JSON at all \""),
    ("", ""),
  ])
  func `shows no value of a secret's name`(text: String, masked: String) {
    #expect(Masking.masked(text) == masked)
  }

  @Test(arguments: Secret.Kind.allCases)
  func `shows none of our secrets, wherever they stand and wherever they are cut`(
    kind: Secret.Kind
  ) {
    let secret = Secret.random(kind).revealed()
    let random = secret.dropFirst(kind.rawValue.count)
    #expect(Masking.masked("it is \(secret)!") == "it is \(kind.rawValue)***!")
    for length in 8...random.count {
      let masked = Masking.masked(#"{"note":"\#(kind.rawValue)\#(random.prefix(length))"#)
      #expect(!masked.contains(random.prefix(8)))
    }
    for fill in 2030...2060 {
      let masked = Masking.masked(String(repeating: " ", count: fill) + secret)
      #expect(!masked.contains(random.prefix(4)))
    }
  }

  @Test(arguments: 0..<40)
  func `is cut after 2 KB, between letters`(extra: Int) {
    let text = String(repeating: "a", count: Masking.kept - 20 + extra) + "é🙂"
    let masked = Masking.masked(text)
    if text.utf8.count <= Masking.kept {
      #expect(masked == text)
    } else {
      #expect(masked.hasSuffix(Masking.more))
      #expect(text.hasPrefix(masked.dropLast()))
      #expect(masked.utf8.count <= Masking.kept + 3)
    }
  }

  @Test(arguments: 0..<8)
  func `is whole letters, where masking makes a long text short`(extra: Int) {
    let text =
      #"{"token":""# + String(repeating: "a", count: Masking.looked - 30 + extra) + #"","b":""#
      + String(repeating: "é🙂", count: 20)
    let masked = Masking.masked(text)
    #expect(masked.hasPrefix(#"{"token":"***","b":""#))
    #expect(masked.hasSuffix(Masking.more))
    #expect(!masked.contains("\u{FFFD}"))
  }

  @Test(arguments: 0..<60)
  func `never shows a value, however the JSON around it is made`(seed: Int) throws {
    var dice = SeededGenerator(seed: UInt64(seed))
    let object = random(&dice, depth: 0)
    let data = try JSONSerialization.data(withJSONObject: ["item": object, "apiKey": object])
    let text = String(decoding: data, as: UTF8.self)
    let masked = Masking.masked(text)
    #expect(!masked.contains("hidden"), "\(text)")
    #expect(throws: Never.self) {
      try JSONSerialization.jsonObject(with: Data(masked.utf8), options: .fragmentsAllowed)
    }
    // Cut anywhere, it shows no more.
    let cut = String(text.prefix(dice.below(text.count + 1)))
    #expect(!Masking.masked(cut).contains("hidden"))
  }

  private func random(_ dice: inout SeededGenerator, depth: Int) -> Any {
    switch dice.below(depth > 3 ? 3 : 5) {
    case 0: return dice.below(100)
    case 1: return "a \"quoted\" \\ {text}: é"
    case 2: return ["token": "hidden", "x-Api-Key": ["hidden", "\"hidden"]]
    case 3: return (0..<dice.below(4)).map { _ in random(&dice, depth: depth + 1) }
    default:
      return Dictionary(
        uniqueKeysWithValues: (0..<dice.below(4)).map { number in
          ("name\(number)", random(&dice, depth: depth + 1))
        })
    }
  }
}
