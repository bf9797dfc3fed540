import Events
import Foundation
import GRDB
import Glibc
import Parts

extension Store {
  /// How often a backup begins again because the writer replaced the parts meanwhile.
  private static let backupAttempts = 8
  /// How many pages of the database are copied before progress is told: 4 MB.
  private static let backupPages: CInt = 1024

  /// Copies the store as it is at this moment into a folder, while others go on writing to it.
  ///
  /// All that was acknowledged before is in it. Parts never change, so on one file system they are
  /// linked instead of copied. The copy is read back and checked before it counts.
  /// - Parameters:
  ///   - folder: a folder that is empty or isn't there; its parent is.
  ///   - experience: files that belong to the store, as their names in the backup and their paths.
  ///   - program: the version of the program.
  ///   - progress: told now and then how far the work has come.
  /// - Throws: `backup.exists` where the folder holds something, `backup.inside` where it lies in the
  ///   store's, `backup.name`; `part.…`, `store.…`, and then the folder is left as it was.
  public func backUp(
    to folder: String, experience: [(name: String, path: String)] = [], program: String,
    progress: @escaping @Sendable (Backup.Progress) -> Void = { _ in }
  ) throws -> Backup {
    try requireOutside(folder)
    try Self.requireEmpty(folder, "backup.exists", for: "A backup")
    let isNew = try DurableFile.makeFolder(folder)
    do {
      let facts = try copyAll(to: folder, experience, program, progress)
      return try Backup.seal(folder, facts, progress)
    } catch {
      try Self.empty(folder)
      if isNew { rmdir(folder) }
      throw error is Refusal ? error : Fault(error, in: folder)
    }
  }

  private func copyAll(
    to folder: String, _ experience: [(name: String, path: String)], _ program: String,
    _ progress: @escaping @Sendable (Backup.Progress) -> Void
  ) throws -> Backup.Facts {
    if !experience.isEmpty {
      try DurableFile.makeFolder(folder + "/" + Backup.companionsName)
    }
    for file in experience {
      guard Backup.isPath("\(Backup.companionsName)/\(file.name)") else {
        throw Refusal(
          "backup.name", problem: "A backup can't have a file called “\(file.name)”.",
          remedy: "Give it a name without line breaks that doesn't begin with a point.")
      }
      guard let opened = try DurableFile.Opened(file.path) else {
        throw DurableFile.missing(file.path)
      }
      try DurableFile.copy(opened, to: "\(folder)/\(Backup.companionsName)/\(file.name)")
    }
    try copyRejects(to: folder)
    for _ in 1...Self.backupAttempts {
      if let facts = try copyView(to: folder, program, progress) { return facts }
      try Self.empty(folder, only: [Self.partsName, Self.databaseName])
    }
    throw Fault(
      "backup.restless", subject: self.folder,
      problem: "The parts were replaced \(Self.backupAttempts) times while they were copied.",
      remedy: "Make the backup again when less is imported or erased.")
  }

  /// Copies the database and its parts in one view of it; nil where parts have been replaced before
  /// they were taken hold of.
  private func copyView(
    to folder: String, _ program: String,
    _ progress: @escaping @Sendable (Backup.Progress) -> Void
  ) throws -> Backup.Facts? {
    try DurableFile.makeFolder(folder + "/" + Self.partsName)
    var manifest: Int?
    do {
      return try read { database -> Backup.Facts in
        manifest = try counter("manifest", in: database)
        let facts = try Backup.Facts(database, program: program, made: clock())
        let held = try hold(ManifestPart.all(database), linkingTo: folder)
        let total = held.reduce(0) { $0 + $1.bytes }
        var done = 0
        for part in held {
          let path = folder + "/" + Self.partsName + "/" + part.name
          try DurableFile.copy(part.file, to: path) { bytes in
            done += bytes
            progress(.init(stage: .copying, bytes: done, total: total))
          }
        }
        try copy(database, to: folder + "/" + Self.databaseName) { copied, all in
          progress(.init(stage: .copying, bytes: done + copied, total: total + all))
        }
        return facts
      }
    } catch let fault as Fault where fault.code == "part.missing" {
      guard try read({ try counter("manifest", in: $0) }) != manifest else { throw fault }
      return nil
    }
  }

  /// A part that has to be copied byte by byte.
  private struct HeldPart {
    var name: String
    var bytes: Int
    var file: DurableFile.Opened
  }

