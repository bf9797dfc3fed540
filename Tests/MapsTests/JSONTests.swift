import Engine
import Foundation
import Testing

@testable import Maps

@Suite
struct `A map as JSON` {
  @Test
  func `says what it is, with moments in ISO 8601`() throws {
    let json = try MapJSON.render(Sample.shopMap, of: Sample.shopJourney, in: Sample.shop)
    #expect(json.contains("\"format\" : \"waymark.map\""))
    #expect(json.contains("\"watermark\" : \"2026-06-02T12:00:00Z\""))
    #expect(json.contains("\"completion\""))
  }

  @Test
  func `holds the fields that its schema names and no others`() throws {
    let named = Dictionary(uniqueKeysWithValues: MapJSON.fields.map { ($0.path, $0) })
    var met: Set<String> = []
    for (map, journey, experience) in Sample.all.dropLast() {
      let json = try MapJSON.render(
        map, of: journey, in: experience, tickets: Sample.tickets(of: map))
      let object = try JSONSerialization.jsonObject(with: Data(json.utf8))
      var found: Set<String> = []
      walk(object, "", &found)
      #expect(found.subtracting(named.keys).isEmpty)
      met.formUnion(found)
    }
    let always = named.filter { $0.value.always }.keys
    #expect(Set(always).subtracting(met).isEmpty)
  }

  @Test
  func `obeys its schema`() throws {
    let schema = try #require(
      JSONSerialization.jsonObject(with: Data(MapJSON.schema.utf8)) as? [String: Any])
    for (map, journey, experience) in Sample.all.dropLast() {
      let json = try MapJSON.render(
        map, of: journey, in: experience, tickets: Sample.tickets(of: map))
      let object = try JSONSerialization.jsonObject(with: Data(json.utf8))
      #expect(failures(of: object, against: schema, at: "") == [])
    }
    #expect(failures(of: ["format": 3], against: schema, at: "").isEmpty == false)
  }

  @Test
  func `is refused where a figure is not finite`() {
    var map = Sample.tinyMap
    map.value.sum = .infinity
    #expect(throws: (any Error).self) {
      try MapJSON.render(map, of: Sample.shopJourney, in: Sample.shop)
    }
  }

  @Test
  func `is described by a table with a row for each field`() {
    let rows = MapJSON.schemaTable.split(separator: "\n")
    #expect(rows.count == MapJSON.fields.count + 2)
    #expect(rows.allSatisfy { $0.split(separator: "|").count == 3 })
  }

  private func walk(_ value: Any, _ path: String, _ found: inout Set<String>) {
    if let object = value as? [String: Any] {
      for (key, value) in object {
        let path = path.isEmpty ? key : path + "." + key
        found.insert(path)
        walk(value, path, &found)
      }
    } else if let list = value as? [Any] {
      for value in list { walk(value, path + "[]", &found) }
    }
  }

  /// What a small reading of JSON Schema finds wrong: types, and members that must be there.
  private func failures(of value: Any, against schema: [String: Any], at path: String) -> [String] {
    let types = (schema["type"] as? [String]) ?? [schema["type"] as? String ?? ""]
    let fits = types.contains { type in
      switch type {
      case "object": value is [String: Any]
      case "array": value is [Any]
      case "string": value is String
      case "integer", "number", "boolean": value is NSNumber
      case "null": value is NSNull
      default: false
      }
    }
    guard fits else { return ["\(path) is not \(types)"] }
    if let object = value as? [String: Any] {
      let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
      let missing = (schema["required"] as? [String] ?? []).filter { object[$0] == nil }
      return missing.map { "\(path) lacks \($0)" }
        + object.flatMap { key, value in
          properties[key].map { failures(of: value, against: $0, at: path + "." + key) } ?? []
        }
    }
    guard let list = value as? [Any], let items = schema["items"] as? [String: Any] else {
      return []
    }
    return list.flatMap { failures(of: $0, against: items, at: path + "[]") }
  }
}
