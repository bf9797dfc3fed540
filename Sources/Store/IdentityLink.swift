import Events
import Foundation
import GRDB

/// A stored fact: somebody said that two identities are one person.
public struct IdentityLink: Sendable, Equatable {
  /// Who said so.
  public enum Source: String, Sendable, CaseIterable {
    /// An event that was collected named both.
    case event
    /// A person who works with the store; only a person joins two users.
    case person
    /// An event of an imported file named both.
    case `import`
  }

  /// The link's number.
  public let id: Int64
  /// One of the identities.
  public let first: Identity
  /// The other.
  public let second: Identity
  /// Who said so.
  public let source: Source
  /// By which rule, or for what reason.
  public let rule: String
  /// When it was said; for an event, when that happened.
  public let said: Instant
  /// When it was taken back; nil where it stands.
  public let removed: Instant?
}

/// Which links a snapshot applies.
public enum IdentityView: Sendable, Equatable {
  /// All that stand now.
  case latest
  /// Those that had been said, and not taken back, at an instant.
  case asOf(Instant)

  var instant: Instant? {
    switch self {
    case .latest: nil
    case .asOf(let instant): instant
    }
  }
}

/// The identities as they were resolved in a state of the links.
struct ResolvedIdentities: Sendable {
  var state: Int
  var resolution: IdentityResolution
}

extension IdentityLink {
  init(_ row: Row) {
    func identity(_ namespace: Int, _ id: Data) -> Identity {
      Identity(namespace == 0 ? .user : .anonymous, String(decoding: id, as: UTF8.self))
    }
    self.init(
      id: row["id"], first: identity(row["first_namespace"], row["first_id"]),
      second: identity(row["second_namespace"], row["second_id"]),
      source: Source(rawValue: row["source"]) ?? .event, rule: row["rule"],
      said: Instant(milliseconds: row["said"]),
      removed: (row["removed"] as Int64?).map(Instant.init(milliseconds:)))
  }
}
