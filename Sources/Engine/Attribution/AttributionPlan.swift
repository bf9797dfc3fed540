import Events
import Experience
import Statistics
import Stories

/// An attribution's question, compiled for all segments: an object, so that visits count one
/// reference.
public final class AttributionPlan: Sendable {
  let groups: TouchGroups
  let segments: [AttributionTable]
  let range: Range<Int64>
  let lookback: Int64
  /// The fixed rules that are asked for.
  let rules: [TouchRule]
  let needsAges: Bool
  let needsPaths: Bool
  /// Whether paths to none are collected.
  let needsNulls: Bool
  /// What an interaction with each touchpoint costs; empty where nothing of it is known.
  let costs: [Double]
  /// By group: whether `lastNonDirect` passes over it; empty where it is not asked for.
  let isDirect: [Bool]
  /// The place of conversions without a touch, after those of the groups.
  let untouched: Int

  /// Longer than any time between two instants, and short enough for sums with instants.
  private static let unbounded: Int64 = .max / 4

  /// Whether customers without a conversion are read too.
  var readsEverybody: Bool { needsNulls || !costs.isEmpty }

  init(
    _ question: AttributionQuestion, touchpoints: [Touchpoint], for stories: Stories
  ) throws(Refusal) {
    let groups = try TouchGroups(question.by, of: stories, touchpoints: touchpoints)
    let most = AttributionQuestion.mostGroupsToRemember
    guard question.order == 1 || !question.models.contains(.markov) || groups.names.count <= most
    else {
      throw Refusal(
        "attribution.order",
        problem:
          "A chain of order \(question.order) over \(groups.names.count) groups is too large.",
        remedy: "Write order: 1, or group touches by what has at most \(most) values.")
    }
    self.groups = groups
    let hasCosts = touchpoints.contains { $0.cost != nil }
    costs = hasCosts ? touchpoints.map { $0.cost ?? 0 } : []
    var segments: [AttributionTable] = []
    for (index, segment) in stories.segments.enumerated() {
      segments.append(
        try AttributionTable(
          question, of: segment, names: stories.names, groups: groups[index],
          touchpoints: hasCosts ? touchpoints : []))
    }
    self.segments = segments
    range = question.scope.milliseconds
    lookback = question.lookback?.milliseconds ?? Self.unbounded
    rules = question.models.compactMap { $0.rule(halfLife: question.halfLife) }
    needsAges = question.models.contains(.timeDecay)
    needsPaths = question.models.contains { $0.pathModel(order: question.order) != nil }
    needsNulls = question.models.contains(.markov)
    isDirect =
      question.models.contains(.lastNonDirect)
      ? groups.names.map { question.direct.contains($0) } : []
    untouched = groups.names.count
  }
}

/// An attribution's question, compiled for one segment: an object, so that visits count one reference.
final class AttributionTable: @unchecked Sendable {
  private let memory = ColumnMemory()
  /// By code: `converts` where events of that name may be conversions, and 1 shifted by `touchShift`
  /// where they may be touches.
  let kinds: UnsafeMutableBufferPointer<UInt8>
  static let converts = 1
  static let touchShift = 1
  /// Whether each event of those codes is one without doubt.
  let allConvert: Bool
  let allTouch: Bool
  private let conversion: EventRule
  private let touches: [EventRule]
  private let mustHaveGroup: Bool
  private let groups: TouchGroupColumns
  private let value: NumberRule?
  let population: StoryRule?
  private let touchpoints: TouchpointTable?

  init(
    _ question: AttributionQuestion, of segment: StorySegment, names: EventNames,
    groups: TouchGroupColumns, touchpoints: [Touchpoint]
  ) throws(Refusal) {
    self.groups = groups
    conversion = try EventRule(question.conversion.rule, of: segment, names: names)
    var rules: [EventRule] = []
    for selector in question.touches {
      rules.append(try EventRule(selector.rule, of: segment, names: names))
    }
    touches = rules
    mustHaveGroup = rules.isEmpty
    value = try question.value.map { number throws(Refusal) in
      try NumberRule(number.rule, of: segment, names: names)
    }
    population = try question.scope.population?.rule.map { rule throws(Refusal) in
      try StoryRule(rule, of: segment, names: names)
    }
    self.touchpoints =
      touchpoints.isEmpty
      ? nil : try TouchpointTable(touchpoints, of: segment, names: names)
    kinds = memory.room(for: names.names.count)
    var allConvert = true
    var allTouch = !rules.isEmpty
    for (code, name) in names.names.enumerated() {
      let converts = conversion.verdict(code: UInt16(code))
      if converts == .sometimes { allConvert = false }
      let verdicts = rules.map { $0.verdict(code: UInt16(code)) }
      let touches =
        rules.isEmpty
        ? converts != .always && !name.hasPrefix("$") : verdicts.contains { $0 != .never }
      kinds[code] = UInt8(
        (converts == .never ? 0 : Self.converts) | (touches ? 1 << Self.touchShift : 0))
      if touches, !verdicts.contains(.always) { allTouch = false }
    }
    self.allConvert = allConvert
    self.allTouch = allTouch
  }

  /// Whether the event of a row, whose code may convert, is a conversion.
  func converts(_ row: Int) -> Bool { conversion.matches(row) }

  /// Whether the event of a row, whose code may touch, is a touch.
  func touches(_ row: Int) -> Bool {
    if mustHaveGroup { return groups.group(row) != 0 && !conversion.matches(row) }
    return touches.contains { $0.matches(row) }
  }

  /// The group of the touch of a row.
  func group(_ row: Int) -> UInt16 { groups.group(row) }

  /// Writes the groups of touches.
  func fill(
    _ numbers: UnsafeMutableBufferPointer<UInt16>,
    of rows: Slice<UnsafeMutableBufferPointer<UInt32>>
  ) { groups.fill(numbers, of: UnsafeBufferPointer(rebasing: rows)) }

  /// What the conversion of a row is worth; nil where it does not say.
  func value(_ row: Int) -> Double? { value?.number(row) }

  /// The touchpoint that the event of a row is an interaction with, if costs are known.
  func touchpoint(_ row: Int) -> Int? {
    guard let touchpoint = touchpoints?.touchpoint(at: row), touchpoint != TouchpointTable.none
    else { return nil }
    return Int(touchpoint)
  }
}
