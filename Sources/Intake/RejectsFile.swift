import Events
import Foundation
import Store
import Wire

/// The rejected records of an import, one JSON object a line, for people to mend and send again.
///
/// Lines are written before the checkpoint that counts them; a run that goes on after an interrupted
/// one first drops the lines of records that it will read again.
final class RejectsFile {
  /// Where the file lies; nil as long as nothing was rejected.
  private(set) var path: String?
  private let place: String
  private var file: FileHandle?
  private var lines = 0
  /// How many records or values of this run were rejected, by the code of the reason.
  private(set) var counts: [String: Int] = [:]
  private var firsts: [String: Rejection] = [:]
  /// The first of each code in this run, in the order of the file.
  var examples: [Rejection] { firsts.values.sorted { $0.record < $1.record } }

  /// Prepares the file of an import that goes on after a checkpoint.
  init(folder: String, importID: Int64, after checkpoint: ImportCheckpoint) throws(Fault) {
    place = "\(folder)/rejects/\(importID).jsonl"
    guard FileManager.default.fileExists(atPath: place) else { return }
    do {
      let earlier = try String(contentsOfFile: place, encoding: .utf8)
        .split(separator: "\n").filter { line in
          let rejection = try? JSONDecoder().decode(Rejection.self, from: Data(line.utf8))
          return rejection.map { $0.record <= checkpoint.recordNumber } ?? false
        }
      try earlier.map { $0 + "\n" }.joined().write(
        toFile: place, atomically: true, encoding: .utf8)
      lines = earlier.count
      path = earlier.isEmpty ? nil : place
    } catch { throw Self.fault(place, error) }
  }

  /// Writes the rejections of the next chunk.
  func add(_ rejections: Rejections) throws(Fault) {
    counts.merge(rejections.counts, uniquingKeysWith: +)
    for rejection in rejections.kept where firsts[rejection.code] == nil {
      firsts[rejection.code] = rejection
    }
    let room = max(0, Intake.mostRejects - lines)
    guard !rejections.kept.isEmpty, room > 0 else { return }
    do {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      var text = Data()
      for rejection in rejections.kept.prefix(room) {
        text.append(try encoder.encode(rejection))
        text.append(UInt8(ascii: "\n"))
      }
      try open().write(contentsOf: text)
      lines += min(room, rejections.kept.count)
    } catch { throw Self.fault(place, error) }
  }

  /// Closes the file.
  func close() throws(Fault) {
    do { try file?.close() } catch { throw Self.fault(place, error) }
    file = nil
  }

  private func open() throws -> FileHandle {
    if let file { return file }
    let folder = (place as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    if !FileManager.default.fileExists(atPath: place) {
      try Data().write(to: URL(filePath: place))
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: place)
    }
    let opened = try FileHandle(forWritingTo: URL(filePath: place))
    try opened.seekToEnd()
    file = opened
    path = place
    return opened
  }

  private static func fault(_ place: String, _ error: any Error) -> Fault {
    Fault(
      "intake.rejects", subject: place,
      problem: "The rejected records cannot be kept: \(error.localizedDescription)",
      remedy: "Make room or mend the folder's permissions, then import again: it goes on.")
  }
}
