import Events

extension StorySegment {
  /// The staged events whose message id was counted already or comes earlier in the import.
  ///
  /// Every row of the taken segments counts, hidden ones too, since a resent event is counted once
  /// for ever. Of the staged segments the visible rows do.
  ///
  /// - Complexity: O(*n*) for every eight million staged message ids, in a table of at most about
  ///   200 MB; without message ids one look at each staged row.
  /// - Returns: one set of rows for each staged segment.
  public static func repeatedMessages(
    taken: [StorySegment], staged: [StorySegment]
  ) -> [RowSet] {
    StagedMessages(
      staged.map { segment in
        let rows = segment.visible.map {
          Int(segment.offsets[$0.lowerBound])..<Int(segment.offsets[$0.upperBound])
        }
        return (segment.messages, segment.arrivals, rows)
      }
    ).repeated(taken: taken.map(\.messages))
  }

  /// The events of held batches whose message id comes earlier in the import; nothing else counts.
  ///
  /// - Returns: one set of rows for each batch.
  public static func repeatedMessages(_ held: [HeldBatch]) -> [RowSet] {
    guard held.contains(where: { $0.explicitMessages > 0 }) else {
      return held.map { _ in RowSet() }
    }
    return StagedMessages(held.map { ($0.messages, $0.arrivals, [0..<$0.count]) })
      .repeated(taken: [])
  }
}

/// The messages of one import.
private struct StagedMessages {
  typealias Source = (
    messages: UnsafeBufferPointer<UInt64>, arrivals: UnsafeBufferPointer<UInt32>,
    rows: [Range<Int>]
  )
  private let sources: [Source]

  init(_ sources: [Source]) { self.sources = sources }

  /// The rows of each source whose message was counted already or comes earlier in the import.
  func repeated(taken: [UnsafeBufferPointer<UInt64>]) -> [RowSet] {
    var repeated = sources.map { _ in RowSet() }
    var explicit = 0
    for source in sources {
      for rows in source.rows {
        for row in rows { explicit &+= Int(source.messages[row] >> 63) }
      }
    }
    guard explicit > 0 else { return repeated }
    let passes = UInt64((explicit + RepeatTable.largest - 1) / RepeatTable.largest)
    for pass in 0..<passes {
      var table = RepeatTable(expecting: explicit / Int(passes), pass: pass, of: passes)
      for source in sources {
        for rows in source.rows {
          for row in rows { table.stage(source.messages[row], arrival: source.arrivals[row]) }
        }
      }
      for messages in taken {
        for message in messages { table.take(message) }
      }
      for (position, source) in sources.enumerated() {
        for rows in source.rows {
          for row in rows where !table.keep(source.messages[row], arrival: source.arrivals[row]) {
            repeated[position].insert(row)
          }
        }
      }
    }
    return repeated
  }
}

/// The staged message ids of one pass and the arrival of the event to keep of each.
///
/// Open addressing with linear probing; it doubles before it is three quarters full.
private struct RepeatTable {
  /// The most message ids that one pass is meant for: about 200 MB at 12 bytes an entry.
  static let largest = 8_000_000
  /// The arrival of a message that is counted already.
  private static let counted = UInt32.max

  /// 0 where an entry is free, since the top bit of a client's message is 1.
  private var messages: [UInt64]
  private var arrivals: [UInt32]
  private var count = 0
  private let pass: UInt64
  private let passes: UInt64

  init(expecting count: Int, pass: UInt64, of passes: UInt64) {
    let size = 1 << (Int.bitWidth - max(16, count + count / 3).leadingZeroBitCount)
    messages = [UInt64](repeating: 0, count: size)
    arrivals = [UInt32](repeating: 0, count: size)
    (self.pass, self.passes) = (pass, passes)
  }

  /// Whether a message is a client's and belongs to this pass.
  private func covers(_ message: UInt64) -> Bool {
    message & Batch.explicitMessage != 0 && (passes == 1 || message >> 32 % passes == pass)
  }

  /// The entry of a message, or the free one where it would stand.
  private func entry(_ message: UInt64) -> Int {
    let mask = messages.count - 1
    var entry = Int(truncatingIfNeeded: message &* 0x9E37_79B9_7F4A_7C15 >> 20) & mask
    while messages[entry] != 0, messages[entry] != message { entry = (entry + 1) & mask }
    return entry
  }

  /// Remembers the earliest arrival of a staged message.
  mutating func stage(_ message: UInt64, arrival: UInt32) {
    guard covers(message) else { return }
    if (count + 1) * 4 > messages.count * 3 { grow() }
    let entry = entry(message)
    if messages[entry] == 0 {
      count += 1
      messages[entry] = message
      arrivals[entry] = arrival
    } else {
      arrivals[entry] = min(arrivals[entry], arrival)
    }
  }

  /// Marks a message as counted already, if it is staged.
  mutating func take(_ message: UInt64) {
    guard covers(message) else { return }
    let entry = entry(message)
    if messages[entry] != 0 { arrivals[entry] = Self.counted }
  }

  /// Whether to keep a staged event; of several with one message the earliest is kept, once.
  mutating func keep(_ message: UInt64, arrival: UInt32) -> Bool {
    guard covers(message) else { return true }
    let entry = entry(message)
    guard arrivals[entry] == arrival, arrival != Self.counted else { return false }
    arrivals[entry] = Self.counted
    return true
  }

  private mutating func grow() {
    let old = (messages, arrivals)
    messages = [UInt64](repeating: 0, count: old.0.count * 2)
    arrivals = [UInt32](repeating: 0, count: old.0.count * 2)
    for (message, arrival) in zip(old.0, old.1) where message != 0 {
      let entry = entry(message)
      (messages[entry], arrivals[entry]) = (message, arrival)
    }
  }
}
