import Events
import Experience
import Statistics

/// A journey made ready for measuring: its touchpoints as *symbols*, and what each of them does.
///
/// Symbols 0… are the starting points in declared order, then the steps' touchpoints, then the
/// ends; behind `walked` come touchpoints off the map from which a promise counts.
struct JourneyPlan: Sendable {
  /// What there is to do at an interaction besides counting it.
  struct Duties: OptionSet {
    var rawValue: UInt8
    static let goal = Duties(rawValue: 1)
    static let end = Duties(rawValue: 2)
    static let value = Duties(rawValue: 4)
    static let score = Duties(rawValue: 8)
    /// An interaction is promised within some time.
    static let promise = Duties(rawValue: 16)
    /// A promise counts from interactions with it.
    static let reference = Duties(rawValue: 32)
    /// Answers of surveys speak of it.
    static let spokenOf = Duties(rawValue: 64)
  }

  let question: JourneyQuestion
  let experience: Experience
  let hearing: Hearing
  let steps: [Step]
  let tree: ProcessTree
  /// The position in the experience of each symbol's touchpoint.
  let touchpoints: [Int]
  let starts: Int
  /// How many symbols belong to the journey.
  let walked: Int
  /// The symbol of each of the experience's touchpoints, or `none`.
  let symbolOf: [UInt8]
  /// The step of each symbol, or `none`.
  let stepOf: [UInt8]
  /// The symbol in the tree of each symbol, or `none`.
  let treeSymbolOf: [UInt8]
  let duties: [Duties]
  /// Whether an interaction right after another with the same touchpoint changes nothing but
  /// their number: it is an extra in any alignment.
  let collapses: [Bool]
  /// The cost of an interaction in millionths.
  let costs: [Int64]
  /// For each symbol with a promise the longest time, and the symbol from which it counts.
  let promises: [Promise]
  /// The surveys whose answers speak of a symbol of the journey, those without a number too.
  let surveys: [(survey: Survey, symbol: Int)]

  struct Promise: Sendable {
    var symbol: Int
    var within: Int64
    /// nil: from the start of the case.
    var of: Int?
  }

  var hasCosts: Bool { costs.contains { $0 != 0 } }
  var hasValues: Bool { duties.contains { $0.contains(.value) } }

  static let none = UInt8.max
  /// The most starting points that are measured; a person should choose three.
  static let mostStarts = 8
  /// The most interactions of a case that are kept in order: alignment costs states × interactions.
  /// Of those after it only a touchpoint's first is kept, and the others count as repeats.
  static let longest = 1_000

  /// The interactions of which it is kept to which case they belong, for answers that may speak of them.
  enum Hearing: Sendable {
    /// Those with touchpoints that surveys are about.
    case surveys
    case everything
  }

  init(
    _ question: JourneyQuestion, _ experience: Experience, hearing: Hearing = .surveys
  ) throws(Refusal) {
    let journey = question.journey
    steps = journey.stepsToGoal
    try Self.check(journey, steps)
    tree = try ProcessTree(steps)
    self.question = question
    self.experience = experience
    self.hearing = hearing
    var names: [String] = []
    for name in journey.starts + tree.touchpoints + journey.ends where !names.contains(name) {
      names.append(name)
    }
    starts = journey.starts.count
    walked = names.count
    for name in names.prefix(walked) {
      guard let of = experience.touchpoint(name)?.expects?.of, !names.contains(of) else { continue }
      names.append(of)
    }
    guard names.count <= ProcessTree.mostTouchpoints else {
      throw Refusal(
        "journey.touchpoints", problem: "The journey has \(names.count) touchpoints.",
        remedy: "Use at most \(ProcessTree.mostTouchpoints).")
    }
    var found: [Int] = []
    for name in names {
      guard let position = experience.touchpoints.firstIndex(where: { $0.name == name }) else {
        throw Refusal(
          "journey.touchpoint", problem: "There is no touchpoint “\(name)” in the experience.",
          remedy: "Declare it under `touchpoints:`, or correct the name in “\(journey.name)”.")
      }
      found.append(position)
    }
    touchpoints = found
    let tree = tree
    symbolOf = experience.touchpoints.indices.map {
      found.firstIndex(of: $0).map(UInt8.init) ?? Self.none
    }
    treeSymbolOf = names.map { tree.touchpoints.firstIndex(of: $0).map(UInt8.init) ?? Self.none }
    stepOf = treeSymbolOf.map { $0 == Self.none ? Self.none : UInt8(tree.stepOf[Int($0)]) }
    collapses = treeSymbolOf.map { $0 == Self.none || !tree.loops[Int($0)] }
    let walked = walked
    costs = found.enumerated().map { symbol, touchpoint in
      symbol < walked ? ExactSum.millionths(experience.touchpoints[touchpoint].cost ?? 0) : 0
    }
    var promises: [Promise] = []
    for symbol in 0..<walked where treeSymbolOf[symbol] != Self.none {
      guard let promise = experience.touchpoints[found[symbol]].expects else { continue }
      promises.append(
        Promise(
          symbol: symbol, within: promise.within.milliseconds,
          of: promise.of.flatMap { names.firstIndex(of: $0) }))
    }
    self.promises = promises
    let surveys = experience.surveys.compactMap { survey -> (survey: Survey, symbol: Int)? in
      guard let about = survey.about,
        let symbol = names.prefix(walked).firstIndex(of: about)
      else { return nil }
      return (survey, symbol)
    }
    self.surveys = surveys
    duties = names.indices.map { symbol in
      var duties: Duties = []
      let touchpoint = experience.touchpoints[found[symbol]]
      if names[symbol] == journey.goal { duties.insert(.goal) }
      if journey.ends.contains(names[symbol]) { duties.insert(.end) }
      if touchpoint.value != nil, symbol < walked { duties.insert(.value) }
      if touchpoint.score != nil, symbol < walked { duties.insert(.score) }
      if promises.contains(where: { $0.symbol == symbol }) { duties.insert(.promise) }
      if promises.contains(where: { $0.of == symbol }) { duties.insert(.reference) }
      if symbol < walked, hearing == .everything || surveys.contains(where: { $0.symbol == symbol })
      {
        duties.insert(.spokenOf)
      }
      return duties
    }
  }

  private static func check(
    _ journey: Journey, _ steps: [Step]
  ) throws(Refusal) {
    guard (1...mostStarts).contains(journey.starts.count),
      Set(journey.starts).count == journey.starts.count
    else {
      throw Refusal(
        "journey.starts",
        problem: "The journey “\(journey.name)” has \(journey.starts.count) starting points.",
        remedy: "Give it 1 to \(mostStarts) different touchpoints as `starts:`.")
    }
    guard steps.count <= Journey.mostSteps else {
      throw Refusal(
        "journey.steps", problem: "The journey “\(journey.name)” has \(steps.count) steps.",
        remedy: "Use at most \(Journey.mostSteps), the goal among them.")
    }
    guard !journey.starts.contains(journey.goal) else {
      throw Refusal(
        "journey.goal", problem: "The goal “\(journey.goal)” is also a starting point.",
        remedy: "Begin cases by another touchpoint, or let them lead to another.")
    }
    guard journey.window.milliseconds > 0 else {
      throw Refusal(
        "journey.window", problem: "The window of “\(journey.name)” is \(journey.window).",
        remedy: "Give it a length of more than 0, such as 30d.")
    }
  }
}
