import Stories

/// Looks for a few messages among many: a filter of 64 Ki bits lets nearly all others pass without
/// a look into the set.
struct MessageFilter {
  private let wanted: Set<UInt64>
  private var filter = [UInt64](repeating: 0, count: 1024)

  init(_ wanted: Set<UInt64>) {
    self.wanted = wanted
    for message in wanted { filter[Int(message >> 6 & 1023)] |= 1 << (message & 63) }
  }

  /// Adds those of the wanted messages that are among some.
  ///
  /// - Complexity: O(*n*), about a nanosecond each.
  func find(in messages: some Sequence<UInt64>, into found: inout Set<UInt64>) {
    guard !wanted.isEmpty else { return }
    filter.withUnsafeBufferPointer { filter in
      for message in messages
      where filter[Int(message >> 6 & 1023)] >> (message & 63) & 1 == 1
        && wanted.contains(message)
      {
        found.insert(message)
      }
    }
  }

  /// The same of a segment's events.
  ///
  /// The segment is passed whole: its columns lie in memory that may be given back with it.
  func find(in segment: StorySegment, into found: inout Set<UInt64>) {
    withExtendedLifetime(segment) { find(in: segment.messages, into: &found) }
  }
}
