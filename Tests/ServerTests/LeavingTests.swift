import Foundation
import Hummingbird
import Logging
import Testing

@testable import Server

@Suite struct `A browser that waits for an answer` {
  /// Serves one route, and gives the port to the body.
  private func serving(
    _ route: Route, _ body: (Int) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("waymark-leaving-\(UUID().uuidString)").path
    var configuration = ServerConfiguration(folder: folder, experience: folder + "/e.yaml")
    configuration.port = 0
    configuration.logLevel = .critical
    let server = try WaymarkServer(configuration, routes: [route])
    let (ports, started) = AsyncStream.makeStream(of: Int.self)
    let serving = Task {
      try await server.run { address, _ in
        started.yield(address.split(separator: ":").last.flatMap { Int($0) } ?? 0)
      }
    }
    for await port in ports {
      try await body(port)
      break
    }
    serving.cancel()
    _ = await serving.result
    try FileManager.default.removeItem(atPath: folder)
  }

  @Test(.timeLimit(.minutes(10))) func `stops the work by leaving`() async throws {
    let (begun, begin) = AsyncStream.makeStream(of: Void.self)
    let (ended, end) = AsyncStream.makeStream(of: Bool.self)
    let route = Route(.get, "/long", .open) { visit in
      try await visit.untilLeft {
        begin.yield()
        try? await Task.sleep(for: .seconds(500))
        end.yield(Task.isCancelled)
        return .text("there")
      }
    }
    try await serving(route) { port in
      let descriptor = try Loopback.connection(to: port)
      let request = "GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n"
      #expect(send(descriptor, request, request.utf8.count, 0) == request.utf8.count)
      for await _ in begun { break }
      close(descriptor)
      for await wasCancelled in ended {
        #expect(wasCancelled)
        break
      }
    }
  }
}
