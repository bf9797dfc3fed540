import Accounts
import Hummingbird
import Pages
import Store

/// What machines ask of the program itself: whether it is well, its figures, its files.
enum ProgramRoutes {
  static let all: [Route] =
    [
      Route(.get, "/", .open) { _ in .goTo("/journeys") },
      Route(.get, "/health", .open) { _ in .json(Health()) },
      Route(.get, "/metrics", .permitted(.read)) { visit in try metrics(visit) },
    ] + Assets.all.map { asset in Route(.get, asset.path, .open) { _ in serve(asset) } }

  /// The version of the program.
  static let version = "0.1.0"

  /// That the server answers: all that whoever is not signed in may know of it.
  private struct Health: Encodable {
    var status = "ok"
    var version = ProgramRoutes.version
  }

  private static func metrics(_ visit: Visit) throws -> Response {
    let status = try visit.workspace.store.status()
    let figures =
      visit.workspace.collection.metrics + [
        Metrics.Figure(
          name: "waymark_events", kind: .gauge, help: "Events in the store.",
          value: Double(status.events)),
        Metrics.Figure(
          name: "waymark_unsealed_events", kind: .gauge, help: "Events that no part holds yet.",
          value: Double(status.loggedEvents)),
        Metrics.Figure(
          name: "waymark_watchers", kind: .gauge, help: "Pages that watch for changes.",
          value: Double(visit.workspace.changes.watcherCount)),
      ]
    return .text(
      visit.workspace.metrics.text(figures), "text/plain; version=0.0.4; charset=utf-8")
  }

  /// A file whose address changes with its content.
  private static func serve(_ asset: Asset) -> Response {
    var response = Response.bytes(asset.bytes, asset.contentType)
    response.headers[.cacheControl] = "public, max-age=31536000, immutable"
    return response
  }
}
