import Testing

@testable import Statistics

@Suite
struct `A Markov chain of paths` {
  // By hand: 6 of 10 begin with A, 4 with B; 4 of 6 go from A to B; 5 of 8 convert from B.
  @Test
  func `divides conversions by removal effects`() {
    let paths = ConversionPaths(threePaths, channels: 2)
    let removal = paths.removalEffects()
    #expect(isNear(removal.base, 0.5))
    #expect(isNear(removal.effects, [0.5, 1]))
    #expect(isNear(paths.credits(.conversions, by: .markov(order: 1)), [5.0 / 3, 10.0 / 3, 0]))
  }

  // From numpy.linalg.solve over the states (last two channels) of the paths below.
  @Test
  func `has states of several channels`() {
    let paths = ConversionPaths(fourChannels, channels: 4)
    for (order, base, effects) in numpyEffects {
      let removal = paths.removalEffects(order: order)
      #expect(isNear(removal.base, base, 1e-10))
      #expect(isNear(removal.effects, effects, 1e-10))
    }
  }

  @Test(arguments: 0..<40)
  func `equals mass that moves until it is absorbed`(seed: Int) {
    let channels = 1 + seed % 6
    let plain = randomPaths(seed: UInt64(seed), channels: channels, count: 1 + seed)
    let paths = ConversionPaths(plain, channels: channels)
    for order in PathModel.orders {
      for figure in ConversionPaths.Figure.allCases {
        let amount = { (path: PlainPath) -> Double in
          figure == .value && plain.contains { $0.value > 0 }
            ? path.value : Double(path.conversions)
        }
        let base = NaiveModels.brings(plain, order: order, figure: amount)
        let effects = (0..<channels).map { channel in
          base > 0
            ? 1 - NaiveModels.brings(plain, order: order, without: channel, figure: amount) / base
            : 0
        }
        let removal = paths.removalEffects(figure, order: order)
        #expect(isNear(removal.base, base))
        #expect(isNear(removal.effects, effects))
        #expect(removal.effects.allSatisfy { (0...1).contains($0) })
      }
    }
  }

  @Test(arguments: PathModel.orders)
  func `converts as often as the paths did`(order: Int) {
    let plain = randomPaths(seed: 9, channels: 5, count: 200).filter { !$0.channels.isEmpty }
    let conversions = plain.map(\.conversions).reduce(0, +)
    let all = conversions + plain.map(\.nulls).reduce(0, +)
    let paths = ConversionPaths(plain, channels: 5)
    #expect(isNear(paths.removalEffects(order: order).base, Double(conversions) / Double(all)))
  }

  @Test(arguments: 0..<40)
  func `comes to the same by elimination and by sweeps`(seed: Int) {
    let channels = 2 + seed % 70
    let plain = randomPaths(seed: UInt64(seed), channels: channels, count: 150)
    let paths = ConversionPaths(plain, channels: channels)
    for order in 1...2 {
      let results = [RemovalModel.Method.elimination, .sweeps].map { method in
        RemovalModel(paths, order: order, method: method).effects(
          of: paths.value, conversions: paths.conversions, nulls: paths.nulls)
      }
      #expect(isNear(results[0].base, results[1].base))
      #expect(isNear(results[0].effects, results[1].effects))
      #expect(results[0].error == 0)
      #expect(results[1].error <= PathChain.tolerance)
    }
  }

  @Test
  func `is exact where paths go round in circles for long`() {
    let circle = (0..<600).map { $0 % 3 }
    let plain = [PlainPath(circle, 4, 1), PlainPath([2], 1, 3)]
    let paths = ConversionPaths(plain, channels: 3)
    let base = NaiveModels.brings(plain, order: 1) { Double($0.conversions) }
    for method in [RemovalModel.Method.elimination, .sweeps] {
      let removal = RemovalModel(paths, order: 1, method: method).effects(
        of: paths.conversions, conversions: paths.conversions, nulls: paths.nulls)
      #expect(isNear(removal.base, base, 1e-10))
    }
  }

