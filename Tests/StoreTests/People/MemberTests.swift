import Events
import Foundation
import GRDB
import Statistics
import Testing

@testable import Accounts
@testable import Store

@Suite
struct `The first member` {
  let folder = TemporaryFolder()

  @Test
  func `is made with the latest set-up secret, once, and is an admin`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    #expect(try store.needsSetUp())
    let (old, secret) = (
      try #require(try store.beginSetUp()), try #require(try store.beginSetUp())
    )
    let hash = try password("a long password")
    for wrong in [old, Secret.random(.setup)] {
      expectRefusal("setup.secret") {
        _ = try store.setUp(wrong, email: "a@b", name: "A", password: hash)
      }
    }
    expectRefusal("member.email") {
      _ = try store.setUp(secret, email: "nobody", name: "A", password: hash)
    }
    let member = try store.setUp(secret, email: " Ada@B.org ", name: " Ada ", password: hash)
    #expect(member.role == .admin)
    #expect(member.email == "ada@b.org")
    #expect(member.name == "Ada")
    #expect(try !store.needsSetUp())
    #expect(try store.beginSetUp() == nil)
    expectRefusal("setup.secret") {
      _ = try store.setUp(secret, email: "b@b", name: "B", password: hash)
    }
    #expect(try store.auditLog().map(\.action) == ["setup"])
  }
}

@Suite
struct `A member` {
  @Test
  func `is invited, chooses a password, and signs in`() throws {
    let office = try Office()
    let store = office.store
    let (added, invitation) = try store.addMember(
      email: "Bob@example.org", name: "Bob", role: .editor, by: office.admin)
    #expect(added.signIn == .invited)
    expectRefusal("signin.refused") { _ = try office.signIn("bob") }
    let again = try store.inviteAgain(added.id, by: office.admin)
    expectRefusal("invitation.unknown") {
      _ = try store.acceptInvitation(invitation, password: password("bob's long password"))
    }
    let joined = try store.acceptInvitation(again, password: password("bob's long password"))
    #expect(joined.signIn == .password)
    expectRefusal("invitation.unknown") {
      _ = try store.acceptInvitation(again, password: password("bob's long password"))
    }
    let (session, secret) = try office.signIn("bob")
    #expect(session.member.name == "Bob")
    #expect(try store.session(secret)?.member.role == .editor)
    expectRefusal("signin.refused") { _ = try office.signIn("bob", password: "wrong password") }
    expectRefusal("signin.refused") { _ = try office.signIn("nobody") }
    let stored = try store.read {
      try String.fetchOne($0, sql: "SELECT password FROM members WHERE name = 'Bob'")
    }
    // The quick hash of the test was made anew at its proper cost.
    #expect(stored?.hasPrefix("$scrypt$ln=15,") == true)
    _ = try office.signIn("bob")
  }

  @Test
  func `can't accept an invitation after a week`() throws {
    let office = try Office()
    let (_, invitation) = try office.store.addMember(
      email: "b@c", name: "B", role: .viewer, by: office.admin)
    office.clock.advance(7 * 86_400_000)
    expectRefusal("invitation.unknown") {
      _ = try office.store.acceptInvitation(invitation, password: password("a long password"))
    }
  }

  @Test
  func `has an address and a name that nobody else's can be taken for`() throws {
    let office = try Office()
    for email in [
      "", "a", "a@", "@b", "a@b@c", "a b@c", "a\u{0}@b", String(repeating: "a", count: 254) + "@b",
    ] {
      expectRefusal("member.email") {
        _ = try office.store.addMember(email: email, name: "B", role: .viewer, by: office.admin)
      }
    }
    for name in ["", "  ", "a\nb", String(repeating: "a", count: 101)] {
      expectRefusal("member.name") {
        _ = try office.store.addMember(email: "b@c", name: name, role: .viewer, by: office.admin)
      }
    }
    expectRefusal("member.known") {
      _ = try office.store.addMember(
        email: "ADA@example.org", name: "B", role: .viewer, by: office.admin)
    }
    #expect(try office.store.members().count == 1)
  }

