import Events
import Experience
import Stories

extension Stories {
  /// The stories of a population alone; the others are hidden.
  ///
  /// - Parameter end: the first moment that is too late: a condition is judged by the story before
  ///   it; nil: by the whole story, at the time of the latest event of all.
  /// - Throws: what is wrong with the condition.
  func restricted(to population: Population, at end: Instant?) throws(Refusal) -> Stories {
    let moment = end?.milliseconds ?? watermark.map { $0.milliseconds + 1 } ?? 0
    var segments = segments
    for index in segments.indices {
      let segment = segments[index]
      let rule: StoryRule?
      var saved: [UInt64] = []
      switch population {
      case .condition(_, let condition):
        rule = try StoryRule(condition, of: segment, names: names)
      case .saved(_, let keys): (rule, saved) = (nil, keys)
      }
      var visible = PositionRanges()
      for customer in segment.visible.joined() {
        let rows = segment.rows(of: customer)
        let holds =
          if let rule {
            rule.holds(
              story: rows,
              before: rows.lowerBound
                + UnsafeBufferPointer(rebasing: segment.times[rows]).firstPosition {
                  $0 >= moment
                },
              at: moment)
          } else { saved.contains(sorted: segment.customers[customer]) }
        if holds { visible.append(customer) }
      }
      segments[index].visible = visible.ranges
    }
    return Stories(names: names, segments: segments, watermark: watermark)
  }
}

/// Positions that ascend, as ranges.
struct PositionRanges {
  private(set) var ranges: [Range<Int>] = []

  mutating func append(_ position: Int) {
    if let last = ranges.last, last.upperBound == position {
      ranges[ranges.count - 1] = last.lowerBound..<(position + 1)
    } else {
      ranges.append(position..<(position + 1))
    }
  }
}

extension Array where Element: Comparable {
  /// Whether the array, which ascends, has the element.
  func contains(sorted element: Element) -> Bool {
    withUnsafeBufferPointer { elements in
      let position = elements.firstPosition { $0 >= element }
      return position < elements.count && elements[position] == element
    }
  }
}
