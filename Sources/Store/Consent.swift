import Accounts
import Events
import GRDB
import Stories

extension Schema {
  /// Who denied consent and who granted it again, by the hash of the identity that said so.
  static let consentTables = """
    CREATE TABLE consent (
      key INTEGER PRIMARY KEY,
      denied INTEGER, -- the latest time at which it was denied
      granted INTEGER, -- the latest time at which it was granted after a denial
      CHECK (denied IS NOT NULL OR granted IS NOT NULL)
    ) STRICT;
    """

  /// The first version that has them.
  static let firstWithConsent = 5
}

/// A word of a customer on consent that changes what is stored of them.
struct ConsentChange: Sendable {
  var key: UInt64
  var statement: ConsentStatement
  var said: Int64

  /// Keeps the latest denial and the latest grant, in whatever order they come.
  func save(_ database: Database) throws {
    let key = Int64(bitPattern: key)
    switch statement {
    case .denied:
      try database.execute(
        literal: """
          INSERT INTO consent (key, denied) VALUES (\(key), \(said))
          ON CONFLICT (key) DO UPDATE SET denied = max(coalesce(denied, \(said)), \(said))
          """)
    case .granted:
      try database.execute(
        literal: """
          INSERT INTO consent (key, granted) VALUES (\(key), \(said))
          ON CONFLICT (key) DO UPDATE SET granted = max(coalesce(granted, \(said)), \(said))
          """)
    }
  }
}

extension Store {
  private static let consentName = "consent"

  /// What collection makes of consent.
  public func consentRule() throws(Fault) -> ConsentRule {
    try faultsOnly { try read { try Self.consentRule($0) } }
  }

  /// Says what collection makes of consent from now on; what is stored stays.
  ///
  /// - Throws: `access.denied`, `consent.categories`.
  public func set(_ rule: ConsentRule, by principal: Principal) throws {
    try principal.require(.manageSettings)
    try rule.check()
    let text = rule == ConsentRule() ? nil : try Self.text(of: rule)
    try set(Self.consentName, to: text, by: principal)
    memory.forgetRules()
  }

  /// Since when a customer denies consent; nil: they don't.
  public func consentDenied(by identity: Identity) throws(Fault) -> Instant? {
    try faultsOnly {
      try read { database in
        guard try Schema.version(database) >= Schema.firstWithConsent else { return nil }
        let denials = try Self.consentDenials(database) { try resolution(database) }
        return denials[identity.key].map(Instant.init(milliseconds:))
      }
    }
  }

  static func consentRule(_ database: Database) throws -> ConsentRule {
    try value(of: consentName, database) ?? ConsentRule()
  }

  /// Since when customers deny consent, under each of their identities, in milliseconds.
  static func consentDenials(
    _ database: Database, _ resolution: () throws -> IdentityResolution
  ) throws -> [UInt64: Int64] {
    let rows = try Row.fetchAll(database, sql: "SELECT key, denied, granted FROM consent")
    guard !rows.isEmpty else { return [:] }
    let resolution = try resolution()
    var denied: [UInt64: Int64] = [:]
    var granted: [UInt64: Int64] = [:]
    for row in rows {
      let key = resolution.key(of: UInt64(bitPattern: row[0]))
      if let said = row[1] as Int64? { denied[key] = max(said, denied[key] ?? .min) }
      if let said = row[2] as Int64? { granted[key] = max(said, granted[key] ?? .min) }
    }
    var denials = denied.filter { granted[$0.key].map { [said = $0.value] in $0 <= said } ?? true }
    for (key, canonical) in resolution.canonical {
      if let said = denials[canonical] { denials[key] = said }
    }
    return denials
  }
}

extension CheckedEvents {
  /// Refuses an event whose customer does not consent, and takes down what it says of that.
  ///
  /// An event from before the denial is one that was consented to.
  mutating func checkConsent(_ event: Event) throws(Refusal) {
    let said = event.consent(rules.consent)
    let time = event.time.milliseconds
    let keys = [event.identity.key] + (event.linked.map { [$0.key] } ?? [])
    let denial = rules.hasDenials || !denials.isEmpty ? denial(keys) : nil
    let isDenied = denial.map { time > $0 } ?? false
    switch said {
    case .denied:
      if denial.map({ time > $0 }) ?? true {
        for key in keys {
          denials[key] = time
          consent.append(ConsentChange(key: key, statement: .denied, said: time))
        }
      }
      throw .consentDenied
    case .granted:
      guard isDenied else { return }
      for key in keys {
        denials[key] = .some(nil)
        consent.append(ConsentChange(key: key, statement: .granted, said: time))
      }
    case nil:
      if isDenied { throw .consentWithdrawn }
      if rules.consent.required == .yes { throw .consentMissing }
    }
  }

  /// Since when any of some identities denies consent.
  private func denial(_ keys: [UInt64]) -> Int64? {
    keys.compactMap { key in
      if let own = denials[key] { return own }
      return rules.denials[key]
    }.max()
  }
}

extension Refusal {
  fileprivate static let consentDenied = Refusal(
    "consent.denied", problem: "The customer denies consent, which is kept in mind.",
    remedy: "Events are welcome again once one says that consent is granted.")
  fileprivate static let consentWithdrawn = Refusal(
    "consent.withdrawn", problem: "The customer denied consent before this event.",
    remedy: "Events are welcome again once one says that consent is granted.")
  fileprivate static let consentMissing = Refusal(
    "consent.missing", problem: "The event does not say that its customer consents.",
    remedy: "Send the consent with the event, or change what is required under Settings.")
}
