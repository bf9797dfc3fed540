import Statistics
import Stories

/// What one section has counted of an attribution, and the room it counts in.
public struct AttributionTally: @unchecked Sendable {
  private let memory = ColumnMemory()
  /// Conversions of the range and the population.
  var conversions = 0
  /// What they were worth.
  var value = ExactSum()
  /// Those that did not say what they were worth.
  var withoutValue = 0
  /// Conversions of the range by customers who were not of the population.
  var ofOthers = 0
  /// By group, and of conversions without a touch: customers who converted after such a touch.
  let customers: UnsafeMutableBufferPointer<Int>
  /// By group: touches before conversions; one that is before two counts twice.
  let touches: UnsafeMutableBufferPointer<Int>
  // Whole numbers, so that sums do not depend on the order of customers.
  /// By group: what all touches of the range cost, in millionths.
  private let costs: UnsafeMutableBufferPointer<Int128>
  /// By fixed rule, and there by group: what it earned, in `shareUnits`.
  private let credits: UnsafeMutableBufferPointer<Int128>
  /// Likewise, of the value, in millionths of which each is `valueUnits`.
  private let values: UnsafeMutableBufferPointer<Int128>
  var paths = PathTable()

  /// By group: the customer who was last counted for it.
  private let counted: UnsafeMutableBufferPointer<Int>
  private var customer = 0
  /// The conversions of a block of customers.
  private(set) var candidates = Scratch<UInt32>()
  private(set) var converted = Scratch<Int64>()
  /// What each is worth; not-a-number where it does not say.
  private(set) var worths = Scratch<Double>()
  /// How many touches of the block are before each.
  private(set) var touchesBefore = Scratch<UInt32>()
  /// The touches of a block.
  private(set) var rows = Scratch<UInt32>()
  private(set) var times = Scratch<Int64>()
  private(set) var groups = Scratch<UInt16>()
  /// Of one conversion: how long ago its touches were, and what each earned; their path.
  private(set) var ages = Scratch<Double>()
  private(set) var shares = Scratch<Double>()
  private(set) var path = Scratch<UInt16>()

  /// The parts of a conversion: a share of an even part is one without being rounded.
  private static let shareUnits = 0x1p62
  /// The parts of a millionth: the sum of 2³² largest values fits into 128 bits.
  private static let (valueUnits, valueShift) = (0x1p32, Int128(62 - 32))

  init(_ plan: AttributionPlan) {
    let places = plan.untouched + 1
    customers = memory.room(for: places)
    touches = memory.room(for: places)
    costs = memory.room(for: places)
    counted = memory.room(for: places)
    credits = memory.room(for: places * plan.rules.count)
    values = memory.room(for: places * plan.rules.count)
    for counts in [customers, touches, counted] { counts.initialize(repeating: 0) }
    for sums in [costs, credits, values] { sums.initialize(repeating: 0) }
  }

  /// Makes room for the conversions and touches of so many rows.
  mutating func makeRoom(rows count: Int) {
    candidates.hold(count)
    converted.hold(count)
    worths.hold(count)
    touchesBefore.hold(count)
    rows.hold(count)
    times.hold(count)
    groups.hold(count)
  }

  /// Begins another customer, of so many touches.
  mutating func begin(touches count: Int) {
    customer += 1
    ages.hold(count)
    shares.hold(count)
    path.hold(count)
  }

  /// Counts the customer for a group, once.
  @inline(__always) func count(_ group: Int) {
    customers[group] &+= counted[group] == customer ? 0 : 1
    counted[group] = customer
  }

  /// Credits a place, a group or none, with its share of a conversion by a fixed rule.
  ///
  /// - Parameters:
  ///   - share: 0 to 1.
  ///   - millionths: what the whole conversion was worth.
  @inline(__always) func credit(_ place: Int, _ share: Double, of millionths: Int64, rule: Int) {
    let units = Int128(Int64(share * Self.shareUnits))
    credits[rule * customers.count + place] += units
    values[rule * customers.count + place] += (units * Int128(millionths)) >> Self.valueShift
  }

  /// Adds what a touch of a group cost.
  @inline(__always) func charge(_ group: Int, _ cost: Double) {
    costs[group] += Int128(ExactSum.millionths(cost))
  }

  /// What all touches of a group cost.
  func cost(_ group: Int) -> Double { Double(costs[group]) / 1e6 }

  /// What a fixed rule gave each place, in conversions and in value.
  func credits(rule: Int) -> (conversions: [Double], value: [Double]) {
    let places = rule * customers.count..<(rule + 1) * customers.count
    return (
      credits[places].map { Double($0) / Self.shareUnits },
      values[places].map { Double($0) / (Self.valueUnits * 1e6) }
    )
  }

  /// Adds what another section has counted.
  mutating func add(_ other: borrowing AttributionTally) {
    conversions += other.conversions
    value.add(other.value)
    withoutValue += other.withoutValue
    ofOthers += other.ofOthers
    for place in customers.indices {
      customers[place] += other.customers[place]
      touches[place] += other.touches[place]
      costs[place] += other.costs[place]
    }
    for place in credits.indices {
      credits[place] += other.credits[place]
      values[place] += other.values[place]
    }
    paths.add(other.paths)
  }
}

/// Room that grows and keeps nothing when it does.
struct Scratch<Element: BitwiseCopyable>: @unchecked Sendable {
  private var memory = ColumnMemory()
  private(set) var elements = UnsafeMutableBufferPointer<Element>(start: nil, count: 0)

  /// Makes sure that it holds so many elements, one at least.
  mutating func hold(_ count: Int) {
    guard elements.count <= count else { return }
    memory = ColumnMemory()
    elements = memory.room(for: 2 * count + 1)
  }
}
