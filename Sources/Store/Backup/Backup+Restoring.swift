import Events
import Foundation
import GRDB
import Glibc

extension Backup {
  /// Makes a store of the backup, which stays as it is.
  ///
  /// The database gets its name last, so that an interrupted restoring leaves no store.
  /// - Parameter store: a folder that is empty or isn't there; its parent is.
  /// - Throws: `restore.exists` where the folder holds something; `store.full` and other faults of
  ///   the disk, and then the folder is left as it was.
  public func restore(
    to store: String, progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) throws {
    try Store.requireEmpty(store, "restore.exists", for: "Restoring")
    let isNew = try DurableFile.makeFolder(store)
    do {
      try withExtendedLifetime(try FolderLock(store)) { try copy(to: store, progress) }
    } catch {
      try Store.empty(store)
      if isNew { rmdir(store) }
      throw error is Refusal ? error : Fault(error, in: store)
    }
  }

  private func copy(
    to store: String, _ progress: @escaping @Sendable (Progress) -> Void
  ) throws {
    let unfinished = store + "/" + Store.databaseName + ".partial"
    var done = 0
    try DurableFile.makeFolder(store + "/" + Store.partsName)
    for file in sums.files where Self.isOfStore(file.path) {
      let isDatabase = file.path == Store.databaseName
      if file.path.hasPrefix(Store.rejectsName) {
        try DurableFile.makeFolder(store + "/" + Store.rejectsName)
      }
      let source = folder + "/" + file.path
      guard let opened = try DurableFile.Opened(source) else { throw DurableFile.missing(source) }
      let target = isDatabase ? unfinished : store + "/" + file.path
      try DurableFile.copy(opened, to: target) { bytes in
        done += bytes
        progress(Progress(stage: .copying, bytes: done, total: facts.bytes))
      }
      guard try FileSums.sum(of: target) == file.sum else {
        throw Fault.damagedBackup(target, "What was read back is not what was written.")
      }
    }
    let queue = try DatabaseQueue(path: unfinished)
    try queue.writeWithoutTransaction { try Self.setJournal("wal", $0) }
    try queue.close()
    for name in [Store.partsName, Store.rejectsName]
    where FileManager.default.fileExists(atPath: store + "/" + name) {
      try DurableFile.synchronize(folder: store + "/" + name)
    }
    guard rename(unfinished, store + "/" + Store.databaseName) == 0 else {
      throw Fault.system(errno, subject: unfinished, doing: "give the database its name")
    }
    try DurableFile.synchronize(folder: store)
  }

  private static func isOfStore(_ path: String) -> Bool {
    path != factsName && !path.hasPrefix(companionsName + "/")
  }
}
