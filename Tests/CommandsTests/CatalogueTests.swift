import Engine
import Events
import Experience
import Foundation
import Statistics
import Store
import Stories
import Testing

/// The catalogue over a real store: each kind of question, with what happens to events on their way.
@Suite
struct `Every question` {
  let folder: Folder

  init() throws { folder = try Folder() }

  /// Touchpoints, segments and a journey over the events of `customers`.
  static let experience = """
    experience: Trial
    timezone: Europe/Berlin
    teams: [p0, p1]
    touchpoints:
      visit: {stage: awareness, on: a, cost: 0.5}
      basket: {stage: purchase, on: b}
      order: {stage: purchase, on: c, value: properties.money, owner: p0}
      help: {stage: service, on: d, owner: p1}
    segments:
      buyers: 'count("c") >= 2'
      recent: 'age() < 10d'
    journeys:
      buying:
        starts: [visit]
        steps: [basket, {optional: help}]
        goal: order
        window: 5d
    """

  /// One of each kind, in other ranges, units and populations.
  static let questions = """
    {question: funnel, steps: [visit, basket, order], window: 3d, breakdown: channel}
    ---
    {question: funnel_over_time, steps: [visit, order], window: 3d, interval: week}
    ---
    {question: flow, start: visit, by: touchpoint, entry: every}
    ---
    {question: graph, unit: session 6h, breakdown: channel}
    ---
    {question: variants, length: 4, for: buyers}
    ---
    {question: comparison, start: visit, goal: order, window: 4d}
    ---
    {question: retention, start: visit, interval: day, periods: 9, clock: rolling}
    ---
    {question: lifecycle, interval: day, from: 2026-03-27, to: 2026-04-02}
    ---
    {question: stickiness, interval: day, period: month}
    ---
    {question: sessions, gap: 2h, interval: week, goal: order}
    ---
    {question: trends, events: [a, c], measure: customers, interval: day, breakdown: channel}
    ---
    {question: frequency, event: order, breakdown: {who: [buyers, recent]}}
    ---
    {question: recency, event: order}
    ---
    {question: attribution, conversion: order, value: money, by: channel, touches: [a, d], models: [first, linear, markov, shapley]}
    ---
    {question: conformance, journey: buying, interval: week, segments: [buyers]}
    ---
    {question: bottlenecks, journey: buying, breakdown: {property: channel, at: last, values: 2}}
    ---
    {question: rework, unit: case buying}
    ---
    {question: segments, interval: week}
    ---
    {question: rfm, event: order, money: money, unit: account plan}
    ---
    {question: scores, metric: mean, event: [visit, order], score: money, scale: [0, 100], interval: week, by: touchpoint, weight: plan}
    ---
    {question: drivers, event: order, outcome: money, drivers: [{name: helped, fact: 'count("d") > 0'}, {name: visits, fact: 'count("a", 7d)'}]}
    ---
    {question: words, event: [visit, order], text: channel, score: money, interval: week, by: touchpoint}
    ---
    {question: loyalty, event: order, met: visit, before: 7d, outcomes: {again: order, wider: {event: any, new: channel}}, within: 7d}
    ---
    {question: linkage, employees: {event: d, score: money, scale: [0, 100]}, team: plan, customers: [{event: order, score: money, scale: [0, 100]}], interval: week}
    """

  /// Customers' events over the weeks around the clock change of spring, no two of one customer at the
  /// same time.
  private func events(_ random: inout SeededGenerator, customers: Range<Int>) -> [Event] {
    customers.flatMap { customer in
      var hours = Set<Int>()
      for _ in 0..<(1 + random.below(40)) { hours.insert(random.below(24 * 28)) }
      return hours.sorted().map { hour in
        Event(
          ["a", "a", "b", "c", "d", "e"][random.below(6)],
          at: Instant(milliseconds: 1_773_600_000_000 + Int64(hour) * 3_600_000 + Int64(customer)),
          by: Identity("c\(customer)"), messageID: "\(customer)-\(hour)",
          properties: [
            "channel": .string(["web", "app", "store"][random.below(3)]),
            "money": .number(Double(random.below(4000)) / 8), "plan": .string("p\(customer % 4)"),
          ])
      }
    }
  }

