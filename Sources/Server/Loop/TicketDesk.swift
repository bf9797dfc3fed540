import Accounts
import Engine
import Events
import Experience
import Logging
import Outbound
import Store
import Synchronization

/// Opens tickets for what customers say, tells teams of them, and reminds them.
///
/// It keeps no place in the log: it looks at the events of the last days, whatever order they came
/// in, and the store knows which of them have a ticket.
final class TicketDesk: Sendable {
  /// How long ago something may have happened that a ticket is opened for: what lies further back is
  /// history that was brought in, which nobody can mend any more.
  static let span = TimeSpan.days(7)
  /// How often it is looked whether there is something new.
  static let beat = Duration.seconds(1)
  /// How much longer than a look the pause behind it is: looking takes a twentieth of the time of one
  /// core at most.
  static let pause = 20

  /// The most events of which it is kept in mind that they were judged, at 16 bytes each; beyond it
  /// all of the last days are judged once more.
  static let mostKnown = 1_000_000

  /// What was looked at.
  struct Seen: Sendable {
    /// The version of the events, and which reading of the experience.
    var version = -1
    var reading = -1
    /// The events that were judged.
    var known: Set<UInt64> = []
  }

  /// Held by the one who looks.
  let seen = Mutex(Seen())
  /// The messages that were sent and could not be written down as such: where the disk is full,
  /// nobody is told every second.
  let sentOnly = Mutex<Set<Int>>([])
  let ways: TeamWays
  /// The operator says where teams' webhooks are, so that they may lie in the own network.
  let outbound: Outbound

  init(_ ways: TeamWays = TeamWays()) {
    self.ways = ways
    var rules = OutboundRules()
    rules.transport = .any
    rules.reach = .everywhere
    outbound = Outbound(rules)
  }
}

extension Workspace {
  /// Opens tickets and sends what teams are told, until the server stops.
  func closeLoops() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.openTicketsUntilStopped() }
      group.addTask { await self.tellTeamsUntilStopped() }
    }
  }

  private func openTicketsUntilStopped() async {
    while !Task.isCancelled {
      let start = ContinuousClock.now
      do {
        if try await openTickets() > 0 { changes.happened() }
        let ways = ways()
        if try store.remindOfOverdue(telling: ways) > 0 { changes.happened() }
      } catch is CancellationError {
        return
      } catch {
        complain(of: error, "Tickets could not be opened; it is tried again.")
      }
      let took = ContinuousClock.now - start
      // The only thing that ends the wait early is the end.
      try? await Task.sleep(for: max(TicketDesk.beat, took * TicketDesk.pause))
    }
  }

  /// Looks for what has to be seen to, where there is anything new.
  ///
  /// - Returns: how many tickets were opened, or changed.
  func openTickets() async throws -> Int {
    let file = experience()
    // While its text has errors nobody knows what it asks for; what comes meanwhile is found later.
    guard file.errors.isEmpty, let experience = file.experience else { return 0 }
    let search = LoopSearch(experience)
    let version = changes.version
    let isNew = tickets.seen.withLock { $0.version != version || $0.reading != file.reading }
    guard isNew, !search.isEmpty else { return 0 }
    let known: Set<UInt64> = tickets.seen.withLock {
      $0.reading == file.reading && $0.known.count < TicketDesk.mostKnown ? $0.known : []
    }
    let stories = try await stories()
    let (findings, judged) = try await onCountingThreads {
      var judged = known
      let found = try search.findings(in: stories, from: .now - TicketDesk.span, except: &judged)
      return (found, judged)
    }
    var changed = 0
    for group in findings.inGroups(of: 500) {
      let outcomes = try store.openTickets(group.map(TicketCause.init), telling: ways(experience))
      changed += outcomes.count { $0 != .known }
    }
    tickets.seen.withLock {
      $0 = TicketDesk.Seen(version: version, reading: file.reading, known: judged)
    }
    return changed
  }

  /// How each team is told.
  private func ways() -> [String: Set<TicketMessage.Way>] {
    experience().experience.map(ways) ?? [:]
  }

  private func ways(_ experience: Experience) -> [String: Set<TicketMessage.Way>] {
    tickets.ways.ways(of: experience.teams, sendingMail: mail != nil)
  }

  func complain(of error: any Error, _ words: Logger.Message) {
    // A failure may quote people's data, so that the log has the code only.
    let code = (error as? Refusal)?.code ?? (error as? Fault)?.code ?? "\(type(of: error))"
    logger.error(words, metadata: ["code": "\(code)"])
  }
}

extension [LoopFinding] {
  fileprivate func inGroups(of count: Int) -> [ArraySlice<LoopFinding>] {
    stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
  }
}

extension TicketCause {
  /// What was found, as the store keeps it.
  init(_ finding: LoopFinding) {
    let properties = finding.event.properties
    let (origin, name, due): (Ticket.Origin, String, TimeSpan) =
      switch finding.rule {
      case .survey(let survey, let loop): (.survey, survey.name, loop.due)
      case .rule(let rule): (.rule, rule.name, rule.due)
      }
    self.init(
      origin, name, message: finding.message, event: finding.event.name,
      by: finding.event.identity, at: finding.event.time, touchpoint: finding.touchpoint?.name,
      journey: properties[SurveyEvent.journey]?.shown,
      caseStart: properties[SurveyEvent.caseStart].flatMap { Instant(iso8601: $0.shown) },
      team: finding.team, due: due, score: finding.score?.isFinite == true ? finding.score : nil,
      comment: Self.words.lazy.compactMap { properties[$0]?.words }.first)
  }

  /// Where events have people's own words; surveys have them in the first.
  private static let words = [SurveyEvent.comment, "text", "body", "message", "review", "title"]
}

extension PropertyValue {
  /// A text that says something.
  fileprivate var words: String? {
    guard case .string(let text) = self, text.contains(where: { !$0.isWhitespace }) else {
      return nil
    }
    return text
  }
}
