import Accounts
import Events
import Stories
import Testing

@testable import Store

/// A store with a clock that tests turn, and invitations in it.
private final class Post {
  let folder = TemporaryFolder()
  let clock = TestClock()
  let store: Store
  let budget = AskingBudget(atMost: 1, per: .days(30))

  init() throws {
    let clock = clock
    clock.advance(1_790_000_000_000)
    store = try Store.open(at: folder.path, access: .writing, clock: { clock.now })
    try store.forgoDurability()
  }

  func pass(_ span: TimeSpan) { clock.advance(span.milliseconds) }

  func subject(
    _ id: String, _ survey: String = "delivery", ago: TimeSpan = TimeSpan(milliseconds: 0),
    address: String? = "ada@example.org", openFor: TimeSpan = .days(14)
  ) -> Invitation.Subject {
    let moment = Instant(milliseconds: clock.now.milliseconds - ago.milliseconds)
    return Invitation.Subject(
      survey: survey, identity: Identity(id), moment: moment, due: moment, address: address,
      openFor: openFor)
  }

  func event(_ name: String, _ id: String, _ words: String = "") -> Event {
    Event(
      name, at: clock.now, by: Identity(id),
      properties: ["survey": .string("delivery"), "comment": .string(words), "score": .number(3)])
  }

  /// Takes what may be sent now.
  func claim(_ surveys: Set<String> = ["delivery", "shop"]) throws -> [Invitation] {
    try store.claimInvitations(of: surveys, within: budget, limit: 100).invitations
  }

  /// Invites and sends, as far as that is allowed.
  func ask(_ subject: Invitation.Subject) throws -> Invitation? {
    try store.invite([subject])
    for invitation in try claim() {
      try store.noteSent(invitation.id, telling: event("Survey Sent", subject.identity.id))
    }
    return try store.invitations(limit: 1).first
  }

  func states() throws -> [Invitation.State] { try store.invitations().map(\.state) }

  /// Hands to the log what is to be told.
  func tell() throws -> [Verdict] {
    let events = try store.untoldEvents(limit: 100)
    let verdicts = try store.append(events.map(\.event))
    try store.noteTold(zip(events, verdicts).map { (event: $0, verdict: $1) })
    return verdicts
  }
}

@Suite struct `An invitation` {
  private let post: Post

  init() throws { post = try Post() }

  /// The code of the refusal of some work.
  private func code(_ work: () throws -> Void) -> String? {
    do { try work() } catch let refusal as Refusal { return refusal.code } catch {
      return "\(error)"
    }
    return nil
  }

  @Test func `is made once for one person, one survey and one moment`() throws {
    let subjects = [post.subject("ada"), post.subject("ada", "shop"), post.subject("bob")]
    #expect(try post.store.invite(subjects + subjects) == 3)
    #expect(try post.store.invite(subjects) == 0)
    post.pass(TimeSpan(milliseconds: 1))
    #expect(try post.store.invite([post.subject("ada")]) == 1)
  }

  @Test func `is made once under all identities of a person`() throws {
    let subject = post.subject("anonymous:phone")
    try post.store.invite([subject])
    try post.store.link(Identity("ada"), Identity("anonymous:phone"))
    var linked = subject
    linked.identity = Identity("ada")
    #expect(try post.store.invite([linked]) == 0)
  }

  @Test func `asks a person as often as the budget has it, under all identities and surveys`()
    throws
  {
    #expect(try post.ask(post.subject("ada"))?.state == .sent)
    try post.store.link(Identity("ada"), Identity("anonymous:phone"))
    post.pass(.days(29))
    let early = try post.ask(post.subject("anonymous:phone", "shop"))
    #expect(early?.state == .suppressed)
    #expect(early?.error == Suppression.often.rawValue)
    #expect(early?.subject.address == nil)
    post.pass(.days(2))
    #expect(try post.ask(post.subject("anonymous:phone", "shop"))?.state == .sent)
    #expect(try post.ask(post.subject("bob"))?.state == .sent)
  }

  @Test func `that is being sent counts for the budget`() throws {
    try post.store.invite([post.subject("ada"), post.subject("ada", "shop")])
    #expect(try post.claim().count == 1)
    #expect(try post.states() == [.suppressed, .waiting])
  }

