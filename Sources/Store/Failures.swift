import Events
import Foundation
import GRDB

extension Fault {
  /// The fault that an error of the database or of the file system stands for.
  init(_ error: any Error, in folder: String) {
    switch error {
    case let fault as Fault: self = fault
    case let refusal as Refusal:
      self.init(
        refusal.code, subject: folder, problem: refusal.problem, remedy: refusal.remedy)
    case let error as DatabaseError: self.init(error, in: folder)
    default:
      self.init(
        "store.system", subject: folder, problem: "\(error.localizedDescription)",
        remedy: "Run `waymark doctor` to see what is wrong with the folder.")
    }
  }

  private init(_ error: DatabaseError, in folder: String) {
    let subject = folder + "/" + Store.databaseName
    let said = "SQLite says: \(error.message ?? "error \(error.resultCode.rawValue)")."
    switch error.resultCode {
    case .SQLITE_FULL:
      self.init(
        "store.full", subject: subject, problem: "The disk is full.",
        remedy: "Make room and run the same command again; nothing was lost.")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      self.init(
        "store.damaged", subject: subject, problem: "The database is damaged. \(said)",
        remedy: "Restore the folder from a backup, or move it away and import the sources again.")
    case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_CANTOPEN:
      self.init(
        "store.permission", subject: subject, problem: "The database can't be opened. \(said)",
        remedy: "Let this user read and write the folder and the files in it.")
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(
        "store.busy", subject: subject, problem: "Another process keeps the database busy.",
        remedy: "Wait for it to end, then run the same command again.")
    case .SQLITE_IOERR:
      self.init(
        "store.disk", subject: subject, problem: "The disk failed or is full. \(said)",
        remedy: "Check the disk and the room on it, then run `waymark doctor`.")
    default:
      self.init(
        "store.database", subject: subject, problem: said,
        remedy: "Run `waymark doctor` to see what is wrong with the folder.")
    }
  }

  /// The fault of a call to the system that failed, from `errno`.
  static func system(_ number: Int32, subject: String, doing what: String) -> Fault {
    let said = String(cString: strerror(number))
    switch number {
    case ENOSPC, EDQUOT, EFBIG:
      return Fault(
        "store.full", subject: subject, problem: "There is no room to \(what).",
        remedy: "Make room on the disk and run the same command again.")
    case EACCES, EPERM, EROFS:
      return Fault(
        "store.permission", subject: subject, problem: "This user may not \(what).",
        remedy: "Let this user read and write the folder and the files in it.")
    default:
      return Fault(
        "store.system", subject: subject, problem: "Could not \(what): \(said).",
        remedy: "Check the path and the disk, then run the same command again.")
    }
  }

  /// The fault of a change to a store that was opened for reading.
  static func readingOnly(_ folder: String) -> Fault {
    Fault(
      "store.reading", subject: folder, problem: "The store was opened for reading only.",
      remedy: "Open it for writing to change it.")
  }
}
