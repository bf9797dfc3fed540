import Events
import Foundation
import GRDB
import Parts
import Stories
import Synchronization

/// A part as the manifest knows it.
struct ManifestPart: Sendable {
  var number: Int
  var importID: Int64?
  var rows: Int
  var customers: Int
  var firstKey: UInt64
  var lastKey: UInt64
  var firstTime: Int64
  var lastTime: Int64
  var bytes: Int
  var checksum: UInt64
  /// The state of the links that the part was written with; -1: none were applied.
  var identity: Int

  /// The name of the part's file.
  var name: String { Self.name(number) }

  static func name(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 10 - digits.count)) + digits + ".part"
  }

  /// Whether a file name is one that a store gives to its parts, finished or not.
  static func isName(_ name: String) -> Bool {
    let digits = name.prefix { $0.isASCII && $0.isNumber }
    return digits.count >= 10 && [".part", ".part.partial"].contains(name.dropFirst(digits.count))
  }
}

extension ManifestPart {
  init(_ row: Row) {
    number = row["number"]
    importID = row["import"]
    rows = row["row_count"]
    customers = row["customers"]
    firstKey = UInt64(bitPattern: row["first_key"])
    lastKey = UInt64(bitPattern: row["last_key"])
    firstTime = row["first_time"]
    lastTime = row["last_time"]
    bytes = row["bytes"]
    checksum = UInt64(bitPattern: row["checksum"])
    identity = row["identity"]
  }

  init(_ summary: PartSummary, number: Int, importID: Int64?, identity: Int) {
    self.number = number
    self.importID = importID
    rows = summary.rows
    customers = summary.customers
    firstKey = summary.firstKey
    lastKey = summary.lastKey
    firstTime = summary.firstTime
    lastTime = summary.lastTime
    bytes = summary.bytes
    checksum = summary.checksum
    self.identity = identity
  }

  /// The parts of the base, ascending by key; keys are unsigned, SQLite's integers are not.
  static func base(_ database: Database) throws -> [ManifestPart] {
    try Row.fetchAll(database, sql: "SELECT * FROM parts WHERE state = 'base'")
      .map(ManifestPart.init).sorted { $0.firstKey < $1.firstKey }
  }

  /// The parts that an import has staged, in order of their writing.
  static func staged(_ database: Database, importID: Int64) throws -> [ManifestPart] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM parts WHERE import = ? ORDER BY number", arguments: [importID]
    ).map(ManifestPart.init)
  }

  func insert(_ database: Database) throws {
    try database.execute(
      literal: """
        INSERT INTO parts (number, state, import, row_count, customers, first_key, last_key,
          first_time, last_time, bytes, checksum, identity)
        VALUES (\(number), \(importID == nil ? "base" : "staged"), \(importID), \(rows),
          \(customers), \(Int64(bitPattern: firstKey)), \(Int64(bitPattern: lastKey)),
          \(firstTime), \(lastTime), \(bytes), \(Int64(bitPattern: checksum)), \(identity))
        """)
    try database.execute(
      sql: "UPDATE counters SET value = max(value, ?) WHERE name = 'part'",
      arguments: [number + 1])
  }

  func delete(_ database: Database) throws {
    try database.execute(sql: "DELETE FROM parts WHERE number = ?", arguments: [number])
  }
}

extension EventNames {
  /// Reads the names of a workspace.
  init(_ database: Database, in folder: String) throws {
    let rows = try Row.fetchAll(database, sql: "SELECT code, name FROM event_names ORDER BY code")
    var names = EventNames()
    for (position, row) in rows.enumerated() {
      let code: Int = row[0]
      let name: Data = row[1]
      guard code == position,
        names.codeAdding(String(decoding: name, as: UTF8.self)) == UInt16(position)
      else {
        throw Fault(
          "store.damaged", subject: folder + "/" + Store.databaseName,
          problem: "The list of event names is damaged at code \(position).",
          remedy: "Restore the folder from a backup, or import the sources again.")
      }
    }
    self = names
  }

  /// Adds the names that the database doesn't have yet.
  func save(_ database: Database) throws {
    let count = try database.cachedStatement(sql: "SELECT count(*) FROM event_names")
    let known = try Int.fetchOne(count) ?? 0
    guard known < names.count else { return }
    let insert = try database.cachedStatement(sql: "INSERT INTO event_names VALUES (?, ?)")
    for code in known..<names.count {
      try insert.execute(arguments: [code, Data(names[code].utf8)])
    }
  }
}

/// Removes a file; the number of the error, nil where there is no such file any more.
func removeFile(_ path: String) -> Int32? {
  unlink(path) == 0 || errno == ENOENT ? nil : errno
}

/// Adds one to a counter that tells readers that something changed.
func advance(_ counter: String, in database: Database) throws {
  try database.execute(
    sql: "UPDATE counters SET value = value + 1 WHERE name = ?", arguments: [counter])
}

/// The value of a counter.
func counter(_ name: String, in database: Database) throws -> Int {
  try Int.fetchOne(database, sql: "SELECT value FROM counters WHERE name = ?", arguments: [name])
    ?? 0
}

/// The parts that are mapped already, so that each is checked once.
final class OpenParts: Sendable {
  private let parts = Mutex<[Int: Part]>([:])

  /// Maps a part, or finds it mapped.
  func part(_ known: ManifestPart, in folder: String) throws(Fault) -> Part {
    if let part = parts.withLock({ $0[known.number] }) { return part }
    let path = folder + "/" + Store.partsName + "/" + known.name
    let part = try Part.open(path)
    guard part.summary.checksum == known.checksum, part.summary.rows == known.rows else {
      throw Fault(
        "part.manifest", subject: path, problem: "The file is not the one that the manifest names.",
        remedy: "Restore it from a backup, or import its sources again into a new store.")
    }
    parts.withLock { $0[known.number] = part }
    return part
  }

  /// Forgets all parts but those.
  func keep(_ numbers: Set<Int>) { parts.withLock { $0 = $0.filter { numbers.contains($0.key) } } }

  /// Forgets parts.
  func forget(_ numbers: [Int]) {
    parts.withLock { parts in for number in numbers { parts[number] = nil } }
  }
}

extension Store {
  /// The path of a part's file.
  func path(ofPart number: Int) -> String {
    folder + "/" + Self.partsName + "/" + ManifestPart.name(number)
  }

  /// Gives out the number of a new part.
  func reservePart() -> Int {
    counters.withLock { counters in
      defer { counters.part += 1 }
      return counters.part
    }
  }

  /// Removes files of parts that no manifest names; the next sweep removes what can't be now.
  func removeFiles(_ numbers: [Int]) {
    parts.forget(numbers)
    // A file that can't be removed now is swept by the next writer.
    for number in numbers { _ = removeFile(path(ofPart: number)) }
  }

  /// The files of parts that a crash left behind: named by a store, but not in its manifest.
  func strayFiles() throws -> [String] {
    let known = try read { database in
      Set(try Int.fetchAll(database, sql: "SELECT number FROM parts").map(ManifestPart.name))
    }
    return try FileManager.default.contentsOfDirectory(atPath: folder + "/" + Self.partsName)
      .filter { ManifestPart.isName($0) && !known.contains($0) }.sorted()
  }

  /// Removes what a crash left behind.
  func sweep() throws {
    for name in try strayFiles() {
      let path = folder + "/" + Self.partsName + "/" + name
      if let number = removeFile(path) {
        throw Fault.system(number, subject: path, doing: "remove a file that a crash left behind")
      }
    }
  }
}
