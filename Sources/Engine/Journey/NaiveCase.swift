import Events
import Experience
import Statistics

/// A case as plain events, for the naive twin.
struct NaiveCase {
  var start: Int
  var time: Instant
  var limit: Instant
  var outcome: Outcome
  /// When it ended, or how far it could be seen.
  var end: Instant
  /// From the starting event to the last one inside.
  var events: [(event: Event, touchpoint: Touchpoint?)]
  /// Where these stand in the story.
  var positions: [Int]
  /// What answers say of its interactions, on the scale of feelings.
  var answers: [(touchpoint: String, feeling: Double)] = []
}

/// Something met off the map.
struct NaivePassage: Hashable {
  var name: String
  var isTouchpoint: Bool

  static let nothing = NaivePassage(name: Passage.nothing, isTouchpoint: false)

  init(name: String, isTouchpoint: Bool) {
    self.name = name
    self.isTouchpoint = isTouchpoint
  }

  /// Nil for Waymark's own events.
  init?(_ event: Event, _ touchpoint: Touchpoint?) {
    if let touchpoint {
      self.init(name: touchpoint.name, isTouchpoint: true)
    } else if event.name.hasPrefix("$") {
      return nil
    } else {
      self.init(name: event.name, isTouchpoint: false)
    }
  }
}

/// What follows from one case, for the naive twin.
struct NaiveFacts {
  var start: Int
  var time: Instant
  var outcome: Outcome
  var duration: Int64
  var walked: [(position: Int, event: Event, touchpoint: Touchpoint)] = []
  var first: [Int: (position: Int, time: Instant, channel: String?)] = [:]
  var furthest = -1
  var stepTimes: [Int: TimeSpan] = [:]
  var switchedSteps: Set<Int> = []
  var offMap: Set<NaivePassage> = []
  var next: NaivePassage?
  var uses: [(touchpoint: String, channel: String?)] = []
  var wrong: [String] = []
  var channels: Set<String> = []
  var switches = 0
  var valueBy: [(touchpoint: String, value: Int64)] = []
  var scores: [(touchpoint: String, score: Double)] = []
  var cost: Int64 = 0
  var promised: Set<Int> = []
  var late: Set<Int> = []
  var verdicts: Set<Alignment.Placement> = []
  var skippedSteps: Set<Int> = []
  var movedSteps: Set<Int> = []
  var extraSteps: [Int] = []
  var alignedLength = 0
  var alignmentCost = 0

  init(_ found: NaiveCase) {
    start = found.start
    time = found.time
    outcome = found.outcome
    duration = (found.end - found.time).milliseconds
  }

  var values: [Int64] { valueBy.map(\.value) }
  var value: Int64 { values.reduce(0) { $0.addingSaturating($1) } }

  /// The touchpoints met, repeats in a row being one, the first 64.
  var way: [String] {
    var way: [String] = []
    for (_, _, touchpoint) in walked where way.last != touchpoint.name && way.count < 64 {
      way.append(touchpoint.name)
    }
    return way
  }
}

extension CaseCounts {
  /// Counts one case.
  mutating func note(_ outcome: Outcome) {
    total += 1
    switch outcome {
    case .completed: completed += 1
    case .ended: ended += 1
    case .abandoned: abandoned += 1
    case .open: open += 1
    }
  }
}
