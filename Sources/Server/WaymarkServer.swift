import Accounts
import Events
import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Store

/// The program as a server: it collects events, shows pages and answers programs.
public struct WaymarkServer: Sendable {
  let workspace: Workspace
  private let routes: [Route]

  /// Opens the store and prepares to serve.
  ///
  /// - Throws: what opening the store throws: `store.locked` where another process writes to it.
  public init(_ configuration: ServerConfiguration, level: String = "info") throws {
    try self.init(configuration, level: level, routes: Self.routes)
  }

  /// Prepares to serve some routes: tests of access replace what they do.
  init(_ configuration: ServerConfiguration, level: String, routes: [Route]) throws {
    self.routes = routes
    let logger = Logger(label: "waymark") { label in
      JSONLog(label, level: Logger.Level(rawValue: level) ?? .info)
    }
    workspace = try Workspace(
      configuration, logger: logger,
      busy: Set(routes.filter { $0.access == .writeKey }.map { Self.pattern($0.path) }))
  }

  /// Serves until the process is told to stop; then work that was begun is finished.
  ///
  /// - Parameter started: told the address once requests are answered, and the link that makes the
  ///   first member where there is none.
  public func run(
    started: @escaping @Sendable (_ address: String, _ setUp: String?) -> Void
  ) async throws {
    let secret = try workspace.store.beginSetUp()
    let router = Router(context: ServerContext.self)
    router.add(middleware: Gate(workspace: workspace))
    for route in routes { register(route, on: router) }
    let configuration = workspace.configuration
    let application = Application(
      router: router,
      server: .http1(
        configuration: .init(
          idleTimeout: .seconds(75),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 16 << 10, maxHeaderListSize: 32 << 10, maxHeaderFieldCount: 100))),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port), backlog: 1024,
        availableConnectionsDelegate: .maximum(
          configuration.mostConnections, logger: workspace.logger)),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? configuration.port
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        let address = configuration.publicAddress ?? "http://\(host):\(port)"
        started(address, secret.map { "\(address)/setup?token=\($0.revealed())" })
      }, logger: workspace.logger)
    let chores = [
      Task { await workspace.tellOfNewEvents() }, Task { await workspace.writeLedger() },
      Task { await workspace.removeExpiredEvents() },
    ]
    do {
      try await application.runService()
    } catch let error as any CustomStringConvertible & Error
      where "\(error)".contains("Address already in use")
    {
      throw Fault(
        "server.address", subject: "\(configuration.host):\(configuration.port)",
        problem: "Another program listens there already.",
        remedy: "Stop it, or choose another port with --port.")
    }
    await workspace.collection.stop()
    for chore in chores { chore.cancel() }
    for chore in chores { await chore.value }
    try workspace.store.close()
  }

  /// All that the server answers.
  static let routes: [Route] =
    CollectionRoutes.all + ProgramRoutes.all + SignInRoutes.all + InvitationRoutes.all
    + JourneyRoutes.all + JourneyCustomerRoutes.all + ExploreRoutes.all + CustomerRoutes.all
    + ExperienceRoutes.all + SourceRoutes.all + SettingsRoutes.all

  private func register(_ route: Route, on router: Router<ServerContext>) {
    let workspace = workspace
    router.on(RouterPath(Self.pattern(route.path)), method: route.method) { request, context in
      let (request, visitor) = try await workspace.admit(request, context, to: route)
      return try await route.handle(
        Visit(request: request, context: context, workspace: workspace, visitor: visitor))
    }
  }

  /// The path as the router writes parameters: `/journeys/:journey`, `/journeys/{journey}.svg`.
  static func pattern(_ path: String) -> String {
    path.split(separator: "/", omittingEmptySubsequences: false).map { part in
      part.hasPrefix("{") && part.hasSuffix("}") ? ":" + part.dropFirst().dropLast() : part[...]
    }.joined(separator: "/")
  }
}
