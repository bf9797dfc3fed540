/// What is made of answers on a scale.
public enum ScoreMetric: String, Sendable, Codable, CaseIterable {
  /// 100 · (promoters − detractors) ÷ answers; promoters answer 9 or 10, detractors 0 to 6.
  case nps
  /// The share of satisfied answers: the top two of five.
  case csat
  /// The mean effort, of 1 to 7.
  case ces
  /// The mean.
  case mean
  /// The share of the best answer, or of the best few.
  case topBox = "top_box"
}

/// Which end of a scale is the good one.
public enum ScoreDirection: String, Sendable, Codable, CaseIterable {
  case higher, lower
}

/// The parts of a scale that a metric tells apart.
public enum ScoreBand: Int, Sendable, Codable, CaseIterable {
  case top, middle, bottom
}

/// How answers on a scale become a figure.
public struct ScoreRule: Sendable, Hashable {
  public var metric: ScoreMetric
  /// The whole numbers that may be answered.
  public var scale: ClosedRange<Int>
  public var direction: ScoreDirection
  /// How many answers at each end are called top and bottom.
  public var boxes: Int

  /// The scale of the Net Promoter Score, which its definition fixes.
  public static let promoterScale = 0...10

  /// A metric with its usual scale, the higher answers being the better ones.
  public init(_ metric: ScoreMetric) {
    self.metric = metric
    direction = .higher
    boxes = metric == .topBox ? 1 : 2
    scale =
      switch metric {
      case .nps: Self.promoterScale
      case .csat, .mean, .topBox: 1...5
      case .ces: 1...7
      }
  }

  /// What the parts of the scale are called, from the top.
  public var bandNames: [String] {
    switch metric {
    case .nps: ["promoters", "passives", "detractors"]
    case .csat: ["satisfied", "neutral", "dissatisfied"]
    case .ces: ["easy", "neither", "hard"]
    case .mean, .topBox: ["top", "middle", "bottom"]
    }
  }

  /// The part of the scale in which an answer lies.
  public func band(of score: Int) -> ScoreBand {
    if metric == .nps { return score >= 9 ? .top : score <= 6 ? .bottom : .middle }
    let fromTop = direction == .higher ? scale.upperBound - score : score - scale.lowerBound
    if fromTop < boxes { return .top }
    return scale.count - 1 - fromTop < boxes ? .bottom : .middle
  }

  /// What an answer adds to the mean that the figure is: −100, 0 or 100 of the NPS, 0 or 1 of a share.
  public func value(of score: Int) -> Double {
    switch metric {
    case .nps: [100, 0, -100][band(of: score).rawValue]
    case .csat, .topBox: band(of: score) == .top ? 1 : 0
    case .ces, .mean: Double(score)
    }
  }
}

/// How far a number of answers can carry a figure.
public enum ScoreBase: String, Sendable, Codable {
  /// Too few for a figure, which would tell more of single people than of all.
  case tooFew = "too few"
  /// Shown, and marked: a handful of other answers would change it.
  case small = "small base"
  case enough

  /// Below so many answers there is no figure.
  public static let fewestForFigure = 5
  /// Below so many answers a figure is marked.
  public static let fewestUnmarked = 30

  /// Judges a number of answers.
  public init(_ count: Int) {
    self = count < Self.fewestForFigure ? .tooFew : count < Self.fewestUnmarked ? .small : .enough
  }
}
