import Events
import Experience
import Stories

/// A condition on one property of the event, as loads and compares.
///
/// Texts are judged once for each entry of the column's dictionary.
struct PropertyTest: @unchecked Sendable {
  private var texts: ColumnView?
  /// Whether the text of a code meets the condition; its entry for code 0 is not read.
  private var meets: UnsafeBufferPointer<Bool>
  private var numbers: ColumnView?
  /// The numbers that meet the condition: those within both ends, or those outside.
  private var low: Double
  private var high: Double
  private var inside: Bool
  private var booleans: ColumnView?
  private var whenFalse: Bool
  private var whenTrue: Bool
  private var whenMissing: Bool

  /// Compiles a condition; nil where it speaks of more than one property, or not in a form that
  /// tables hold.
  init?(_ expression: Expression, of segment: StorySegment, memory: ColumnMemory) {
    guard let (name, leaf, wanted) = PropertyLeaf.read(expression), let range = leaf.numbers
    else { return nil }
    let columns = PropertyColumns(name, of: segment)
    texts = columns.texts.map { ColumnView($0, memory: memory) }
    let dictionary = columns.texts?.dictionary ?? StringColumn()
    let room = memory.room(for: dictionary.count + 1, of: Bool.self)
    room[0] = false
    for entry in 0..<dictionary.count {
      room[entry + 1] = leaf.holds(dictionary.utf8(entry)) == wanted
    }
    meets = UnsafeBufferPointer(room)
    numbers = columns.numbers.map { ColumnView($0, memory: memory) }
    (low, high, inside) = (range.low, range.high, range.inside == wanted)
    booleans = columns.booleans.map { ColumnView($0, memory: memory) }
    whenFalse = leaf.holds(.boolean(false)) == wanted
    whenTrue = leaf.holds(.boolean(true)) == wanted
    whenMissing = leaf.holds(.missing) == wanted
  }

  /// Whether the event of a row meets the condition.
  func holds(_ row: Int) -> Bool {
    if let texts {
      let code = texts.code(row)
      if code != 0 { return meets[code] }
    }
    if let numbers {
      let number = numbers.number(row)
      if !number.isNaN { return (number >= low && number <= high) == inside }
    }
    if let booleans {
      let byte = booleans.code(row)
      if byte != 0 { return byte == 2 ? whenTrue : whenFalse }
    }
    return whenMissing
  }
}

/// A column's values without what is only needed to name them, so that reading counts no references.
public struct ColumnView: @unchecked Sendable {
  private enum Width { case codes8, codes16, codes32, numbers }
  private var rows: UnsafeBufferPointer<UInt32>?
  /// The last row that has a value, in a sparse column.
  private var lastRow = -1
  private var base: UnsafeRawPointer?
  private var width: Width

  /// For each stretch of 256 rows where it begins in `rows`, and one more, so that a search is short.
  private var starts: UnsafePointer<UInt32>?
  private static let stretch = 8

  /// Makes a view; a sparse column's table of stretches lies in the memory.
  init(_ column: PropertyColumn, memory: ColumnMemory) {
    rows = column.rows
    if let rows, let last = rows.last {
      let starts = memory.room(for: Int(last) >> Self.stretch + 2, of: UInt32.self)
      var next = 0
      for (position, row) in rows.enumerated() {
        while next <= Int(row) >> Self.stretch {
          starts[next] = UInt32(position)
          next += 1
        }
      }
      starts[next] = UInt32(rows.count)
      self.starts = starts.baseAddress.map { UnsafePointer($0) }
      lastRow = Int(last)
    }
    switch column.values {
    case .codes8(let codes), .booleans(let codes):
      (base, width) = (UnsafeRawPointer(codes.baseAddress), .codes8)
    case .codes16(let codes): (base, width) = (UnsafeRawPointer(codes.baseAddress), .codes16)
    case .codes32(let codes): (base, width) = (UnsafeRawPointer(codes.baseAddress), .codes32)
    case .numbers(let numbers): (base, width) = (UnsafeRawPointer(numbers.baseAddress), .numbers)
    }
  }

  private func position(_ row: Int) -> Int? {
    guard let rows else { return row }
    guard row <= lastRow, let starts else { return nil }
    let stretch = row >> Self.stretch
    var (low, high) = (Int(starts[stretch]), Int(starts[stretch + 1]))
    while low < high {
      let middle = (low &+ high) / 2
      if rows[middle] < UInt32(row) { low = middle &+ 1 } else { high = middle }
    }
    return low < rows.count && rows[low] == UInt32(row) ? low : nil
  }

  /// Whether the column has an entry for every row.
  public var isDense: Bool { rows == nil }

