import HTTPTypes
import Hummingbird
import NIOCore
import Testing

@testable import Server

/// Keeps what is written, and tells of it.
private struct Listener: ResponseBodyWriter {
  let heard: AsyncStream<String>.Continuation

  mutating func write(_ buffer: ByteBuffer) async throws { heard.yield(String(buffer: buffer)) }
  consuming func finish(_ trailingHeaders: HTTPFields?) async throws { heard.finish() }
}

@Suite struct `A stream of changes` {
  @Test func `tells of a change, and gives its place back when it is left`() async throws {
    let changes = Changes()
    let response = try Response.watching(changes)
    #expect(changes.watcherCount == 1)
    let (words, heard) = AsyncStream.makeStream(of: String.self)
    let listening = Task { try await response.body.write(Listener(heard: heard)) }
    var spoken = words.makeAsyncIterator()
    let first = changes.version
    #expect(await spoken.next() == "retry: 2000\nevent: state\ndata: \(first)\n\n")
    changes.happened()
    #expect(await spoken.next() == "event: changed\ndata: \(first + 1)\n\n")
    listening.cancel()
    try await listening.value
    #expect(changes.watcherCount == 0)
  }

  @Test func `gives its place back where nobody listens`() throws {
    let changes = Changes()
    do { _ = try Response.watching(changes) }
    #expect(changes.watcherCount == 0)
  }

  @Test func `is refused where too many watch`() throws {
    let changes = Changes()
    var watched = try (0..<Changes.mostWatchers).map { _ in try changes.watch() }
    let problem = #expect(throws: Problem.self) { _ = try changes.watch() }
    #expect(problem?.status == 503)
    #expect(problem?.retryAfter == 30)
    watched.removeLast()
    watched.append(try changes.watch())
    #expect(changes.watcherCount == Changes.mostWatchers)
  }
}

@Suite struct `The path of a route` {
  @Test(arguments: [
    ("/", "/"), ("/journeys/{journey}", "/journeys/:journey"),
    ("/journeys/{journey}.svg", "/journeys/{journey}.svg"),
    ("/journeys/{journey}/steps/{step}", "/journeys/:journey/steps/:step"),
  ])
  func `is written as the router reads it`(path: String, pattern: String) {
    #expect(WaymarkServer.pattern(path) == pattern)
  }
}
