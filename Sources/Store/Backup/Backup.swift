import Events
import Foundation
import GRDB
import Parts

/// A folder that holds a whole store as it was at one moment, and files that belong to it.
///
/// Every file of it stands in `SHA256SUMS`, which is written last and which `sha256sum --check`
/// reads too: a backup without it was cut short. The database is a single file, without a log.
public struct Backup: Sendable {
  /// The folder.
  public let folder: String
  /// What its list says of itself.
  public let facts: Facts
  /// The checksum of each file by its path in the folder.
  let sums: FileSums

  /// What is in a backup.
  public struct Facts: Codable, Sendable, Equatable {
    /// The version of the form of backups.
    public var backup = Backup.version
    /// The version of the program that made it.
    public var program: String
    /// The moment that it holds.
    public var made: Instant
    /// The version of the store's format.
    public var format: Int
    /// How many events it holds.
    public var events: Int
    /// How many files there are beside the list and this one.
    public var files: Int
    /// The size of those files.
    public var bytes: Int
  }

  /// How far the work has come.
  public struct Progress: Sendable {
    /// What is being done.
    public enum Stage: String, Sendable { case copying, checking }

    /// What is being done.
    public var stage: Stage
    /// How many bytes are done.
    public var bytes: Int
    /// How many bytes there are; 0 as long as that isn't known.
    public var total: Int
  }

  /// The version of the form of backups that this program writes and reads.
  static let version = 1
  /// The name of the file that says what is in the backup.
  static let factsName = "backup.json"
  /// The name of the folder of files that belong to a store and don't lie in it.
  static let companionsName = "experience"

  /// Whether a path is one that a file of a backup has; nothing else is ever read or written.
  static func isPath(_ path: String) -> Bool {
    if path == factsName || path == Store.databaseName { return true }
    let names = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard names.count == 2, !names[1].isEmpty, !names[1].hasPrefix("."),
      !names[1].contains(where: \.isNewline)
    else { return false }
    switch names[0] {
    case Store.partsName: return ManifestPart.isName(names[1])
    case Store.rejectsName, companionsName: return true
    default: return false
    }
  }

  /// The files of the experience in it, by their paths.
  public var experience: [String] {
    sums.files.map(\.path).filter { $0.hasPrefix(Self.companionsName + "/") }
      .map { folder + "/" + $0 }
  }
}

extension Fault {
  /// What to do about a backup that can't be used.
  private static let otherBackup = "Take another backup; this one can't be trusted."

  static func damagedBackup(_ path: String, _ problem: String) -> Fault {
    Fault("backup.damaged", subject: path, problem: problem, remedy: otherBackup)
  }
}
