import Engine
import Experience
import Foundation
import Maps
import Pages

/// The form of a measured map, as the room that writes it describes it.
enum MapForm {
  /// The whole document of `MapJSON`.
  static let schema = Schema(
    .component("Map") { Schema(.given(described), example: described.example) })

  /// A part of the measured map: `completion`, `steps[]`.
  static func part(_ name: String) -> Schema {
    let map = described["properties"]?["map"]?["properties"]
    let field = map?[String(name.prefix { $0 != "[" })] ?? .object([:])
    let part = name.hasSuffix("[]") ? field["items"] ?? .object([:]) : field
    return Schema(.given(part), example: part.example)
  }

  /// The schema; what `MapJSON` writes always reads.
  private static let described = (try? JSONValue(Array(MapJSON.schema.utf8))) ?? .object([:])
}

extension JSONValue {
  /// A value of the form that this schema describes.
  fileprivate var example: JSONValue {
    switch self["type"] {
    case "string", .list: return "…"
    case "integer": return 1
    case "number": return .number(0.5)
    case "boolean": return true
    case "array": return .list(self["items"].map { [$0.example] } ?? [])
    default:
      guard case .object(let properties)? = self["properties"] else { return .object([:]) }
      return .object(properties.mapValues(\.example))
    }
  }
}

/// A part of a map as an answer by itself.
extension MeasuredStep: Given {
  static let title = "Step"
  static let meaning = "One designed step as it was walked."
  static let fields: [Schema.Field] = []
  static var schema: Schema { MapForm.part("steps[]") }
}

/// A journey as it was designed, with its health.
struct JourneyForm: Given {
  let row: JourneysPage.Row

  private enum CodingKeys: String, CodingKey {
    case name, title, kind, starts, goal, ends, next
    case cases, customers, completion, time, targets, attention, weeks
  }

  func encode(to encoder: any Encoder) throws {
    let (journey, measured) = (row.journey, row.measured)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(journey.name, forKey: .name)
    try fields.encode(journey.title, forKey: .title)
    try fields.encode(journey.kind, forKey: .kind)
    try fields.encode(journey.starts, forKey: .starts)
    try fields.encode(journey.goal, forKey: .goal)
    try fields.encode(journey.ends, forKey: .ends)
    try fields.encodeIfPresent(journey.next, forKey: .next)
    try fields.encode(measured.cases, forKey: .cases)
    try fields.encode(measured.customers, forKey: .customers)
    try fields.encode(measured.completion, forKey: .completion)
    try fields.encode(measured.time, forKey: .time)
    try fields.encode(measured.targets, forKey: .targets)
    try fields.encode(measured.attention, forKey: .attention)
    try fields.encodeIfPresent(row.weeks, forKey: .weeks)
  }

  static let title = "Journey"
  static let meaning = "A journey as it was designed, with its health over all time."
  static let fields: [Schema.Field] = [
    .init("name", .text("Its name in the experience.", example: "first_order")),
    .init("title", .text("Its title.", example: "From first visit to first parcel")),
    .init("kind", .text("`decision`, `implementation`, or another.", example: "decision")),
    .init("starts", .list("Starting points.", .text("A touchpoint.", example: "ad"))),
    .init("goal", .text("The touchpoint that completes a case.", example: "parcel_received")),
    .init(
      "ends",
      .list("Touchpoints that end a case without success.", .text("One.", example: "cancelled"))),
    .optional("next", .text("The journey that follows.", example: "repeat_order")),
    .init("cases", MapForm.part("cases")),
    .init("customers", MapForm.part("customers")),
    .init("completion", MapForm.part("completion")),
    .init("time", MapForm.part("time")),
    .init("targets", MapForm.part("targets")),
    .init("attention", MapForm.part("attention")),
    .optional(
      "weeks",
      .map(
        "The last twelve weeks, as the question `conformance` answers with `interval: week`.",
        .anything(""), example: [:])),
  ]
}
