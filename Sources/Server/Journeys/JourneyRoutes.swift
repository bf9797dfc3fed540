import Accounts
import Engine
import Events
import Experience
import HTTPTypes
import Hummingbird
import Maps
import Pages

/// The pages of journeys: all of them, one as a live map, one step; and the map as files.
enum JourneyRoutes {
  static let all: [Route] = [
    Route(.get, "/journeys", .permitted(.read)) { visit in try await list(visit) },
    Route(.get, "/changes", .permitted(.read)) { visit in
      try .watching(visit.workspace.changes, while: visit.standing(.read))
    },
    Route(.get, "/journeys/{journey}", .permitted(.read)) { visit in try await map(visit) },
    Route(.get, "/journeys/{journey}/live", .permitted(.read)) { visit in
      // Asked for by every page that is open, so that nothing but the experience is read.
      _ = try QuestionContext(visit.workspace.experience().experience)
        .journey(visit.parameter("journey"))
      return try .watching(visit.workspace.changes, while: visit.standing(.read))
    },
    Route(.get, "/journeys/{journey}/steps/{step}", .permitted(.read)) { visit in
      try await visit.untilLeft { try await step(visit) }
    },
    Route(.get, "/journeys/{journey}.svg", .permitted(.read)) { visit in try await svg(visit) },
    Route(.get, "/journeys/{journey}.json", .permitted(.read)) { visit in try await json(visit) },
    Route(.get, "/journeys/{journey}.html", .permitted(.read)) { visit in try await html(visit) },
  ]

  private static func list(_ visit: Visit) async throws -> Response {
    let workspace = visit.workspace
    let file = workspace.experience()
    let experience: Experience
    do { experience = try file.usable() } catch {
      return .page(JourneysPage.withoutExperience(error, visit.frame(.journeys)))
    }
    let seen = workspace.changes.version
    let rows = try await visit.health(of: experience.journeys, reading: file.reading)
    if visit.wantsPart == "journeys" { return .page(JourneysPage.list(rows, in: experience)) }
    return .page(JourneysPage.render(rows, in: experience, seen: seen, visit.frame(.journeys)))
  }

  private static func map(_ visit: Visit) async throws -> Response {
    let request = try await MapRequest(visit)
    var page = JourneyMapPage(
      request.journey, in: request.experience, picker: request.picker,
      content: try await request.content())
    page.tickets = try request.tickets()
    if visit.wantsPart == JourneyMapPage.part { return .page(page.measured) }
    return .page(page.render(seen: request.seen, visit.frame(.journeys)))
  }

  private static func step(_ visit: Visit) async throws -> Response {
    let request = try await MapRequest(visit)
    let measured = try await request.measured()
    let text = visit.parameter("step")
    guard let number = Int(text), measured.steps.indices.contains(number - 1) else {
      throw Refusal(
        "step.unknown", problem: "The journey has no step “\(text.prefix(40))”.",
        remedy: "It has the steps 1 to \(measured.steps.count).")
    }
    return .page(
      JourneyStepPage.render(
        number - 1, measured, of: request.journey, in: request.experience,
        picker: request.picker, words: try await request.words(of: measured.steps[number - 1]),
        visit.frame(.journeys)))
  }

  private static func svg(_ visit: Visit) async throws -> Response {
    let request = try await MapRequest(visit)
    let theme: MapSVG.Theme = visit.query("theme") == "dark" ? .dark : .light
    let text = MapSVG.render(
      try await request.measured(), of: request.journey, in: request.experience, theme: theme,
      tickets: try request.tickets())
    var response = Response.text(text, "image/svg+xml; charset=utf-8")
    // A browser that opens the picture by itself runs nothing in it.
    response.headers[.contentSecurityPolicy] =
      "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers[.cacheControl] = "no-store"
    return response
  }

  private static func json(_ visit: Visit) async throws -> Response {
    let request = try await MapRequest(visit)
    var response = Response.json(
      text: try MapJSON.render(
        try await request.measured(), of: request.journey, in: request.experience,
        tickets: try request.tickets()))
    response.headers[.cacheControl] = "no-store"
    return response
  }

  /// The map as a page by itself: to keep, since its style stands in it, which no page here may.
  private static func html(_ visit: Visit) async throws -> Response {
    let request = try await MapRequest(visit)
    let text = MapPage.render(
      try await request.measured(), of: request.journey, in: request.experience,
      tickets: try request.tickets())
    return Response.text(text, "text/html; charset=utf-8").named(request.journey.name + ".html")
  }
}
