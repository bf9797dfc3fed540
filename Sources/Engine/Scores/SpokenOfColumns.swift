import Events
import Experience
import Stories

/// The touchpoints that one segment's answers speak of: the one that a survey's answer names, else the one
/// that the event is an interaction with.
struct SpokenOfColumns: @unchecked Sendable {
  private let codes: UnsafeBufferPointer<UInt16>
  private let answered: UInt16?
  private let named: PropertyColumn?
  /// By code of the property: the touchpoint's position; nil where the experience has none of that name.
  private let positions: [Int?]
  private let table: TouchpointTable

  init(
    _ touchpoints: [Touchpoint], of segment: StorySegment, names: EventNames
  ) throws(Refusal) {
    codes = segment.codes
    answered = names.code(of: SurveyEvent.answered)
    named = segment.property(SurveyEvent.touchpoint, .string)
    let dictionary = named?.dictionary ?? StringColumn()
    let known = Dictionary(
      touchpoints.enumerated().map { ($0.element.name, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    positions = [nil] + (0..<dictionary.count).map { known[dictionary[$0]] }
    table = try TouchpointTable(touchpoints, of: segment, names: names)
  }

  /// The position of the touchpoint that a row's event speaks of; nil where it is none of the experience.
  func touchpoint(_ row: Int) -> Int? {
    if let code = name(row) { return positions[code] }
    let touchpoint = table.touchpoint(at: row)
    return touchpoint == TouchpointTable.none ? nil : Int(touchpoint)
  }

  /// Whether a row's event speaks of any touchpoint, of the experience or not.
  func speaks(_ row: Int) -> Bool { name(row) != nil || touchpoint(row) != nil }

  /// The code of the name that a survey's answer has.
  private func name(_ row: Int) -> Int? {
    guard codes[row] == answered, let code = named?.code(at: row), code != 0 else { return nil }
    return Int(code)
  }
}
