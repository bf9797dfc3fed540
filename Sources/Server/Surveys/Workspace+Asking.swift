import Accounts
import Engine
import Events
import Experience
import Foundation
import Logging
import Outbound
import Pages
import Store

extension Workspace {
  /// How long events may be late and still ask somebody: so far back it is looked anew each time.
  private static let overlap = TimeSpan.days(1)
  /// How many invitations are taken for sending, or ended, at a time.
  private static let mostAtOnce = 20

  /// Asks who is due, until it is cancelled.
  func askSurveys() async {
    while !Task.isCancelled {
      await lookWhomToAsk()
      // The only thing that ends the wait early is the end.
      try? await Task.sleep(for: .seconds(configuration.surveySeconds))
    }
  }

  private func lookWhomToAsk() async {
    var standing = SurveyDesk.Standing(looked: .now)
    do {
      try settleInterrupted()
      try endOverdue()
      try await tellStories()
      let experience = try usableExperience()
      try await inviteWhoIsDue(experience)
      standing.problem = obstacle(to: experience)
      if standing.problem == nil { standing.problem = try await sendInvitations(experience) }
      try await tellStories()
    } catch let refusal as Refusal {
      standing.problem = refusal
    } catch is CancellationError {
      return
    } catch {
      standing.problem = Refusal(
        "asking.failed", problem: "The last look failed, and is tried again.",
        remedy: "The server's log says why.")
      logger.error(
        "It could not be looked whom to ask; it is tried again.", metadata: ["error": "\(error)"])
    }
    surveys.standing = standing
  }

  /// Invitations that an earlier process took and may have sent count as sent.
  private func settleInterrupted() throws {
    let rule = try store.consentRule()
    for invitation in try store.interruptedInvitations() {
      try store.noteSent(invitation.id, telling: invitation.event(.sent, at: .now, consent: rule))
    }
  }

  /// Ends invitations that nobody answered in time.
  private func endOverdue() throws {
    let rule = try store.consentRule()
    while true {
      let overdue = try store.overdueInvitations(limit: Self.mostAtOnce)
      for invitation in overdue {
        let event = invitation.event(.expired, at: .now, consent: rule)
        do { try store.end(invitation.id, as: .expired, telling: event) } catch is Refusal {
          // Somebody answered it, or was erased, in this very moment.
        }
      }
      guard overdue.count == Self.mostAtOnce, !Task.isCancelled else { return }
    }
  }

  /// Invites who came to be due since the last look.
  private func inviteWhoIsDue(_ experience: Experience) async throws {
    let asked = experience.surveys.filter { $0.occasion != nil && $0.channels.contains(.mail) }
    let looks = try store.surveyLooks(asked.map(\.name))
    let now = Instant.now
    let starts = looks.mapValues { max($0.since, $0.until - Self.overlap) }
    guard let start = starts.values.min(), start < now else { return }
    let stories = try await stories()
    var last: SurveyOccasion?
    while true {
      let after = last
      let found = try await onCountingThreads {
        try await stories.occasions(of: asked, in: experience, between: start..<now, after: after)
      }
      let subjects = found.occasions.compactMap { occasion -> Invitation.Subject? in
        guard let survey = experience.survey(occasion.survey),
          starts[occasion.survey].map({ $0 <= occasion.due }) == true
        else { return nil }
        return Invitation.Subject(occasion, to: survey)
      }
      let looked = found.isCut ? [:] : looks.mapValues { _ in now }
      try store.invite(subjects, looked: looked)
      guard found.isCut, let end = found.occasions.last else { return }
      last = end
    }
  }

  /// What has to be set before anybody is asked by mail; nil: nothing, or nobody is to be asked.
  func obstacle(to experience: Experience) -> Refusal? {
    guard experience.surveys.contains(where: { $0.occasion != nil && $0.channels.contains(.mail) })
    else { return nil }
    if mail == nil {
      return Refusal(
        "asking.mail", problem: "No server for mail is set, so invitations wait.",
        remedy: "Set mail.server and mail.from, as docs/running.md shows.")
    }
    if configuration.publicAddress == nil {
      return Refusal(
        "asking.address",
        problem: "Nothing says how people reach this server, so invitations wait.",
        remedy: "Set public_address, as docs/running.md shows: links in mails begin with it.")
    }
    return nil
  }

