import Testing

@testable import Server

@Suite struct `The tap of events` {
  private func item(_ number: Int) -> EventTap.Seen {
    .init(at: "", source: "shop", event: "\(number)", customer: "c", fate: .taken)
  }

  @Test func `makes nothing while nobody looks on`() {
    let tap = EventTap()
    var made = 0
    func make() -> EventTap.Seen {
      made += 1
      return item(made)
    }
    tap.show(make())
    #expect(made == 0 && !tap.isWatched)
  }

  @Test func `shows each item to everybody, the latest ones to whom is slow`() async throws {
    let tap = EventTap()
    let (one, two) = (try #require(tap.watch()), try #require(tap.watch()))
    let count = EventTap.mostWaiting + 50
    for number in 0..<count { tap.show(item(number)) }
    for stream in [one, two] {
      var seen: [String] = []
      for await item in stream {
        seen.append(item.event)
        if seen.count == EventTap.mostWaiting { break }
      }
      #expect(seen == (50..<count).map { "\($0)" })
    }
  }

  @Test func `has room for so many, and again when one went`() throws {
    let tap = EventTap()
    var streams = (0..<EventTap.mostWatchers).map { _ in tap.watch() }
    #expect(streams.allSatisfy { $0 != nil })
    #expect(tap.watch() == nil)
    streams.removeAll()
    #expect(tap.watch() != nil)
  }
}
