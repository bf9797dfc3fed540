import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Testing

@testable import Server

/// Keeps what is written, and tells of it, but for the pulse that comes whatever happens.
private struct Listener: ResponseBodyWriter {
  let heard: AsyncStream<String>.Continuation

  mutating func write(_ buffer: ByteBuffer) async throws {
    if buffer != ByteBuffer(string: ":\n\n") { heard.yield(String(buffer: buffer)) }
  }
  consuming func finish(_ trailingHeaders: HTTPFields?) async throws { heard.finish() }
}

@Suite struct `A stream of changes` {
  private let always = Standing(version: { 0 }, mayStay: { true })

  @Test func `tells of a change, and gives its place back when it is left`() async throws {
    let changes = Changes()
    let response = try Response.watching(changes, while: always)
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

  @Test func `says goodbye to whoever may listen no longer, once that may have changed`()
    async throws
  {
    let changes = Changes()
    let version = Atomic(0)
    let asked = Atomic(0)
    let may = Atomic(true)
    let standing = Standing(version: { version.load(ordering: .relaxed) }) {
      asked.add(1, ordering: .relaxed)
      return may.load(ordering: .relaxed)
    }
    let response = try Response.watching(changes, while: standing)
    let (words, heard) = AsyncStream.makeStream(of: String.self)
    let listening = Task { try await response.body.write(Listener(heard: heard)) }
    var spoken = words.makeAsyncIterator()
    _ = await spoken.next()
    // Something changed, but not this: the stream goes on.
    version.add(1, ordering: .relaxed)
    while asked.load(ordering: .relaxed) == 0 { try await Task.sleep(for: .milliseconds(20)) }
    changes.happened()
    #expect(await spoken.next()?.hasPrefix("event: changed\n") == true)
    may.store(false, ordering: .relaxed)
    version.add(1, ordering: .relaxed)
    #expect(await spoken.next() == "event: bye\ndata: {\"reason\":\"access\"}\n\n")
    #expect(await spoken.next() == nil)
    try await listening.value
    #expect(changes.watcherCount == 0)
  }

  @Test func `looks anew from time to time whatever changed, for rights end by themselves`()
    async throws
  {
    #expect(await Standing(version: { 0 }, mayStay: { false }).isLost())
    let left = Task { await Standing(version: { 0 }, mayStay: { false }).isLost() }
    left.cancel()
    #expect(await !left.value)
  }

  @Test func `gives its place back where nobody listens`() throws {
    let changes = Changes()
    do { _ = try Response.watching(changes, while: always) }
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
