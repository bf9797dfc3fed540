/// One event of the customer at hand.
struct WovenRow: BitwiseCopyable {
  var time: Int64
  var message: UInt64
  var ownKey: UInt64
  var arrival: UInt32
  var slot: UInt32

  @inline(__always) func precedes(_ other: WovenRow) -> Bool {
    if time != other.time { return time < other.time }
    if arrival != other.arrival { return arrival < other.arrival }
    return message == other.message ? slot < other.slot : message < other.message
  }
}

/// What an event without a message id is recognised by.
private struct Recognised: Hashable {
  var ownKey: UInt64
  var message: UInt64
}

/// The events of one moment of one customer.
extension UnsafeMutableBufferPointer<WovenRow> {
  /// Gives equal staged events messages of their own, and sends those counted already nowhere.
  ///
  /// Events without a message id are recognised by their content. Equal events of one import are
  /// events of their own: the second gets a message made from the first's and its number, and so
  /// on. The same import a second time gets the same messages, and so adds nothing.
  func settleRepeats(firstStagedSlot: Int) {
    guard count <= 16 else { return settleManyRepeats(firstStagedSlot: firstStagedSlot) }
    for position in indices.reversed() {
      let event = self[position]
      guard isRecognised(event, firstStagedSlot) else { continue }
      var number: UInt64 = 0
      for earlier in self[..<position]
      where earlier.message == event.message && earlier.ownKey == event.ownKey
        && isRecognised(earlier, firstStagedSlot)
      { number += 1 }
      let message = number == 0 ? event.message : Self.message(event.message, number: number)
      self[position].message = message
      for taken in self
      where taken.message == message && taken.ownKey == event.ownKey
        && Int(taken.slot) < firstStagedSlot
      { self[position].slot = RowMoves.nowhere }
    }
  }

  /// The same for a long moment, in time proportional to its length.
  private func settleManyRepeats(firstStagedSlot: Int) {
    var taken: Set<Recognised> = []
    for event in self where Int(event.slot) < firstStagedSlot {
      taken.insert(Recognised(ownKey: event.ownKey, message: event.message))
    }
    var seen: [Recognised: UInt64] = [:]
    for (position, event) in enumerated() where isRecognised(event, firstStagedSlot) {
      var recognised = Recognised(ownKey: event.ownKey, message: event.message)
      let number = seen[recognised, default: 0]
      seen[recognised] = number + 1
      if number > 0 { recognised.message = Self.message(event.message, number: number) }
      self[position].message = recognised.message
      if taken.contains(recognised) { self[position].slot = RowMoves.nowhere }
    }
  }

  /// Whether an event is staged and has no message id.
  @inline(__always) private func isRecognised(_ event: WovenRow, _ firstStagedSlot: Int) -> Bool {
    Int(event.slot) >= firstStagedSlot && event.message & Batch.explicitMessage == 0
  }

  /// The message of the event of that number among equal ones; the top bit stays 0.
  ///
  /// - SeeAlso: the finaliser of SplitMix64, Steele and others, "Fast Splittable Pseudorandom
  ///   Number Generators", 2014.
  private static func message(_ message: UInt64, number: UInt64) -> UInt64 {
    var mixed = message &+ number &* 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return (mixed ^ mixed >> 31) & ~Batch.explicitMessage
  }
}