  @Test(arguments: 0..<20)
  func `of order 1 sees a channel that repeats once`(seed: Int) {
    let plain = randomPaths(seed: UInt64(seed), channels: 4, count: 30)
    let collapsed = plain.map { path in
      var path = path
      path.channels = path.channels.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
      return path
    }
    let effects = [plain, collapsed].map {
      ConversionPaths($0, channels: 4).removalEffects().effects
    }
    #expect(isNear(effects[0], effects[1]))
  }
}

@Suite
struct `A Shapley value of channels` {
  @Test
  func `gives each path's channels equal parts`() {
    let paths = ConversionPaths(threePaths, channels: 2)
    #expect(isNear(paths.credits(.conversions, by: .shapley), [1.5, 3.5, 0]))
    #expect(isNear(paths.credits(.value, by: .shapley), [15, 35, 0]))
  }

  @Test(arguments: 0..<30)
  func `equals the mean over all orders of joining`(seed: Int) {
    let channels = 1 + seed % 6
    let plain = randomPaths(seed: UInt64(seed), channels: channels, count: 12)
    let paths = ConversionPaths(plain, channels: channels)
    let counts = NaiveModels.shapley(plain, channels: channels) { Double($0.conversions) }
    let value = NaiveModels.shapley(plain, channels: channels) { $0.value }
    #expect(isNear(Array(paths.credits(.conversions, by: .shapley).dropLast()), counts))
    #expect(isNear(Array(paths.credits(.value, by: .shapley).dropLast()), value))
  }

  @Test(arguments: [7, 12])
  func `equals the sum over all sets`(channels: Int) {
    let plain = randomPaths(seed: 3, channels: channels, count: 80)
    let credits = ConversionPaths(plain, channels: channels).credits(.conversions, by: .shapley)
    #expect(
      isNear(Array(credits.dropLast()), NaiveModels.shapleyBySets(plain, channels: channels)))
  }

  @Test
  func `treats alike channels alike and gives nothing for nothing`() {
    // 0 and 1 stand in the same company everywhere; 2 is only on ways to none.
    let plain = [
      PlainPath([0, 3], 4), PlainPath([3, 1], 4), PlainPath([0, 1], 2), PlainPath([2, 3], 0, 5),
    ]
    let credits = ConversionPaths(plain, channels: 4).credits(.conversions, by: .shapley)
    #expect(credits[0] == credits[1])
    #expect(credits[2] == 0)
  }
}

@Suite
struct `A data-driven model` {
  static let models: [PathModel] = [.shapley] + PathModel.orders.map { .markov(order: $0) }

  @Test(arguments: 0..<30)
  func `divides everything and nothing else`(seed: Int) {
    let plain = randomPaths(seed: UInt64(seed), channels: 5, count: 40)
    let paths = ConversionPaths(plain, channels: 5)
    for model in Self.models {
      let counts = paths.credits(.conversions, by: model)
      #expect(isNear(counts.reduce(0, +), Double(plain.map(\.conversions).reduce(0, +))))
      let value = paths.credits(.value, by: model)
      #expect(isNear(value.reduce(0, +), plain.map(\.value).reduce(0, +)))
      let none = plain.filter { $0.channels.isEmpty }
      #expect(isNear(counts[5], Double(none.map(\.conversions).reduce(0, +))))
    }
  }

  @Test
  func `divides losses by the effects on conversions`() {
    let plain = [PlainPath([0, 1], 2, 1, value: -50), PlainPath([1], 2, 2, value: 20)]
    let paths = ConversionPaths(plain, channels: 2)
    let value = paths.credits(.value, by: .markov(order: 1))
    let counts = paths.credits(.conversions, by: .markov(order: 1))
    #expect(isNear(value, counts.map { $0 * -30 / 4 }))
  }

