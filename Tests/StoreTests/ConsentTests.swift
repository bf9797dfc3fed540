import Accounts
import Events
import Statistics
import Testing

@testable import Store

@Suite
struct `Consent` {
  let folder = TemporaryFolder()
  let user = Identity("ada")
  let device = Identity("anonymous:phone")

  private func event(
    _ identity: Identity, _ time: Int64, _ consent: PropertyValue? = nil, linked: Identity? = nil
  ) -> Event {
    Event(
      "seen", at: Instant(milliseconds: time), by: identity, linked: linked,
      properties: consent.map { ["consent": $0] } ?? [:])
  }

  /// What became of events: `taken`, `repeated`, or the code of the refusal.
  private func outcomes(_ store: Store, _ events: [Event]) throws -> [String] {
    try store.append(events).map { verdict in
      if case .refused(let refusal) = verdict { return refusal.code }
      return verdict == .taken ? "taken" : "repeated"
    }
  }

  @Test(
    arguments: [
      ([:], [], nil),
      (["consent": .string("Granted")], [], .granted),
      (["consent": .boolean(false)], [], .denied),
      (["consent": .number(1)], [], .granted),
      (["consent": .string("perhaps")], [], nil),
      (["context.consent": .string("denied"), "consent": .string("granted")], [], .denied),
      (["consent.analytics": .boolean(false)], [], nil),
      (["consent.newsletter": .boolean(false)], ["Analytics"], nil),
      (["consent.Analytics": .boolean(true)], ["analytics"], .granted),
      (["consent.categoryPreferences.analytics": .boolean(false)], ["analytics"], .denied),
      (["consent.a": .boolean(true)], ["a", "b"], nil),
      (["consent.a": .boolean(true), "consent": .string("granted")], ["a", "b"], .granted),
      (["consent.a": .boolean(true), "consent.b": .boolean(false)], ["a", "b"], .denied),
      (["context.consent.categoryPreferences.Ads": .boolean(false)], [], .denied),
      (
        [
          "context.consent.categoryPreferences.Ads": .boolean(false),
          "context.consent.categoryPreferences.Analytics": .boolean(true),
        ], [], .granted
      ),
      (
        [
          "context.consent.categoryPreferences.Ads": .boolean(false),
          "context.consent.categoryPreferences.Analytics": .boolean(true),
        ], ["analytics"], .granted
      ),
      (["contest": .boolean(false), "consented": .boolean(false)], [], nil),
    ] as [([String: PropertyValue], [String], ConsentStatement?)])
  fileprivate func `is read where clients say it`(
    properties: [String: PropertyValue], categories: [String], said: ConsentStatement?
  ) {
    let event = Event("seen", at: Instant(milliseconds: 1), by: user, properties: properties)
    #expect(event.consent(ConsentRule(categories: categories)) == said)
  }

  @Test func `that is required has to come with the event`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    let events = [event(user, 1), event(user, 2, .string("granted")), event(user, 3, .string("?"))]
    #expect(try outcomes(store, events) == ["taken", "taken", "taken"])
    try store.set(ConsentRule(required: .yes), by: .folderOwner)
    let later = events.map { event in
      var event = event
      event.time = Instant(milliseconds: event.time.milliseconds + 10)
      return event
    }
    #expect(try outcomes(store, later) == ["consent.missing", "taken", "consent.missing"])
    try store.set(ConsentRule(), by: .folderOwner)
    #expect(try outcomes(store, later) == ["taken", "repeated", "taken"])
  }

  @Test func `that is denied stops what follows until it is granted, under all ids`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    #expect(try outcomes(store, [event(user, 1, linked: device), event(device, 2)]).count == 2)
    let denial = event(device, 10, .string("denied"))
    #expect(
      try outcomes(store, [denial, event(device, 11), event(Identity("bob"), 11)])
        == ["consent.denied", "consent.withdrawn", "taken"])
    #expect(try store.consentDenied(by: user) == Instant(milliseconds: 10))
    #expect(try store.denialCount() == 2)
    // What happened before was consented to; what is not yet linked is tied by the event itself.
    #expect(
      try outcomes(
        store,
        [
          event(user, 12), event(user, 9), event(user, 10),
          event(Identity("anonymous:tablet"), 13, linked: user),
        ]) == ["consent.withdrawn", "taken", "taken", "consent.withdrawn"])
    try store.close()
    let again = try Store.open(at: folder.path, access: .writing)
    #expect(try outcomes(again, [event(user, 14)]) == ["consent.withdrawn"])
    // A late grant changes nothing, and what it says held then.
    #expect(
      try outcomes(again, [event(user, 8, .boolean(true)), event(user, 15)])
        == ["taken", "consent.withdrawn"])
    #expect(
      try outcomes(again, [event(user, 20, .boolean(true)), event(user, 21)]) == ["taken", "taken"])
    #expect(try outcomes(again, [event(device, 22)]) == ["taken"])
    #expect(try again.consentDenied(by: device) == nil)
    // The same denial sent again is an old one.
    #expect(try outcomes(again, [denial, event(device, 23)]) == ["consent.denied", "taken"])
    let names = try #require(try again.snapshot().byKey?[user.key])
    #expect(names.map(\.time.milliseconds) == [1, 2, 8, 9, 10, 20, 21, 22, 23])
  }

  @Test(arguments: 0..<20)
  func `comes to the same whatever order denials and grants arrive in`(seed: Int) throws {
    var dice = SeededGenerator(seed)
    let store = try Store.open(at: folder.path, access: .writing)
    // The latest denial is known, as it is where a customer says it twice.
    var words = (0..<6).map { ($0 * 10 + 5, dice.one(in: 2)) }
    let last = words.max { $0.0 < $1.0 }?.1 ?? true
    words.append((0, false))
    words.shuffle(using: &dice)
    _ = try store.append([event(user, 1000, .boolean(false))])
    for (time, isGranted) in words {
      _ = try store.append([event(user, Int64(1000 + time), .boolean(isGranted))])
    }
    // Grants count once a denial is known; who grants sends it with each event.
    let end = try outcomes(store, [event(user, 2000)])
    if !last { #expect(end == ["consent.withdrawn"]) }
    #expect(try outcomes(store, [event(user, 3000, .boolean(true))]) == ["taken"])
    #expect(try outcomes(store, [event(user, 3001)]) == ["taken"])
  }

  @Test func `that is denied holds for whoever is linked by a person later`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    #expect(try outcomes(store, [event(device, 1, .boolean(false))]) == ["consent.denied"])
    #expect(try outcomes(store, [event(user, 2)]) == ["taken"])
    try store.link(user, device)
    #expect(try outcomes(store, [event(user, 3)]) == ["consent.withdrawn"])
    try store.unlink(user, device)
    #expect(try outcomes(store, [event(user, 4)]) == ["taken"])
  }

  @Test func `is an admin's to require, in a few categories`() throws {
    let store = try Store.open(at: folder.path, access: .writing)
    let editor = Principal.member(1, name: "E", role: .editor)
    expectRefusal("access.denied") { try store.set(ConsentRule(required: .yes), by: editor) }
    for categories in [[""], [String(repeating: "x", count: 61)], (0...20).map { "c\($0)" }] {
      expectRefusal("consent.categories") {
        try store.set(ConsentRule(categories: categories), by: .folderOwner)
      }
    }
    try store.set(ConsentRule(required: .yes, categories: ["Ads"]), by: .folderOwner)
    #expect(try store.consentRule() == ConsentRule(required: .yes, categories: ["ads"]))
  }
}
