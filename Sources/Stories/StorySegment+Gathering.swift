import Events

extension StorySegment {
  /// Takes customers' events out into new stories, each event under its own key's canonical key.
  ///
  /// This links people without rewriting where they lie, and takes apart who was linked too much.
  /// The new segment knows the text of a canonical key only if one of the segments does.
  /// - Complexity: in the events taken out, not in the size of the segments they come from.
  /// - Parameters:
  ///   - segments: where the customers lie.
  ///   - customers: the positions of the customers to take, one list for each segment.
  ///   - canonical: the canonical key of an identity's key.
  /// - Throws: `identity.collision`, `stories.size`.
  public static func gathering(
    _ segments: [StorySegment], customers: [[Int]], canonical: (UInt64) -> UInt64
  ) throws(Refusal) -> StorySegment {
    precondition(segments.count == customers.count)
    var weaver = StoryWeaver(segments)
    for (source, segment) in segments.enumerated() {
      for customer in customers[source].sorted() {
        let rows = segment.rows(of: customer)
        var start = rows.lowerBound
        var other = segment.otherRows.firstPosition { $0 >= UInt32(start) }
        while start < rows.upperBound {
          let key = segment.key(of: start, customer: customer, other: &other)
          var end = start + 1
          while end < rows.upperBound {
            var next = other
            guard segment.key(of: end, customer: customer, other: &next) == key else { break }
            other = next
            end += 1
          }
          weaver.add(start..<end, of: source, customer: customer, to: canonical(key))
          start = end
        }
      }
    }
    return try weaver.woven().segment
  }

  /// The own key of a row; `other` is the first of the other rows that is not before it.
  private func key(of row: Int, customer: Int, other: inout Int) -> UInt64 {
    guard other < otherRows.count, otherRows[other] == UInt32(row) else {
      return customers[customer]
    }
    other += 1
    return otherKeys[other - 1]
  }

  /// The segment with the customers at those positions taken out of `visible`.
  public func hiding(_ positions: [Int]) -> StorySegment {
    var hidden = Set(positions).sorted()[...]
    var ranges: [Range<Int>] = []
    for range in visible {
      var start = range.lowerBound
      hidden = hidden.drop { $0 < start }
      while let next = hidden.first, next < range.upperBound {
        if start < next { ranges.append(start..<next) }
        start = next + 1
        hidden = hidden.dropFirst()
      }
      if start < range.upperBound { ranges.append(start..<range.upperBound) }
    }
    var copy = self
    copy.visible = ranges
    return copy
  }

  /// The positions of customers whose canonical key, or any event's own key, is one of those.
  ///
  /// Hidden customers are among them.
  public func customers(withAnyOf keys: Set<UInt64>) -> [Int] {
    var positions = Set(keys.compactMap { position(of: $0) })
    for (row, key) in zip(otherRows, otherKeys) where keys.contains(key) {
      positions.insert(offsets.firstPosition { $0 > row } - 1)
    }
    return positions.sorted()
  }
}
