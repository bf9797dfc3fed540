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
      let descriptor = try connection(port)
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

  private func connection(_ port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw POSIXError(.ECONNREFUSED) }
    return descriptor
  }
}
