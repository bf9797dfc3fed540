import Accounts
import Events
import Experience
import Foundation
import Store

/// How teams are told of their tickets: by mail, to the address in the experience, and by webhooks
/// that the environment names.
///
/// The address of a webhook lets whoever has it write where the team reads, so that it is no part of
/// the experience; it is used and never kept, told or logged.
struct TeamWays: Sendable {
  /// Where a team's webhook is, and what its requests are signed with.
  struct Webhook: Sendable, Equatable {
    var address: String
    var secret: String
  }

  private let variables: [String: String]

  /// Takes variables; without arguments, those of the process.
  init(_ variables: [String: String] = ProcessInfo.processInfo.environment) {
    self.variables = variables
  }

  /// The shortest secret of signatures, in bytes: shorter ones can be guessed.
  static let shortestSecret = 16

  /// The variable for a team: `WAYMARK_TEAM_CUSTOMER_SUPPORT_WEBHOOK` for `customer-support`.
  static func variable(_ team: String, _ end: String) -> String {
    let name = team.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    return "WAYMARK_TEAM_\(String(name))_\(end)"
  }

  /// By which ways teams are told of tickets from now on.
  func ways(of teams: [Team], sendingMail: Bool) -> [String: Set<TicketMessage.Way>] {
    Dictionary(
      teams.map { team in
        var ways: Set<TicketMessage.Way> = []
        if sendingMail, team.mail != nil { ways.insert(.mail) }
        if variables[Self.variable(team.name, "WEBHOOK")]?.isEmpty == false {
          ways.insert(.webhook)
        }
        return (team.name, ways)
      }
    ) { first, _ in first }
  }

  /// A team's webhook.
  ///
  /// - Throws: `team.webhook` where nothing says where it is, or it isn't reached by https; `team.secret`.
  func webhook(of team: String) throws(Refusal) -> Webhook {
    let (place, key) = (Self.variable(team, "WEBHOOK"), Self.variable(team, "SECRET"))
    guard let address = variables[place], Self.isSecure(address) else {
      throw Refusal(
        "team.webhook", problem: "\(place) isn't set, or is no address of https.",
        remedy: "Set it to https://…; http is taken for this machine only.")
    }
    guard let secret = variables[key], secret.utf8.count >= Self.shortestSecret else {
      throw Refusal(
        "team.secret", problem: "\(key) isn't set, or is too short.",
        remedy: "Set it to \(Self.shortestSecret) letters or more, made by chance.")
    }
    return Webhook(address: address, secret: secret)
  }

  private static func isSecure(_ address: String) -> Bool {
    guard let parts = URLComponents(string: address) else { return false }
    if parts.scheme?.lowercased() == "https" { return true }
    return parts.scheme?.lowercased() == "http"
      && ["127.0.0.1", "[::1]", "::1", "localhost"].contains(parts.host?.lowercased() ?? "")
  }
}