  @Test func `is not sent to somebody who denies consent, nor without an address, nor too late`()
    throws
  {
    let denial = Event(
      "seen", at: Instant(milliseconds: post.clock.now.milliseconds - 1), by: Identity("ada"),
      properties: ["consent": .boolean(false)])
    _ = try post.store.append([denial])
    try post.store.invite([
      post.subject("ada"), post.subject("bob", address: nil),
      post.subject("eve", ago: .days(14)), post.subject("kim", "gone"), post.subject("zoe"),
    ])
    #expect(try post.claim().map(\.subject.identity.id) == ["zoe"])
    let errors = Dictionary(
      uniqueKeysWithValues: try post.store.invitations().map { ($0.subject.identity.id, $0.error) })
    #expect(
      errors == [
        "ada": Suppression.consent.rawValue, "bob": Suppression.address.rawValue,
        "eve": Suppression.late.rawValue, "kim": Suppression.survey.rawValue, "zoe": nil,
      ])
  }

  @Test func `is not made for a moment before the person was erased`() throws {
    let old = post.subject("ada", ago: .days(1))
    _ = try post.store.append([post.event("seen", "ada")])
    _ = try post.store.erase(Identity("ada"))
    #expect(try post.store.invite([old]) == 0)
    post.pass(.days(1))
    #expect(try post.store.invite([post.subject("ada")]) == 1)
  }

  @Test func `that was taken for sending is given out again only after a failure`() throws {
    try post.store.invite([post.subject("ada")])
    let first = try #require(try post.claim().first)
    #expect(first.attempts == 1)
    #expect(try post.claim().isEmpty)
    #expect(try post.store.interruptedInvitations().map(\.id) == [first.id])
    try post.store.noteFailure(
      first.id, "mail.later", next: post.clock.now + TimeSpan(milliseconds: 60_000))
    #expect(try post.claim().isEmpty)
    post.pass(TimeSpan(milliseconds: 60_000))
    let second = try #require(try post.claim().first)
    #expect(second.id == first.id && second.attempts == 2)
    try post.store.noteFailure(first.id, "mail.recipient", next: nil)
    let failed = try #require(try post.store.invitation(first.id))
    #expect(failed.state == .failed && failed.error == "mail.recipient")
    #expect(failed.subject.address == nil)
    #expect(try post.store.untoldEvents(limit: 10).isEmpty)
  }

  @Test func `is answered once`() throws {
    let id = try #require(try post.ask(post.subject("ada"))).id
    try post.store.end(id, as: .answered, telling: post.event("Survey Answered", "ada", "fine"))
    for state in [Invitation.State.answered, .dismissed, .expired] {
      #expect(
        code { try post.store.end(id, as: state, telling: post.event("x", "ada")) }
          == "invitation.answered")
    }
    #expect(code { try post.store.keepDraft("{}", of: id) } == "invitation.answered")
    #expect(try post.tell() == [.taken, .taken])
    let story = try post.store.snapshot().story(of: Identity("ada").key)
    #expect(story.map(\.name).sorted() == ["Survey Answered", "Survey Sent"])
    #expect(story.first { $0.name == "Survey Answered" }?.properties["comment"] == .string("fine"))
  }

  @Test func `is told once where the program ends between the log and the note of it`() throws {
    let id = try #require(try post.ask(post.subject("ada"))).id
    try post.store.end(id, as: .answered, telling: post.event("Survey Answered", "ada", "fine"))
    let events = try post.store.untoldEvents(limit: 10)
    _ = try post.store.append(events.map(\.event))
    let after = try TemporaryFolder(copying: post.folder.path)
    let store = try Store.open(at: after.path, access: .writing)
    let again = try store.untoldEvents(limit: 10)
    #expect(again == events)
    #expect(try store.append(again.map(\.event)) == [.repeated, .repeated])
    try store.noteTold(again.map { (event: $0, verdict: .repeated) })
    #expect(try store.untoldEvents(limit: 10).isEmpty)
    #expect(try store.snapshot().story(of: Identity("ada").key).count == 2)
  }

  @Test func `whose answer may not be kept is suppressed`() throws {
    let id = try #require(try post.ask(post.subject("ada"))).id
    _ = try post.tell()
    let denial = Event(
      "seen", at: post.clock.now, by: Identity("ada"), properties: ["consent": .boolean(false)])
    _ = try post.store.append([denial])
    post.pass(TimeSpan(milliseconds: 10))
    try post.store.end(id, as: .answered, telling: post.event("Survey Answered", "ada"))
    let verdict = try #require(try post.tell().first)
    guard case .refused(let refusal) = verdict else {
      Issue.record("It was taken: \(verdict)")
      return
    }
    #expect(refusal.code == "consent.withdrawn")
    #expect(try post.store.invitation(id)?.state == .suppressed)
  }

  @Test func `expires at its moment, and ends then`() throws {
    let id = try #require(try post.ask(post.subject("ada", openFor: .days(2)))).id
    post.pass(TimeSpan(milliseconds: 2 * 86_400_000 - 1))
    #expect(try post.store.overdueInvitations(limit: 10).isEmpty)
    try post.store.keepDraft("[]", of: id)
    post.pass(TimeSpan(milliseconds: 1))
    let answering = code {
      try post.store.end(id, as: .answered, telling: post.event("Survey Answered", "ada"))
    }
    #expect(answering == "invitation.expired")
    #expect(try post.store.overdueInvitations(limit: 10).map(\.id) == [id])
    try post.store.end(id, as: .expired, telling: post.event("Survey Expired", "ada"))
    #expect(try post.store.overdueInvitations(limit: 10).isEmpty)
    let ended = try #require(try post.store.invitation(id))
    #expect(ended.state == .expired && ended.draft == nil && ended.ended == post.clock.now)
  }

  @Test func `that is not sent can't be answered`() throws {
    try post.store.invite([post.subject("ada")])
    let id = try #require(try post.store.invitations().first).id
    let event = post.event("Survey Answered", "ada")
    #expect(code { try post.store.end(id, as: .answered, telling: event) } == "invitation.early")
    #expect(
      code { try post.store.end(99, as: .answered, telling: event) } == "invitation.unknown")
  }

  /// An invitation whose mail is going out.
  private func onItsWay() throws -> Int64 {
    try post.store.invite([post.subject("ada")])
    let invitation = try #require(try post.claim().first)
    #expect(invitation.state == .waiting && invitation.isOnItsWay)
    return invitation.id
  }

  /// Answers as somebody does whose mail came before it was noted as sent.
  private func answer(_ id: Int64) throws {
    try post.store.noteSent(id, telling: post.event("Survey Sent", "ada"))
    try post.store.end(id, as: .answered, telling: post.event("Survey Answered", "ada", "fine"))
  }

  @Test func `that is on its way is open, and closed where it didn't go out`() throws {
    let id = try onItsWay()
    func opening() throws -> String? {
      let invitation = try #require(try post.store.invitation(id))
      return code { try invitation.requireOpen(at: post.clock.now) }
    }
    #expect(try opening() == nil)
    try post.store.noteFailure(id, "mail.later", next: post.clock.now)
    #expect(try opening() == "invitation.early")
    try post.store.noteSent(id, telling: post.event("Survey Sent", "ada"))
    #expect(try post.states() == [.waiting])
    #expect(try post.claim().map(\.id) == [id])
    #expect(try opening() == nil)
    try post.store.noteFailure(id, "mail.recipient", next: nil)
    #expect(try opening() == "invitation.closed")
  }

  @Test func `that was answered before its mail was noted stays so, and its story is in order`()
    throws
  {
    let id = try onItsWay()
    try answer(id)
    try post.store.noteSent(id, telling: post.event("Survey Sent", "ada"))
    try post.store.noteFailure(id, "mail.later", next: post.clock.now)
    try post.store.noteFailure(id, "mail.recipient", next: nil)
    #expect(try post.states() == [.answered])
    #expect(try post.claim().isEmpty && post.store.interruptedInvitations().isEmpty)
    #expect(
      try post.store.untoldEvents(limit: 10).map(\.event.name) == [
        "Survey Sent", "Survey Answered",
      ])
    #expect(try post.tell() == [.taken, .taken])
    let story = try post.store.snapshot().story(of: Identity("ada").key)
    #expect(story.map(\.name) == ["Survey Sent", "Survey Answered"])
  }

  @Test func `that was noted as sent before it is answered is told of in the same order`() throws {
    let id = try onItsWay()
    try post.store.noteSent(id, telling: post.event("Survey Sent", "ada"))
    #expect(try post.tell() == [.taken])
    try answer(id)
    #expect(try post.tell() == [.taken])
    let story = try post.store.snapshot().story(of: Identity("ada").key)
    #expect(story.map(\.name) == ["Survey Sent", "Survey Answered"])
  }

  @Test func `by hand needs leave, heeds consent and is written down without a name`() throws {
    let subject = post.subject("ada")
    let sent = post.event("Survey Sent", "ada")
    let viewer = Principal.member(9, name: "Vera", role: .viewer)
    let analyst = Principal.member(8, name: "Anna", role: .analyst)
    #expect(
      code { _ = try post.store.invite(subject, telling: sent, by: viewer) } == "access.denied")
    let made = try post.store.invite(subject, telling: sent, by: analyst)
    #expect(made.state == .sent && made.channel == .link)
    #expect(
      code { _ = try post.store.invite(subject, telling: sent, by: analyst) } == "invitation.known")
    let line = try #require(try post.store.auditLog().first)
    #expect(line.action == "customer.invite" && line.subject == "delivery")
    #expect(!"\(line)".contains("ada"))
    let denial = Event(
      "seen", at: post.clock.now, by: Identity("bob"), properties: ["consent": .boolean(false)])
    _ = try post.store.append([denial])
    #expect(
      code { _ = try post.store.invite(post.subject("bob"), telling: sent, by: analyst) }
        == "invitation.consent")
  }

  @Test func `goes with a customer who is erased, drafts and untold answers too`() throws {
    let id = try #require(try post.ask(post.subject("customer-ada"))).id
    _ = try post.tell()
    try post.store.keepDraft(#"[["comment","I am customer-ada"]]"#, of: id)
    try post.store.end(
      id, as: .answered, telling: post.event("Survey Answered", "customer-ada", "I am customer-ada")
    )
    #expect(try post.ask(post.subject("customer-bob"))?.state == .sent)
    let report = try post.store.erase(Identity("customer-ada"))
    #expect(report.isProven, "\(report.traces)")
    #expect(try post.store.invitations().map(\.subject.identity.id) == ["customer-bob"])
    #expect(try post.store.untoldEvents(limit: 10).map(\.event.identity.id) == ["customer-bob"])
  }

  @Test func `goes once it has ended and its moment's events are gone`() throws {
    let old = try #require(try post.ask(post.subject("ada"))).id
    try post.store.end(old, as: .dismissed, telling: post.event("Survey Dismissed", "ada"))
    let open = try #require(try post.ask(post.subject("bob", openFor: .days(900)))).id
    _ = try post.tell()
    try post.store.keep(RetentionRule(months: 12))
    post.pass(.days(800))
    _ = try post.store.removeExpired()
    #expect(try post.store.invitations().map(\.id) == [open])
  }

  @Test func `is found by survey, state and any identity of its customer, page by page`() throws {
    try post.store.invite([
      post.subject("anonymous:phone"), post.subject("bob"), post.subject("bob", "shop"),
    ])
    try post.store.link(Identity("ada"), Identity("anonymous:phone"))
    func found(_ filter: InvitationFilter, before: Int64? = nil, limit: Int = 10) throws -> [String]
    {
      try post.store.invitations(filter, before: before, limit: limit)
        .map { "\($0.subject.identity.id) \($0.subject.survey)" }
    }
    #expect(try found(.init(identity: Identity("ada"))) == ["phone delivery"])
    #expect(try found(.init(survey: "shop")) == ["bob shop"])
    #expect(try found(.init(state: .sent)).isEmpty)
    let last = try #require(try post.store.invitations(limit: 2).last).id
    #expect(try found(.init(), before: last).count == 1)
    #expect(try post.store.invitationCounts()["delivery"] == [.waiting: 2])
  }
}

