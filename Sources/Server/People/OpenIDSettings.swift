import Accounts
import Events
import Foundation

/// The provider by which people may sign in, beside their passwords.
public struct OpenIDSettings: Sendable, Equatable {
  /// The provider's name: an address.
  public let issuer: String
  /// What the program is called there.
  public let clientIdentifier: String
  /// What proves to the provider that it is this program.
  public let clientSecret: String
  /// Whoever has an address at one of these, in lower case, becomes a viewer.
  public let domains: Set<String>

  /// The variables of the environment.
  public enum Variable: String, CaseIterable, Sendable {
    case issuer = "WAYMARK_OPENID_ISSUER"
    case clientIdentifier = "WAYMARK_OPENID_CLIENT_ID"
    case clientSecret = "WAYMARK_OPENID_CLIENT_SECRET"
    case domains = "WAYMARK_OPENID_DOMAINS"
  }

  /// Reads the settings of an environment; nil where none is set.
  ///
  /// - Throws: `openid.settings` where one is missing or a domain is none; `openid.address`.
  public init?(environment: [String: String]) throws(Refusal) {
    func value(_ variable: Variable) -> String {
      environment[variable.rawValue]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    }
    guard Variable.allCases.contains(where: { !value($0).isEmpty }) else { return nil }
    for variable in [Variable.issuer, .clientIdentifier, .clientSecret]
    where value(variable).isEmpty {
      throw Refusal(
        "openid.settings", problem: "\(variable.rawValue) is not set.",
        remedy: "Set it as the provider has it, or none of the variables WAYMARK_OPENID_….")
    }
    issuer = value(.issuer)
    clientIdentifier = value(.clientIdentifier)
    clientSecret = value(.clientSecret)
    _ = try OpenIDProvider.discoveryAddress(of: issuer)
    var domains: Set<String> = []
    for domain in value(.domains).lowercased().split(whereSeparator: { ", \t".contains($0) }) {
      guard domain.utf8.allSatisfy(Self.isOfDomain), domain.contains("."),
        !domain.hasPrefix("."), !domain.hasSuffix(".")
      else {
        throw Refusal(
          "openid.settings",
          problem: "\(Variable.domains.rawValue) has “\(domain.prefix(100))”, which is no domain.",
          remedy: "Write domains with commas between: example.org, example.com.")
      }
      domains.insert(String(domain))
    }
    self.domains = domains
  }

  private static func isOfDomain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: byte >= 0x80
    }
  }

  /// What people call the provider: the host of its address.
  var name: String { URLComponents(string: issuer)?.host ?? issuer }
}

extension OpenIDSettings: CustomStringConvertible, CustomReflectable {
  /// The settings without the secret.
  public var description: String { "\(clientIdentifier) at \(issuer)" }
  /// The settings without the secret.
  public var customMirror: Mirror { Mirror(self, children: ["issuer": issuer]) }
}