  @Test
  func `keeps one admin who can sign in, whatever is changed`() throws {
    let office = try Office()
    let store = office.store
    let ada = try #require(office.admin.id)
    let (invited, _) = try store.addMember(
      email: "b@c", name: "B", role: .admin, by: office.admin)
    for change in [
      { try store.changeRole(ofMember: ada, to: .editor, by: office.admin) },
      { try store.disableMember(ada, by: office.admin) },
      { try store.removeMember(ada, by: office.admin) },
    ] {
      let before = try store.auditLog()
      expectRefusal("member.last-admin") { try change() }
      #expect(try store.members().first { $0.id == ada }?.role == .admin)
      #expect(try store.members().first { $0.id == ada }?.state == .active)
      #expect(try store.auditLog() == before)
    }
    let eve = try office.member("eve", .admin)
    try store.removeMember(invited.id, by: office.admin)
    try store.changeRole(ofMember: ada, to: .viewer, by: eve.principal())
    expectRefusal("member.last-admin") { try store.disableMember(eve.id, by: eve.principal()) }
  }

  @Test(arguments: 0..<10)
  func `is never the last admin to go, in any order of changes`(seed: Int) throws {
    var dice = SeededGenerator(seed)
    let office = try Office()
    let store = office.store
    for number in 0..<3 { _ = try office.member("m\(number)", .admin) }
    for _ in 0..<40 {
      let member = try #require(try store.members().randomElement(using: &dice))
      do {
        switch dice.below(4) {
        case 0:
          let role = try #require(Role.allCases.randomElement(using: &dice))
          try store.changeRole(ofMember: member.id, to: role, by: office.admin)
        case 1: try store.disableMember(member.id, by: office.admin)
        case 2: try store.enableMember(member.id, by: office.admin)
        default: if dice.one(in: 4) { try store.removeMember(member.id, by: office.admin) }
        }
      } catch let refusal as Refusal {
        #expect(refusal.code == "member.last-admin")
      }
      #expect(
        try store.members().contains {
          $0.role == .admin && $0.state == .active && $0.signIn != .invited
        })
    }
  }

  @Test
  func `who is disabled or removed is out at once`() throws {
    let office = try Office()
    let store = office.store
    for leave in [store.disableMember, store.removeMember] as [(Int, Principal) throws -> Void] {
      let bob = try office.member("bob\(try store.members().count)", .editor)
      let (_, secret) = try office.signIn(bob.name)
      let (_, token) = try store.addToken("ci", scopes: [.read], by: bob.principal())
      #expect(try store.session(secret) != nil)
      #expect(try store.token(token) != nil)
      try leave(bob.id, office.admin)
      #expect(try store.session(secret) == nil)
      #expect(try store.token(token) == nil)
      expectRefusal("signin.refused") { _ = try office.signIn(bob.name) }
    }
    let disabled = try #require(try store.members().first { $0.state == .disabled })
    expectRefusal("member.disabled") { _ = try store.inviteAgain(disabled.id, by: office.admin) }
    try store.enableMember(disabled.id, by: office.admin)
    _ = try office.signIn(disabled.name)
  }

  @Test
  func `may rename themselves, and nobody else below an admin`() throws {
    let office = try Office()
    let (bob, cid) = (try office.member("bob", .editor), try office.member("cid", .viewer))
    try office.store.renameMember(cid.id, to: "Cid the first", by: cid.principal())
    expectRefusal("access.denied") {
      try office.store.renameMember(cid.id, to: "x", by: bob.principal())
    }
    expectRefusal("member.unknown") {
      try office.store.renameMember(99, to: "x", by: office.admin)
    }
    #expect(try office.store.members().map(\.name) == ["Ada", "Cid the first", "bob"])
  }

  @Test(arguments: [Role.viewer, .analyst, .editor])
  func `below an admin manages nobody and nothing`(role: Role) throws {
    let office = try Office()
    let store = office.store
    let principal = try office.member("bob", role).principal()
    let ada = try #require(office.admin.id)
    let (key, _) = try store.addWriteKey("web", by: office.admin)
    let before = try store.auditLog()
    for change in [
      { _ = try store.addMember(email: "x@y", name: "X", role: .viewer, by: principal) },
      { _ = try store.inviteAgain(ada, by: principal) },
      { try store.changeRole(ofMember: ada, to: .viewer, by: principal) },
      { try store.disableMember(ada, by: principal) },
      { try store.enableMember(ada, by: principal) },
      { try store.removeMember(ada, by: principal) },
      { try store.endSessions(ofMember: ada, by: principal) },
      { try store.endSession(1, by: principal) },
      { _ = try store.addWriteKey("x", by: principal) },
      { try store.revokeWriteKey(key.id, by: principal) },
      { try store.set("x", to: "y", by: principal) },
    ] {
      expectRefusal("access.denied") { try change() }
    }
    #expect(try store.auditLog() == before)
  }

  @Test
  func `is found by the provider's id, and the first time by the proven address`() throws {
    let office = try Office()
    let store = office.store
    let (bob, _) = try store.addMember(
      email: "bob@example.org", name: "Bob", role: .editor, by: office.admin)
    func token(_ subject: String, _ email: String?, verified: Bool = true) -> IDToken {
      IDToken(
        issuer: "https://id", subject: subject, email: email, isEmailVerified: verified, name: nil)
    }
    for (code, wrong) in [
      ("signin.unproven", token("s1", "bob@example.org", verified: false)),
      ("signin.unproven", token("s1", nil)), ("signin.unknown", token("s1", "eve@example.org")),
    ] {
      expectRefusal(code) { _ = try store.signIn(with: wrong, browser: "") }
    }
    let (session, secret) = try store.signIn(with: token("s1", "Bob@example.org"), browser: "")
    #expect(session.member.id == bob.id)
    #expect(session.member.signIn == .openID)
    #expect(try store.session(secret) != nil)
    // Another person who is given the address later doesn't get in by it.
    expectRefusal("signin.linked") {
      _ = try store.signIn(with: token("s2", "bob@example.org"), browser: "")
    }
    #expect(
      try store.signIn(with: token("s1", "new@example.org"), browser: "").0.member.id == bob.id)
    try store.disableMember(bob.id, by: office.admin)
    expectRefusal("signin.disabled") {
      _ = try store.signIn(with: token("s1", "bob@example.org"), browser: "")
    }
  }

  @Test
  func `becomes a viewer by a proven address at a domain that is let in`() throws {
    let office = try Office()
    let store = office.store
    func signIn(
      _ subject: String, _ email: String, verified: Bool = true, name: String? = " Kim Lee "
    ) throws -> Member {
      let token = IDToken(
        issuer: "https://id", subject: subject, email: email, isEmailVerified: verified, name: name)
      return try store.signIn(with: token, admitting: ["example.org"], browser: "").0.member
    }
    let kim = try signIn("s1", "Kim@Example.org")
    #expect(kim.role == .viewer && kim.email == "kim@example.org" && kim.name == "Kim Lee")
    #expect(try signIn("s1", "kim@elsewhere.org").id == kim.id)
    #expect(try signIn("s3", "lou@example.org", name: nil).name == "lou@example.org")
    #expect(
      try store.auditLog().prefix(3).map(\.action) == [
        "session.begin", "member.openid", "member.join",
      ])
    for (code, subject, email, verified) in [
      ("signin.unproven", "s4", "eve@example.org", false),
      ("signin.unknown", "s4", "eve@sub.example.org", true),
      ("signin.unknown", "s4", "eve@example.org.evil.example", true),
      ("signin.unknown", "s4", "example.org", true), ("signin.linked", "s4", kim.email, true),
      ("signin.unknown", "s4", "a@b@example.org", true),
    ] {
      expectRefusal(code) { _ = try signIn(subject, email, verified: verified) }
    }
    let (off, _) = try store.addMember(
      email: "off@example.org", name: "Off", role: .admin, by: office.admin)
    try store.disableMember(off.id, by: office.admin)
    expectRefusal("signin.disabled") { _ = try signIn("s5", "off@example.org") }
    #expect(try store.members().first { $0.id == off.id }?.signIn == .invited)
  }
}

