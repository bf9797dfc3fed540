import Events
import Glibc

extension Fault {
  /// What to do about a part that cannot be read any more.
  private static let wayBack =
    "Restore it from a backup, or move the store's folder away and fill a new one with "
    + "`waymark import`."

  static func damagedPart(_ path: String, _ code: String, _ problem: String) -> Fault {
    Fault(code, subject: path, problem: problem, remedy: wayBack)
  }

  static func missingPart(_ path: String) -> Fault {
    Fault("part.missing", subject: path, problem: "There is no such file.", remedy: wayBack)
  }

  static func unreadablePart(_ path: String, _ error: SystemError) -> Fault {
    Fault(
      "part.unreadable", subject: path, problem: "The file cannot be read: \(error.text).",
      remedy: "Give this user the right to read it and check the disk, then try again.")
  }

  static func foreignPart(_ path: String) -> Fault {
    Fault(
      "part.foreign", subject: path,
      problem: "The file is no part of Waymark, or its beginning is damaged.",
      remedy: wayBack)
  }

  static func newerPart(_ path: String, _ version: UInt64) -> Fault {
    Fault(
      "part.version", subject: path,
      problem:
        "The file has format version \(version); this program reads up to \(PartDirectory.version).",
      remedy:
        "Run the version of Waymark that wrote it. If none did, it is damaged: \(wayBack)")
  }

  static func unwrittenPart(_ path: String, _ error: SystemError) -> Fault {
    let remedy =
      switch error.number {
      case ENOSPC, EDQUOT, EFBIG: "Make room on the disk"
      case EACCES, EPERM, EROFS: "Give this user the right to write to the folder"
      case ENOENT, ENOTDIR: "Make the folder"
      default: "Check the disk"
      }
    return Fault(
      "part.write", subject: path, problem: "The file cannot be written: \(error.text).",
      remedy: "\(remedy), then run the same command again; nothing half-written was kept.")
  }
}
