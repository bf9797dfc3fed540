import Accounts
import Events
import Foundation
import GRDB

/// One version of the experience's text.
public struct ExperienceVersion: Sendable, Equatable {
  /// The number, from 1 without gaps.
  public let number: Int
  /// Who saved it, by their name as of then.
  public let author: String
  /// What they say of it.
  public let message: String
  /// When it was saved.
  public let at: Instant
  /// The version that it restored; nil where it is a text of its own.
  public let restored: Int?

  init(_ row: Row) {
    number = row["number"]
    author = row["author"]
    message = row["message"]
    at = Instant(milliseconds: row["at"])
    restored = row["restored"]
  }

  /// The most bytes of all files of a version.
  public static let largest = 4_194_304
  /// The most files of a version.
  public static let mostFiles = 100
  /// The longest message, in characters.
  public static let longestMessage = 1000
}

extension Store {
  /// The versions of the experience, the latest first.
  ///
  /// - Parameters:
  ///   - cursor: the number of the last version that was read; nil begins with the latest.
  ///   - limit: how many, at most 500.
  public func experienceVersions(
    before cursor: Int? = nil, limit: Int = 100
  ) throws(Fault) -> [ExperienceVersion] {
    try people([]) { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT * FROM experience_versions WHERE ?1 IS NULL OR number < ?1
          ORDER BY number DESC LIMIT ?2
          """, arguments: [cursor, max(0, min(limit, 500))]
      ).map(ExperienceVersion.init)
    }
  }

  /// The files of a version, by name.
  ///
  /// - Throws: `experience.version`.
  public func experienceFiles(ofVersion number: Int) throws -> [String: String] {
    try people(nil) { try Self.experienceFiles(of: number, $0) }
      .orThrow(Self.unknownVersion(number))
  }

  /// The latest version with its files; nil where none was saved.
  public func latestExperience() throws(Fault) -> (ExperienceVersion, [String: String])? {
    try people(nil) { database in
      guard let version = try Self.latestVersion(database) else { return nil }
      return (version, try Self.experienceFiles(of: version.number, database) ?? [:])
    }
  }

  /// Saves the files as a new version; where they are those of the latest, that one is returned.
  ///
  /// - Parameters:
  ///   - files: the text of each file, by name; the caller has linted them.
  ///   - message: what changed, in words; may be empty.
  ///   - latest: the version that was edited: where another is the latest by now, nothing is saved.
  ///     Nil saves whatever is there.
  ///   - principal: who saves it.
  /// - Throws: `access.denied`, `experience.size`, `experience.message`, `experience.changed`.
  @discardableResult
  public func saveExperience(
    _ files: [String: String], message: String, after latest: Int? = nil, by principal: Principal
  ) throws -> ExperienceVersion {
    try principal.require(.editExperience)
    try Self.check(files, message)
    return try write { database in
      try saveVersion(files, message, restoring: nil, after: latest, principal, database)
    }
  }

  /// Saves the files of an older version as a new one.
  ///
  /// - Throws: `access.denied`, `experience.version`.
  @discardableResult
  public func restoreExperience(
    _ number: Int, by principal: Principal
  ) throws -> ExperienceVersion {
    try principal.require(.editExperience)
    return try write { database in
      let files = try Self.experienceFiles(of: number, database)
        .orThrow(Self.unknownVersion(number))
      return try saveVersion(
        files, "Restore version \(number)", restoring: number, after: nil, principal, database)
    }
  }

  private func saveVersion(
    _ files: [String: String], _ message: String, restoring restored: Int?, after edited: Int?,
    _ principal: Principal, _ database: Database
  ) throws -> ExperienceVersion {
    let latest = try Self.latestVersion(database)
    if let latest,
      try Self.experienceFiles(of: latest.number, database).map({ same($0, files) }) == true
    {
      return latest
    }
    if let edited, edited != latest?.number ?? 0 {
      throw Refusal(
        "experience.changed",
        problem:
          "\(latest.map { "\($0.author) saved version \($0.number)" } ?? "Nothing was saved")"
          + " while you were editing version \(edited).",
        remedy: "Look at what changed, bring your change into it, and save again.")
    }
    let number = (latest?.number ?? 0) + 1
    try database.execute(
      literal: """
        INSERT INTO experience_versions (number, author, message, at, restored)
        VALUES (\(number), \(principal.name), \(message), \(clock().milliseconds), \(restored))
        """)
    for (name, text) in files {
      try database.execute(
        literal: "INSERT INTO experience_files VALUES (\(number), \(name), \(text))")
    }
    try note(.experienceSaved, "version \(number)", message, by: principal, database)
    return try Self.latestVersion(database).orThrow(Self.unknownVersion(number))
  }

  /// Whether the files have the same bytes; texts that only look the same are different ones.
  private func same(_ one: [String: String], _ other: [String: String]) -> Bool {
    one.count == other.count
      && one.allSatisfy { name, text in
        other[name].map { Array($0.utf8) == Array(text.utf8) } ?? false
      }
  }

  private static func check(_ files: [String: String], _ message: String) throws(Refusal) {
    let bytes = files.values.reduce(0) { $0 + $1.utf8.count }
    guard (1...ExperienceVersion.mostFiles).contains(files.count),
      bytes <= ExperienceVersion.largest
    else {
      throw Refusal(
        "experience.size", problem: "These are \(files.count) files with \(bytes) bytes.",
        remedy: "Save 1 to \(ExperienceVersion.mostFiles) files with at most "
          + "\(ExperienceVersion.largest) bytes together.")
    }
    for name in files.keys { _ = try GivenName.checked(name, of: "file") }
    guard message.count <= ExperienceVersion.longestMessage else {
      throw Refusal(
        "experience.message", problem: "The message has \(message.count) characters.",
        remedy: "Write at most \(ExperienceVersion.longestMessage).")
    }
  }

  private static func latestVersion(_ database: Database) throws -> ExperienceVersion? {
    try Row.fetchOne(
      database, sql: "SELECT * FROM experience_versions ORDER BY number DESC LIMIT 1"
    ).map(ExperienceVersion.init)
  }

  private static func experienceFiles(
    of number: Int, _ database: Database
  ) throws -> [String: String]? {
    let rows = try Row.fetchAll(
      database, sql: "SELECT name, text FROM experience_files WHERE version = ?",
      arguments: [number])
    guard !rows.isEmpty else { return nil }
    return Dictionary(rows.map { ($0[0] as String, $0[1] as String) }) { $1 }
  }

  private static func unknownVersion(_ number: Int) -> Refusal {
    Refusal(
      "experience.version", problem: "There is no version \(number) of the experience.",
      remedy: "Look at the history for the versions that there are.")
  }
}
