import Events
import Experience
import Maps
import Pages

/// Something that an assistant may read whole: a text of the experience, or a journey's map.
struct MCPResource: Sendable {
  let address: String
  let title: String
  let about: String
  let type: String
  let text: @Sendable (Workspace) async throws -> String

  /// How it is listed.
  var description: JSONValue {
    [
      "uri": .text(address), "name": .text(title), "description": .text(about),
      "mimeType": .text(type),
    ]
  }

  /// The texts of the experience, and the map of each of its journeys.
  static func all(in workspace: Workspace) throws -> [MCPResource] {
    let texts = try workspace.desk().files.map { file in
      MCPResource(
        address: "waymark://experience/\(file.name.urlEncoded)", title: file.name,
        about: "The experience as it was written: touchpoints, personas, segments, journeys.",
        type: "application/yaml"
      ) { _ in file.text }
    }
    let file = workspace.experience()
    guard file.errors.isEmpty, let experience = file.experience else { return texts }
    return texts
      + experience.journeys.map { journey in
        MCPResource(
          address: "waymark://journeys/\(journey.name.urlEncoded)/map",
          title: "Map of \(journey.title)",
          about: "The journey as it is really walked, of all cases and all time.",
          type: "text/plain"
        ) { workspace in
          let request = try await MapRequest(workspace, journey: journey.name, MapChoice())
          return MapText.render(
            try await request.measured(), of: request.journey, in: request.experience,
            width: MCPTool.width, tickets: try request.tickets())
        }
      }
  }
}