@Suite
struct `A session` {
  private let day: Int64 = 86_400_000

  @Test
  func `ends after two weeks without use, and after ninety days`() throws {
    let office = try Office()
    let store = office.store
    _ = try office.member("bob", .viewer)
    let (_, idle) = try office.signIn("bob")
    office.clock.advance(14 * day - 1)
    #expect(try store.session(idle) != nil)
    office.clock.advance(14 * day)
    #expect(try store.session(idle) == nil)
    let (begun, used) = try office.signIn("bob")
    for _ in 0..<9 {
      office.clock.advance(10 * day - 1)
      #expect(try store.session(used) != nil)
    }
    #expect(try store.sessions(ofMember: begun.member.id).map(\.id) == [begun.id])
    office.clock.advance(9)
    #expect(try store.session(used) == nil)
    #expect(try store.sessions(ofMember: begun.member.id).isEmpty)
    #expect(try store.expireSessions() == 2)
    #expect(try store.expireSessions() == 0)
  }

  @Test
  func `is written at most once a minute`() throws {
    let office = try Office()
    _ = try office.member("bob", .viewer)
    let (begun, secret) = try office.signIn("bob")
    func changes() -> Int {
      office.store.pool.writeWithoutTransaction { $0.totalChangesCount }
    }
    let before = changes()
    for _ in 0..<59 {
      office.clock.advance(1000)
      #expect(try office.store.session(secret)?.used == begun.used)
    }
    #expect(changes() == before)
    office.clock.advance(1000)
    _ = try office.store.session(secret)
    #expect(changes() == before + 1)
    #expect(try office.store.session(secret)?.used == office.clock.now)
  }

