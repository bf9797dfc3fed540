/// The forms of file that events are read from; each may be compressed by gzip.
public enum FileFormat: String, Codable, Sendable, CaseIterable {
  /// Values between delimiters, one event a record, with a header.
  case csv
  /// One JSON object a line: events of our own form, or Segment's calls.
  case jsonLines = "jsonl"
  /// IEEE 1849 event logs.
  case xes
}

/// The encodings of text that are read.
public enum TextEncoding: String, Codable, Sendable, CaseIterable {
  case utf8
  /// Latin-1 in the form that the world writes it: Windows-1252, which fills 0x80 to 0x9F.
  case latin1
}

/// How times are written, where it cannot be recognised from the values.
public enum TimeFormat: String, Codable, Sendable, CaseIterable {
  /// Recognised: ISO 8601, epochs by their magnitude, and the common local forms.
  case automatic
  /// Numbers are seconds, milliseconds, microseconds or nanoseconds since the Unix epoch.
  case seconds = "s"
  case milliseconds = "ms"
  case microseconds = "us"
  case nanoseconds = "ns"
  /// `02/03/2026` is the second of March.
  case dayFirst = "day-first"
  /// `02/03/2026` is the third of February.
  case monthFirst = "month-first"
}

/// What a person says about a file of events; whatever they leave out is recognised.
public struct ImportOptions: Sendable, Equatable {
  /// The form of the file; nil: recognised from its name and its first bytes.
  public var format: FileFormat?
  /// The column of the customer's id.
  public var customer: String?
  /// The column of the id that a device made up before the customer was known.
  public var anonymous: String?
  /// The column of the event's name.
  public var event: String?
  /// The column of the time.
  public var time: String?
  /// The column of the id by which a resent event is recognised.
  public var messageID: String?
  /// The column whose values become the property `channel`.
  public var channel: String?
  /// The column whose values become the property `value`.
  public var value: String?
  /// How times are written.
  public var timeFormat: TimeFormat = .automatic
  /// The byte between two values of a record: `,`, `;`, a tab or `|` are recognised.
  public var delimiter: UInt8?
  /// The encoding of the text; nil: Latin-1 where the first megabyte is not UTF-8.
  public var encoding: TextEncoding?
  /// The IANA time zone of times that name none.
  public var zone: String = "UTC"
  /// The name of every event, for files without a column of names.
  public var eventName: String?

  /// Makes options that leave everything to be recognised, with times in UTC.
  public init() {}
}

/// Bounds on what is taken from files; a file may be hostile.
public enum ImportLimits {
  /// The longest record in bytes: a quote that is never closed must not swallow the file.
  public static let record = 1 << 20
  /// The longest text of a property in bytes; a longer one is left out and noted.
  public static let text = 8192
  /// The longest event name in bytes; up to 65,535 names stay in memory.
  public static let eventName = 512
  /// The most distinct property names: columns are opened for each.
  public static let properties = 1000
  /// The longest property name in bytes.
  public static let propertyName = 512
  /// The deepest nesting of JSON objects and arrays.
  public static let depth = 16
  /// How much of a rejected record is kept, in bytes.
  public static let rawPrefix = 2048
  /// How many rejections of one chunk are kept; the others are only counted.
  public static let rejectionsPerChunk = 10_000
}
