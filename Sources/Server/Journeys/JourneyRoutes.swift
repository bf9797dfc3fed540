import Accounts
import Engine
import Events
import Experience
import Hummingbird
import Maps
import Pages

/// The pages of journeys: all of them, one as a live map.
enum JourneyRoutes {
  static let all: [Route] = [
    Route(.get, "/journeys", .permitted(.read)) { visit in try await list(visit) },
    Route(.get, "/journeys/{journey}", .permitted(.read)) { visit in try await map(visit) },
  ]

  private static func list(_ visit: Visit) async throws -> Response {
    let workspace = visit.workspace
    let experience = try workspace.usableExperience()
    var rows: [JourneysPage.Row] = []
    for journey in experience.journeys {
      let measured = try await workspace.measure(JourneyQuestion(journey), in: experience)
      rows.append(JourneysPage.Row(journey: journey, measured: measured))
    }
    return .page(JourneysPage.render(rows, in: experience, visit.frame(.journeys)))
  }

  private static func map(_ visit: Visit) async throws -> Response {
    let workspace = visit.workspace
    let experience = try workspace.usableExperience()
    let (journey, _) = try workspace.context().journey(visit.parameter("journey"))
    let measured = try await workspace.measure(JourneyQuestion(journey), in: experience)
    let content = MapPage.content(measured, of: journey, in: experience)
    if visit.wantsPart == "map" { return .page(Markup(safe: content)) }
    return .page(visit.frame(.journeys).document(title: journey.title, main: Markup(safe: content)))
  }
}
