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

/// What a customer said of consent, as the times of the latest words.
struct ConsentWords: Sendable, Equatable {
  var denied = Int64.min
  var granted = Int64.min

  /// Since when consent is denied; nil: it isn't.
  var denial: Int64? { denied > .min && denied >= granted ? denied : nil }

  mutating func join(_ other: ConsentWords) {
    denied = max(denied, other.denied)
    granted = max(granted, other.granted)
  }
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
    try consentWords()[identity.key]?.denial.map(Instant.init(milliseconds:))
  }

  /// How many identities deny consent, all those among them that are tied to one that does.
  public func denialCount() throws(Fault) -> Int {
    try consentWords().values.count { $0.denial != nil }
  }

  private func consentWords() throws(Fault) -> [UInt64: ConsentWords] {
    try faultsOnly {
      try read { database in
        guard try Schema.version(database) >= Schema.firstWithConsent else { return [:] }
        return try Self.consentWords(database) { try resolution(database) }
      }
    }
  }

  static func consentRule(_ database: Database) throws -> ConsentRule {
    try value(of: consentName, database) ?? ConsentRule()
  }

  /// What customers who ever denied consent said, under each of their identities.
  static func consentWords(
    _ database: Database, _ resolution: () throws -> IdentityResolution
  ) throws -> [UInt64: ConsentWords] {
    let rows = try Row.fetchAll(database, sql: "SELECT key, denied, granted FROM consent")
    guard !rows.isEmpty else { return [:] }
    let resolution = try resolution()
    var words: [UInt64: ConsentWords] = [:]
    for row in rows {
      words[resolution.key(of: UInt64(bitPattern: row[0])), default: ConsentWords()].join(
        ConsentWords(denied: row[1] ?? .min, granted: row[2] ?? .min))
    }
    for (key, canonical) in resolution.canonical {
      if let said = words[canonical] { words[key] = said }
    }
    return words
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
    let words = words(of: keys)
    let isDenied = words.denial.map { time > $0 } ?? false
    switch said {
    case .denied:
      if time > words.denied { takeDown(.denied, of: keys, at: time) }
      throw .consentDenied
    case .granted:
      if isDenied { takeDown(.granted, of: keys, at: time) }
    case nil:
      if isDenied { throw .consentWithdrawn }
      if rules.consent.required == .yes { throw .consentMissing }
    }
  }

  private mutating func takeDown(_ said: ConsentStatement, of keys: [UInt64], at time: Int64) {
    var words = words(of: keys)
    switch said {
    case .denied: words.denied = time
    case .granted: words.granted = time
    }
    for key in keys {
      consentWords[key] = words
      consent.append(ConsentChange(key: key, statement: said, said: time))
    }
  }

  /// What a customer of whom an event names these identities said up to now.
  private func words(of keys: [UInt64]) -> ConsentWords {
    var words = ConsentWords()
    guard !(rules.words.isEmpty && consentWords.isEmpty) else { return words }
    for key in keys {
      if let own = consentWords[key] ?? rules.words[key] { words.join(own) }
    }
    return words
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
