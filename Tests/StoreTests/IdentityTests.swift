import Statistics
import Events
import Foundation
import Stories
import Synchronization
import Testing

@testable import Store

/// Who is who, told by sets of identities that are joined one after the other.
struct NaiveIdentity {
  struct Fact {
    var pair: Set<Identity>
    var isByPerson: Bool
    var said: Instant
    var removed: Instant?
  }

  var facts: [Fact] = []

  /// An event that names two identities.
  mutating func say(_ event: Event) {
    guard let linked = event.linked else { return }
    let pair: Set = [event.identity, linked]
    if let known = facts.firstIndex(where: { $0.pair == pair && !$0.isByPerson }) {
      facts[known].said = min(facts[known].said, event.time)
    } else {
      facts.append(Fact(pair: pair, isByPerson: false, said: event.time))
    }
  }

  mutating func link(_ pair: Set<Identity>, at now: Instant) {
    guard !facts.contains(where: { $0.pair == pair && $0.isByPerson && $0.removed == nil }) else {
      return
    }
    facts.append(Fact(pair: pair, isByPerson: true, said: now))
  }

  /// Whether a link was there to be taken back.
  mutating func unlink(_ pair: Set<Identity>, at now: Instant) -> Bool {
    var found = false
    for index in facts.indices where facts[index].pair == pair && facts[index].removed == nil {
      facts[index].removed = now
      found = true
    }
    return found
  }

  /// Loses the facts of those whom any facts tie together and of whom a condition holds.
  mutating func forget(_ isGone: (Set<Identity>) -> Bool) {
    var groups: [Set<Identity>] = []
    for fact in facts {
      let touched = groups.filter { !$0.isDisjoint(with: fact.pair) }
      groups.removeAll { touched.contains($0) }
      groups.append(touched.reduce(fact.pair) { $0.union($1) })
    }
    let gone = groups.filter(isGone).reduce(Set()) { $0.union($1) }
    facts.removeAll { !$0.pair.isDisjoint(with: gone) }
  }

  func customers(asOf instant: Instant?) -> (customers: [Set<Identity>], refused: Int) {
    let standing = facts.filter { fact in
      guard let instant else { return fact.removed == nil }
      return fact.said <= instant && (fact.removed ?? .tooLate) > instant
    }
    var customers: [Set<Identity>] = []
    var refused = 0
    for fact in standing.sorted(by: { rank($0) < rank($1) }) {
      let touched = customers.filter { !$0.isDisjoint(with: fact.pair) }
      let known = touched.reduce(Set()) { $0.union($1) }
      let parts = touched + fact.pair.subtracting(known).map { [$0] }
      let isRefused =
        !fact.isByPerson && parts.count > 1
        && parts.filter { $0.contains { $0.namespace == .user } }.count > 1
      customers.removeAll { touched.contains($0) }
      if isRefused {
        refused += 1
        customers += parts
      } else {
        customers.append(parts.reduce(Set()) { $0.union($1) })
      }
    }
    return (customers, refused)
  }

  private func rank(_ fact: Fact) -> (Instant, Int, UInt64, UInt64) {
    let keys = fact.pair.map(\.key).sorted()
    return (fact.said, fact.isByPerson ? 0 : 1, keys[0], keys[1])
  }

  func canonical(asOf instant: Instant? = nil) -> [UInt64: UInt64] {
    var canonical: [UInt64: UInt64] = [:]
    for customer in customers(asOf: instant).customers {
      let users = customer.filter { $0.namespace == .user }
      guard let key = (users.isEmpty ? customer : users).map(\.key).min() else { continue }
      for identity in customer { canonical[identity.key] = key }
    }
    return canonical
  }
}

/// A clock that a test sets.
final class TestClock: Sendable {
  private let time = Mutex<Int64>(0)

  func advance(_ milliseconds: Int64) { time.withLock { $0 += milliseconds } }

  var now: Instant { time.withLock { Instant(milliseconds: $0) } }
}

