import Events
import Experience
import Stories

/// A funnel's question, compiled for all segments.
public struct FunnelPlan: Sendable {
  /// A window that never passes: longer than any time between two instants, and short enough for
  /// sums with instants not to overflow.
  static let unbounded: Int64 = 4_000_000_000_000_000_000

  let segments: [FunnelTable]
  /// The values of the breakdown.
  let breakdown: DimensionTable?
  let watermark: Int64
  let from: Int64
  let to: Int64
  /// The last moment that an event of an entry may have.
  let end: Int64

  init(_ question: FunnelQuestion, for stories: Stories) throws(Refusal) {
    try question.validate()
    var segments: [FunnelTable] = []
    for segment in stories.segments {
      segments.append(try FunnelTable(question, of: segment, names: stories.names))
    }
    self.segments = segments
    breakdown = try question.breakdown.map { breakdown throws(Refusal) in
      try DimensionTable(Dimension(breakdown.property), of: stories, most: Funnel.mostGroups)
    }
    watermark = stories.watermark?.milliseconds ?? .min / 4
    let range = question.scope.milliseconds
    (from, to) = (range.lowerBound, range.upperBound)
    end = question.window.map { range.upperBound + $0.milliseconds } ?? .max
  }

  /// How far the data reach.
  var latest: Instant? {
    watermark == .min / 4 ? nil : Instant(milliseconds: watermark)
  }

  /// The values, without and with a value of their own.
  var groups: Int { breakdown?.count ?? 1 }

  /// The group that the values beyond the most frequent ones share.
  var others: Int? {
    breakdown.flatMap { $0.count > Funnel.mostGroups + 1 ? $0.count - 1 : nil }
  }
}

/// A funnel's question, compiled for one segment.
struct FunnelTable: Sendable {
  /// By code: the steps, then the exclusions, that events of that name always meet, as bits.
  private var always: [UInt64]
  /// By code: those for which properties are to be looked at.
  private var sometimes: [UInt64]
  private let rules: [EventRule]
  let population: StoryRule?
  let held: [PropertyColumns]
  /// For the fast path, by code; nil where the question needs more.
  let moves: [FunnelMove]?
  /// By code: 1 where the fast path has a use for events of that name, otherwise 0.
  let uses: [UInt8]

  init(
    _ question: FunnelQuestion, of segment: StorySegment, names: EventNames
  ) throws(Refusal) {
    let codes = names.names.count
    var rules: [EventRule] = []
    for rule in question.steps.map(\.rule) + question.exclusions.map(\.rule) {
      rules.append(try EventRule(rule, of: segment, names: names))
    }
    always = Array(repeating: 0, count: codes)
    sometimes = always
    for (position, rule) in rules.enumerated() {
      let bit = UInt64(1) << UInt64(Self.bit(position, steps: question.steps.count))
      for code in 0..<codes {
        switch rule.verdict(code: UInt16(code)) {
        case .never: break
        case .always: always[code] |= bit
        case .sometimes: sometimes[code] |= bit
        }
      }
    }
    self.rules = rules
    population = try question.population.map { rule throws(Refusal) in
      try StoryRule(rule, of: segment, names: names)
    }
    held = question.heldConstant.map { PropertyColumns($0, of: segment) }
    moves =
      question.isPlain && sometimes.allSatisfy { $0 == 0 }
      ? FunnelMove.moves(always, of: question) : nil
    uses = moves?.map { $0.target == 0 ? 0 : 1 } ?? []
  }

  /// Steps take the lower half of a word, exclusions the upper one.
  private static func bit(_ position: Int, steps: Int) -> Int {
    position < steps ? position : 32 + position - steps
  }

  /// The steps and exclusions that the event of a row meets.
  func bits(_ row: Int, code: Int, steps: Int) -> UInt64 {
    var bits = always[code]
    guard sometimes[code] != 0 else { return bits }
    for position in rules.indices {
      let bit = UInt64(1) << UInt64(Self.bit(position, steps: steps))
      if sometimes[code] & bit != 0, rules[position].matches(row) { bits |= bit }
    }
    return bits
  }

  /// The events of a story that the funnel has a use for, from the first that may be an entry; none
  /// where there is no such event.
  func collect(
    _ story: Range<Int>, of segment: StorySegment, _ question: FunnelQuestion,
    by plan: FunnelPlan, into hits: inout [FunnelHit]
  ) {
    hits.removeAll(keepingCapacity: true)
    let steps = question.steps.count
    for row in story {
      let bits = bits(row, code: Int(segment.codes[row]), steps: steps)
      guard bits != 0 || question.order == .strict && !hits.isEmpty else { continue }
      let time = segment.times[row]
      guard time >= plan.from else { continue }
      guard time <= plan.end else { return }
      var fills = UInt32(truncatingIfNeeded: bits)
      if question.order == .any { fills &= 0 &- fills }
      let mayEnter = question.order == .any ? fills != 0 : fills & 1 != 0
      let enters =
        mayEnter && time < plan.to
        && population?.holds(story: story, before: row, at: time) ?? true
      guard enters || !hits.isEmpty else { continue }
      hits.append(
        FunnelHit(
          row: row, time: time, steps: fills, exclusions: UInt32(truncatingIfNeeded: bits >> 32),
          enters: enters))
    }
  }

  /// Hits apart by the values that are held constant, in the order in which those first occur.
  func divided(_ hits: [FunnelHit]) -> [[FunnelHit]] {
    var places: [[PropertyValue]: Int] = [:]
    var parts: [[FunnelHit]] = []
    for hit in hits {
      let values = held.compactMap { $0.value(at: hit.row) }
      guard values.count == held.count else { continue }
      let place = places[values] ?? parts.count
      if place == parts.count {
        places[values] = place
        parts.append([])
      }
      parts[place].append(hit)
    }
    return parts
  }
}
