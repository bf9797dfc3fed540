import Events
import Experience
import Stories

/// A funnel's question, compiled for all segments.
public struct FunnelPlan: Sendable {
  /// A window that never passes: longer than any time between two instants, and short enough for
  /// sums with instants not to overflow.
  static let unbounded: Int64 = 4_000_000_000_000_000_000

  let segments: [FunnelTable]
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
    watermark = stories.watermark?.milliseconds ?? .min / 4
    from = question.from?.milliseconds ?? .min / 4
    let to = question.to?.milliseconds ?? .max / 4
    self.to = to
    end = question.window.map { to + $0.milliseconds } ?? .max
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
  let breakdown: PropertyColumns?
  /// For the fast path: by code the step from 1, 0 for none; nil where the question needs more.
  let plain: [UInt8]?

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
    breakdown = question.breakdown.map { PropertyColumns($0.property, of: segment) }
    plain =
      question.isPlain && sometimes.allSatisfy { $0 == 0 }
        && always.allSatisfy { $0.nonzeroBitCount <= 1 }
      ? always.map { $0 == 0 ? 0 : UInt8($0.trailingZeroBitCount + 1) } : nil
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
}

extension FunnelQuestion {
  /// Whether the fast path may answer it, as far as the options tell.
  fileprivate var isPlain: Bool {
    figures == .counts && order == .ordered && ties == .allowed && entry == .best
      && repeats == .pass && exclusions.isEmpty && heldConstant.isEmpty && breakdown == nil
      && population == nil && pairWindow == nil && steps.allSatisfy { $0.presence == .required }
  }
}
