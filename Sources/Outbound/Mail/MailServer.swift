import Events
import Foundation

/// Sends mail by the server of the settings, a few at a time, each by a connection of its own.
///
///     let server = try MailServer(settings)
///     try await server.send(MailMessage(from: server.from, to: …, subject: …, text: …))
///
/// Once `send` is over the server has taken the mail on; whether it arrives, nobody learns here.
public final class MailServer: Sendable {
  /// How many mails are under way at most, those that wait for a thread among them.
  public static let mostWaiting = 200

  /// Whom mails come from where nobody says otherwise.
  public let from: MailAddress
  private let settings: MailSettings
  private let place: MailSettings.Place
  private let limits: MailLimits
  private let threads: CallingThreads

  /// Prepares to send; nothing is connected to yet.
  ///
  /// - Parameter atOnce: how many mails are sent at a time; each takes a thread meanwhile.
  /// - Throws: `mail.settings` where no server is set, or settings don't go together.
  public convenience init(_ settings: MailSettings, atOnce: Int = 2) throws(Refusal) {
    try self.init(settings, MailLimits(), atOnce: atOnce)
  }

  init(_ settings: MailSettings, _ limits: MailLimits, atOnce: Int = 2) throws(Refusal) {
    try settings.check()
    guard let place = settings.server, let from = settings.from else {
      throw Refusal(
        "mail.settings", problem: "No server for mail is set.",
        remedy: "Set mail.server and mail.from, as docs/running.md shows.")
    }
    self.from = from
    self.settings = settings
    self.place = place
    self.limits = limits
    threads = CallingThreads("mail", atOnce: atOnce, most: Self.mostWaiting)
  }

  /// Hands a mail over to the server.
  ///
  /// - Throws: `mail.recipient` where the server refuses the address for good, `mail.content` where
  ///   it refuses this mail for good; `mail.refused` where it takes no mail of ours, `mail.login`,
  ///   `mail.encryption`, `mail.certificate`; `mail.later` where it says so, `mail.busy`,
  ///   `mail.name`, `mail.connection`, `mail.slow`, `mail.cancelled`, `mail.failed`. After `mail.slow`
  ///   and `mail.failed` the mail may have been taken all the same. None tells whom it was for.
  public func send(_ message: MailMessage) async throws(Fault) {
    let busy = Fault(
      "mail.busy", subject: place.address,
      problem: "\(Self.mostWaiting) mails are under way already.",
      remedy: "Try again in a minute.")
    try await threads.call(orElse: busy) { [settings, place, limits] cancellation in
      let lines = message.lines(
        identifier: message.identifier ?? UUID().uuidString.lowercased(), date: Date())
      let transfer = MailTransfer(
        message, Array(lines.utf8), settings, place, limits, cancellation)
      do throws(Fault) {
        return .success(try transfer.perform())
      } catch {
        return .failure(error)
      }
    }
  }

  /// Whether it is of no use to send the same mail again: the address, or what the mail says, is
  /// refused for good. After all else a later try may go well, once somebody has seen to it perhaps.
  public static func isFinal(_ fault: Fault) -> Bool {
    ["mail.recipient", "mail.content"].contains(fault.code)
  }
}

/// How long sending may take.
struct MailLimits: Sendable {
  /// How long a connection may take, name and handshake included.
  var longestConnecting = Duration.seconds(10)
  /// How long a mail may take; some servers let strangers wait for half a minute.
  var longest = Duration.seconds(60)
}
