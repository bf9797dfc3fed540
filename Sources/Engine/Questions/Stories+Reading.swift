import Events
import Experience
import Stories

/// Who of one segment is of a population at a moment.
struct PopulationJudge {
  private let population: Population
  private let rule: StoryRule?
  private let segment: StorySegment
  private let moment: Int64

  /// Compiles the condition.
  ///
  /// - Parameter end: the first moment that is too late: a condition is judged by the story before
  ///   it; nil: by the whole story, at the time of the latest event of all.
  /// - Throws: what is wrong with the condition.
  init(
    _ population: Population, at end: Instant?, of segment: StorySegment, in stories: Stories
  ) throws(Refusal) {
    self.population = population
    self.segment = segment
    moment = end?.milliseconds ?? stories.watermark.map { $0.milliseconds + 1 } ?? 0
    rule = try population.rule.map { rule throws(Refusal) in
      try StoryRule(rule, of: segment, names: stories.names)
    }
  }

  /// Whether the customer at a position is of it.
  func admits(_ customer: Int) -> Bool {
    switch population {
    case .saved(_, let keys): return keys.contains(sorted: segment.customers[customer])
    case .condition:
      let rows = segment.rows(of: customer)
      let before = UnsafeBufferPointer(rebasing: segment.times[rows]).firstPosition {
        $0 >= moment
      }
      return rule?.holds(story: rows, before: rows.lowerBound + before, at: moment) ?? false
    }
  }
}

extension Stories {
  /// The stories of a population alone; the others are hidden.
  ///
  /// - Parameter end: the first moment that is too late, as a `PopulationJudge` takes it.
  /// - Throws: what is wrong with the condition.
  func restricted(to population: Population, at end: Instant?) throws(Refusal) -> Stories {
    var segments = segments
    for index in segments.indices {
      let judge = try PopulationJudge(population, at: end, of: segments[index], in: self)
      var visible = PositionRanges()
      for customer in segments[index].visible.joined() where judge.admits(customer) {
        visible.append(customer)
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
