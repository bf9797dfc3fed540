import Events
import Statistics
import Testing

@testable import Wire

/// One record a chunk is always read the general way, so it says what the quick way has to say.
@Suite
struct `Records of JSON that look alike` {
  private static let values = [
    "0", "-0", "7", "12", "007", "1.5", "0.0", "49.99", "1.", ".5", "-3.25", "1e3", "1.5E-2", "1e",
    "1234567", "12345678", "123456789012345", "1234567890123456", "12345678901234567890",
    "0.1234567", "0.12345678", "1234567.1234567", "3.141592653589793238", "\"\"", "\"a\"",
    "\"exactly8\"", "\"exactly sixteen.\"", "\"longer than sixteen bytes\"", "\"ünïcode 🎉\"",
    "\"say \\\"hi\\\"\"", "\"back\\\\slash\"", "\"\\u00e9\"", "\"broken \\x\"", "\"tab\there\"",
    "\"open", "null", "nul", "true", "truee", "false", "fals", "[]", "[1,2]", "{}", "{\"z\":1}",
    "\"x\" ", " 5", "", "-", "\"9999-99\"", "5 ", "12345678901234567", "123456789012345.6", "1e400",
    "12a", "\"fifteen letters\"", "\"longer, with a\ttab\"", "\"\t\"", "\"a\" \\",
  ]
  private static let keys = [
    "p", "q", "value", "channel", "a key of more than sixteen bytes",
    "a key of more than sixteen signs", "ké", "userId", "ts2",
    "properties.x", "type", "message_id", "anonymous_id",
  ]

  private static func record(_ shape: [String], _ dice: inout SeededGenerator) -> String {
    var members = [
      "\"customer_id\":\"c\(Int.random(in: 0...5, using: &dice))\"",
      "\"event\":\"e\(Int.random(in: 0...3, using: &dice))\"",
      "\"ts\":\(1_700_000_000_000 + Int.random(in: 0...999_999_999, using: &dice))",
    ]
    for key in shape {
      let usual = Int.random(in: 0...9, using: &dice) > 0
      let value =
        usual
        ? ["\"v\(Int.random(in: 0...20, using: &dice))\"", "12.5", "3", "null", "true"]
          .randomElement(using: &dice) ?? "1"
        : values.randomElement(using: &dice) ?? "1"
      let isNested = key == "p" && shape.count > 3
      members.append(isNested ? "\"n\":{\"p\":\(value),\"o\":{}}" : "\"\(key)\":\(value)")
    }
    switch Int.random(in: 0...40, using: &dice) {
    case 0: members.shuffle(using: &dice)
    case 1: members.removeLast()
    case 2: members.append(members[0])
    case 3: return ""
    case 4: return "{" + members.joined(separator: ",") + "} x"
    case 5: return " {" + members.joined(separator: " , ") + "}\t"
    case 6: members.remove(at: Int.random(in: 0..<3, using: &dice))
    case 7: members[2] = "\"ts\":\"2024-05-0\(Int.random(in: 0...9, using: &dice))T10:00:00Z\""
    case 8:
      members[0] =
        "\"customer_id\":\(["12", "null", "true", "1.5"].randomElement(using: &dice) ?? "1")"
    case 9: members[1] = "\"event\":null"
    case 10: return "{" + members.joined(separator: ",")
    default: break
    }
    return "{" + members.joined(separator: ",") + "}"
  }

  @Test(arguments: 0..<400)
  func `are read as each of them alone`(seed: Int) throws {
    var dice = SeededGenerator(seed: UInt64(seed))
    let shapes = (0..<Int.random(in: 1...6, using: &dice)).map { _ in
      Array(Self.keys.shuffled(using: &dice).prefix(Int.random(in: 0...6, using: &dice)))
    }
    let lineEnd = ["\n", "\n", "\r\n"].randomElement(using: &dice) ?? "\n"
    var text = "{\"customer_id\":\"first\",\"event\":\"begin\",\"ts\":1700000000000}" + lineEnd
    let count = Int.random(in: 1...120, using: &dice)
    for number in 0..<count {
      text += Self.record(shapes.randomElement(using: &dice) ?? [], &dice)
      text += number == count - 1 && Bool.random(using: &dice) ? "" : lineEnd
    }
    let whole = try reading(text, as: "events.jsonl")
    let alone = try reading(text, as: "events.jsonl", chunkSize: 1)
    #expect(whole.events == alone.events)
    #expect(whole.messages == alone.messages)
    #expect(whole.rejections.kept == alone.rejections.kept)
    #expect(Set(whole.links) == Set(alone.links))
    #expect(whole.records == alone.records)
  }

  @Test func `keep the first of two values that have one name`() throws {
    let line = #"{"customer_id":"c","event":"e","ts":5,"x":1,"properties":{"x":2,"y":NEXT}}"#
    let text = ["3", "4", "5"].map { line.replacing("NEXT", with: $0) }.joined(separator: "\n")
    let read = try reading(text, as: "events.jsonl")
    #expect(
      read.events.map(\.properties) == [3, 4, 5].map { ["x": .number(1), "y": .number($0)] })
  }

  @Test func `are rejected one by one, with their own text`() throws {
    let lines = ["c1", "", "c2", "null", "c3"].map {
      #"{"customer_id":"\#($0)","event":"e","ts":1700000000000}"#
    }
    let read = try reading(lines.joined(separator: "\n"), as: "events.jsonl")
    #expect(read.verdicts == ["2 - identity.placeholder", "4 - identity.placeholder"])
    #expect(read.rejections.kept.map(\.raw) == [lines[1], lines[3]])
  }
}

@Suite
struct `Short decimals` {
  @Test(arguments: 0..<2000)
  func `are the nearest double, as long numbers are`(seed: Int) throws {
    var dice = SeededGenerator(seed: UInt64(seed))
    var text = String(
      Int.random(in: 0...(10 << Int.random(in: 0...26, using: &dice)), using: &dice))
    if Bool.random(using: &dice) {
      text += "."
      for _ in 0..<Int.random(in: 1...8, using: &dice) {
        text += String(Int.random(in: 0...9, using: &dice))
      }
    }
    let follows = [",", "\n", "}", "\"", "x", "."].randomElement(using: &dice) ?? ","
    var padded = Array((text + follows).utf8) + [UInt8](repeating: 0, count: 32)
    let count = text.utf8.count
    let number = padded.withUnsafeMutableBufferPointer { bytes in
      bytes.baseAddress.flatMap { readNumber(Text($0, count)) }
    }
    #expect(number == Double(text))
  }
}
