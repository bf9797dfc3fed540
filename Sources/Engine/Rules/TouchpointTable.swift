import Events
import Experience
import Stories

/// Which touchpoint each event of a segment is an interaction with: the first, in declared order,
/// whose rule it meets.
public struct TouchpointTable: @unchecked Sendable {
  /// No touchpoint.
  public static let none: UInt16 = .max
  /// The code alone does not tell; see `touchpoint(at:)`.
  public static let ask: UInt16 = .max - 1

  /// By event code: the touchpoint's position, `none`, or `ask`.
  public let byCode: UnsafeBufferPointer<UInt16>
  private let segment: StorySegment
  private let memory: ColumnMemory
  private let rules: [EventRule?]
  /// Where the candidates of a code that asks begin; they end with `none` or one that is certain.
  private let firstCandidates: UnsafeBufferPointer<UInt32>
  private let candidates: [UInt16]

  /// Compiles the rules of touchpoints.
  ///
  /// - Throws: `rule.event` where one speaks of a story, `touchpoints` where there are too many.
  public init(
    _ touchpoints: [Touchpoint], of segment: StorySegment, names: EventNames
  ) throws(Refusal) {
    guard touchpoints.count < Int(Self.ask) else {
      throw Refusal(
        "touchpoints", problem: "There are \(touchpoints.count) touchpoints.",
        remedy: "Keep at most \(Self.ask) of them.")
    }
    var rules: [EventRule?] = []
    for touchpoint in touchpoints {
      guard let rule = touchpoint.rule else {
        rules.append(nil)
        continue
      }
      rules.append(try EventRule(rule, of: segment, names: names))
    }
    memory = ColumnMemory()
    let byCode = memory.room(for: names.names.count, of: UInt16.self)
    let firstCandidates = memory.room(for: names.names.count, of: UInt32.self)
    var candidates: [UInt16] = []
    for code in byCode.indices {
      firstCandidates[code] = UInt32(candidates.count)
      byCode[code] = Self.none
      for (index, rule) in rules.enumerated() {
        let verdict = rule?.verdict(code: UInt16(code)) ?? .never
        guard verdict != .never else { continue }
        if candidates.count > firstCandidates[code] || verdict == .sometimes {
          byCode[code] = Self.ask
          candidates.append(UInt16(index))
        } else {
          byCode[code] = UInt16(index)
        }
        if verdict == .always { break }
      }
      if byCode[code] == Self.ask { candidates.append(Self.none) }
    }
    self.byCode = UnsafeBufferPointer(byCode)
    self.firstCandidates = UnsafeBufferPointer(firstCandidates)
    self.candidates = candidates
    self.rules = rules
    self.segment = segment
  }

  /// The position of the touchpoint that the event of a row is an interaction with, or `none`.
  public func touchpoint(at row: Int) -> UInt16 {
    let code = Int(segment.codes[row])
    guard byCode[code] == Self.ask else { return byCode[code] }
    var place = Int(firstCandidates[code])
    while candidates[place] != Self.none {
      if rules[Int(candidates[place])]?.matches(row) == true { return candidates[place] }
      place += 1
    }
    return Self.none
  }
}