@Suite struct `Looking whom to ask` {
  private let post: Post

  init() throws { post = try Post() }

  @Test func `begins when a survey is there, and anew when it comes back`() throws {
    let start = post.clock.now
    #expect(
      try post.store.surveyLooks(["a"]) == ["a": SurveyLook(since: start, until: start)])
    post.pass(.days(1))
    let later = post.clock.now
    try post.store.invite([], looked: ["a": later])
    #expect(try post.store.surveyLooks(["a"])["a"] == SurveyLook(since: start, until: later))
    #expect(try post.store.surveyLooks([]).isEmpty)
    #expect(try post.store.surveyLooks(["a"])["a"]?.since == later)
  }

  @Test func `never goes back`() throws {
    _ = try post.store.surveyLooks(["a"])
    let now = post.clock.now
    try post.store.invite([], looked: ["a": now + .days(1)])
    try post.store.invite([], looked: ["a": now])
    #expect(try post.store.surveyLooks(["a"])["a"]?.until == now + .days(1))
  }

  @Test func `signs with one key for ever`() throws {
    let key = try post.store.surveyKey()
    #expect(try post.store.surveyKey().bytes == key.bytes)
    let reader = try Store.open(at: post.folder.path, access: .reading)
    #expect(try reader.surveyKey().bytes == key.bytes)
  }
}
