import Events
import Foundation
import GRDB
import Testing

@testable import Accounts
@testable import Store

@Suite
struct `The audit log` {
  @Test
  func `tells who did what to whom, in which request`() throws {
    let office = try Office()
    office.clock.advance(5)
    let (bob, _) = try office.store.addMember(
      email: "bob@example.org", name: "Bob", role: .viewer, by: office.admin)
    try office.store.changeRole(ofMember: bob.id, to: .editor, by: office.admin)
    let entries = try office.store.auditLog()
    #expect(entries.map(\.action) == ["member.role", "member.add", "setup"])
    let entry = try #require(entries.first)
    #expect(entry.at == office.clock.now)
    #expect(entry.kind == .member)
    #expect(entry.actor == office.admin.id)
    #expect(entry.name == "Ada")
    #expect(entry.subject == "bob@example.org")
    #expect(entry.detail == "viewer → editor")
    #expect(entry.request == "r-1")
  }

  @Test
  func `keeps the names as of then`() throws {
    let office = try Office()
    let eve = try office.member("eve", .admin)
    try office.store.set("colour", to: "green", by: eve.principal())
    try office.store.renameMember(eve.id, to: "Eva", by: office.admin)
    try office.store.removeMember(eve.id, by: office.admin)
    let entry = try #require(try office.store.auditLog(.init(action: .settingChanged)).first)
    #expect(entry.name == "eve")
    #expect(entry.actor == eve.id)
    // Nobody is given the number of somebody whom the log names.
    #expect(try office.member("fay", .viewer).id > eve.id)
  }

  @Test
  func `is read page by page, whole or filtered`() throws {
    let office = try Office()
    let store = office.store
    let (_, key) = (office, Principal.writeKey(7, name: "web"))
    for number in 0..<10 {
      try store.record(.imported, "file \(number)", by: number % 2 == 0 ? office.admin : key)
      try store.set("a", to: "\(number)", by: office.admin)
    }
    for filter in [
      AuditFilter(), AuditFilter(action: .imported), AuditFilter(kind: .writeKey, actor: 7),
      AuditFilter(area: "setting"), AuditFilter(action: .imported, kind: .member),
      AuditFilter(kind: .token), AuditFilter(area: "setup"),
    ] {
      let naive = try store.auditLog(limit: 500).filter { entry in
        (filter.action.map { entry.action == $0.rawValue } ?? true)
          && (filter.kind.map { entry.kind == $0 } ?? true)
          && (filter.actor.map { entry.actor == $0 } ?? true)
          && (filter.area.map { entry.action == $0 || entry.action.hasPrefix($0 + ".") } ?? true)
      }
      var pages: [AuditEntry] = []
      while true {
        let page = try store.auditLog(filter, before: pages.last?.id, limit: 3)
        pages += page
        if page.count < 3 { break }
      }
      #expect(pages == naive)
    }
    #expect(try store.auditLog().count == 21)
    #expect(try store.auditLog(limit: -1).isEmpty)
    #expect(try store.auditLog(limit: 1_000_000).count == 21)
  }

  @Test
  func `shows no value of a setting that is secret`() throws {
    let office = try Office()
    try office.store.set("openid.client_secret", to: "hidden-1", by: office.admin)
    try office.store.set("openid.client_secret", to: "hidden-2", by: office.admin)
    try office.store.set("zone", to: "Europe/Berlin", by: office.admin)
    try office.store.set("zone", to: "Europe/Berlin", by: office.admin)
    try office.store.set("zone", to: nil, by: office.admin)
    let entries = try office.store.auditLog(.init(action: .settingChanged))
    #expect(
      entries.map(\.detail) == [
        "“Europe/Berlin” → none", "none → “Europe/Berlin”", "*** → ***", "none → ***",
      ])
    #expect(try office.store.settings() == ["openid.client_secret": "hidden-2"])
  }

  @Test
  func `has no line for what was refused, and none is lost for what was done`() throws {
    let office = try Office()
    let before = try office.store.auditLog().count
    expectRefusal("member.known") {
      _ = try office.store.addMember(
        email: "ada@example.org", name: "X", role: .viewer, by: office.admin)
    }
    #expect(try office.store.auditLog().count == before)
  }

  @Test
  func `and the members are empty in a store of a version before`() throws {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    do {
      let old = try DatabasePool(path: folder.path + "/waymark.sqlite")
      try old.write { try Schema.migrate($0, to: 3) }
      try old.close()
    }
    let reader = try Store.open(at: folder.path, access: .reading)
    #expect(try reader.members().isEmpty)
    #expect(try reader.needsSetUp())
    #expect(try reader.auditLog().isEmpty)
    #expect(try reader.writeKey(Secret.random(.writeKey)) == nil)
    #expect(try reader.collectionRecords().isEmpty)
    #expect(try reader.latestExperience() == nil)
    #expect(throws: Fault.self) { try reader.beginSetUp() }
    let writer = try Store.open(at: folder.path, access: .writing)
    #expect(try writer.beginSetUp() != nil)
  }

  @Test
  func `and all other tables hold no secret and no password`() throws {
    let office = try Office()
    let store = office.store
    let bob = try office.member("bob", .editor)
    let (session, _) = try office.signIn("bob")
    try store.changePassword(
      in: session, from: "bob's long password", to: password("one more password"))
    let (_, key) = try store.addWriteKey("web", by: office.admin)
    let (_, token) = try store.addToken("ci", scopes: [.read], by: bob.principal())
    let (_, invitation) = try store.addMember(
      email: "x@y", name: "X", role: .viewer, by: office.admin)
    office.secrets += [
      key.revealed(), token.revealed(), invitation.revealed(), "one more password",
    ]
    var activity = CollectionActivity()
    let refusal = Refusal("x", problem: "It has \(key.revealed()).", remedy: "Send less.")
    activity.refused(
      RefusedItem(
        at: office.clock.now, dialect: "segment", refusal: refusal, field: "writeKey",
        item: #"{"writeKey":"\#(key.revealed())","note":"\#(token.revealed())","password":"pw-12"}"#
      ),
      from: CollectionSource(.writeKey, 1))
    office.secrets.append("pw-12")
    try store.record(activity)
    try store.set("api_key", to: nil, by: office.admin)
    #expect(office.secrets.count >= 10)

    let tables = try store.read { database in
      try String.fetchAll(database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
    }
    #expect(tables.count > 20)
    var dumped = Data()
    for table in tables {
      try store.read { database in
        for row in try Row.fetchAll(database, sql: "SELECT * FROM \(table)") {
          for (_, value) in row {
            switch value.storage {
            case .blob(let data): dumped += data
            case .string(let text): dumped += Data(text.utf8)
            default: break
            }
          }
        }
      }
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: office.folder.path)
      .compactMap { FileManager.default.contents(atPath: office.folder.path + "/" + $0) }
    for secret in office.secrets {
      // Without the prefix and the letters that people are shown.
      let hidden = secret.split(separator: "_", maxSplits: 1).last.map { String($0.dropFirst(4)) }
      let text = Data((secret.contains("_") ? hidden ?? secret : secret).utf8)
      for bytes in [dumped] + files { #expect(bytes.range(of: text) == nil, "\(secret)") }
    }
    #expect(dumped.range(of: Data("bob@example.org".utf8)) != nil)
  }
}
