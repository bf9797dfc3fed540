import Statistics

/// One path in plain form.
struct PlainPath: Hashable {
  var channels: [Int]
  var conversions: Int
  var nulls: Int
  var value: Double

  init(_ channels: [Int], _ conversions: Int, _ nulls: Int = 0, value: Double? = nil) {
    self.channels = channels
    self.conversions = conversions
    self.nulls = nulls
    self.value = value ?? 10 * Double(conversions)
  }
}

extension ConversionPaths {
  init(_ paths: [PlainPath], channels: Int) {
    var table = PathTable()
    for path in paths {
      table.add(
        path.channels.map { UInt16($0) },
        .init(
          conversions: path.conversions, nulls: path.nulls,
          millionths: Int128((path.value * 1e6).rounded())))
    }
    self.init(table, numbers: (0..<channels).map { UInt16($0) }, channelCount: channels)
  }
}

/// The paths A > B (3 conversions, 1 without), B (2, 2) and A (0, 2).
let threePaths = [PlainPath([0, 1], 3, 1), PlainPath([1], 2, 2), PlainPath([0], 0, 2)]

/// Random distinct paths, some without a touch, some that never convert.
func randomPaths(seed: UInt64, channels: Int, count: Int) -> [PlainPath] {
  var random = SeededGenerator(seed: seed)
  var seen: Set<[Int]> = []
  var paths: [PlainPath] = []
  for _ in 0..<count {
    let touches = (0..<random.below(7)).map { _ in random.below(channels) }
    guard seen.insert(touches).inserted else { continue }
    let conversions = random.chance(0.6) ? 1 + random.below(20) : 0
    paths.append(
      PlainPath(
        touches, conversions, random.below(30),
        value: (0..<conversions).reduce(0) { sum, _ in sum + Double(random.below(90)) + 0.5 }))
  }
  return paths
}

func isNear(_ left: Double, _ right: Double, _ tolerance: Double = 1e-9) -> Bool {
  abs(left - right) <= tolerance * max(1, abs(left), abs(right))
}

func isNear(_ left: [Double], _ right: [Double], _ tolerance: Double = 1e-9) -> Bool {
  left.count == right.count && zip(left, right).allSatisfy { isNear($0, $1, tolerance) }
}

let fourChannels = [
  PlainPath([0, 1, 2], 12, 30), PlainPath([0, 1, 0, 3], 7, 5), PlainPath([2], 4, 40),
  PlainPath([3, 2, 1], 9, 11), PlainPath([1, 1, 3, 0, 2], 3, 2), PlainPath([0, 1, 2, 3], 5, 8),
  PlainPath([3], 1, 60), PlainPath([2, 1], 6, 0), PlainPath([0, 3, 0, 1, 2], 2, 9),
]

/// By order of the chain: base and removal effects of `fourChannels`, from `numpy.linalg.solve`.
let numpyEffects: [(Int, Double, [Double])] = [
  (
    1, 0.22897196261682243,
    [0.5219539131653019, 0.5471460602986705, 0.5463789154925278, 0.4186363058882111]
  ),
  (
    2, 0.2289719626168224,
    [0.5918367346938775, 0.8095053238686779, 0.836734693877551, 0.6023024594453166]
  ),
  (
    3, 0.22897196261682246,
    [0.5918367346938775, 0.8979591836734694, 0.8367346938775511, 0.5578231292517006]
  ),
  (
    4, 0.22897196261682246,
    [0.5918367346938775, 0.8979591836734694, 0.8367346938775511, 0.5510204081632654]
  ),
]
