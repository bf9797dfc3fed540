import Events
import Experience
import Stories
import Synchronization

/// An answer with what it rests on.
public struct Answered: Sendable, Encodable {
  public var receipt: Receipt
  public var answer: Answer
}

/// What an answer rests on: enough to ask the same again, and to see whether it was the same.
public struct Receipt: Sendable, Encodable, Equatable {
  /// The question as it was understood: names as conditions, times in UTC.
  public var question: Question
  /// The hash of the question as text, as 16 hexadecimal digits.
  public var definition: String
  /// The time of the latest event: how far the data reach.
  public var watermark: Instant?
  /// Before this moment events were removed, since they were older than events are kept; nil: none
  /// were.
  public var removedBefore: Instant?
  /// Events of the stories that were asked.
  public var events: Int
  /// Units of those stories: customers, or what else the question counts.
  public var units: Int
  public var tally: AnswerTally
  /// What a reader should know of the question: names in it that no event has, events of
  /// its range that were removed.
  public var notes: [String]
}

extension Stories {
  /// The answers to questions, in their order; those of one scope are answered in one pass over the
  /// stories on all cores.
  ///
  /// - Parameter stories: the stories as identities were known then; nil: today.
  /// - Throws: the refusal of a question, `CancellationError`, or what `stories` throws.
  public static func ask(
    _ questions: [Question], in context: QuestionContext,
    of stories: (Instant?) throws -> Stories
  ) async throws -> [Answered] {
    var answers = [Answered?](repeating: nil, count: questions.count)
    var groups: [Reading: [Int]] = [:]
    for (position, question) in questions.enumerated() {
      groups[Reading(question), default: []].append(position)
    }
    var known: [Instant?: Stories] = [:]
    for (reading, positions) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
      let whole = try known[reading.identityAsOf] ?? stories(reading.identityAsOf)
      known[reading.identityAsOf] = whole
      let unitStories = try await reading.stories(of: whole, in: context)
      let read = unitStories.stories
      var runs: [any CountingRun] = []
      for position in positions {
        try questions[position].check(against: whole, in: context)
        runs.append(
          try reading.rest(of: questions[position]).counting(in: context).run(over: read))
      }
      try await read.visit(read.sections(), by: runs)
      for (position, answer) in zip(positions, await Self.answers(of: runs)) {
        var tally = answer.subject.tally
        tally.excluded += unitStories.excluded.filter { $0.count > 0 }
        answers[position] = Answered(
          receipt: Receipt(
            question: questions[position], definition: try questions[position].definition,
            watermark: whole.watermark, removedBefore: whole.removed.latest,
            events: read.eventCount, units: read.customerCount,
            tally: tally, notes: questions[position].notes(on: whole)),
          answer: answer)
      }
    }
    return answers.compactMap(\.self)
  }

  /// The answers of runs that are through; those that take long are worked out at the same time.
  private static func answers(of runs: [any CountingRun]) async -> [Answer] {
    await withTaskGroup(of: (Int, Answer).self) { group in
      for (position, run) in runs.enumerated() { group.addTask { (position, run.answer()) } }
      var answers = [Answer?](repeating: nil, count: runs.count)
      for await (position, answer) in group { answers[position] = answer }
      return answers.compactMap(\.self)
    }
  }

  /// The canonical keys of the customers behind a number of a question's answer, ascending.
  ///
  /// - Parameter row: the row of the answer's table whose first figure is meant.
  /// - Throws: `customers.row`, or what asking throws.
  public static func customers(
    behind row: AnswerRowKey, of question: Question, in context: QuestionContext,
    stories: (Instant?) throws -> Stories
  ) async throws -> [UInt64] {
    let reading = Reading(question)
    let whole = try stories(reading.identityAsOf)
    try question.check(against: whole, in: context)
    let read = try await reading.stories(of: whole, in: context)
    let units = try await reading.rest(of: question).counting(in: context)
      .customers(behind: row, in: read.stories)
    return read.customers(of: units)
  }
}

