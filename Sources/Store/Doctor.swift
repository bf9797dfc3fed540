import Events
import Foundation
import GRDB
import Parts
import Stories

/// Something that a doctor's visit found.
public struct Finding: Sendable, Equatable {
  /// How bad it is: errors harm answers, warnings want a look, notes inform.
  public typealias Severity = Diagnostic.Severity

  /// How bad it is.
  public let severity: Severity
  /// The file, part or import that it is about.
  public let subject: String
  /// What is the matter.
  public let problem: String
  /// What to do about it.
  public let remedy: String
}

extension Store {
  /// The room on the disk below which the doctor warns: merging needs that of the base again.
  private static let scarceRoom = 1_073_741_824

  /// Looks at the database, at every byte of every part, and at the folder; changes nothing.
  ///
  /// - Returns: what was found, worst first; nothing where all is well.
  public func doctor() throws(Fault) -> [Finding] {
    try faultsOnly {
      var findings = try read { try databaseFindings($0) + importFindings($0) }
      findings += try partFindings() + folderFindings()
      findings += try refusedLinks().map { link in
        Finding(
          severity: .warning, subject: "\(link.first) and \(link.second)",
          problem: "The link said at \(link.said) would join two users and is refused.",
          remedy: "If they are one person, run `waymark link \(link.first) \(link.second)`.")
      }
      let order: [Diagnostic.Severity] = [.error, .warning, .note]
      return order.flatMap { severity in findings.filter { $0.severity == severity } }
    }
  }

  private func databaseFindings(_ database: Database) throws -> [Finding] {
    let subject = folder + "/" + Self.databaseName
    var findings: [Finding] = []
    for complaint in try String.fetchAll(database, sql: "PRAGMA integrity_check(20)")
    where complaint != "ok" {
      findings.append(
        Finding(
          severity: .error, subject: subject, problem: complaint,
          remedy: "Restore the folder from a backup, or import the sources into a new one."))
    }
    if try !Row.fetchAll(database, sql: "PRAGMA foreign_key_check").isEmpty {
      findings.append(
        Finding(
          severity: .error, subject: subject, problem: "Rows refer to others that are not there.",
          remedy: "Restore the folder from a backup, or import the sources into a new one."))
    }
    let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "none"
    if mode != "wal" {
      findings.append(
        Finding(
          severity: .error, subject: subject, problem: "The journal mode is \(mode), not wal.",
          remedy: "Open the store for writing once; no other program may change its settings."))
    }
    return try findings + synchronousFindings(subject) + erasureFindings(database)
      + logFindings(database)
  }

  /// Reads every row of the log to its end.
  private func logFindings(_ database: Database) throws -> [Finding] {
    do {
      _ = try LogPiece.read(database, of: self)
      return []
    } catch let fault as Fault {
      return [
        Finding(
          severity: .error, subject: fault.subject, problem: fault.problem, remedy: fault.remedy)
      ]
    }
  }

  private func synchronousFindings(_ subject: String) throws -> [Finding] {
    guard access == .writing else { return [] }
    let level = try synchronous()
    return level == 2
      ? []
      : [
        Finding(
          severity: .error, subject: subject,
          problem: "Commits don't wait for the disk: synchronous is \(level), not 2.",
          remedy: "Report this to Waymark's authors; a loss of power could lose events.")
      ]
  }

