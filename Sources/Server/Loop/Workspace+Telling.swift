import Accounts
import Events
import Experience
import Logging
import Outbound
import Store
import Synchronization

extension Workspace {
  /// How many messages are sent at a time.
  private static let mostAtOnce = 4

  /// Sends what teams are told, until the server stops.
  func tellTeamsUntilStopped() async {
    while !Task.isCancelled {
      do {
        let due = try store.dueTicketMessages(limit: Self.mostAtOnce)
        await withDiscardingTaskGroup { group in
          for message in due { group.addTask { await self.tell(message) } }
        }
        if due.count == Self.mostAtOnce { continue }
      } catch {
        complain(of: error, "What teams are told could not be read; it is tried again.")
      }
      // The only thing that ends the wait early is the end.
      try? await Task.sleep(for: TicketDesk.beat)
    }
  }

  /// Sends one message, and writes down what became of it.
  private func tell(_ message: TicketMessage) async {
    do {
      do {
        let ticket = try store.ticket(message.ticket)
        if !tickets.sentOnly.withLock({ $0.contains(message.id) }) {
          try await send(message, of: ticket, in: usableExperience())
          _ = tickets.sentOnly.withLock { $0.insert(message.id) }
        }
        try store.sent(message)
        _ = tickets.sentOnly.withLock { $0.remove(message.id) }
      } catch is CancellationError {
        // It is sent after the next start.
      } catch let refusal as Refusal {
        try store.failed(message, because: "\(refusal.problem) \(refusal.remedy)")
      } catch let fault as Fault where fault.code.hasPrefix("store.") {
        throw fault
      } catch let fault as Fault {
        guard !Task.isCancelled else { return }
        try store.failed(
          message, because: fault.problem, again: MailServer.isFinal(fault) ? .never : .later)
        logger.warning(
          "A team could not be told of a ticket; it is tried again.",
          metadata: ["ticket": "\(message.ticket)", "code": "\(fault.code)"])
      }
    } catch {
      complain(of: error, "What became of a message could not be written down.")
    }
  }

  private func send(
    _ message: TicketMessage, of ticket: Ticket, in experience: Experience
  ) async throws {
    let notice = TicketNotice(message, of: ticket, in: experience, at: address)
    switch message.way {
    case .webhook: try await send(notice, to: tickets.ways.webhook(of: ticket.team ?? ""))
    case .mail:
      let team = experience.teams.first { $0.name == ticket.team }
      guard let mail, let address = team?.mail else {
        throw Refusal(
          "team.mail", problem: "No server for mail is set, or the team has no address now.",
          remedy: "Set mail.server, and the team’s `mail` in the experience.")
      }
      try await mail.send(
        MailMessage(
          from: mail.from, to: MailAddress(address), subject: notice.subject, text: notice.text,
          headers: [.init("X-Waymark-Message", notice.id)],
          // Other companies' stores count from one, too.
          identifier: "\(notice.id)-\(message.made.milliseconds)"))
    }
  }

  private func send(_ notice: TicketNotice, to webhook: TeamWays.Webhook) async throws {
    let body = notice.json
    let code = Hashing.hmacSHA256(body, key: Array(webhook.secret.utf8))
    let request = try OutboundRequest(
      .post, webhook.address,
      headers: [
        ("Content-Type", "application/json"), ("Idempotency-Key", notice.id),
        ("X-Waymark-Signature", "sha256=" + code.hexadecimal),
      ], body: body)
    let answer = try await tickets.outbound.send(request)
    guard (200..<300).contains(answer.status) else {
      throw Fault(
        "team.webhook", subject: "the team’s webhook",
        problem: "The webhook answered \(answer.status).",
        remedy: "Look at what receives it; it is tried again.")
    }
  }

  /// How people reach the server, for links in what is sent.
  private var address: String {
    configuration.publicAddress ?? "http://\(configuration.host):\(configuration.port)"
  }
}
