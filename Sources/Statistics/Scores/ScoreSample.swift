/// The answers to one question on a scale, counted by answer.
public struct ScoreSample: Sendable, Hashable {
  public let rule: ScoreRule
  /// By place on the scale, from its lowest number: how many answered that.
  public let counts: [Int]
  /// How many people there are to ask; nil: so many that the sample is a small part of them.
  public var population: Int?

  /// Makes a sample.
  public init(_ rule: ScoreRule, counts: [Int], population: Int? = nil) {
    precondition(counts.count == rule.scale.count, "Each number of the scale has a count.")
    self.rule = rule
    self.counts = counts
    self.population = population
  }

  /// How many answered.
  public var count: Int { counts.reduce(0, +) }
  /// How far they carry a figure.
  public var base: ScoreBase { ScoreBase(count) }

  /// The figure with its score interval; no figure where there are too few answers.
  public var figure: Estimate {
    figure(counts.map(Double.init), size: Self.size(Double(count), of: population))
  }

  /// The figure with the interval of textbooks: of a share Wilson's, of a mean Student's t, of the NPS
  /// ± z·100·√((p + d − (p − d)²)/n). Where few answers are unlike the others it is too narrow.
  public var textbook: Estimate {
    guard base != .tooFew else { return Estimate(value: nil, count: count) }
    switch rule.metric {
    case .csat, .topBox: return share(of: .top)
    case .ces, .mean:
      let sums = zip(rule.scale, counts).reduce(into: (sum: 0.0, squares: 0.0)) { sums, entry in
        sums.sum += Double(entry.0 * entry.1)
        sums.squares += Double(entry.0 * entry.0 * entry.1)
      }
      return Estimate.mean(count: count, sum: sums.sum, squares: sums.squares)
    case .nps:
      let n = Double(count)
      let (p, d) = (Double(count(of: .top)) / n, Double(count(of: .bottom)) / n)
      let half = z95 * 100 * (max(0, p + d - (p - d) * (p - d)) / n).squareRoot()
      let value = 100 * (p - d)
      return Estimate(value: value, low: value - half, high: value + half, count: count)
    }
  }

  /// How many answers lie in a part of the scale.
  public func count(of band: ScoreBand) -> Int {
    zip(rule.scale, counts).reduce(0) { $0 + (rule.band(of: $1.0) == band ? $1.1 : 0) }
  }

  /// The share of the answers in a part of the scale, with Wilson's interval.
  public func share(of band: ScoreBand) -> Estimate {
    guard base != .tooFew else { return Estimate(value: nil, count: count) }
    return .share(count(of: band), of: count)
  }

  /// The figure of answers with weights.
  ///
  /// - Parameters:
  ///   - weighted: by place on the scale.
  ///   - size: how many independent answers they are worth.
  func figure(_ weighted: [Double], size: Double) -> Estimate {
    guard base != .tooFew else { return Estimate(value: nil, count: count) }
    var byValue: [Double: Double] = [:]
    for (score, weight) in zip(rule.scale, weighted) {
      byValue[rule.value(of: score), default: 0] += weight
    }
    let points = byValue.keys.sorted()
    return .score(
      of: points, counts: points.map { byValue[$0] ?? 0 }, size: size, count: count)
  }

  /// How many answers a sample is worth when it is a part of a finite population: n·(N − 1)/(N − n).
  ///
  /// - Returns: infinity where everybody was asked.
  static func size(_ size: Double, of population: Int?) -> Double {
    guard let population else { return size }
    let all = Double(population)
    return size < all ? size * (all - 1) / (all - size) : .infinity
  }
}

extension Estimate {
  /// Whether the interval lies on one side of 0: below that a difference may be noise.
  public var leavesZero: Bool {
    guard let low, let high else { return false }
    return low > 0 || high < 0
  }
}