  @Test
  func `has nothing to divide without conversions`() {
    for paths in [ConversionPaths([], channels: 3), .init([PlainPath([1], 0, 4)], channels: 3)] {
      for model in Self.models {
        #expect(paths.credits(.conversions, by: model) == [0, 0, 0, 0])
        #expect(paths.intervals(.conversions, by: model, seed: 1) == nil)
      }
    }
  }

  @Test
  func `has the same intervals for the same seed, in whatever order paths came`() throws {
    let plain = randomPaths(seed: 5, channels: 4, count: 60)
    let paths = ConversionPaths(plain, channels: 4)
    let turned = ConversionPaths(plain.reversed(), channels: 4)
    for model in Self.models {
      let first = try #require(paths.intervals(.value, by: model, resamples: 40, seed: 7))
      #expect(first == turned.intervals(.value, by: model, resamples: 40, seed: 7))
      #expect(first != paths.intervals(.value, by: model, resamples: 40, seed: 8))
      #expect(first.resamples == 40)
      #expect(zip(first.low, first.high).allSatisfy { 0 <= $0 && $0 <= $1 && $1 <= 1 })
    }
  }

  @Test
  func `has no interval where resampling would take too long`() {
    var random = SeededGenerator(seed: 2)
    let plain = (0..<20_000).map { _ in
      PlainPath((0..<6).map { _ in random.below(400) }, 1 + random.below(3))
    }
    let paths = ConversionPaths(plain, channels: 400)
    #expect(paths.intervals(.conversions, by: .markov(order: 2), seed: 1) == nil)
    #expect(paths.intervals(.conversions, by: .shapley, resamples: 3, seed: 1)?.resamples == 3)
  }

  @Test
  func `is as sure as the binomial where each path has one channel`() throws {
    let paths = ConversionPaths([PlainPath([0], 160), PlainPath([1], 40)], channels: 2)
    let intervals = try #require(
      paths.intervals(.conversions, by: .shapley, resamples: 2000, seed: 1))
    // 0.8 ± 1.96 · √(0.8 · 0.2 / 200).
    #expect(abs(intervals.low[0] - 0.7446) < 0.008)
    #expect(abs(intervals.high[0] - 0.8554) < 0.008)
    #expect(isNear(intervals.low[1], 1 - intervals.high[0]))
  }

  @Test
  func `gives channels that were numbered alike one credit`() {
    var table = PathTable()
    table.add([0, 1], .init(conversions: 3))
    table.add([2], .init(conversions: 1))
    table.add([1], .init(conversions: 2))
    let paths = ConversionPaths(table, numbers: [0, 0, 1], channelCount: 2)
    #expect(paths.credits(.conversions, by: .shapley) == [5, 1, 0])
  }
}

@Suite
struct `A table of paths` {
  @Test(arguments: 0..<10)
  func `counts as a dictionary does, whole or in parts`(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    var plain: [[UInt16]: PathTable.Tally] = [:]
    var parts = [PathTable(), PathTable()]
    for _ in 0..<2000 {
      let path = (0..<random.below(5)).map { _ in UInt16(random.below(4)) }
      let tally = PathTable.Tally(
        conversions: random.below(3), nulls: random.below(2), millionths: Int128(random.below(9)))
      plain[path, default: .init()] += tally
      parts[random.below(2)].add(path, tally)
    }
    parts[0].add(parts[1])
    #expect(parts[0].count == plain.count)
    for position in 0..<parts[0].count {
      #expect(plain[Array(parts[0].channels(at: position))] == parts[0].tally(at: position))
    }
    #expect(parts[0].left == .init())
  }

  @Test
  func `tells what it had no room for`() {
    var table = PathTable(mostTouches: 3)
    table.add([1, 2], .init(conversions: 1))
    table.add([1, 3], .init(conversions: 1, nulls: 2, millionths: 5))
    table.add([4], .init(conversions: 1))
    table.add([1, 2], .init(conversions: 1))
    #expect(table.count == 2)
    #expect(table.left == .init(conversions: 1, nulls: 2, millionths: 5))
  }
}
