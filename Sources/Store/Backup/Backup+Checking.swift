import Events
import Foundation
import GRDB
import Parts

extension Backup {
  /// Opens a backup, having read and checked every byte of it.
  ///
  /// - Throws: `backup.missing`, `backup.incomplete`, `backup.newer`; `backup.damaged` or
  ///   `file.missing` for the first file that is not what it was; `part.…`, `store.…`.
  public static func open(
    _ folder: String, progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) throws(Fault) -> Backup {
    let sums = try FileSums(of: folder)
    let facts = try facts(of: folder)
    guard sums.files.count == facts.files + 1, sums.paths.contains(factsName) else {
      throw .damagedBackup(
        folder + "/" + FileSums.name,
        "It lists \(sums.files.count) files, and \(facts.files + 1) were written.")
    }
    var done = 0
    for file in sums.files {
      let path = folder + "/" + file.path
      let sum = try FileSums.sum(of: path) { bytes in
        done += bytes
        progress(Progress(stage: .checking, bytes: done, total: facts.bytes))
      }
      guard sum == file.sum else {
        throw .damagedBackup(path, "The file's bytes are not those that were written.")
      }
    }
    do { try checkStore(folder, sums) } catch { throw Fault(error, in: folder) }
    return Backup(folder: folder, facts: facts, sums: sums)
  }

  /// Writes what makes a folder of copies a backup, and reads all of it back.
  static func seal(
    _ folder: String, _ facts: Facts, _ progress: @escaping @Sendable (Progress) -> Void
  ) throws -> Backup {
    var paths = [Store.databaseName]
    for name in [Store.partsName, Store.rejectsName, companionsName]
    where FileManager.default.fileExists(atPath: folder + "/" + name) {
      paths += try FileManager.default.contentsOfDirectory(atPath: folder + "/" + name).sorted()
        .map { name + "/" + $0 }
      try DurableFile.synchronize(folder: folder + "/" + name)
    }
    var facts = facts
    facts.files = paths.count
    for path in paths {
      let size = try FileManager.default.attributesOfItem(atPath: folder + "/" + path)[.size]
      facts.bytes += (size as? NSNumber)?.intValue ?? 0
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let text = String(decoding: try encoder.encode(facts), as: UTF8.self) + "\n"
    try DurableFile.write(text, to: folder + "/" + factsName)
    var sums = FileSums()
    var done = 0
    for path in paths + [factsName] {
      let sum = try FileSums.sum(of: folder + "/" + path) { bytes in
        done += bytes
        progress(Progress(stage: .checking, bytes: done, total: facts.bytes))
      }
      sums.files.append(FileSums.File(path: path, sum: sum))
    }
    try checkStore(folder, sums)
    try DurableFile.synchronize(folder: folder)
    try DurableFile.write(sums.text, to: folder + "/" + FileSums.name)
    try DurableFile.synchronize(folder: folder)
    return Backup(folder: folder, facts: facts, sums: sums)
  }

  private static func facts(of folder: String) throws(Fault) -> Facts {
    let path = folder + "/" + factsName
    let bytes = try DurableFile.read(path, upTo: 65_536)
    let facts: Facts
    do { facts = try JSONDecoder().decode(Facts.self, from: Data(bytes)) } catch {
      throw .damagedBackup(path, "The file doesn't say what is in the backup.")
    }
    guard facts.backup <= version else {
      throw Fault(
        "backup.newer", subject: folder,
        problem: "The backup has form \(facts.backup); this program knows \(version).",
        remedy: "Use the Waymark that made it: \(facts.program).")
    }
    return facts
  }

  /// Checks that the database is whole, and that every part that it names is there and is that one.
  private static func checkStore(_ folder: String, _ sums: FileSums) throws {
    let path = folder + "/" + Store.databaseName
    var configuration = Configuration()
    configuration.readonly = true
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    let parts = try queue.read { database in
      try Schema.check(database, in: folder)
      let complaint = try String.fetchOne(database, sql: "PRAGMA integrity_check(1)")
      guard complaint == "ok" else {
        throw Fault.damagedBackup(path, "SQLite says: \(complaint ?? "nothing").")
      }
      return try ManifestPart.all(database)
    }
    try queue.close()
    let listed = sums.paths
    for known in parts {
      let name = Store.partsName + "/" + known.name
      guard listed.contains(name) else {
        throw Fault.damagedBackup(
          folder + "/" + name, "The database names this part, and the list doesn't.")
      }
      let part = try Part.open(folder + "/" + name)
      guard part.summary.checksum == known.checksum, part.summary.rows == known.rows else {
        throw Fault.damagedBackup(
          folder + "/" + name, "The file is not the one that the database names.")
      }
    }
  }

  /// Sets how a database keeps its journal.
  static func setJournal(_ mode: String, _ database: Database) throws {
    let now = try String.fetchOne(database, sql: "PRAGMA journal_mode = \(mode)")
    guard now == mode else {
      throw Fault(
        "store.database", subject: Store.databaseName,
        problem: "Its journal mode is \(now ?? "unknown") and can't be made \(mode).",
        remedy: "Choose a folder on a local disk.")
    }
  }
}
