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
    /// The directory, and what keeps reading inside the file.
    case footer
  }

  /// Writes the visible customers of a segment to a new file, durably: all of it or nothing.
  ///
  /// - Throws: `part.write` where the disk is full or the folder may not be written to.
  public static func write(
    _ segment: StorySegment, to path: String
  ) throws(Fault) -> PartSummary {
    throw Fault("part.write", subject: path, problem: "Not there yet.", remedy: "Wait.")
  }

  /// Opens a part and maps it for reading.
  ///
  /// - Throws: `part.missing`, `part.foreign`, `part.version`, `part.size`, `part.checksum`,
  ///   `part.damaged`, each naming the file, the column and the way back.
  public static func open(
    _ path: String, verification: Verification = .full
  ) throws(Fault) -> Part {
    throw Fault("part.missing", subject: path, problem: "Not there yet.", remedy: "Wait.")
  }

  /// Checks every byte of the part again.
  public func verify() throws(Fault) { _ = try Part.open(summary.path) }
}
