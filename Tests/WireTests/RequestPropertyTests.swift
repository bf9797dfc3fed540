import Events
import Statistics
import Testing

@testable import Wire

/// An object of JSON and what its values are as properties, both built from the definition.
private struct RandomObject {
  var json = ""
  var properties: [String: PropertyValue] = [:]

  init(_ dice: inout SeededGenerator, depth: Int = 1) {
    var members: [String] = []
    for key in ["a", "b b", "c.d", "é", "f"] where Int.random(in: 0..<3, using: &dice) > 0 {
      let choice = Int.random(in: 0..<(depth < 4 ? 9 : 8), using: &dice)
      if choice == 8 {
        let inner = RandomObject(&dice, depth: depth + 1)
        members.append("\"\(key)\" : \(inner.json)")
        for (name, value) in inner.properties { add("\(key).\(name)", value) }
        continue
      }
      let (text, value) = Self.values[choice]
      members.append("\"\(key)\":\(text)")
      if let value { add(key, value) }
    }
    json = "{" + members.joined(separator: " ,\n") + "}"
  }

  /// Of two values for one name the first counts.
  private mutating func add(_ name: String, _ value: PropertyValue) {
    if properties[name] == nil { properties[name] = value }
  }

  private static let values: [(String, PropertyValue?)] = [
    ("null", nil), ("true", .boolean(true)), ("-12.5e1", .number(-125)), ("\"\"", .string("")),
    (#""\u00e9\n""#, .string("é\n")), (#"[1, {"x":"]"}]"#, .string(#"[1, {"x":"]"}]"#)),
    ("123456789012345678", .string("123456789012345678")), ("\"false\"", .string("false")),
  ]
}

@Suite
struct `Properties of any client` {
  @Test(arguments: 0..<200)
  func `are flattened alike`(seed: Int) throws {
    var dice = SeededGenerator(seed: UInt64(seed))
    let object = RandomObject(&dice)
    let bodies = [
      ("/v1/track", #"{"userId":"u","event":"e","properties":\#(object.json)}"#),
      ("/v1/events", #"{"customer":"u","event":"e","properties":\#(object.json)}"#),
      ("/v1/b", #"{"batch":[{"type":"page","userId":"u","properties":\#(object.json)}]}"#),
      ("/e", #"{"event":"e","distinct_id":"u","properties":\#(object.json)}"#),
    ]
    for (path, body) in bodies {
      let request = try collect(path, body)
      #expect(request.events.map(\.properties) == [object.properties])
    }
    let traits = Dictionary(
      uniqueKeysWithValues: object.properties.map { ("traits." + $0.key, $0.value) })
    let profile = #"{"$distinct_id":"u","$set":\#(object.json)}"#
    #expect(
      try collect("/engage", profile).events.map(\.properties)
        == (object.properties.isEmpty ? [] : [traits]))
    let person = #"{"event":"$set","distinct_id":"u","$set":\#(object.json)}"#
    #expect(try collect("/capture", person).events.map(\.properties) == [traits])
    let call = #"{"userId":"u","traits":\#(object.json)}"#
    #expect(try collect("/v1/i", call).events.map(\.properties) == [traits])
  }
}