  /// The same events as devices sent them: each customer's first ones come under an anonymous id,
  /// which the next names.
  private func anonymised(_ events: [Event]) -> [Event] {
    var seen: [Identity: Int] = [:]
    return events.map { event in
      let device = Identity(.anonymous, "device of \(event.identity.id)")
      seen[event.identity, default: 0] += 1
      var event = event
      switch seen[event.identity] ?? 0 {
      case ...3: event.identity = device
      case 4: event.linked = device
      default: break
      }
      return event
    }
  }

  private func answers(_ store: Store) async throws -> [String] {
    let (experience, diagnostics) = ExperienceLoader.load(text: Self.experience, file: "trial")
    try #require(diagnostics.filter { $0.severity == .error } == [])
    let context = try QuestionContext(experience)
    let questions = try Question.read(Self.questions, file: "questions", in: context)
    #expect(Set(questions.map(\.kind)) == Set(QuestionKind.allCases))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return try await Stories.ask(questions, in: context) { _ in try store.snapshot() }.map {
      String(decoding: try encoder.encode($0), as: UTF8.self)
    }
  }

  @Test(arguments: 0..<6 as Range<UInt64>)
  func `is answered the same however its events came`(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let (kept, gone) = (events(&random, customers: 0..<30), events(&random, customers: 30..<31))
    let plain = try Store.open(at: folder.path + "/plain", access: .writing)
    _ = try plain.append(kept.sorted { $0.time < $1.time })
    try plain.seal()

    let odd = try Store.open(at: folder.path + "/odd", access: .writing)
    // Late, out of order, twice, partly sealed; known and unknown people; one who is erased.
    let sent = anonymised(kept) + gone
    var late = sent.shuffled(using: &random)
    while !late.isEmpty {
      let batch = Array(late.prefix(1 + random.below(120)))
      late.removeFirst(batch.count)
      _ = try odd.append(batch)
      if random.chance(0.4) { _ = try odd.append(batch) }
      if random.chance(0.5) { try odd.seal() }
    }
    // Who came less than four times was never named.
    for customer in 0..<30 where kept.count(where: { $0.identity.id == "c\(customer)" }) < 4 {
      _ = try odd.link(Identity("c\(customer)"), Identity(.anonymous, "device of c\(customer)"))
    }
    _ = try odd.erase(Identity("c30"))
    let (expected, found) = (try await answers(plain), try await answers(odd))
    for (expected, found) in zip(expected, found) {
      #expect(try differences(found, expected) == [])
    }
  }

  /// Where two answers differ.
  private func differences(_ found: String, _ expected: String) throws -> [String] {
    func parsed(_ text: String) throws -> Any {
      try JSONSerialization.jsonObject(with: Data(text.utf8))
    }
    func walk(_ left: Any?, _ right: Any?, _ path: String) -> [String] {
      switch (left, right) {
      case (let left as [String: Any], let right as [String: Any]):
        Set(left.keys).union(right.keys).sorted().flatMap {
          walk(left[$0], right[$0], "\(path).\($0)")
        }
      case (let left as [Any], let right as [Any]) where left.count == right.count:
        zip(left, right).enumerated().flatMap {
          walk($0.element.0, $0.element.1, "\(path)[\($0.offset)]")
        }
      case (let left as NSNumber, let right as NSNumber):
        left == right
          ? [] : ["\(path): \(left), not \(right)"]
      case (let left as String, let right as String) where left == right: []
      case (nil, nil), (is NSNull, is NSNull): []
      default: ["\(path): \(left ?? "nothing"), not \(right ?? "nothing")"]
      }
    }
    return walk(try parsed(found), try parsed(expected), "")
  }
}
