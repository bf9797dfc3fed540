import Stories

/// Members and those of them who came back, of the customers at hand.
///
/// A quarter of a word counts the members of a cohort who came back in a bracket, so that four
/// brackets are counted at once.
///
/// It is shared with nobody, although it holds pointers.
struct ReturnWords: @unchecked Sendable {
  private let cohorts: Int
  private let brackets: Int
  /// How many words a cohort has: one for its members, one for each four brackets.
  private let width: Int
  private let words: UnsafeMutableBufferPointer<UInt64>
  private let memory = ColumnMemory()
  /// How many members have been counted, and from which cohort to which.
  private var count = 0
  private var first = Int.max
  private var last = -1

  private static let quarters: UInt64 = 0x0001_0001_0001_0001
  /// A factor that moves bit i of four to bit 16 i; the other bits that it makes lie between those.
  private static let spread: UInt64 = 1 | 1 << 15 | 1 << 30 | 1 << 45

  init(cohorts: Int, brackets: Int) {
    self.cohorts = cohorts
    self.brackets = brackets
    width = 1 + (brackets + 3) / 4
    words = memory.room(for: cohorts * width)
    words.initialize(repeating: 0)
  }

  /// Whether a quarter may be at its end.
  var isFull: Bool { count == Int(UInt16.max) }

  /// Counts a member who came back in those brackets that are bits.
  @inline(__always) mutating func add(_ seen: UInt64, cohort: Int) {
    guard let words = words.baseAddress.map({ $0 + cohort &* width }) else { return }
    words[0] &+= 1
    var rest = seen
    for word in 1..<width {
      words[word] &+= ((rest & 15) &* Self.spread) & Self.quarters
      rest &>>= 4
    }
    count &+= 1
    first = min(first, cohort)
    last = max(last, cohort)
  }

  /// Adds what has been counted to members by cohort and returns by cohort and bracket, with those
  /// of all cohorts in the row after theirs; then counts from nothing.
  mutating func empty(into members: inout [Int], _ returned: inout [Int]) {
    guard count > 0 else { return }
    for cohort in first...last {
      let place = cohort * width
      for row in [cohort, cohorts] {
        members[row] += Int(words[place])
        for bracket in 0..<brackets {
          let word = words[place + 1 + bracket / 4]
          returned[row * brackets + bracket] += Int(word >> UInt64(16 * (bracket % 4)) & 0xFFFF)
        }
      }
      words[place..<(place + width)].update(repeating: 0)
    }
    (count, first, last) = (0, .max, -1)
  }
}
