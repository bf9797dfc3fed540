import Accounts
import Events
import Foundation
import GRDB
import Stories
import Synchronization

/// Customers who were behind a number of an answer, under a name.
public struct SavedSet: Sendable, Equatable {
  /// Letters, digits, `_` and `-`, with a letter at the front.
  public var name: String
  /// When it was saved; the store fills it in.
  public var saved: Instant
  /// The question as JSON.
  public var question: String
  /// The row of the answer's table, such as `step=cart`.
  public var place: String
  /// A key of each customer, ascending: the canonical one at the time of saving.
  ///
  /// As identities are linked and parted, the customer is whoever has that identity.
  public var members: [UInt64]

  /// Makes a set.
  public init(name: String, question: String, place: String, members: [UInt64]) {
    self.name = name
    saved = Instant(milliseconds: 0)
    self.question = question
    self.place = place
    self.members = members
  }

  /// The longest name.
  public static let longestName = 64
  /// The most sets of a store: all are read with every question.
  public static let most = 1000
  /// The most customers of a set, which lies in one value of the database: 160 MB.
  public static let mostMembers = 20_000_000
}

extension Store {
  /// Saves a set, in the place of one of the same name.
  ///
  /// - Throws: `set.name`, `set.size`, `set.count`.
  public func save(_ set: SavedSet, by principal: Principal = .folderOwner) throws {
    try principal.require(.save)
    try Self.check(set)
    let now = clock()
    let members = Set(set.members).sorted().map(\.littleEndian).withUnsafeBytes { Data($0) }
    try changing.withLock { _ in
      try write { database in
        let others = try Int.fetchOne(
          database, sql: "SELECT count(*) FROM saved_sets WHERE name <> ?", arguments: [set.name])
        guard (others ?? 0) < SavedSet.most else {
          throw Refusal(
            "set.count", problem: "The store has \(SavedSet.most) saved sets already.",
            remedy: "Delete those that nobody uses: `waymark segments --delete <name>`.")
        }
        try database.execute(
          literal: """
            INSERT OR REPLACE INTO saved_sets (name, saved, question, place, members)
            VALUES (\(set.name), \(now.milliseconds), \(set.question), \(set.place), \(members))
            """)
        try note(.setSaved, set.name, "\(set.members.count) customers", by: principal, database)
      }
    }
  }

  private static func check(_ set: SavedSet) throws(Refusal) {
    let letters = set.name.unicodeScalars
    guard letters.count <= SavedSet.longestName,
      letters.first?.isLatinLetter == true,
      letters.allSatisfy({ $0.isLatinLetter || ("0"..."9").contains($0) || $0 == "_" || $0 == "-" })
    else {
      throw Refusal(
        "set.name", problem: "“\(set.name.prefix(80))” is no name of a set.",
        remedy:
          "Write a letter, and then up to \(SavedSet.longestName - 1) letters, digits, _ or -.")
    }
    guard set.members.count <= SavedSet.mostMembers else {
      throw Refusal(
        "set.size", problem: "A saved set has at most \(SavedSet.mostMembers) customers.",
        remedy: "Write a condition in the experience's `segments:` instead.")
    }
  }

  /// The saved sets by name, their members as customers of an identity view: canonical keys,
  /// ascending. Who was erased is in none.
  public func savedSets(_ view: IdentityView = .latest) throws(Fault) -> [SavedSet] {
    try faultsOnly {
      try read { database in
        let sets = try Self.savedSets(database)
        guard !sets.isEmpty else { return [] }
        let resolution = try resolution(database, view)
        return sets.map { set in
          var set = set
          set.members = Set(set.members.map(resolution.key(of:))).sorted()
          return set
        }
      }
    }
  }

  /// The names of the saved sets, in order.
  public func savedSetNames() throws(Fault) -> [String] {
    try faultsOnly {
      try read { database in
        guard try Schema.version(database) >= 3 else { return [] }
        return try String.fetchAll(database, sql: "SELECT name FROM saved_sets ORDER BY name")
      }
    }
  }

  /// Deletes a saved set; the customers stay.
  ///
  /// - Throws: `set.unknown`.
  public func deleteSavedSet(_ name: String, by principal: Principal = .folderOwner) throws {
    try principal.require(.save)
    try changing.withLock { _ in
      try write { database in
        try database.execute(literal: "DELETE FROM saved_sets WHERE name = \(name)")
        guard database.changesCount > 0 else {
          throw Refusal(
            "set.unknown", problem: "There is no saved set “\(name.prefix(80))”.",
            remedy: "`waymark segments` lists them.")
        }
        try note(.setDeleted, name, by: principal, database)
      }
    }
  }

  /// The sets as they were saved.
  static func savedSets(_ database: Database) throws -> [SavedSet] {
    guard try Schema.version(database) >= 3 else { return [] }
    return try Row.fetchAll(database, sql: "SELECT * FROM saved_sets ORDER BY name").map { row in
      let bytes: Data = row["members"]
      var set = SavedSet(
        name: row["name"], question: row["question"], place: row["place"],
        members: bytes.withUnsafeBytes { bytes in
          (0..<(bytes.count / 8)).map {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
          }
        })
      set.saved = Instant(milliseconds: row["saved"])
      return set
    }
  }

  /// Takes erased customers out of all sets.
  static func forgetMembers(_ keys: Set<UInt64>, _ database: Database) throws {
    for set in try savedSets(database) where set.members.contains(where: keys.contains) {
      let rest = set.members.filter { !keys.contains($0) }.map(\.littleEndian)
      try database.execute(
        literal: """
          UPDATE saved_sets SET members = \(rest.withUnsafeBytes { Data($0) })
          WHERE name = \(set.name)
          """)
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isLatinLetter: Bool {
    ("a"..."z").contains(self) || ("A"..."Z").contains(self)
  }
}