  /// Sends what is due, outside of quiet hours.
  ///
  /// - Returns: why the server for mail took nothing, where it didn't; the rest waits then.
  private func sendInvitations(_ experience: Experience) async throws -> Refusal? {
    guard let mail, let address = configuration.publicAddress else { return nil }
    let calendar = try LocalCalendar(timezone: experience.timezone)
    let sender = SurveySender(
      store: store, mail: mail, address: address, key: try store.surveyKey(),
      experience: experience, consent: try store.consentRule())
    let asking = experience.asking
    while !Task.isCancelled, asking.quiet?.contains(calendar.minute(.now)) != true {
      let (invitations, hasMore) = try store.claimInvitations(
        of: Set(experience.surveys.map(\.name)),
        within: AskingBudget(atMost: asking.atMost, per: asking.per), limit: Self.mostAtOnce)
      let faults = try await withThrowingTaskGroup(of: Fault?.self) { group in
        for invitation in invitations { group.addTask { try await sender.send(invitation) } }
        return try await group.reduce(into: [Fault]()) { faults, fault in
          if let fault { faults.append(fault) }
        }
      }
      if let fault = faults.first {
        logger.warning(
          "Invitations could not be sent; they are tried again.",
          metadata: ["code": "\(fault.code)"])
        return Refusal(fault.code, problem: fault.problem, remedy: fault.remedy)
      }
      guard hasMore else { return nil }
    }
    return nil
  }
}

/// Sends invitations by mail.
private struct SurveySender: Sendable {
  let store: Store
  let mail: MailServer
  /// How links begin.
  let address: String
  let key: SurveyKey
  let experience: Experience
  let consent: ConsentRule

  /// The shortest and the longest time until a mail is tried again.
  private static let firstPause = TimeSpan(milliseconds: 60_000)
  private static let longestPause = TimeSpan(milliseconds: 3_600_000)
  /// Failures after which the mail may be out all the same: who may have it isn't sent another.
  private static let unsure: Set<String> = ["mail.slow", "mail.failed"]

  /// Sends one that was taken for it, and notes what became of it.
  ///
  /// - Returns: what is wrong with the server, so that the rest waits.
  func send(_ invitation: Invitation) async throws -> Fault? {
    let message: MailMessage
    do throws(Refusal) { message = try self.message(invitation) } catch {
      try store.noteFailure(invitation.id, error.code, next: nil)
      return nil
    }
    do throws(Fault) {
      try await mail.send(message)
    } catch {
      guard !Self.unsure.contains(error.code) else {
        try noteSent(invitation)
        return error
      }
      let isFinal = MailServer.isFinal(error)
      let pause = min(
        Self.longestPause.milliseconds,
        Self.firstPause.milliseconds << Int64(min(10, max(0, invitation.attempts - 1))))
      try store.noteFailure(
        invitation.id, error.code,
        next: isFinal ? nil : .now + TimeSpan(milliseconds: pause))
      return isFinal ? nil : error
    }
    try noteSent(invitation)
    return nil
  }

  private func noteSent(_ invitation: Invitation) throws {
    try store.noteSent(invitation.id, telling: invitation.event(.sent, at: .now, consent: consent))
  }

  private func message(_ invitation: Invitation) throws(Refusal) -> MailMessage {
    let subject = invitation.subject
    guard let survey = experience.survey(subject.survey) else { throw .surveyGone }
    let link = "\(address)/s/\(key.token(ofInvitation: invitation.id, to: survey.name))"
    let letter = SurveyMail(survey, in: subject.language, link: link, from: experience.title)
    return try MailMessage(
      from: mail.from, to: MailAddress(subject.address ?? ""), subject: letter.subject,
      text: letter.text, html: letter.html)
  }
}

extension Invitation.Subject {
  /// Who came to be due for a survey.
  init(_ occasion: SurveyOccasion, to survey: Survey) {
    self.init(
      survey: survey.name, identity: occasion.customer, moment: occasion.moment, due: occasion.due,
      touchpoint: occasion.touchpoint, journey: occasion.journey, caseStart: occasion.caseStart,
      address: occasion.address, language: occasion.language, openFor: survey.expires)
  }
}

extension LocalCalendar {
  /// The minute of the day.
  fileprivate func minute(_ instant: Instant) -> Int {
    let parts = time(instant).split(separator: ":").compactMap { Int($0) }
    return parts.count > 1 ? parts[0] * 60 + parts[1] : 0
  }
}