/// Which stories a question reads: questions with the same reading share a pass.
///
/// Of units other than customers a population is judged at the end of the range, by the customer's
/// whole story.
struct Reading: Hashable {
  var identityAsOf: Instant?
  /// Whose stories are read at all; nil where everybody's are, or the question judges at an entry.
  var population: Population?
  /// The end of the range, at which they are judged.
  var end: Instant?
  var unit: Unit

  init(_ question: Question) {
    let scope = question.scope
    identityAsOf = scope.identityAsOf
    unit = scope.unit
    guard let population = scope.population else { return }
    if population.rule == nil || unit != .customer || !question.kind.judgesAtEntry {
      self.population = population
      if population.rule != nil { end = scope.to }
    }
  }

  /// What is left to be judged by the question itself.
  func rest(of question: Question) -> Question {
    guard population != nil else { return question }
    var rest = question
    rest.scope.population = nil
    return rest
  }

  func stories(of whole: Stories, in context: QuestionContext) async throws -> UnitStories {
    var stories = whole
    if let population { stories = try stories.restricted(to: population, at: end) }
    return try await stories.regrouped(by: unit, in: context)
  }
}

extension QuestionKind {
  /// Whether the population is judged by the story before an entry, by the question itself.
  var judgesAtEntry: Bool {
    switch self {
    case .funnel, .funnelTrend, .retention, .attribution, .conformance, .bottlenecks, .rework: true
    default: false
    }
  }
}

/// A question's way of counting, whatever its type.
protocol Counting: Sendable {
  func run(over stories: Stories) throws(Refusal) -> any CountingRun
  func customers(behind row: AnswerRowKey, in stories: Stories) async throws -> [UInt64]
}

/// A question's way through a pass.
protocol CountingRun: FoldPass {
  func answer() -> Answer
}

/// How questions of one type are counted.
struct CountingOf<Asked: CatalogueQuestion>: Counting {
  private let fold: Asked.Counting
  private let scope: Scope
  private let wrap: @Sendable (Asked.Counting.Answer) -> Answer

  init(
    _ question: Asked, _ context: QuestionContext,
    _ wrap: @escaping @Sendable (Asked.Counting.Answer) -> Answer
  ) throws(Refusal) {
    try Asked.kind.check(question.scope.breakdown)
    fold = try question.fold(in: context)
    scope = question.scope
    self.wrap = wrap
  }

  func run(over stories: Stories) throws(Refusal) -> any CountingRun {
    guard let divided else { return Run(fold: try FoldRun(fold, of: stories), wrap: wrap) }
    let (name, wrap) = (divided.breakdown.name, wrap)
    return Run(fold: try FoldRun(divided, of: stories)) { parts in
      .divided(DividedAnswer(by: name, parts, wrap))
    }
  }

  func customers(behind row: AnswerRowKey, in stories: Stories) async throws -> [UInt64] {
    guard let divided else { return try await Self.customers(fold, row, stories) }
    return try await Self.customers(divided, row, stories)
  }

  /// The fold for each value, where the scope has a breakdown.
  private var divided: DividedFold<Asked.Counting>? {
    scope.breakdown.map { DividedFold(asked: fold, breakdown: $0, scope: scope) }
  }

  private static func customers(
    _ fold: some TraceableFold, _ row: AnswerRowKey, _ stories: Stories
  ) async throws -> [UInt64] {
    let trace = try Trace(fold, behind: row, in: stories)
    try await stories.visit(stories.sections(), by: [trace])
    return trace.customers
  }

  private final class Run<Counted: Fold>: CountingRun {
    let fold: FoldRun<Counted>
    let wrap: @Sendable (Counted.Answer) -> Answer

    init(fold: FoldRun<Counted>, wrap: @escaping @Sendable (Counted.Answer) -> Answer) {
      self.fold = fold
      self.wrap = wrap
    }

