import Statistics
import Testing

/// Two thousand surveys of each kind, whose truth is known: each has one of its own, so that the steps
/// of small whole numbers don't decide. 95 of 100 intervals should hold it; two thousand surveys tell it to
/// half a percent.
@Suite
struct `Intervals of scores` {
  /// What people answer.
  enum Mood: String, CaseIterable, Sendable {
    /// Every answer is given by many.
    case common
    /// Between 1 and 7 of 100 give the worst answer, all others the best.
    case rare
    /// Nearly all give the best two answers, and each other one is given by 0 to 2 of 100.
    case scattered

    /// The shares of a scale's numbers.
    func shares(_ count: Int, _ random: inout SeededGenerator) -> [Double] {
      var weights = (0..<count).map { place -> Double in
        switch self {
        case .common: 0.5 + random.unit()
        case .scattered where place < count - 2: 0.02 * random.unit()
        case .scattered: 0.3 + random.unit()
        case .rare: place < count - 1 ? 0 : 1
        }
      }
      if self == .rare {
        weights[0] = 0.01 + 0.06 * random.unit()
      }
      let sum = weights.reduce(0, +)
      return weights.map { $0 / sum }
    }

    /// How many of 100 intervals should hold the truth. Of rare answers that are scattered some are worth
    /// more than the worst, which the interval fears them to be: it is rather too wide.
    var wanted: ClosedRange<Double> { self == .scattered ? 94...98 : 94...96 }
  }

  struct Kind: Sendable, CustomTestStringConvertible {
    var metric: ScoreMetric
    var mood: Mood
    var count: Int
    var testDescription: String { "\(metric.rawValue) of \(count), \(mood.rawValue) answers" }
  }

  static let kinds = [ScoreMetric.nps, .csat, .ces, .mean].flatMap { metric in
    Mood.allCases.flatMap { mood in
      [30, 100, 1000].map { Kind(metric: metric, mood: mood, count: $0) }
    }
  }

  @Test(arguments: kinds)
  func `hold the truth in 94 to 96 of 100 surveys, whatever the answers`(kind: Kind) throws {
    let surveys = 2000
    let rule = ScoreRule(kind.metric)
    var random = SeededGenerator(seed: Self.seed(of: kind))
    var (held, heldByTextbook) = (0, 0)
    for _ in 0..<surveys {
      let shares = kind.mood.shares(rule.scale.count, &random)
      let truth = zip(rule.scale, shares).reduce(0) { $0 + rule.value(of: $1.0) * $1.1 }
      var counts = [Int](repeating: 0, count: shares.count)
      for _ in 0..<kind.count {
        var left = random.unit()
        let place = shares.firstIndex { share in
          left -= share
          return left < 0
        }
        counts[place ?? shares.count - 1] += 1
      }
      let sample = ScoreSample(rule, counts: counts)
      held += try Self.holds(sample.figure, truth)
      heldByTextbook += try Self.holds(sample.textbook, truth)
    }
    let (share, textbook) = (Self.percent(held, surveys), Self.percent(heldByTextbook, surveys))
    print("coverage: \(kind.testDescription): \(share) % (textbook \(textbook) %)")
    #expect(kind.mood.wanted.contains(share))
  }

  /// Another one for each kind.
  private static func seed(of kind: Kind) -> UInt64 {
    kind.testDescription.utf8.reduce(2) { $0 &* 31 &+ UInt64($1) }
  }

  private static func holds(_ estimate: Estimate, _ truth: Double) throws -> Int {
    let (low, high) = (try #require(estimate.low), try #require(estimate.high))
    return low - 1e-9 <= truth && truth <= high + 1e-9 ? 1 : 0
  }

  private static func percent(_ count: Int, _ total: Int) -> Double {
    (Double(count) / Double(total) * 10_000).rounded() / 100
  }
}
