import Accounts
import Events
import Testing

@testable import Store

@Suite struct `A source that is fetched from` {
  @Test func `keeps its number, its cursor and its files`() throws {
    let folder = TemporaryFolder()
    let store = try Store.open(at: folder.path, access: .writing)
    #expect(try store.pulledSources().isEmpty)
    let orders = try store.pulledSource("orders")
    let drops = try store.pulledSource("drops")
    #expect(orders.cursor == nil && orders.pulled == nil && orders.id != drops.id)
    #expect(orders.principal.permissions == [.collect])
    try store.keep(.init(column: "id", value: "17"), of: orders.id)
    try store.notePulled(orders.id, at: Instant(milliseconds: 5))
    let file = PulledFile(name: "a.csv", size: 3, hash: .max, changed: 7)
    try store.remember(file, of: drops.id, at: .now)
    var touched = file
    touched.changed = 8
    try store.remember(touched, of: drops.id, at: .now)
    try store.close()
    let reader = try Store.open(at: folder.path, access: .reading)
    let all = try reader.pulledSources()
    #expect(all.map(\.name) == ["drops", "orders"])
    #expect(all[1].cursor == .init(column: "id", value: "17"))
    #expect(all[1].pulled == Instant(milliseconds: 5))
    #expect(try reader.pulledFiles(of: drops.id) == [touched])
    #expect(try reader.pulledFiles(of: orders.id).isEmpty)
  }
}
