import Events
import Experience
import Foundation
import Statistics

extension MeasuredJourney {
  /// The share of cases from which a deviation at a step is worth a person's attention.
  static let noticeable = 0.1

  /// Finds the steps that need attention, worst first; healthy ones are left out.
  ///
  /// A step's weight is the number of completions that would be gained if it lost no larger share
  /// of its closed cases than the journey's other steps do in the median, and if those it keeps
  /// complete as often as those that pass it now (all of them, where nobody passes it yet).
  mutating func findAttention(steps designed: [Step], touchpoints experience: Experience) {
    var found: [Attention] = []
    for step in steps {
      var weight = 0.0
      var reasons: [String] = []
      let others = steps.filter { $0.index != step.index && !$0.goal }
        .compactMap(\.dropOffShare.value).sorted()
      let usual =
        others.isEmpty ? 0 : (others[(others.count - 1) / 2] + others[others.count / 2]) / 2
      if !step.goal, let share = step.dropOffShare.value, let low = step.dropOffShare.low,
        share > usual, low > usual
      {
        weight = (share - usual) * Double(step.dropOffShare.count) * completionBehind(step)
        reasons.append(
          "\(step.dropOff.grouped) of \(step.dropOffShare.count.grouped) cases that came this far "
            + "went no further (\(share.percent)); in the median of the other steps "
            + "\(usual.percent) do.")
      }
      reasons += deviations(
        of: step, repeats: step.index < designed.count && designed[step.index].isRepeated,
        experience)
      guard !reasons.isEmpty else { continue }
      found.append(
        Attention(step: step.index, title: step.title, weight: weight, reasons: reasons))
    }
    attention = found.sorted { left, right in
      left.weight != right.weight ? left.weight > right.weight : left.step < right.step
    }
  }

  /// The share of closed cases completed, of those that come further than a step.
  private func completionBehind(_ step: MeasuredStep) -> Double {
    let passed = step.dropOffShare.count - step.dropOff
    return passed > 0 ? min(1, Double(cases.completed) / Double(passed)) : 1
  }

  /// What is wrong at a step besides drop-off, the largest share first.
  private func deviations(
    of step: MeasuredStep, repeats byDesign: Bool, _ experience: Experience
  ) -> [String] {
    var found: [(share: Double, reason: String)] = []
    func note(_ count: Int, of total: Int, _ reason: (String) -> String) {
      guard total > 0, count > 0 else { return }
      let share = min(1, Double(count) / Double(total))
      guard share >= Self.noticeable else { return }
      found.append((share, reason(share.percent)))
    }
    note(step.late, of: step.promised) {
      "\(step.late.grouped) of \(step.promised.grouped) that came had been promised sooner (\($0))."
    }
    note(step.skipped, of: step.skipped + step.cases) {
      "\(step.skipped.grouped) cases came further without it (\($0))."
    }
    if !byDesign {
      note(step.casesRepeating, of: step.cases) {
        "\(step.casesRepeating.grouped) of \(step.cases.grouped) cases met it more than once (\($0))."
      }
    }
    note(step.outOfOrder, of: step.cases) {
      "\(step.outOfOrder.grouped) of \(step.cases.grouped) cases met it in another order than designed (\($0))."
    }
    let interactions = step.touchpoints.reduce(0) { $0 + $1.interactions }
    note(step.wrongChannel, of: interactions) {
      "\(step.wrongChannel.grouped) of \(interactions.grouped) interactions came by a channel it was not designed for (\($0))."
    }
    if let slow = slowness(of: step, experience) { found.append(slow) }
    for touchpoint in step.touchpoints {
      guard let designed = touchpoint.designedFeeling, let felt = touchpoint.feeling.value,
        let high = touchpoint.feeling.high, high < designed
      else { continue }
      found.append(
        (
          (designed - felt) / 4,
          "“\(touchpoint.title)” felt like \(felt.tenths) of 5 "
            + "(\(touchpoint.feeling.count.grouped) scores), where \(designed.tenths) was designed."
        ))
    }
    return found.enumerated()
      .sorted { ($1.element.share, $0.offset) < ($0.element.share, $1.offset) }
      .map(\.element.reason)
  }

  private func slowness(
    of step: MeasuredStep, _ experience: Experience
  ) -> (share: Double, reason: String)? {
    let promises = step.touchpoints.compactMap { experience.touchpoint($0.name)?.expects?.within }
    guard let promise = promises.min(), let median = step.timeFromPrevious.median.value,
      let low = step.timeFromPrevious.median.low, low > Double(promise.milliseconds)
    else { return nil }
    let taken = TimeSpan(milliseconds: Int64(median)).short
    return (
      1 - Double(promise.milliseconds) / median,
      "Half of the cases took longer than \(taken) from the step before, where \(promise.short) was promised."
    )
  }
}

extension Step {
  /// Whether any part of it may be met again by design.
  fileprivate var isRepeated: Bool {
    switch self {
    case .touchpoint: false
    case .sequence(let parts), .any(let parts), .all(let parts): parts.contains(where: \.isRepeated)
    case .optional(let part): part.isRepeated
    case .repeated: true
    }
  }
}

extension Int {
  /// The number with commas between thousands.
  fileprivate var grouped: String {
    var digits = Substring(String(magnitude))
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits = digits.dropLast(3)
    }
    return (self < 0 ? "-" : "") + ([digits] + groups).joined(separator: ",")
  }
}

extension Double {
  fileprivate var tenths: String { String(format: "%.1f", self) }
  fileprivate var percent: String { String(format: "%.1f %%", self * 100) }
}
