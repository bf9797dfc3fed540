import Events

extension StorySegment {
  /// Merges the visible customers whose keys lie in a range into one new segment.
  ///
  /// Equal staged events without a message id are events of their own, and one that is among the
  /// taken events of the customer is left out: the same import a second time adds nothing, and a
  /// longer export adds what is new. So the rows of one identity, taken and staged, have to lie
  /// under one canonical key: gather them first where links changed. Events with a message id are
  /// left to `repeatedMessages`.
  ///
  /// - Complexity: O(*n*), each column being read and written once in sequence.
  /// - Parameters:
  ///   - taken: events that are counted already.
  ///   - staged: the events of one new import.
  ///   - dropping: rows to leave out, one set for each of `taken`, then each of `staged`; or none.
  ///   - keys: the canonical keys of the customers to merge.
  /// - Returns: the merged segment, and how many staged events were left out as repeated.
  /// - Throws: `identity.collision` where two identities have one key, `stories.size` where there
  ///   are more events than a segment holds.
  public static func merging(
    taken: [StorySegment], staged: [StorySegment], dropping: [RowSet] = [],
    keys: ClosedRange<UInt64> = 0...UInt64.max
  ) throws(Refusal) -> (segment: StorySegment, repeated: Int) {
    let segments = taken + staged
    var weaver = StoryWeaver(segments, dropping: dropping)
    for (source, segment) in segments.enumerated() {
      if source == taken.count { weaver.beginStaged() }
      let first = segment.customers.firstPosition { $0 >= keys.lowerBound }
      let end = segment.customers.firstPosition { $0 > keys.upperBound }
      for range in segment.visible {
        for customer in range.clamped(to: first..<max(first, end)) {
          weaver.add(
            segment.rows(of: customer), of: source, customer: customer,
            to: segment.customers[customer])
        }
      }
    }
    return try weaver.woven()
  }
}
