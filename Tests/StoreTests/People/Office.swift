import Events
import Foundation
import GRDB
import Testing

@testable import Accounts
@testable import Store

/// A store with one admin, and a clock that tests turn.
final class Office {
  let folder = TemporaryFolder()
  let clock = TestClock()
  let store: Store
  /// The first member, as somebody who asks.
  let admin: Principal
  /// All secrets and passwords that were given out.
  var secrets: [String] = []

  init() throws {
    let clock = clock
    clock.advance(1_790_000_000_000)
    store = try Store.open(at: folder.path, access: .writing, clock: { clock.now })
    try store.forgoDurability()
    let secret = try #require(try store.beginSetUp())
    let member = try store.setUp(
      secret, email: "ada@example.org", name: "Ada", password: password("ada's long password"))
    admin = member.principal(request: "r-1")
    secrets = [secret.revealed(), "ada's long password"]
  }

  /// A member who has accepted the invitation.
  func member(_ name: String, _ role: Role) throws -> Member {
    let (_, invitation) = try store.addMember(
      email: "\(name)@example.org", name: name, role: role, by: admin)
    let member = try store.acceptInvitation(
      invitation, password: password("\(name)'s long password"))
    secrets += [invitation.revealed(), "\(name)'s long password"]
    return member
  }

  /// Begins a session with a password.
  func signIn(_ name: String, password: String? = nil) throws -> (Session, Secret) {
    let (session, secret) = try store.signIn(
      email: "\(name)@example.org", password: password ?? "\(name)'s long password",
      browser: "Browser 1")
    secrets.append(secret.revealed())
    return (session, secret)
  }
}

extension Store {
  /// Commits without waiting for the disk: what these tests prove doesn't depend on it.
  func forgoDurability() throws {
    try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
  }
}

/// A hash that is made in no time.
func password(_ text: String) throws -> PasswordHash {
  try PasswordHash(of: text, cost: .init(logarithm: 1, blockSize: 1, repetitions: 1))
}

/// Expects a refusal with a code, whose remedy says something.
func expectRefusal(
  _ code: String, location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("Nothing was refused.", sourceLocation: location)
  } catch let refusal as Refusal {
    #expect(refusal.code == code, sourceLocation: location)
    #expect(refusal.remedy.count > 10, sourceLocation: location)
  } catch {
    Issue.record(error, sourceLocation: location)
  }
}