  /// How long a commit waits, as SQLite numbers it: 2 is until the disk has it.
  func synchronous() throws -> Int {
    try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? 0 }
  }

  private func erasureFindings(_ database: Database) throws -> [Finding] {
    let hidden = try Self.hiddenKeys(database).count
    return hidden == 0
      ? []
      : [
        Finding(
          severity: .warning, subject: folder,
          problem: "The erasure of \(hidden) identities was interrupted; they are hidden.",
          remedy: "Run `waymark erase` for the customer again, which removes and proves it.")
      ]
  }

  private func importFindings(_ database: Database) throws -> [Finding] {
    try Row.fetchAll(database, sql: "SELECT * FROM imports WHERE state = 'running'").map { row in
      Finding(
        severity: .note, subject: row["source"],
        problem: "Its import is not finished: \(row["records"] as Int) records are staged.",
        remedy: "Import it again to go on, or give it up with `waymark import --discard`.")
    }
  }

  private func partFindings() throws -> [Finding] {
    let known = try read { database in
      try ManifestPart.base(database)
        + Row.fetchAll(database, sql: "SELECT * FROM parts WHERE state = 'staged'")
        .map(ManifestPart.init)
    }
    let nameCount = try read { try EventNames($0, in: folder).names.count }
    var findings: [Finding] = []
    var last: ManifestPart?
    for part in known {
      let path = path(ofPart: part.number)
      do {
        let opened = try Part.open(path)
        findings += complaints(of: opened, known: part, nameCount).map { problem in
          Finding(severity: .error, subject: path, problem: problem, remedy: Self.partRemedy)
        }
      } catch {
        findings.append(
          Finding(
            severity: .error, subject: path, problem: error.problem, remedy: error.remedy))
      }
      guard part.importID == nil else { continue }
      if let last, last.lastKey >= part.firstKey {
        findings.append(
          Finding(
            severity: .error, subject: path,
            problem: "Its customers overlap with those of \(last.name).", remedy: Self.partRemedy))
      }
      last = part
    }
    return try findings
      + strayFiles().map { name in
        Finding(
          severity: .note, subject: folder + "/" + Self.partsName + "/" + name,
          problem: "No manifest names the file; a crash left it behind, or it is being written.",
          remedy: "Nothing to do: the next command that writes removes it.")
      }
  }

  private static let partRemedy =
    "Restore the folder from a backup, or import the sources into a new one."

  /// What is wrong inside a part whose checksums hold.
  private func complaints(of part: Part, known: ManifestPart, _ nameCount: Int) -> [String] {
    let segment = part.segment
    var complaints: [String] = []
    let summary = part.summary
    if summary.rows != known.rows || summary.customers != known.customers
      || summary.bytes != known.bytes || summary.checksum != known.checksum
      || summary.firstKey != known.firstKey || summary.lastKey != known.lastKey
    {
      complaints.append("The file is not the one that the manifest names.")
    }
    if zip(segment.customers, segment.customers.dropFirst()).contains(where: { $0 >= $1 }) {
      complaints.append("Customers are out of order.")
    }
    if !segment.isInOrder { complaints.append("Events of a customer are out of order.") }
    if segment.codes.contains(where: { Int($0) >= nameCount }) {
      complaints.append("Events have names that the workspace doesn't know.")
    }
    return complaints
  }

  private func folderFindings() throws -> [Finding] {
    var findings: [Finding] = []
    let attributes = try FileManager.default.attributesOfItem(atPath: folder)
    if let bits = attributes[.posixPermissions] as? Int, bits & 0o077 != 0 {
      findings.append(
        Finding(
          severity: .warning, subject: folder, problem: "Other users may enter the folder.",
          remedy: "Run `chmod 700 \(folder)`."))
    }
    let room = try FileManager.default.attributesOfFileSystem(forPath: folder)[.systemFreeSize]
    if let room = (room as? NSNumber)?.intValue, try room < max(Self.scarceRoom, status().bytes) {
      findings.append(
        Finding(
          severity: .warning, subject: folder,
          problem: "Only \(room / 1_048_576) MiB of the disk are free.",
          remedy: "Make room: an import needs that of all parts once more while it finishes."))
    }
    if access == .reading, let holder = FolderLock.holder(folder) {
      findings.append(
        Finding(
          severity: .note, subject: folder,
          problem: kill(holder, 0) == 0
            ? "Process \(holder) is writing to the store."
            : "Process \(holder) wrote to the store and ended without closing it.",
          remedy: "Nothing to do: the next command that writes goes on from the last transaction."))
    }
    return findings
  }
}

extension StorySegment {
  /// Whether the events of every customer ascend by time, arrival and message.
  fileprivate var isInOrder: Bool {
    for customer in customers.indices {
      let rows = rows(of: customer)
      for row in rows.dropFirst() {
        let (left, right) = (row - 1, row)
        guard
          (times[left], arrivals[left], messages[left])
            <= (times[right], arrivals[right], messages[right])
        else { return false }
      }
    }
    return true
  }
}
