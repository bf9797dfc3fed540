import Events
import Foundation
import GRDB
import Testing

@testable import Accounts
@testable import Store

@Suite
struct `A write key` {
  @Test
  func `is shown once, found by its secret, and useless once revoked`() throws {
    let office = try Office()
    let store = office.store
    let (web, secret) = try store.addWriteKey(" web ", by: office.admin)
    let (app, other) = try store.addWriteKey("app", by: office.admin)
    #expect(web.name == "web")
    #expect(web.hint == secret.hint)
    #expect(try store.writeKey(secret) == web)
    #expect(try store.writeKey(other) == app)
    #expect(try store.writeKey(Secret.random(.writeKey)) == nil)
    #expect(web.principal().permissions == [.collect])
    try store.revokeWriteKey(web.id, by: office.admin)
    #expect(try store.writeKey(secret) == nil)
    #expect(try store.writeKey(other) == app)
    expectRefusal("key.unknown") { try store.revokeWriteKey(web.id, by: office.admin) }
    #expect(try store.writeKeys().map(\.name) == ["app", "web"])
    #expect(try store.writeKeys().map { $0.revoked == nil } == [true, false])
    // The name is free again, and the number is not.
    let (new, _) = try store.addWriteKey("web", by: office.admin)
    #expect(new.id > app.id)
    expectRefusal("key.known") { _ = try store.addWriteKey("web", by: office.admin) }
    expectRefusal("key.name") { _ = try store.addWriteKey("", by: office.admin) }
    let reopened = try Store.open(at: office.folder.path, access: .reading)
    #expect(try reopened.writeKey(other) == app)
  }

  @Test
  func `that is revoked while others look for it is not found afterwards`() async throws {
    let office = try Office()
    let store = office.store
    for number in 0..<20 {
      let (key, secret) = try store.addWriteKey("k\(number)", by: office.admin)
      let admin = office.admin
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            for _ in 0..<50 { _ = try store.writeKey(secret) }
          }
        }
        group.addTask { try store.revokeWriteKey(key.id, by: admin) }
        try await group.waitForAll()
      }
      #expect(try store.writeKey(secret) == nil)
    }
  }
}

@Suite
struct `An API token` {
  @Test
  func `acts for its member within its scopes, and loses what the member loses`() throws {
    let office = try Office()
    let store = office.store
    let bob = try office.member("bob", .editor)
    let (token, secret) = try store.addToken("ci", scopes: [.read, .edit], by: bob.principal())
    #expect(token.scopes == [.read, .edit])
    #expect(token.hint == secret.hint)
    let principal = try #require(try store.token(secret)).principal(request: "r")
    #expect(principal.permissions.contains(.eraseCustomers))
    #expect(!principal.permissions.contains(.collect))
    #expect(principal.member == bob.id)
    try store.changeRole(ofMember: bob.id, to: .viewer, by: office.admin)
    #expect(try store.token(secret)?.principal().permissions == [.read])
    try store.changeRole(ofMember: bob.id, to: .admin, by: office.admin)
    #expect(
      try store.token(secret)?.principal().permissions
        == Scope.edit.permissions.union(Scope.read.permissions))
  }

  @Test
  func `is made by a member alone, for what they may do`() throws {
    let office = try Office()
    let store = office.store
    let bob = try office.member("bob", .analyst)
    let (made, _) = try store.addToken("ok", scopes: [.ask], by: bob.principal())
    expectRefusal("token.member") {
      _ = try store.addToken("x", scopes: [.read], by: made.principal())
    }
    expectRefusal("token.member") {
      _ = try store.addToken("x", scopes: [.read], by: .owner("waymark"))
    }
    for scopes in [[], [.edit], [.read, .admin], [.collect]] as [Set<Scope>] {
      expectRefusal("token.scope") {
        _ = try store.addToken("x", scopes: scopes, by: bob.principal())
      }
    }
    expectRefusal("token.name") {
      _ = try store.addToken("\n", scopes: [.read], by: bob.principal())
    }
    expectRefusal("token.expired") {
      _ = try store.addToken(
        "x", scopes: [.read], expires: office.clock.now, by: bob.principal())
    }
  }

  @Test
  func `ends at its moment or when it is revoked, by its member or an admin`() throws {
    let office = try Office()
    let store = office.store
    let (bob, cid) = (try office.member("bob", .editor), try office.member("cid", .editor))
    let (_, short) = try store.addToken(
      "a", scopes: [.read], expires: office.clock.now + .days(1), by: bob.principal())
    let (second, secret) = try store.addToken("b", scopes: [.read], by: bob.principal())
    let (third, other) = try store.addToken("c", scopes: [.read], by: bob.principal())
    office.clock.advance(86_399_999)
    #expect(try store.token(short) != nil)
    office.clock.advance(1)
    #expect(try store.token(short) == nil)
    expectRefusal("access.denied") { try store.revokeToken(second.id, by: cid.principal()) }
    expectRefusal("access.denied") { try store.revokeToken(999, by: cid.principal()) }
    expectRefusal("access.denied") { try store.revokeToken(second.id, by: third.principal()) }
    try store.revokeToken(second.id, by: bob.principal())
    try store.revokeToken(third.id, by: office.admin)
    #expect(try store.token(secret) == nil)
    #expect(try store.token(other) == nil)
    expectRefusal("token.unknown") { try store.revokeToken(second.id, by: office.admin) }
    #expect(try store.tokens(ofMember: bob.id).map(\.name) == ["c", "b", "a"])
    #expect(try store.tokens().count == 3)
    #expect(try store.tokens(ofMember: cid.id).isEmpty)
  }

  @Test
  func `has its last use written at most once a minute`() throws {
    let office = try Office()
    let (_, secret) = try office.store.addToken("a", scopes: [.read], by: office.admin)
    #expect(try office.store.token(secret)?.used == nil)
    let first = office.clock.now
    for _ in 0..<59 {
      office.clock.advance(1000)
      #expect(try office.store.token(secret)?.used == first)
    }
    office.clock.advance(1000)
    _ = try office.store.token(secret)
    #expect(try office.store.token(secret)?.used == office.clock.now)
  }
}
