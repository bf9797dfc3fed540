import Events
import Experience
import Statistics
import Stories
import Testing

@testable import Engine

@Suite
struct `A flow` {
  private static func question(_ world: inout PathWorld) -> FlowQuestion {
    var question = FlowQuestion()
    let direction = world.world.random.below(3)
    if direction != 0 { question.start = world.selector() }
    if direction != 1 { question.end = world.selector() }
    question.naming = world.naming()
    question.only = world.only()
    question.scope = world.scope()
    question.entry = world.world.pick(FlowQuestion.Entry.allCases)
    question.repeats = world.world.pick(PathRepeats.allCases)
    question.loops = world.world.pick(FlowQuestion.Loops.allCases)
    if world.world.random.chance(0.5) {
      question.window = TimeSpan(milliseconds: Int64(1 + world.world.random.below(30)) * 10)
    }
    question.depth = 1 + world.world.random.below(5)
    question.most = world.world.pick([1, 2, 100])
    question.times = world.world.pick(PathTimes.allCases)
    return question
  }

  @Test(arguments: UInt64(0)..<250)
  func `counts what its naive twin counts`(seed: UInt64) async throws {
    var world = try PathWorld(seed: seed)
    let question = Self.question(&world)
    let answer = try await world.ask(.flow(question))
    guard case .flow(let flow) = answer else { return }
    let naive = NaiveFlow.count(
      world.plain, question, name: world.name(question.naming, question.only),
      isStart: question.start.map { start in { NaiveRules($0).holds(start.rule) } },
      isEnd: question.end.map { end in { NaiveRules($0).holds(end.rule) } })
    #expect(flow.root.customers == naive[[]]?.ways ?? 0)
    var shown = 0
    func compare(_ node: Flow.Node, _ path: [String]) throws {
      let plain = try #require(naive[path] ?? (path.isEmpty ? .init() : nil), "\(path)")
      #expect(node.customers == plain.ways)
      #expect(node.ended == (path.isEmpty ? naive[[]]?.ended ?? 0 : plain.ended))
      #expect(node.goesOn == plain.goesOn)
      let children = naive.filter { $0.key.count == path.count + 1 && $0.key.starts(with: path) }
      let ways = children.values.map(\.ways).sorted(by: >)
      #expect(node.children.map(\.customers) == Array(ways.prefix(question.most)))
      #expect(node.other == ways.dropFirst(question.most).reduce(0, +))
      #expect(node.otherNames == max(0, ways.count - question.most))
      #expect(
        node.customers
          == node.children.reduce(0) { $0 + $1.customers } + node.other + node.ended + node.goesOn,
        "children sum to their parent")
      if !path.isEmpty {
        var times = plain.times
        #expect(node.time == (question.times == .measured ? .median(of: &times) : nil))
      }
      shown += 1
      for child in node.children { try compare(child, path + [child.name]) }
    }
    try compare(flow.root, [])
    if question.most == 100 { #expect(shown == max(1, naive.count)) }
    #expect(flow.picture != nil)
    try await world.check(.flow(question), answer, tracing: question.entry == .first)
  }

  @Test(arguments: UInt64(0)..<60)
  func `has as its root the first step of a funnel`(seed: UInt64) async throws {
    var world = try PathWorld(seed: seed)
    var question = FlowQuestion(from: world.selector())
    question.scope = world.scope()
    guard case .flow(let flow) = try await world.ask(.flow(question)), let start = question.start
    else { return }
    var funnel = FunnelQuestion(
      steps: [.init(start.name, rule: start.rule), .init("other", rule: .boolean(true))],
      window: nil)
    (funnel.entry, funnel.scope) = (.first, question.scope)
    guard case .funnel(let counted) = try await world.ask(.funnel(funnel)) else { return }
    #expect(flow.root.customers == counted.steps[0].count)
  }

  /// One customer's events as `name@milliseconds`.
  private func root(
    _ text: String, _ change: (inout FlowQuestion) -> Void
  ) async throws -> Flow.Node {
    let stories = try Stories(
      text.split(separator: " ").map { word in
        let parts = word.split(separator: "@")
        return Event(
          String(parts[0]), at: Instant(milliseconds: Int64(parts[1]) ?? 0), by: Identity("x"))
      })
    var question = FlowQuestion(from: EventSelector("a"))
    change(&question)
    return try await stories.answer(question.fold(in: QuestionContext())).root
  }

  /// The names of the only way.
  private func way(_ node: Flow.Node) -> [String] {
    [node.name] + (node.children.first.map { way($0) } ?? [])
  }

  @Test func `collapses repeats, folds loops, and looks back or between`() async throws {
    let text = "a@0 a@1 b@2 c@3 c@4 b@5 d@6 a@7 e@8"
    let change: [(inout FlowQuestion) -> Void] = [
      { _ in }, { $0.repeats = .kept }, { $0.loops = .folded },
      { $0.window = TimeSpan(milliseconds: 4) },
      { ($0.start, $0.end) = (nil, EventSelector("d")) }, { $0.end = EventSelector("d") },
      { $0.entry = .every }, { $0.depth = 2 },
    ]
    var ways: [String] = []
    for change in change { ways.append(way(try await root(text, change)).joined()) }
    #expect(
      ways == ["abcbda", "aabccb", "abcde", "abc", "dbcba", "abcbd", "abcbda", "abc"])
  }

  @Test func `tells open ways from ended ones`() async throws {
    let stories = try Stories([
      Event("a", at: Instant(milliseconds: 0), by: Identity("x")),
      Event("a", at: Instant(milliseconds: 60), by: Identity("y")),
      Event("b", at: Instant(milliseconds: 100), by: Identity("z")),
    ])
    var question = FlowQuestion(from: EventSelector("a"))
    question.window = TimeSpan(milliseconds: 50)
    let forward = try await stories.answer(question.fold(in: QuestionContext()))
    #expect(
      forward.tally
        == AnswerTally(
          counted: 2, open: 1, excluded: [.init(reason: "no anchor in the range", count: 1)]))
    question.end = EventSelector("b")
    let between = try await stories.answer(question.fold(in: QuestionContext()))
    #expect(between.tally.counted == 0)
    #expect(between.tally.open == 1)
    #expect(between.tally.excluded.last == .init(reason: "did not arrive", count: 1))
  }

  @Test(arguments: [
    ("flow.anchor", "question: flow"),
    ("flow.window", "question: flow\nstart: a\nwindow: 0s"),
    ("flow.depth", "question: flow\nstart: a\ndepth: 21"),
    ("flow.most", "question: flow\nstart: a\nmost: 0"),
  ])
  func `refuses what has no answer`(code: String, text: String) throws {
    let diagnostic = #expect(throws: Diagnostic.self) {
      _ = try Question.read(text, file: "q", in: QuestionContext())
    }
    #expect(diagnostic?.code == code)
  }
}
