import Events

extension StorySegment {
  /// Merges the visible customers whose keys lie in a range into one new segment.
  ///
  /// - Parameters:
  ///   - taken: events that are counted already.
  ///   - staged: the events of one new import.
  ///   - dropping: rows to leave out, one set for each of `taken`, then each of `staged`; or none.
  ///   - keys: the canonical keys of the customers to merge.
  /// - Returns: the merged segment, and how many staged events were counted already.
  /// - Throws: `identity.collision`, `stories.size`.
  public static func merging(
    taken: [StorySegment], staged: [StorySegment], dropping: [RowSet] = [],
    keys: ClosedRange<UInt64> = 0...UInt64.max
  ) throws(Refusal) -> (segment: StorySegment, repeated: Int) {
    throw Refusal("stories.merging", problem: "Not there yet.", remedy: "Wait.")
  }

  /// The staged events whose message id was counted already or comes earlier in the import.
  ///
  /// - Returns: one set of rows for each staged segment.
  public static func repeatedMessages(
    taken: [StorySegment], staged: [StorySegment]
  ) -> [RowSet] {
    staged.map { _ in RowSet() }
  }
}