  /// Links parts into a backup, or takes hold of those that can't be linked: from then on nobody
  /// can take them away.
  private func hold(_ parts: [ManifestPart], linkingTo folder: String) throws -> [HeldPart] {
    OpenFiles.allowMany()
    var held: [HeldPart] = []
    for part in parts {
      let source = path(ofPart: part.number)
      let target = "\(folder)/\(Self.partsName)/\(part.name)"
      if Glibc.link(source, target) == 0 { continue }
      guard let file = try DurableFile.Opened(source) else {
        throw Fault(
          "part.missing", subject: source, problem: "There is no such file.",
          remedy: "Run `waymark doctor`, and restore the folder from an earlier backup.")
      }
      held.append(HeldPart(name: part.name, bytes: part.bytes, file: file))
    }
    return held
  }

  /// Copies the database, as the view shows it, into a file of its own that needs no log.
  private func copy(
    _ database: Database, to path: String, copied: @escaping (_ bytes: Int, _ of: Int) -> Void
  ) throws {
    let size = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 4096
    try DurableFile.write("", to: path)
    let target = try DatabaseQueue(path: path)
    try target.writeWithoutTransaction { target in
      try target.execute(sql: "PRAGMA synchronous = FULL")
      try database.backup(to: target, pagesPerStep: Self.backupPages) { progress in
        copied(progress.completedPageCount * size, progress.totalPageCount * size)
      }
      try Backup.setJournal("delete", target)
    }
    try target.close()
  }

  private func copyRejects(to folder: String) throws {
    let source = self.folder + "/" + Self.rejectsName
    guard FileManager.default.fileExists(atPath: source) else { return }
    try DurableFile.makeFolder(folder + "/" + Self.rejectsName)
    for name in try FileManager.default.contentsOfDirectory(atPath: source).sorted()
    where Backup.isPath(Self.rejectsName + "/" + name) {
      // A file that went away meanwhile belonged to an import that was given up.
      guard let file = try DurableFile.Opened(source + "/" + name) else { continue }
      try DurableFile.copy(file, to: "\(folder)/\(Self.rejectsName)/\(name)")
    }
  }

  /// Refuses a folder inside the store's, where erasing would find what is in the backup.
  private func requireOutside(_ folder: String) throws(Refusal) {
    func path(_ folder: String) -> String {
      URL(filePath: folder, directoryHint: .isDirectory).resolvingSymlinksInPath().path + "/"
    }
    guard !path(folder).hasPrefix(path(self.folder)) else {
      throw Refusal(
        "backup.inside", problem: "\(folder) lies in the folder of the store.",
        remedy: "Name a folder outside of \(self.folder).")
    }
  }

  /// Refuses a folder that holds anything.
  static func requireEmpty(_ folder: String, _ code: String, for what: String) throws {
    guard FileManager.default.fileExists(atPath: folder) else { return }
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
      throw Refusal(
        code, problem: "\(folder) is no folder that can be listed.", remedy: "Name another folder.")
    }
    guard names.isEmpty else {
      throw Refusal(
        code, problem: "\(folder) is not empty. \(what) never writes over anything.",
        remedy: "Name a new folder, or empty this one.")
    }
  }

  /// Removes what is in a folder, or some of it.
  static func empty(_ folder: String, only names: Set<String>? = nil) throws(Fault) {
    do {
      for name in try FileManager.default.contentsOfDirectory(atPath: folder)
      where names?.contains(name) != false {
        try FileManager.default.removeItem(atPath: folder + "/" + name)
      }
    } catch {
      throw Fault(
        "store.system", subject: folder, problem: "What was begun there can't be removed.",
        remedy: "Remove it by hand.")
    }
  }
}

extension Backup.Facts {
  /// What the database says of itself; the files are counted once they are there.
  fileprivate init(_ database: Database, program: String, made: Instant) throws {
    let base = try ManifestPart.base(database).reduce(0) { $0 + $1.rows }
    let format = try Schema.version(database)
    let logged =
      format < Schema.logVersion
      ? 0
      : try Int.fetchOne(
        database, sql: "SELECT coalesce(sum(count), 0) FROM log WHERE \(LogRow.unsealed)")
    self.init(
      program: program, made: made, format: format, events: base + (logged ?? 0), files: 0,
      bytes: 0)
  }
}

extension ManifestPart {
  /// All parts: those of the base, and those that an import has staged.
  static func all(_ database: Database) throws -> [ManifestPart] {
    try Row.fetchAll(database, sql: "SELECT * FROM parts ORDER BY number").map(ManifestPart.init)
  }
}
