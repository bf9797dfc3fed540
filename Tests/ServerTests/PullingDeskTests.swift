import Events
import Experience
import Pulling
import Testing

@testable import Server

private func source(_ name: String, _ kind: EventSource.Kind) -> EventSource {
  EventSource(name: name, kind: kind, every: TimeSpan(milliseconds: 60_000))
}

private let query = EventSource.Kind.postgresql(.init(text: "", cursor: "id", start: "0"))
private let start = Instant(milliseconds: 1_000_000)

private func later(_ seconds: Int64) -> Instant { start + TimeSpan(milliseconds: seconds * 1000) }

@Suite struct `Sources that are fetched from` {
  private func desk(_ sources: [EventSource]) -> PullingDesk {
    let desk = PullingDesk(environment: SourceEnvironment([:]))
    desk.settle(sources)
    return desk
  }

  @Test func `are looked at once at a time, folders one after the other, webhooks never`() {
    let all = [
      source("hook", .webhook(.init(signature: .github))), source("a", query),
      source("f", .folder), source("g", .folder), source("b", query), source("c", query),
      source("d", query),
    ]
    let desk = desk(all)
    #expect(desk.begin(all, at: start).map(\.name) == ["a", "f", "b", "c"])
    #expect(desk.begin(all, at: start).isEmpty)
    desk.end(all[2], .success(PullReport()), at: start)
    #expect(desk.begin(all, at: start).map(\.name) == ["g"])
  }

  @Test func `come again after their interval, or at once where there is more`() {
    let one = [source("a", query)]
    let desk = desk(one)
    _ = desk.begin(one, at: start)
    desk.end(one[0], .success(PullReport()), at: start)
    #expect(desk.begin(one, at: later(59)).isEmpty)
    #expect(desk.begin(one, at: later(60)).count == 1)
    var report = PullReport()
    report.hasMore = true
    desk.end(one[0], .success(report), at: later(60))
    #expect(desk.begin(one, at: later(60)).count == 1)
  }

  @Test func `come again later and later after failures, at once when they are changed`() throws {
    #expect(
      [1, 2, 3, 8, 9, 1000].map { PullingDesk.pause(after: $0).milliseconds / 1000 }
        == [2, 4, 8, 256, 300, 300])
    let one = [source("a", query)]
    let desk = desk(one)
    let refusal = Refusal("source.query", problem: "No.", remedy: "Yes.")
    for _ in 1...2 {
      desk.settle(one)
      _ = desk.begin(one, at: start)
      desk.end(one[0], .failure(refusal), at: start)
    }
    #expect(desk.all(one)[0].problem == refusal)
    desk.settle(one)
    #expect(desk.begin(one, at: later(1)).isEmpty)
    var changed = one
    changed[0].title = "Another"
    desk.settle(changed)
    #expect(desk.all(changed)[0].problem == nil)
    #expect(desk.begin(changed, at: later(1)).count == 1)
    // What the old one's last look found says nothing of the new one.
    desk.end(one[0], .failure(refusal), at: later(2))
    #expect(desk.all(changed)[0].problem == nil)
    desk.settle([])
    #expect(desk.all([]).isEmpty)
  }
}
