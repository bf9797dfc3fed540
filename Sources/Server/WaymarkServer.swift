import Accounts
import Events
import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Store
import Synchronization

/// The program as a server: it collects events, shows pages and answers programs.
public struct WaymarkServer: Sendable {
  let workspace: Workspace
  private let routes: [Route]

  /// Opens the store and prepares to serve.
  ///
  /// - Throws: what opening the store throws: `store.locked` where another process writes to it.
  public init(_ configuration: ServerConfiguration) throws {
    try self.init(configuration, routes: Self.routes)
  }

  /// Prepares to serve some routes: tests of access replace what they do.
  init(_ configuration: ServerConfiguration, routes: [Route]) throws {
    self.routes = routes
    let logger = Logger(label: "waymark") { _ in
      ServerLog(configuration.logLevel, configuration.logForm)
    }
    workspace = try Workspace(
      configuration, logger: logger,
      busy: Set(routes.filter { $0.access == .writeKey }.map { Self.pattern($0.path) }))
  }

  /// Serves until the process is told to stop; then work that was begun is finished.
  ///
  /// - Parameter started: told the address that it listens on once requests are answered, and the
  ///   link that makes the first member where there is none.
  /// - Throws: `server.address` where it can't listen there.
  public func run(
    started: @escaping @Sendable (_ address: String, _ setUp: String?) -> Void
  ) async throws {
    let secret = try workspace.store.beginSetUp()
    // Commands that print links read it beside the server, which alone may write.
    _ = try workspace.store.surveyKey()
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
        let address = "http://\(host):\(port)"
        let reached = configuration.publicAddress ?? address
        started(address, secret.map { "\(reached)/setup?token=\($0.revealed())" })
      }, logger: workspace.logger)
    let chores = [
      Task { await workspace.tellOfNewEvents() }, Task { await workspace.writeLedger() },
      Task { await workspace.removeExpiredEvents() }, Task { await workspace.closeLoops() },
    ]
    let pulls = Task { await workspace.pullSources() }
    let asking = Task { await workspace.askSurveys() }
    do {
      try await application.runService()
    } catch let error as IOError {
      throw Fault(error, listeningOn: "\(configuration.host):\(configuration.port)")
    } catch is SocketAddressError.UnknownHost {
      throw Fault(
        "server.address", subject: configuration.host,
        problem: "There is no such address or name.",
        remedy: "Choose another with --host: 127.0.0.1 for this machine only, 0.0.0.0 for all.")
    }
    pulls.cancel()
    await pulls.value
    asking.cancel()
    await asking.value
    await workspace.collection.stop()
    for chore in chores { chore.cancel() }
    for chore in chores { await chore.value }
    try workspace.store.close()
  }

  /// All that the server answers.
  static let routes: [Route] =
    CollectionRoutes.all + ProgramRoutes.all + SignInRoutes.all + OpenIDRoutes.all
    + InvitationRoutes.all + JourneyRoutes.all + JourneyCustomerRoutes.all
    + SurveyResultRoutes.all + BoardRoutes.all
    + ExploreRoutes.all + SavedQuestionRoutes.all + UndoRoutes.all + CustomerRoutes.all
    + ExperienceRoutes.all + SourceRoutes.all + SettingsRoutes.all + APIRoutes.all
    + MCPRoutes.all + HookRoutes.all + SurveyRoutes.all + WordsRoutes.all + SummaryRoutes.all
    + InboxRoutes.all

  private func register(_ route: Route, on router: Router<ServerContext>) {
    let workspace = workspace
    router.on(RouterPath(Self.pattern(route.path)), method: route.method) { request, context in
      let (request, visitor) = try await workspace.admit(request, context, to: route)
      defer { if route.changesAccess { workspace.accessVersion.add(1, ordering: .relaxed) } }
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

extension Fault {
  /// Why nobody can listen on an address.
  fileprivate init(_ error: IOError, listeningOn address: String) {
    let (problem, remedy) =
      switch error.errnoCode {
      case EADDRINUSE:
        (
          "Another program listens there already.",
          "Stop it, or choose another port with --port."
        )
      case EADDRNOTAVAIL:
        (
          "This machine doesn't have that address.",
          "Choose another with --host: 127.0.0.1 for this machine only, 0.0.0.0 for all."
        )
      case EACCES, EPERM:
        (
          "This user may not listen there.",
          "Choose a port from 1024 on with --port, and let a proxy have the others."
        )
      default:
        ("The system refuses it: \(error).", "Look at the address and the port.")
      }
    self.init("server.address", subject: address, problem: problem, remedy: remedy)
  }
}