  /// The codes by row of a dense column of few texts; nil of others.
  var denseCodes8: UnsafePointer<UInt8>? {
    guard isDense, width == .codes8 else { return nil }
    return base?.assumingMemoryBound(to: UInt8.self)
  }

  /// The code of a row's text or truth value; 0 where it has none.
  func code(_ row: Int) -> Int {
    guard let position = position(row), let base else { return 0 }
    switch width {
    case .codes8: return Int(base.load(fromByteOffset: position, as: UInt8.self))
    case .codes16: return Int(base.load(fromByteOffset: 2 * position, as: UInt16.self))
    case .codes32: return Int(base.load(fromByteOffset: 4 * position, as: UInt32.self))
    case .numbers: return 0
    }
  }

  /// The number of a row; not-a-number where it has none.
  func number(_ row: Int) -> Double {
    guard width == .numbers, let position = position(row), let base else { return .nan }
    return base.load(fromByteOffset: 8 * position, as: Double.self)
  }
}

/// A condition on one property against constants.
enum PropertyLeaf {
  case compare(Expression.Operator, RuleValue)
  case oneOf([RuleValue])
  case between(Double, Double)
  case text(Expression.TextTest, String)
  case truth
  case has

  /// The property, the condition on it, and whether it is to hold or not to.
  static func read(_ expression: Expression) -> (String, PropertyLeaf, Bool)? {
    switch expression {
    case .property(let name): return (name, .truth, true)
    case .has(.property(let name)): return (name, .has, true)
    case .not(let part): return read(part).map { ($0, $1, !$2) }
    case .binary(let comparison, .property(let name), let other):
      guard comparison.isComparison, let value = other.literal else { return nil }
      return (name, .compare(comparison, value), true)
    case .binary(let comparison, let other, .property(let name)):
      guard let turned = comparison.turned, let value = other.literal else { return nil }
      return (name, .compare(turned, value), true)
    case .isOneOf(.property(let name), let list):
      let values = list.compactMap(\.literal)
      return values.count == list.count ? (name, .oneOf(values), true) : nil
    case .isBetween(.property(let name), .number(let low), .number(let high)):
      return (name, .between(low, high), true)
    case .text(let test, .property(let name), .string(let part)):
      return (name, .text(test, part), true)
    default: return nil
    }
  }

  func holds(_ value: RuleValue) -> Bool {
    switch self {
    case .compare(let comparison, let other): RuleValue.apply(comparison, value, other).holds
    case .oneOf(let list): list.contains { value.equals($0) }
    case .between(let low, let high): value.isBetween(.number(low), .number(high))
    case .text(let test, let part): value.passes(test, .text(part))
    case .truth: value.holds
    case .has: !value.isMissing
    }
  }

  /// Whether a text meets the condition.
  func holds(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    switch self {
    case .compare(.equal, .text(let other)): return text.elementsEqual(other.utf8)
    case .compare(.unequal, .text(let other)): return !text.elementsEqual(other.utf8)
    case .text(let test, var part): return part.withUTF8 { text.passes(test, $0) }
    default: return holds(.text(String(decoding: text, as: UTF8.self)))
    }
  }

  /// The numbers that meet it; nil where they are no single range.
  var numbers: (low: Double, high: Double, inside: Bool)? {
    switch self {
    case .truth: return Self.all(meet: false)
    case .has: return Self.all(meet: true)
    case .text: return Self.all(meet: false)
    case .between(let low, let high): return (low, high, true)
    case .oneOf(let list):
      let wanted = list.compactMap { if case .number(let number) = $0 { number } else { nil } }
      guard let first = wanted.first else { return Self.all(meet: false) }
      return wanted.count == 1 ? (first, first, true) : nil
    case .compare(let comparison, .number(let limit)):
      guard limit.isFinite else { return nil }
      switch comparison {
      case .equal: return (limit, limit, true)
      case .unequal: return (limit, limit, false)
      case .less: return (-.infinity, limit.nextDown, true)
      case .lessOrEqual: return (-.infinity, limit, true)
      case .greater: return (limit.nextUp, .infinity, true)
      case .greaterOrEqual: return (limit, .infinity, true)
      default: return nil
      }
    case .compare(let comparison, _): return Self.all(meet: comparison == .unequal)
    }
  }

  private static func all(meet: Bool) -> (low: Double, high: Double, inside: Bool) {
    (-.infinity, .infinity, meet)
  }
}

extension Expression.Operator {
  var isComparison: Bool { turned != nil }

  /// The comparison that holds when the sides change places; nil where it is no comparison.
  var turned: Expression.Operator? {
    switch self {
    case .equal, .unequal: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    default: nil
    }
  }
}
