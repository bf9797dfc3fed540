import Events
import Statistics

/// Makes the figures of a score from its counts.
struct ScoresFigures {
  private let question: ScoresQuestion
  private let plan: ScoresPlan
  private let tally: ScoresTally

  init(_ question: ScoresQuestion, _ plan: ScoresPlan, _ tally: ScoresTally) {
    self.question = question
    self.plan = plan
    self.tally = tally
  }

  func answer() -> Scores {
    let groups = shownGroups()
    let figures = (plan.spans.before..<max(plan.spans.before, plan.spans.count)).flatMap { span in
      groups.map { figure(span, $0) }
    }
    return Scores(
      metric: question.rule.metric,
      scale: [question.rule.scale.lowerBound, question.rule.scale.upperBound],
      direction: question.rule.direction, counting: question.counting,
      interval: question.interval, by: question.division?.name, figures: figures,
      tally: AnswerTally(
        counted: tally.counted,
        excluded: [.init(reason: "answers that are not on the scale", count: tally.offScale)]))
  }

  /// All answers, then the groups that have any in the range: most first, or in the order of a journey's
  /// steps; those without a value last.
  private func shownGroups() -> [Int] {
    func answers(_ group: Int) -> Int {
      (plan.spans.before..<plan.spans.count).reduce(0) {
        $0 + sample($1, group).count
      }
    }
    let none = plan.width - 1
    let known = (1..<max(1, plan.width)).map { (group: $0, answers: answers($0)) }
      .filter { $0.answers > 0 }
      .sorted { left, right in
        if plan.isInOrder { return left.group < right.group }
        if (left.group == none) != (right.group == none) { return right.group == none }
        return (right.answers, plan.groups[left.group - 1])
          < (left.answers, plan.groups[right.group - 1])
      }
    return [0] + known.map(\.group)
  }

  private func sample(_ span: Int, _ group: Int, stratum: Int? = nil) -> ScoreSample {
    let figure = span * plan.width + group
    var counts = [Int](repeating: 0, count: question.rule.scale.count)
    for one in stratum.map({ $0..<($0 + 1) }) ?? 0..<plan.strataCount {
      for (place, count) in tally.counts(figure, stratum: one).enumerated() {
        counts[place] += count
      }
    }
    return ScoreSample(question.rule, counts: counts, population: question.people)
  }

  private func figure(_ span: Int, _ group: Int) -> Scores.Figure {
    let (spans, sample) = (plan.spans, sample(span, group))
    let place = span * plan.width + group
    var figure = Scores.Figure(
      interval: question.interval == nil ? "" : spans.names[span], from: spans.starts[span],
      to: spans.starts[span + 1], by: group == 0 ? nil : plan.groups[group - 1],
      customers: tally.customers(place, nil), value: sample.figure, textbook: sample.textbook,
      base: sample.base, counts: sample.counts,
      bands: ScoreBand.allCases.map { band in
        Scores.Band(
          name: question.rule.bandNames[band.rawValue], customers: tally.customers(place, band),
          answers: sample.count(of: band), share: sample.share(of: band))
      },
      isOpen: question.interval != nil && spans.isOpen(span, watermark: plan.watermark))
    figure.isExternal = figure.by.map(plan.external.contains) ?? false
    if question.strata != nil { figure.weighted = weighted(span, group) }
    if question.asked != nil, group == 0 {
      let response = Estimate.share(tally.responded[span], of: tally.asked[span])
      figure.response = Estimate(
        value: response.value, low: response.low, high: response.high, count: tally.asked[span])
    }
    if question.comparison == .previous {
      let earlier = self.sample(span - spans.before, group).figure
      figure.previous = earlier
      // An interval that isn't over cannot be compared with a whole one.
      if !figure.isOpen { figure.change = Estimate.difference(figure.value, earlier) }
    }
    return figure
  }

  private func weighted(_ span: Int, _ group: Int) -> Scores.Weighted? {
    let strata = (0..<plan.strataCount).map { self.sample(span, group, stratum: $0) }
    return WeightedScore(strata, people: tally.people).map {
      Scores.Weighted(value: $0.figure, designEffect: $0.designEffect, unheard: $0.unheard)
    }
  }
}