  @Test
  func `is ended by its member or an admin, alone or with the others`() throws {
    let office = try Office()
    let store = office.store
    let (bob, cid) = (try office.member("bob", .editor), try office.member("cid", .editor))
    let sessions = try (0..<3).map { _ in try office.signIn("bob") }
    let (_, other) = try office.signIn("cid")
    for wrong in [cid.principal(), Principal.writeKey(bob.id, name: "bob")] {
      expectRefusal("access.denied") { try store.endSession(sessions[0].0.id, by: wrong) }
      expectRefusal("access.denied") { try store.endSessions(ofMember: bob.id, by: wrong) }
      expectRefusal("access.denied") { try store.endSession(999, by: wrong) }
    }
    try store.endSession(sessions[0].0.id, by: bob.principal())
    expectRefusal("session.unknown") { try store.endSession(999, by: office.admin) }
    #expect(try store.session(sessions[0].1) == nil)
    #expect(
      try store.endSessions(ofMember: bob.id, except: sessions[1].0.id, by: bob.principal()) == 1)
    #expect(try store.session(sessions[1].1) != nil)
    #expect(try store.session(sessions[2].1) == nil)
    #expect(try store.endSessions(ofMember: bob.id, by: office.admin) == 1)
    #expect(try store.session(other) != nil)
  }

  @Test
  func `is the only one that goes on where the password is changed`() throws {
    let office = try Office()
    _ = try office.member("bob", .viewer)
    let (mine, secret) = try office.signIn("bob")
    let (_, other) = try office.signIn("bob")
    expectRefusal("password.wrong") {
      try office.store.changePassword(in: mine, from: "a guess", to: password("another password"))
    }
    try office.store.changePassword(
      in: mine, from: "bob's long password", to: password("another password"))
    #expect(try office.store.session(secret) != nil)
    #expect(try office.store.session(other) == nil)
    expectRefusal("signin.refused") { _ = try office.signIn("bob") }
    _ = try office.signIn("bob", password: "another password")
  }

  @Test
  func `makes room for a new one where there are many`() throws {
    let office = try Office()
    let bob = try office.member("bob", .viewer)
    var secrets: [Secret] = []
    for _ in 0..<52 {
      office.clock.advance(1)
      let (_, secret) = try office.store.write { database in
        try office.store.beginSession(of: bob.id, "", "", nil, database)
      }
      secrets.append(secret)
    }
    let open = try secrets.map { try office.store.session($0) != nil }
    #expect(open == [false, false] + Array(repeating: true, count: 50))
  }
}
