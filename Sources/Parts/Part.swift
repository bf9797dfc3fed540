import Events
import Stories

/// What is known of a part without reading its columns.
public struct PartSummary: Sendable, Equatable, Codable {
  /// Where the file lies.
  public var path: String
  /// How many events there are.
  public var rows: Int
  /// How many customers there are.
  public var customers: Int
  /// The least canonical key; 0 where the part is empty.
  public var firstKey: UInt64
  /// The greatest canonical key; 0 where the part is empty.
  public var lastKey: UInt64
  /// The earliest event, in milliseconds since the Unix epoch; 0 where the part is empty.
  public var firstTime: Int64
  /// The latest event, in milliseconds since the Unix epoch; 0 where the part is empty.
  public var lastTime: Int64
  /// The size of the file.
  public var bytes: Int
  /// The checksum of the file's directory, in which the checksum of every column stands.
  public var checksum: UInt64
}

/// A file of stories that never changes: one segment, mapped into memory.
public struct Part: Sendable {
  /// What is known of the part.
  public let summary: PartSummary
  /// The stories, which stay mapped as long as any copy of the segment is in use.
  public let segment: StorySegment

  /// How much of a part is checked when it is opened.
  public enum Verification: Sendable {
    /// Every byte.
    case full
    /// The directory, and every number that reading follows: no reader leaves the file.
    case footer
  }

  /// Writes the visible customers of a segment to a new file, durably: all of it or nothing.
  ///
  /// The file is made under the path with `.partial` behind it, synced, and then renamed.
  /// - Throws: `part.write` where the disk is full or the folder may not be written to.
  public static func write(
    _ segment: StorySegment, to path: String
  ) throws(Fault) -> PartSummary {
    try prepare(segment, for: path).settle()
  }

  /// Does of `write` what needs a processor, and leaves to others what waits for the disk.
  public static func prepare(
    _ segment: StorySegment, for path: String
  ) throws(Fault) -> WrittenPart {
    try PartWriter.write(PartColumns(of: try segment.onlyVisible(for: path)), to: path)
  }

  /// Opens a part and maps it for reading.
  ///
  /// - Throws: `part.missing`, `part.unreadable`, `part.foreign`, `part.version`, `part.size`,
  ///   `part.checksum` or `part.damaged`, each naming the file, what is wrong and the way back.
  public static func open(
    _ path: String, verification: Verification = .full
  ) throws(Fault) -> Part {
    let file = try MappedFile(path)
    let directory = try PartDirectory(reading: file)
    if verification == .full { try directory.verify(file) }
    let segment = try directory.segment(of: file)
    return Part(
      summary: PartSummary(
        path: path, rows: directory.rows, customers: directory.customers,
        firstKey: segment.customers.first ?? 0, lastKey: segment.customers.last ?? 0,
        firstTime: directory.firstTime, lastTime: directory.lastTime, bytes: file.bytes.count,
        checksum: directory.checksum),
      segment: segment)
  }

  /// Checks every byte of the file again, and that it is still the same file.
  ///
  /// - Throws: what `open` throws, and `part.checksum` where another part took the file's place.
  public func verify() throws(Fault) {
    let now = try Part.open(summary.path)
    guard now.summary == summary else {
      throw .damagedPart(
        summary.path, "part.checksum", "The file is another part than the one that was opened.")
    }
  }
}

extension StorySegment {
  /// The segment itself where every customer is visible, or else a copy without the others.
  fileprivate func onlyVisible(for path: String) throws(Fault) -> StorySegment {
    guard visible.reduce(0, { $0 + $1.count }) < customers.count else { return self }
    do {
      return try StorySegment.merging(taken: [self], staged: []).segment
    } catch {
      throw Fault("part.write", subject: path, problem: error.problem, remedy: error.remedy)
    }
  }
}
