import Stories

/// Whole records of a file, cut out for one thread to read.
public struct Chunk: Sendable {
  /// The records, followed by `padding` zero bytes that let readers look ahead.
  let bytes: [UInt8]
  /// The number of the first record; 1 is the first after the header.
  public let firstRecord: Int
  /// How many records there are, blank lines among them.
  public let records: Int
  /// Where the chunk ends in the file, in bytes before compression.
  public let endOffset: Int
  /// The position among the chunks of the file, from 0.
  public let index: Int
  /// Records that were too long to be kept; blank lines stand in their places.
  let dropped: Rejections

  /// How many zero bytes follow the records.
  static let padding = 64

  /// Cuts out records; the zero bytes are added here.
  init(
    _ bytes: [UInt8], firstRecord: Int, records: Int, endOffset: Int, index: Int,
    dropped: Rejections = Rejections()
  ) {
    var padded = bytes
    padded.append(contentsOf: repeatElement(0, count: Self.padding))
    self.init(
      padded: padded, firstRecord: firstRecord, records: records, endOffset: endOffset,
      index: index, dropped: dropped)
  }

  /// Cuts out records that `padding` zero bytes follow already.
  init(
    padded: [UInt8], firstRecord: Int, records: Int, endOffset: Int, index: Int,
    dropped: Rejections
  ) {
    self.bytes = padded
    self.firstRecord = firstRecord
    self.records = records
    self.endOffset = endOffset
    self.index = index
    self.dropped = dropped
  }

  /// How many bytes the records have.
  var length: Int { bytes.count - Self.padding }
}

/// What one chunk held.
public struct ReadChunk: Sendable {
  /// The events.
  public var batch: Batch
  /// What was not taken, and why.
  public var rejections: Rejections
  /// How many records there were, blank lines among them.
  public var records: Int
}
