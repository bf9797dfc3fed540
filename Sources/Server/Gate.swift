import Accounts
import Events
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Pages

/// What every request passes: it gets a name, is timed, logged and counted, and whatever goes wrong
/// becomes an answer that says so.
struct Gate: RouterMiddleware {
  let workspace: Workspace

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    let started = ContinuousClock.now
    if let name = request.headers[.requestID], name.isRequestName { context.requestID = name }
    context.clientAddress = workspace.configuration.clientAddress(of: request, context)
    var response: Response
    do {
      response = try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      response = refuse(request, context, Problem.noRoute(request))
    } catch {
      response = refuse(request, context, error)
    }
    response.headers[.requestID] = context.requestID
    response.secure()
    let seconds = (ContinuousClock.now - started).seconds
    workspace.metrics.answered(context.endpointPath, response.status.code, seconds)
    log(request, context, response, seconds)
    return response
  }

  /// The answer to a request that failed; only what nobody foresaw goes to the log in full.
  func refuse(
    _ request: Request, _ context: ServerContext, _ error: any Error
  ) -> Response {
    var problem = Problem(error)
    problem.request = context.requestID
    // Who leaves before the answer is there breaks nothing.
    if problem.status >= 500, !(error is CancellationError) {
      context.logger.error(
        "\(error)",
        metadata: ["request": "\(context.requestID)", "path": "\(Self.path(request, context))"])
    }
    // Where the store can't tell who asks, the page about it is the one for nobody.
    let visitor = (try? workspace.visitor(of: request, context)) ?? .nobody
    let visit = Visit(request: request, context: context, workspace: workspace, visitor: visitor)
    guard visit.wantsPage else { return problem.response() }
    if problem.status == 401, request.method == .get {
      return .goTo("/sign-in?next=\(request.uri.string.urlEncoded)")
    }
    return problem.page(in: visit.frame(nil))
  }

  /// The path as the log has it: that of the route, with the names of parameters instead of values,
  /// so that no customer's id gets into the log.
  private static func path(_ request: Request, _ context: ServerContext) -> String {
    context.endpointPath ?? String(request.uri.path.prefix(200))
  }

  /// One line for each request; never its query, headers or body, which may hold keys.
  private func log(
    _ request: Request, _ context: ServerContext, _ response: Response, _ seconds: Double
  ) {
    let level: Logger.Level =
      context.endpointPath.map(workspace.isBusy) == true && response.status.code < 400
      ? .debug : .info
    context.logger.log(
      level: level, "answered",
      metadata: [
        "request": "\(context.requestID)", "method": "\(request.method.rawValue)",
        "path": "\(Self.path(request, context))", "status": "\(response.status.code)",
        "milliseconds": "\((seconds * 1000 * 1000).rounded() / 1000)",
        "client": "\(context.clientAddress)",
      ])
  }
}

extension Duration {
  /// The length in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

extension String {
  /// Whether a name that a client gave a request may stand in a log.
  fileprivate var isRequestName: Bool {
    !isEmpty && utf8.count <= 64
      && utf8.allSatisfy {
        switch $0 {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
      }
  }
}
