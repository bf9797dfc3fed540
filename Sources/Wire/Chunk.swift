import Events
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
  /// Whether all bytes of the records are known to be ASCII, and none to be zero.
  private let isPlain: Bool

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
      index: index, dropped: dropped, isPlain: false)
  }

  /// Cuts out records that `padding` zero bytes follow already.
  init(
    padded: [UInt8], firstRecord: Int, records: Int, endOffset: Int, index: Int,
    dropped: Rejections, isPlain: Bool
  ) {
    self.bytes = padded
    self.firstRecord = firstRecord
    self.records = records
    self.endOffset = endOffset
    self.index = index
    self.dropped = dropped
    self.isPlain = isPlain
  }

  /// Whether the records hold nothing that a text may not: broken UTF-8 or a zero byte.
  var isClean: Bool {
    isPlain
      || bytes.withUnsafeBufferPointer { isCleanText(UnsafeBufferPointer(rebasing: $0[..<length])) }
  }

  /// How many bytes the records have.
  var length: Int { bytes.count - Self.padding }
}

/// What one chunk held.
public struct ReadChunk: ~Copyable {
  private var writer: BatchWriter
  /// What was not taken, and why.
  public let rejections: Rejections
  /// How many records there were, blank lines among them.
  public internal(set) var records: Int

  init(_ writer: consuming BatchWriter, rejections: Rejections, records: Int) {
    self.writer = writer
    self.rejections = rejections
    self.records = records
  }

  /// The events.
  public consuming func batch() -> Batch {
    let batch = Batch(writer.view())
    withExtendedLifetime(writer) {}
    return batch
  }

  /// The events, ordered to wait for others.
  ///
  /// - Parameter firstArrival: the arrival of the first event; the others follow.
  /// - Throws: `stories.size` where there are more events than arrivals.
  public consuming func held(firstArrival: UInt32) throws(Refusal) -> HeldBatch {
    let held = try HeldBatch(writer.view(), firstArrival: firstArrival)
    withExtendedLifetime(writer) {}
    return held
  }
}
