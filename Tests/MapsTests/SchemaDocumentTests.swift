import Foundation
import Testing

@testable import Maps

@Suite
struct `The document of the map's form` {
  @Test
  func `lists every field as the code knows it`() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/map-json.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    #expect(text.contains(MapJSON.schemaTable), "Write MapJSON.schemaTable into \(page.path)")
  }
}