    func section(_ position: Int) -> any FoldSection { fold.section(position) }
    func answer() -> Answer { wrap(fold.finish()) }
  }
}

extension Question {
  /// Refuses names and properties that no event ever had.
  ///
  /// What the experience declares may not have happened yet, or not been answered: beside other events it
  /// is no misspelling.
  ///
  /// - Throws: `question.event`, `question.property`.
  public func check(against stories: Stories, in context: QuestionContext) throws(Refusal) {
    let rules = subject.eventRules
    let isKnown = rules.contains { rule in
      rule.eventNames?.contains { stories.names.code(of: $0) != nil } ?? false
    }
    let declared = context.experience?.touchpoints.compactMap(\.rule) ?? []
    for rule in rules {
      guard let wanted = rule.eventNames?.sorted(), let first = wanted.first,
        wanted.allSatisfy({ stories.names.code(of: $0) == nil })
      else { continue }
      let isDeclared =
        declared.contains(rule) || wanted.allSatisfy { SurveyEvent.names.contains($0) }
      if isKnown && isDeclared { continue }
      throw Refusal(
        "question.event", problem: "No event or touchpoint is called “\(first.cut)”.",
        remedy: nearest(
          to: first,
          among: (context.experience?.touchpoints.map(\.name) ?? []) + stories.names.names
        ).map { "Did you mean “\($0)”?" }
          ?? "`waymark ask graph` shows what events are called.")
    }
    var properties = subject.propertyNames
    if case .property(let name, _)? = scope.breakdown?.subject { properties.append(name) }
    guard !properties.isEmpty else { return }
    let known = stories.propertyNames
    // As of events: what surveys ask for may not have been answered yet.
    let asksSurveys = rules.contains {
      $0.eventNames?.contains(SurveyEvent.answered) == true
    }
    let expected =
      isKnown && asksSurveys && context.experience?.surveys.isEmpty == false
      ? [SurveyEvent.score, SurveyEvent.comment] : []
    for name in properties where !known.contains(name) && !expected.contains(name) {
      throw Refusal(
        "question.property", problem: "No event has a property “\(name.cut)”.",
        remedy: nearest(to: name, among: known).map { "Did you mean “\($0)”?" }
          ?? "`waymark customers <id>` shows what properties events have.")
    }
  }
}

extension Question {
  /// Says which events the question's conditions name that no event is called.
  ///
  /// A segment may well wait for its first event, which is why it is counted, and why 0 needs a word.
  func notes(on stories: Stories) -> [String] {
    var conditions = subject.eventRules + subject.populations.compactMap(\.rule)
    conditions += [scope.population].compactMap { $0?.rule }
    if case .populations(let populations)? = scope.breakdown?.subject {
      conditions += populations.compactMap(\.rule)
    }
    let named = conditions.reduce(into: Set<String>()) { $0.formUnion($1.namedEvents) }
    return named.filter { stories.names.code(of: $0) == nil }.sorted()
      .map { "no event named “\($0)” in the data" } + stories.removed.notes(from: scope.from)
  }
}

extension Horizon {
  /// Says which events are gone of a range that begins at a moment; nil: at the first event.
  fileprivate func notes(from beginning: Instant?) -> [String] {
    func isReached(_ limit: Instant?) -> Bool {
      guard let limit else { return false }
      return beginning.map { $0 < limit } ?? true
    }
    var notes: [String] = []
    let own = named.keys.sorted()
    if let others, isReached(others) {
      let others = "events before \(others) were removed"
      notes.append(own.isEmpty ? others : others + ", but for names that have a term of their own")
    }
    for name in own.filter({ isReached(limit(of: $0)) }).prefix(Self.mostNotes) {
      if let limit = limit(of: name) {
        notes.append("events named “\(name)” before \(limit) were removed")
      }
    }
    return notes
  }

  /// A receipt speaks of so many names; the page of settings has all.
  private static var mostNotes: Int { 10 }
}