@Suite
struct `An identity` {
  @Test(arguments: 0..<16)
  func `is that of a naive store, whatever is linked and unlinked, at any instant`(
    seed: Int
  ) throws {
    var dice = SeededGenerator(seed)
    let folder = TemporaryFolder()
    let clock = TestClock()
    var store = try Store.open(
      at: folder.path, access: .writing, shardRows: 40, clock: { clock.now })
    var events = NaiveStore()
    var people = NaiveIdentity()
    for step in 0..<24 {
      clock.advance(Int64.random(in: 0...20_000, using: &dice))
      switch Int.random(in: 0..<6, using: &dice) {
      case 0:
        let source = randomEvents(40, &dice, links: 6)
        try store.import(source, fingerprint: "\(step)", &dice)
        _ = events.import(source)
        source.forEach { people.say($0) }
      case 1:
        for event in randomEvents(12, &dice, links: 4) {
          let verdict = try store.append([event])
          let isNew = events.append(event)
          #expect(verdict == [isNew ? .taken : .repeated])
          if isNew { people.say(event) }
        }
      case 2:
        let (first, second) = (randomIdentity(&dice), randomIdentity(&dice))
        guard first != second else { continue }
        try store.link(first, second)
        people.link([first, second], at: clock.now)
      case 3:
        guard let fact = people.facts.randomElement(using: &dice) else { continue }
        let pair = fact.pair.sorted { $0.key < $1.key }
        let wasThere = people.unlink(fact.pair, at: clock.now)
        do {
          try store.unlink(pair[0], pair[1])
          #expect(wasThere)
        } catch let refusal as Refusal {
          #expect(!wasThere && refusal.code == "identity.link")
        }
      case 4:
        try store.seal()
        #expect(try store.status().loggedEvents == 0)
      default:
        try store.close()
        store = try Store.open(
          at: folder.path, access: .writing, shardRows: 40, clock: { clock.now })
      }
      let canonical = people.canonical()
      #expect(try store.snapshot().byKey == events.stories { canonical[$0] ?? $0 })
      let instant = Instant(milliseconds: Int64.random(in: 0...250_000, using: &dice))
      let then = people.canonical(asOf: instant)
      #expect(
        try store.snapshot(identity: .asOf(instant)).byKey == events.stories { then[$0] ?? $0 })
      #expect(try store.refusedLinks().count >= people.customers(asOf: nil).refused)
    }
    #expect(try store.doctor().filter { $0.severity == .error } == [])
  }

  @Test(arguments: [
    (["user:a anonymous:x"], "user:a", ["user:a", "anonymous:x"]),
    (["anonymous:x anonymous:y"], nil, ["anonymous:x", "anonymous:y"]),
    (["user:a anonymous:x", "anonymous:x anonymous:y"], "user:a", ["user:a", "anonymous:y"]),
    (["anonymous:x anonymous:y", "anonymous:y user:a"], "user:a", ["anonymous:x", "user:a"]),
  ])
  func `joins what links tie, under the user's key`(
    links: [String], key: String?, together: [String]
  ) {
    let resolution = IdentityResolution(Self.facts(links))
    let keys = Set(together.map { resolution.key(of: Identity($0).key) })
    #expect(keys.count == 1)
    #expect(keys.first == key.map { Identity($0).key } ?? together.map { Identity($0).key }.min())
  }

  @Test
  func `never joins two users unless a person says so`() {
    var facts = Self.facts(["user:a anonymous:x", "user:b anonymous:x"])
    let refusing = IdentityResolution(facts)
    #expect(refusing.refused == [1])
    #expect(refusing.key(of: Identity("b").key) == Identity("b").key)
    facts[1].isByPerson = true
    let joining = IdentityResolution(facts)
    #expect(joining.refused == [])
    #expect(joining.key(of: Identity("b").key) == joining.key(of: Identity("a").key))
  }

  @Test
  func `is the same in whatever order links arrive`() {
    let facts = Self.facts([
      "user:a anonymous:x", "user:b anonymous:x", "user:b anonymous:y", "anonymous:y user:a",
    ])
    #expect(
      IdentityResolution(facts).canonical == IdentityResolution(facts.reversed()).canonical)
    #expect(IdentityResolution(facts).refused == IdentityResolution(facts.reversed()).refused)
  }

  @Test
  func `takes a chain of a hundred thousand links`() {
    let facts = (0..<100_000).map { number in
      LinkFact(
        id: Int64(number), first: UInt64(number), second: UInt64(number + 1), firstIsUser: false,
        secondIsUser: false, isByPerson: false, said: Instant(milliseconds: 0))
    }
    let resolution = IdentityResolution(facts.reversed())
    #expect(resolution.key(of: 100_000) == 0)
    #expect(resolution.component(of: 5).count == 100_001)
  }

  @Test
  func `of nobody is refused`() throws {
    let folder = TemporaryFolder()
    let store = try Store.open(at: folder.path, access: .writing)
    for (first, second, code) in [
      ("user:null", "anonymous:x", "identity.placeholder"), ("a", "", "identity.placeholder"),
      ("a", "user:a", "identity.same"),
      ("a", String(repeating: "b", count: 513), "identity.length"),
    ] {
      #expect {
        try store.link(Identity(first), Identity(second))
      } throws: { ($0 as? Refusal)?.code == code }
    }
  }

  @Test
  func `shows its links with who said them, and keeps those taken back`() throws {
    let folder = TemporaryFolder()
    let clock = TestClock()
    clock.advance(1000)
    let store = try Store.open(at: folder.path, access: .writing, clock: { clock.now })
    let (known, visitor) = (Identity("c\0 1"), Identity("anonymous:x"))
    let event = Event(
      "$identify", at: Instant(milliseconds: 5), by: known, linked: visitor, messageID: "m")
    #expect(try store.append([event]) == [.taken])
    #expect(try store.link(Identity("anonymous:y"), visitor, reason: "called us"))
    #expect(try !store.link(visitor, Identity("anonymous:y")))
    clock.advance(1000)
    try store.unlink(visitor, known)
    let links = try store.links(of: Identity("anonymous:y"))
    #expect(links.map(\.source) == [.event, .person])
    #expect(links.map(\.rule) == ["named by one event", "called us"])
    #expect(links.map(\.removed) == [Instant(milliseconds: 2000), nil])
    #expect(links.map(\.said) == [Instant(milliseconds: 5), Instant(milliseconds: 1000)])
    #expect(Set(links.flatMap { [$0.first, $0.second] }).contains(known))
  }

  /// Links said by events one millisecond after the other.
  private static func facts(_ links: [String]) -> [LinkFact] {
    links.enumerated().map { number, link in
      let pair = link.split(separator: " ").map { Identity(String($0)) }
      return LinkFact(
        id: Int64(number), first: pair[0].key, second: pair[1].key,
        firstIsUser: pair[0].namespace == .user, secondIsUser: pair[1].namespace == .user,
        isByPerson: false, said: Instant(milliseconds: Int64(number)))
    }
  }
}
