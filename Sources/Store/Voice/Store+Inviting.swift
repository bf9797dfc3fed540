import Accounts
import Events
import Foundation
import GRDB

/// Up to where it was looked who is due for a survey.
public struct SurveyLook: Sendable, Equatable {
  /// When it was looked for the first time: nobody is asked for what was due before.
  public var since: Instant
  public var until: Instant
}

extension Store {
  private static let surveyKeyName = "survey.key"

  /// The key that signs the links of surveys; made at first need.
  ///
  /// - Throws: `store.reading` where there is none yet and the store is open for reading only.
  public func surveyKey() throws -> SurveyKey {
    func known(_ database: Database) throws -> SurveyKey? {
      try String.fetchOne(
        database, sql: "SELECT value FROM settings WHERE name = ?",
        arguments: [Self.surveyKeyName]
      ).flatMap(Base64URL.bytes).flatMap(SurveyKey.init)
    }
    if let key = try read(known) { return key }
    return try write { database in
      if let key = try known(database) { return key }
      let key = SurveyKey.random()
      try database.execute(
        literal: """
          INSERT INTO settings VALUES (\(Self.surveyKeyName), \(Base64URL.text(of: key.bytes)))
          """)
      return key
    }
  }

  /// Up to where it was looked who is due for each of some surveys.
  ///
  /// A survey that is new here begins now: those of the past aren't asked. One that isn't among them
  /// is forgotten, and begins anew where it comes back.
  public func surveyLooks(_ surveys: [String]) throws -> [String: SurveyLook] {
    let now = clock().milliseconds
    return try write { database in
      let known = try String.fetchAll(database, sql: "SELECT survey FROM survey_looks")
      for gone in Set(known).subtracting(surveys) {
        try database.execute(literal: "DELETE FROM survey_looks WHERE survey = \(gone)")
      }
      for survey in surveys where !known.contains(survey) {
        try database.execute(literal: "INSERT INTO survey_looks VALUES (\(survey), \(now), \(now))")
      }
      let rows = try Row.fetchAll(database, sql: "SELECT * FROM survey_looks")
      return Dictionary(
        rows.map { row in
          (
            row["survey"],
            SurveyLook(
              since: Instant(milliseconds: row["since"]),
              until: Instant(milliseconds: row["until"]))
          )
        }
      ) { $1 }
    }
  }

  /// Invites who is due, and notes up to where it was looked, in one transaction.
  ///
  /// Nobody is invited twice to one survey about one moment, under none of their identities, nor who
  /// was erased since that moment.
  /// - Parameter looked: the surveys for which it was looked, and up to where.
  /// - Returns: how many invitations are new.
  @discardableResult
  public func invite(
    _ subjects: [Invitation.Subject], looked: [String: Instant] = [:]
  ) throws -> Int {
    let now = clock()
    return try write { database in
      let people = try identities(of: subjects.map(\.identity.key), database)
      var count = 0
      for subject in subjects {
        let own = people[subject.identity.key] ?? [subject.identity.key]
        let isNew =
          try !isErased(own, since: subject.moment, database)
          && !isInvited(own, to: subject.survey, about: subject.moment, database)
        if isNew {
          try insert(subject, .mail, at: now, database)
          count += 1
        }
      }
      for (survey, until) in looked {
        try database.execute(
          literal: """
            UPDATE survey_looks SET until = max(until, \(until.milliseconds))
            WHERE survey = \(survey)
            """)
      }
      return count
    }
  }

  /// Invites one customer at once, for a link that somebody hands them.
  ///
  /// It counts for how often they are asked, and isn't held back by that.
  /// - Parameter event: what the story is told of it.
  /// - Throws: `access.denied`, `invitation.consent` where they deny consent, `invitation.known`
  ///   where there is one about this very moment.
  public func invite(
    _ subject: Invitation.Subject, telling event: Event, by principal: Principal
  ) throws -> Invitation {
    try principal.require(.save)
    let now = clock()
    return try write { database in
      let key = subject.identity.key
      let people = try identities(of: [key], database)
      guard try consentDenial(of: key, database) == nil else {
        throw Refusal(
          "invitation.consent", problem: "The customer denies consent.",
          remedy: "Ask them otherwise, or wait until they consent again.")
      }
      guard
        try !isInvited(people[key] ?? [key], to: subject.survey, about: subject.moment, database)
      else {
        throw Refusal(
          "invitation.known", problem: "The customer was invited about this moment already.",
          remedy: "Look for it among the invitations.")
      }
      let id = try insert(subject, .link, at: now, database)
      try markSent(id, at: now, telling: event, database)
      try note(
        .customerInvited, subject.survey, "invitation \(id)", by: principal, database)
      return try Self.invitation(id, database).orThrow(.unknownInvitation)
    }
  }

  @discardableResult
  private func insert(
    _ subject: Invitation.Subject, _ channel: Invitation.Channel, at now: Instant,
    _ database: Database
  ) throws -> Int64 {
    let identity = subject.identity
    try database.execute(
      literal: """
        INSERT INTO invitations (survey, key, namespace, identity, touchpoint, journey, case_start,
          moment, due, open_for, channel, address, language, state, made, next)
        VALUES (\(subject.survey), \(Int64(bitPattern: identity.key)),
          \(Int(identity.namespace.rawValue)), \(Data(identity.id.utf8)), \(subject.touchpoint),
          \(subject.journey), \(subject.caseStart?.milliseconds), \(subject.moment.milliseconds),
          \(subject.due.milliseconds), \(max(1, subject.openFor.milliseconds)),
          \(channel.rawValue), \(subject.address), \(subject.language), 'waiting',
          \(now.milliseconds), \(subject.due.milliseconds))
        """)
    return database.lastInsertedRowID
  }

  private func isErased(
    _ keys: [UInt64], since moment: Instant, _ database: Database
  ) throws -> Bool {
    try keys.contains { key in
      try Bool.fetchOne(
        database, sql: "SELECT EXISTS (SELECT 1 FROM erasures WHERE key = ? AND erased >= ?)",
        arguments: [Int64(bitPattern: key), moment.milliseconds]) == true
    }
  }

  private func isInvited(
    _ keys: [UInt64], to survey: String, about moment: Instant, _ database: Database
  ) throws -> Bool {
    try keys.contains { key in
      try Bool.fetchOne(
        database,
        sql: """
          SELECT EXISTS (SELECT 1 FROM invitations WHERE survey = ? AND key = ? AND moment = ?)
          """, arguments: [survey, Int64(bitPattern: key), moment.milliseconds]) == true
    }
  }

  /// The keys of all identities of some customers, by the key of one of theirs; those of customers
  /// with one identity are left out.
  func identities(of keys: [UInt64], _ database: Database) throws -> [UInt64: [UInt64]] {
    let canonical = try resolution(database).canonical
    let wanted = Set(keys.compactMap { canonical[$0] })
    guard !wanted.isEmpty else { return [:] }
    var all: [UInt64: [UInt64]] = [:]
    for (key, own) in canonical where wanted.contains(own) { all[own, default: []].append(key) }
    return Dictionary(keys.compactMap { key in canonical[key].map { (key, all[$0] ?? [key]) } }) {
      $1
    }
  }

  /// Since when a customer denies consent, in a transaction; nil: they don't.
  func consentDenial(of key: UInt64, _ database: Database) throws -> Int64? {
    try Self.consentWords(database) { try resolution(database) }[key]?.denial
  }
}

extension Refusal {
  static let unknownInvitation = Refusal(
    "invitation.unknown", problem: "There is no such invitation.",
    remedy: "Look at the list of invitations.")
}
