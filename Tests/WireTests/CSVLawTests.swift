import Statistics
import Events
import Testing

@testable import Wire

@Suite
struct `Rows written as CSV` {
  private static let texts = [
    "a", "plain text", "with, comma", "semi;colon", "tab\there", "pipe|d", "say \"hi\"", "\"", "",
    "line\nend", "cr\r\nlf", "ünïcode 🎉", "12", "-3.25", "007", "true", "NA", "longer than eight",
    "longer than sixteen bytes", "exactly8", "exactly sixteen.",
  ]

  private static func expected(_ text: String) -> PropertyValue? {
    switch text {
    case "", "NA": nil
    case "12": .number(12)
    case "-3.25": .number(-3.25)
    case "true": .boolean(true)
    default: .string(text)
    }
  }

  private static func written(_ text: String, _ delimiter: String, _ dice: inout SeededGenerator)
    -> String
  {
    let special = [delimiter, "\"", "\n", "\r"].contains { text.utf8.contains($0.utf8.first ?? 0) }
    guard special || Bool.random(using: &dice) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  @Test(arguments: 0..<150)
  func `are read back, however they are quoted and cut`(seed: Int) throws {
    var dice = SeededGenerator(seed: UInt64(seed))
    let delimiter = [",", ";", "\t", "|"].randomElement(using: &dice) ?? ","
    let lineEnd = Bool.random(using: &dice) ? "\n" : "\r\n"
    var text = ["user", "p", "event", "ts", "q"].joined(separator: delimiter) + lineEnd
    var events: [Event] = []
    let count = Int.random(in: 1...60, using: &dice)
    for number in 0..<count {
      let (p, q) = (
        Self.texts.randomElement(using: &dice) ?? "", Self.texts.randomElement(using: &dice) ?? ""
      )
      let fields = ["user \(number % 7)", p, "event \(number % 5)", "\(number)", q]
      text += fields.map { Self.written($0, delimiter, &dice) }.joined(separator: delimiter)
      text += number == count - 1 && Bool.random(using: &dice) ? "" : lineEnd
      var event = Event(
        fields[2], at: Instant(milliseconds: Int64(number) * 1000), by: Identity(fields[0]))
      event.properties["p"] = Self.expected(p)
      event.properties["q"] = Self.expected(q)
      events.append(event)
    }
    let whole = try reading(text)
    #expect(whole.verdicts.isEmpty)
    #expect(whole.events == events)
    let cut = try reading(text, chunkSize: Int.random(in: 1...400, using: &dice))
    #expect(cut.events == events)
    #expect(cut.messages == whole.messages)
  }

  @Test(arguments: 0..<300)
  func `never crash a reader once they are damaged, nor depend on the chunks`(seed: Int) throws {
    var dice = SeededGenerator(seed: UInt64(seed) &+ 1 << 32)
    let letters = Array("ab,\",\"\n\r\"7\u{0}é".utf8)
    var bytes = Array("user,event,ts,p\n".utf8)
    for _ in 0..<Int.random(in: 0...30, using: &dice) {
      if Bool.random(using: &dice) {
        bytes += Array("u,e,5,\"x\"\"\"\n".utf8)
      } else {
        for _ in 0..<Int.random(in: 0...12, using: &dice) {
          bytes.append(letters.randomElement(using: &dice) ?? 0)
        }
      }
    }
    var options = ImportOptions()
    options.encoding = .utf8
    let whole = try reading(bytes, options)
    let cut = try reading(bytes, options, chunkSize: Int.random(in: 1...60, using: &dice))
    #expect(cut.events == whole.events)
    #expect(cut.verdicts == whole.verdicts)
    #expect(whole.records == cut.records)
  }
}
