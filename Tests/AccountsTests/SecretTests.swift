import Events
import Foundation
import Statistics
import Testing

@testable import Accounts

@Suite
struct `A secret` {
  @Test(arguments: Secret.Kind.allCases)
  func `is read again as its own kind alone`(kind: Secret.Kind) throws {
    let secret = Secret.random(kind)
    let text = secret.revealed()
    #expect(text.hasPrefix(kind.rawValue))
    #expect(Secret(text, kind: kind)?.digest == secret.digest)
    for other in Secret.Kind.allCases where other != kind {
      #expect(Secret(text, kind: other) == nil)
    }
    for wrong in [
      "", String(text.dropLast()), text + "a", text.dropLast() + "é", text.dropLast() + "=",
      " " + text, kind.rawValue,
    ] as [String] {
      #expect(Secret(wrong, kind: kind) == nil)
    }
  }

  @Test
  func `is another one each time, and kept as its SHA-256`() {
    let secrets = (0..<100).map { _ in Secret.random(.token) }
    #expect(Set(secrets.map { $0.revealed() }).count == 100)
    #expect(Set(secrets.map(\.digest)).count == 100)
    #expect(secrets[0].digest.bytes == Hashing.sha256(Array(secrets[0].revealed().utf8)))
    #expect(SecretDigest(secrets[0].digest.bytes) == secrets[0].digest)
    #expect(SecretDigest([1, 2, 3]) == nil)
  }

  @Test
  func `shows its beginning alone, however it is printed`() {
    let secret = Secret.random(.writeKey)
    #expect(secret.hint.count == 7)
    #expect(secret.revealed().hasPrefix(secret.hint))
    var dumped = ""
    dump([secret], to: &dumped)
    let hidden = String(secret.revealed().dropFirst(7).prefix(8))
    for text in [
      "\(secret)", String(reflecting: secret), dumped, String(describing: [secret]),
      "\(Optional(secret) as Any)",
    ] {
      #expect(text.contains(secret.hint))
      #expect(!text.contains(hidden))
    }
  }

  @Test
  func `accepts the tokens of its own pages alone`() {
    let (mine, other) = (Secret.random(.session), Secret.random(.session))
    let tokens = (0..<20).map { _ in mine.pageToken() }
    #expect(Set(tokens).count == 20)
    for token in tokens {
      #expect(mine.accepts(pageToken: token))
      #expect(!other.accepts(pageToken: token))
    }
    for wrong in [
      "", "a", String(tokens[0].dropLast()), tokens[0] + "A", "é" + tokens[0].dropFirst(2),
    ] {
      #expect(!mine.accepts(pageToken: wrong))
    }
    for place in 0..<64 {
      var letters = Array(tokens[0])
      letters[place] = letters[place] == "A" ? "B" : "A"
      #expect(!mine.accepts(pageToken: String(letters)))
    }
  }
}

@Suite
struct `A signed text` {
  private let key = SigningKey.random()
  private let now = Instant(milliseconds: 1_000_000)

  @Test(arguments: ["", "survey 7", "ä.b.c\n", String(repeating: "x", count: 4000)])
  func `is opened until its moment, for its purpose, by its key`(payload: String) throws {
    let text = key.sign(payload, for: "survey", until: now)
    let before = Instant(milliseconds: now.milliseconds - 1)
    #expect(try key.open(text, for: "survey", now: before) == payload)
    #expect(throws: Refusal.self) { try key.open(text, for: "sign-in", now: before) }
    #expect(throws: Refusal.self) { try SigningKey.random().open(text, for: "survey", now: before) }
    #expect { try key.open(text, for: "survey", now: now) } throws: {
      ($0 as? Refusal)?.code == "signed.expired"
    }
    let kept = try #require(SigningKey(key.bytes))
    #expect(try kept.open(text, for: "survey", now: before) == payload)
  }

  @Test
  func `is forged where any letter is another, is missing or is too many`() {
    let text = key.sign("survey 7", for: "survey", until: now)
    let letters = Array(text)
    for place in letters.indices {
      for other in ["A", "B", ".", "9", "é"] as [Character] where other != letters[place] {
        var changed = letters
        changed[place] = other
        expectForged(String(changed))
      }
      var shorter = letters
      shorter.remove(at: place)
      expectForged(String(shorter))
    }
    expectForged(text + ".")
    expectForged(text + "A")
    expectForged("")
  }

  private func expectForged(_ text: String) {
    let refusal = #expect(throws: Refusal.self) {
      try key.open(text, for: "survey", now: Instant(milliseconds: 0))
    }
    #expect(refusal?.code == "signed.forged", "\(text)")
  }

  @Test
  func `shows no key when that is printed`() {
    var dumped = ""
    dump(key, to: &dumped)
    #expect(
      !"\(key)\(String(reflecting: key))\(dumped)".contains("\(key.bytes[0]), \(key.bytes[1])"))
    #expect(SigningKey([1]) == nil)
  }
}

@Suite
struct `A role` {
  @Test
  func `may do all that the role before it may, and more`() {
    for (lower, higher) in zip(Role.allCases, Role.allCases.dropFirst()) {
      #expect(lower < higher)
      #expect(lower.permissions.isStrictSubset(of: higher.permissions))
    }
    #expect(Role.viewer.permissions == [.read])
    #expect(Role.analyst.permissions == [.read, .ask, .save, .seeToTickets])
    #expect(Role.admin.permissions == Set(Permission.allCases))
  }

  @Test
  func `bounds what a token may do, whatever its scopes`() {
    for role in Role.allCases {
      for pattern in 0..<(1 << Scope.allCases.count) {
        let scopes = Set(
          Scope.allCases.enumerated().filter { pattern >> $0.offset & 1 == 1 }.map(\.element))
        let may = Scope.permissions(of: scopes, role: role)
        #expect(may.isSubset(of: role.permissions))
        for permission in may { #expect(scopes.contains { $0.permissions.contains(permission) }) }
        if scopes.contains(.admin) { #expect(may == role.permissions) }
        if scopes.isEmpty { #expect(may.isEmpty) }
      }
    }
    #expect(Scope.permissions(of: [.collect], role: .admin) == [.collect])
    #expect(Scope.permissions(of: [.edit], role: .viewer) == [.read])
  }

  @Test
  func `is asked for by name where it is missing`() {
    let viewer = Principal.member(1, name: "Ann", role: .viewer)
    let token = Principal.token(2, name: "ci", scopes: [.read], member: 1, role: .admin)
    let key = Principal.writeKey(3, name: "web")
    for (principal, words) in [(viewer, "role “editor”"), (token, "scopes"), (key, "API token")] {
      let refusal = #expect(throws: Refusal.self) { try principal.require(.eraseCustomers) }
      #expect(refusal?.code == "access.denied")
      #expect(refusal?.remedy.contains(words) == true)
    }
    #expect(throws: Never.self) { try viewer.require(.read) }
    #expect(throws: Never.self) { try key.require(.collect) }
    #expect(throws: Never.self) { try Principal.owner("waymark").require(.manageMembers) }
  }
}
