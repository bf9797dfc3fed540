import Events
import Experience

/// A fact of the case that an answer belongs to.
public struct JourneyFact: Sendable, Equatable {
  /// What may be the case.
  public enum Verdict: String, Sendable, CaseIterable, Codable {
    case skipped, extra, late, repeated
    case outOfOrder = "out_of_order"
    case wrongChannel = "wrong_channel"
    case switchedChannel = "switched_channel"
    /// Days from the start to the step, or to the latest step met.
    case waited
    /// Whether it began at the starting point.
    case start
  }

  /// The journey's name.
  public var journey: String
  public var verdict: Verdict
  /// A touchpoint of the step; nil: of any step. Of `start` the starting point.
  public var touchpoint: String?

  /// Names a fact.
  public init(_ verdict: Verdict, of journey: String, at touchpoint: String? = nil) {
    self.journey = journey
    self.verdict = verdict
    self.touchpoint = touchpoint
  }

  /// What it is called where nobody says.
  var name: String {
    let words = verdict == .start ? "began with" : verdict.rawValue.replacing("_", with: " ")
    return "\(journey): " + ([words] + [touchpoint].compactMap(\.self)).joined(separator: " ")
  }

  /// The facts of a journey that its design lets happen.
  static func standard(of journey: Journey, in experience: Experience) -> [JourneyFact] {
    let touchpoints = journey.touchpoints.compactMap { experience.touchpoint($0) }
    let steps = journey.stepsToGoal.flatMap(\.touchpoints)
    let hasPromises = touchpoints.contains { $0.expects != nil && steps.contains($0.name) }
    let hasChannels = touchpoints.contains { !$0.channels.isEmpty }
    let verdicts: [Verdict] =
      [.skipped] + (hasPromises ? [.late] : []) + [.repeated, .outOfOrder]
      + (hasChannels ? [.wrongChannel] : []) + [.switchedChannel, .waited]
    let starts = journey.starts.count > 1 ? journey.starts : []
    return verdicts.map { JourneyFact($0, of: journey.name) }
      + starts.map { JourneyFact(.start, of: journey.name, at: $0) }
  }

  /// The position of the step, or of the starting point, that it names.
  ///
  /// - Throws: `drivers.step` where the journey has no such one.
  func position(in journey: Journey) throws(Refusal) -> Int? {
    guard let touchpoint else {
      guard verdict != .start else {
        throw Refusal(
          "drivers.step", problem: "It is not said at which starting point cases begin.",
          remedy: "Write start: with one of \(journey.starts.joined(separator: ", ")).")
      }
      return nil
    }
    let steps = journey.stepsToGoal
    let place =
      verdict == .start
      ? journey.starts.firstIndex(of: touchpoint)
      : steps.firstIndex { $0.touchpoints.contains(touchpoint) }
    guard let place else {
      let known = verdict == .start ? journey.starts : steps.flatMap(\.touchpoints)
      throw Refusal(
        "drivers.step",
        problem: "“\(touchpoint.cut)” is no \(verdict == .start ? "starting point" : "step") of "
          + "“\(journey.name)”.",
        remedy: nearest(to: touchpoint, among: known).map { "Did you mean “\($0)”?" }
          ?? "Name one of \(known.joined(separator: ", ")).")
    }
    return place
  }
}
