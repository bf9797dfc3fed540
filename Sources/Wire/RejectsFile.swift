import Events
import Foundation

/// The file that tells which records were not taken: one JSON object a line, with `record`,
/// `field`, `code`, `problem` and `raw`. It begins when there is something to tell.
public final class RejectsFile {
  /// How many rejections the file takes; the others are only counted.
  public static let limit = 100_000

  /// How many rejections there were of each code, whether written or not.
  public private(set) var counts: [String: Int] = [:]
  /// How many were written.
  public private(set) var written = 0
  private let path: String
  private var file: FileHandle?
  private let encoder = JSONEncoder()

  /// Names the file; one that is there already is replaced once there is something to tell.
  public init(path: String) {
    self.path = path
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  /// Writes rejections, in the order in which they are given.
  ///
  /// - Throws: `rejects.write` where the file cannot be written.
  public func write(_ rejections: Rejections) throws(Fault) {
    counts.merge(rejections.counts, uniquingKeysWith: +)
    let kept = rejections.kept.prefix(Self.limit - written)
    guard !kept.isEmpty else { return }
    do {
      var lines = Data()
      for rejection in kept {
        lines.append(try encoder.encode(rejection))
        lines.append(UInt8(ascii: "\n"))
      }
      try open().write(contentsOf: lines)
    } catch {
      throw Fault(
        "rejects.write", subject: path,
        problem: "The file of rejected records cannot be written: \(error.localizedDescription).",
        remedy: "Make room there, or name another file.")
    }
    written += kept.count
  }

  private func open() throws -> FileHandle {
    if let file { return file }
    try Data().write(to: URL(fileURLWithPath: path))
    let opened = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    file = opened
    return opened
  }
}
