import Events
import Experience
import Foundation
import Intake
import Store
import Synchronization
import Wire

/// Files in which something was found wrong, so that they are not read again until they change.
public final class BadFiles: Sendable {
  struct Known: Sendable {
    var size: Int
    var changed: Int64
    var file: PullReport.BadFile
  }

  let known = Mutex<[String: Known]>([:])

  /// Begins with none.
  public init() {}
}

/// Imports the files of a folder, each once, as `waymark import` does.
///
/// A file is read when nobody has changed it for some seconds; a file that is renamed into the folder
/// is read at once where its content is that old. Files stay where they are; each is remembered by its
/// name, its size and a hash of its bytes. One that was read before it was remembered is read again,
/// and adds nothing.
struct FolderPull {
  let source: EventSource
  let folder: String
  let store: Store
  let sink: PullSink
  let bad: BadFiles

  /// How long a file must not have changed to be taken for complete, in seconds.
  static let settled = 5.0
  /// The most files that are looked at: their names are in memory.
  static let mostFiles = 100_000
  /// The most files that one look imports, so that others get their turn.
  private static let mostAtOnce = 20
  /// How many bytes of events wait in memory: a tenth of what `waymark import` takes, for the server
  /// has other things there.
  private static let memory = 64 << 20
  /// The names of files of events end so, or so and in `.gz`.
  static let endings = [".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".xes"]

  /// A file as it lies there.
  struct Found: Equatable {
    var name: String
    var size: Int
    /// In nanoseconds since 1970.
    var changed: Int64
  }

  /// Looks once.
  func run() async throws -> PullReport {
    let known = try store.pulledSource(source.name)
    var remembered = try store.pulledFiles(of: known.id)
    var report = PullReport()
    let found = try Self.files(in: folder, source.name)
    bad.known.withLock { bad in bad = bad.filter { each in found.contains { $0.name == each.key } }
    }
    for file in found {
      try Task.checkCancellation()
      guard !remembered.contains(where: file.isSame), !isKnownBad(file), Self.isSettled(file)
      else { continue }
      guard report.files < Self.mostAtOnce else {
        report.hasMore = true
        break
      }
      do {
        let hash = try Self.hash(path(file))
        let whole = PulledFile(
          name: file.name, size: file.size, hash: hash, changed: file.changed)
        let isKnown = remembered.contains {
          ($0.name, $0.size, $0.hash) == (whole.name, whole.size, whole.hash)
        }
        if !isKnown { try await self.import(file, &report) }
        // A file that changed meanwhile is read again.
        guard Self.find(file.name, in: folder) == file else { continue }
        try store.remember(whole, of: known.id, at: .now)
        bad.known.withLock { $0[file.name] = nil }
        remembered.append(whole)
      } catch let refusal as Refusal {
        let isForm = refusal.code.hasPrefix("import.")
        note(file, refusal.problem, isForm ? Self.naming : refusal.remedy)
      } catch let fault as Fault where !fault.code.hasPrefix("store.") {
        note(file, fault.problem, fault.remedy)
      }
    }
    report.badFiles = bad.known.withLock { $0.values.map(\.file) }.sorted { $0.name < $1.name }
    try store.notePulled(known.id, at: .now)
    return report
  }

  /// What to do about columns that are not recognised.
  private static let naming =
    "Say in the experience what the columns are: customer, event or event_name, time; the first line "
    + "must be a header."

  private func path(_ file: Found) -> String { folder + "/" + file.name }

  private func isKnownBad(_ file: Found) -> Bool {
    bad.known.withLock { bad in
      bad[file.name].map { ($0.size, $0.changed) == (file.size, file.changed) } ?? false
    }
  }

  private func note(_ file: Found, _ problem: String, _ remedy: String) {
    let file = (
      known: file, bad: PullReport.BadFile(name: file.name, problem: problem, remedy: remedy)
    )
    bad.known.withLock {
      $0[file.known.name] = .init(
        size: file.known.size, changed: file.known.changed, file: file.bad)
    }
  }

  /// Imports a file; one whose import can't be brought to its end leaves nothing behind.
  private func `import`(_ file: Found, _ report: inout PullReport) async throws {
    let intake = Intake(
      path(file), as: "\(source.name)/\(file.name)",
      options: source.mapping.importOptions, memory: Self.memory,
      into: store)
    let result: Intake.Report
    do {
      result = try await intake.run()
    } catch let refusal as Refusal where refusal.code.hasPrefix("import.") {
      // The one that was interrupted may be of a file of this folder that is another now.
      guard try store.importRecords(limit: 1).first.map(isOwn) == true else { throw refusal }
      _ = try store.discardImport()
      result = try await intake.run()
    } catch {
      if try store.importRecords(limit: 1).first.map(isOwn) == true {
        _ = try store.discardImport()
      }
      throw error
    }
    report.files += 1
    report.rows += result.result.records
    report.taken += result.result.added
    report.repeated += result.result.repeated
    report.refused += result.result.rejected
    tell(result, file)
  }

  /// Whether an import that is not finished is of a file in this folder.
  private func isOwn(_ record: ImportRecord) -> Bool {
    record.state == .running && record.source.hasPrefix(source.name + "/")
  }

  private func tell(_ result: Intake.Report, _ file: Found) {
    var batch = PulledBatch()
    batch.counted = result.result.added + result.result.repeated
    batch.refused = result.examples.map { each in
      RefusedRow(
        ItemRefusal(
          field: each.field, each.code, problem: each.problem,
          remedy: "Mend the record, and put the file there again under another name."),
        of: each.code == Rejection.tooLongText ? .value : .row,
        at: "\(file.name), record \(each.record)", text: each.raw)
    }
    batch.refusedBeside = max(0, result.result.rejected - batch.refused.count { $0.extent == .row })
    sink.tell(batch)
  }
}

extension FolderPull {
  /// The files of events in a folder, by name.
  ///
  /// - Throws: `source.folder` where it can't be listed.
  static func files(in folder: String, _ name: String) throws(Refusal) -> [Found] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw Refusal(
        "source.folder", problem: "The folder of “\(name)” can't be listed.",
        remedy: "See that it is there, and that the program may read it.")
    }
    guard names.count <= mostFiles else {
      throw Refusal(
        "source.folder",
        problem: "The folder of “\(name)” holds more than \(mostFiles) files.",
        remedy: "Move those that were imported elsewhere.")
    }
    return names.filter { each in
      let plain = each.lowercased()
      let stem = plain.hasSuffix(".gz") ? String(plain.dropLast(3)) : plain
      return !each.hasPrefix(".") && endings.contains { stem.hasSuffix($0) }
    }.sorted().compactMap { find($0, in: folder) }
  }

  /// A plain file as it lies there; nil where it is none, or gone.
  static func find(_ name: String, in folder: String) -> Found? {
    var status = stat()
    guard lstat(folder + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    return Found(
      name: name, size: Int(status.st_size),
      changed: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec))
  }

  /// Whether nobody has written to a file lately; a clock that is ahead settles nothing.
  static func isSettled(_ file: Found, now: Date = Date()) -> Bool {
    abs(now.timeIntervalSince1970 - Double(file.changed) / 1e9) >= settled
  }

  /// A hash of all bytes of a file.
  ///
  /// - Throws: `file.read`.
  static func hash(_ path: String) throws(Fault) -> UInt64 {
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: path))
      defer { handle.closeFile() }
      var hash: UInt64 = 0
      while let block = try handle.read(upToCount: 1 << 20), !block.isEmpty {
        hash = block.withUnsafeBytes { stableHash($0, seed: hash) }
      }
      return hash
    } catch {
      throw Fault(
        "file.read", subject: path, problem: "The file can't be read.",
        remedy: "See that it is there, and that the program may read it.")
    }
  }
}

extension FolderPull.Found {
  /// Whether it is a file that was imported, so that it need not be read to know.
  func isSame(_ file: PulledFile) -> Bool {
    (name, size, changed) == (file.name, file.size, file.changed)
  }
}

extension EventMapping {
  /// What `waymark import` would be told.
  var importOptions: ImportOptions {
    var options = ImportOptions()
    options.event = event
    options.eventName = eventName
    options.customer = customer
    options.anonymous = anonymous
    options.time = time
    options.messageID = messageID
    options.channel = channel
    options.timeFormat = TimeFormat(rawValue: times.rawValue) ?? .automatic
    options.zone = timezone ?? "UTC"
    return options
  }
}
