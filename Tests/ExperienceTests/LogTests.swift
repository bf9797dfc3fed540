import Events
import Experience
import Foundation
import Testing

/// One customer's events in order: their times in milliseconds and their names.
private typealias Story = [(time: Int64, name: String)]

private func summary(of stories: [Story]) -> LogSummary {
  var counts: [String: (events: Int, customers: Int, first: Int, last: Int, positions: Double)] =
    [:]
  var delays: [String: [Int64]] = [:]
  for story in stories {
    var met: Set<String> = []
    for (index, event) in story.enumerated() {
      var count = counts[event.name] ?? (0, 0, 0, 0, 0)
      count.events += 1
      count.positions += story.count > 1 ? Double(index) / Double(story.count - 1) : 0
      if index == 0 { count.first += 1 }
      if index == story.count - 1 { count.last += 1 }
      if met.insert(event.name).inserted {
        count.customers += 1
        delays[event.name, default: []].append(event.time - story[0].time)
      }
      counts[event.name] = count
    }
  }
  let ranked = counts.sorted { ($1.value.customers, $0.key) < ($0.value.customers, $1.key) }
  let names: [String] = ranked.map(\.key)
  let ranks = Dictionary(uniqueKeysWithValues: zip(names, 0...))
  var precedes = names.map { _ in names.map { _ in 0 } }
  for story in stories {
    var order: [Int] = []
    for event in story {
      if let rank = ranks[event.name], !order.contains(rank) { order.append(rank) }
    }
    for (place, earlier) in order.enumerated() {
      for later in order[(place + 1)...] { precedes[earlier][later] += 1 }
    }
  }
  let events = ranked.map { name, count in
    let sorted = (delays[name] ?? []).sorted()
    return LogSummary.EventSummary(
      name: name, count: count.events, customers: count.customers,
      meanPosition: count.positions / Double(count.events), firstOf: count.first,
      lastOf: count.last, p90FromStart: TimeSpan(milliseconds: sorted[sorted.count * 9 / 10]))
  }
  return LogSummary(
    customers: stories.count, firstTime: Instant(milliseconds: 0),
    lastTime: Instant(milliseconds: 1), events: events, precedes: precedes)
}

/// Where the reference logs lie, if they do.
private let referenceData: String? = {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  let places: [String?] = [
    ProcessInfo.processInfo.environment["WAYMARK_REFERENCE_DATA"],
    root.appendingPathComponent("../shared/data").standardized.path,
    root.appendingPathComponent("../../shared/data").standardized.path,
  ]
  let found = places.compactMap(\.self).first {
    FileManager.default.fileExists(atPath: $0 + "/simple_onlineshop.csv.gz")
  }
  if found == nil {
    print("SKIPPED: the reference logs are not here; set WAYMARK_REFERENCE_DATA to their folder.")
  }
  return found
}()

/// Reads a log of three columns, named by their indexes; only rows that hold `filter` count.
private func stories(
  _ file: String, customer: Int, event: Int, time: Int, filter: String? = nil
) throws -> [Story] {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["gzip", "-dc", try #require(referenceData) + "/" + file]
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
  process.waitUntilExit()
  var stories: [Substring: [(String, Int, String)]] = [:]
  for (number, line) in text.split(separator: "\n").dropFirst().enumerated() {
    if let filter, !line.contains(filter) { continue }
    let cells = line.split(separator: ",", omittingEmptySubsequences: false)
    let name = String(cells[event].filter { $0 != "\"" })
    stories[cells[customer], default: []].append((String(cells[time]), number, name))
  }
  return stories.values.map { rows in
    rows.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map { (milliseconds($0.0), $0.2) }
  }
}

/// The milliseconds of `2019-11-01 17:59:13`, with or without its time of day.
private func milliseconds(_ text: String) -> Int64 {
  let parts = text.prefix(19).split { "- :".contains($0) }.compactMap { Int($0) } + [0, 0, 0]
  let days = CivilDate(year: parts[0], month: parts[1], day: parts[2]).daysSinceEpoch
  return Int64(days * 86_400 + parts[3] * 3600 + parts[4] * 60 + parts[5]) * 1000
}

/// The proposal, read back; any error or warning is a failure.
private func proposal(_ log: LogSummary, title: String = "A log") -> Experience {
  let text = inferExperience(from: log, title: title)
  let (experience, diagnostics) = ExperienceLoader.load(text: text, file: "proposal.yaml")
  let bad = diagnostics.filter { $0.severity != .note }
  #expect(bad == [], "\(bad) in:\n\(text)")
  if ProcessInfo.processInfo.environment["WAYMARK_SHOW"] != nil { print(text) }
  return experience
}

@Suite
struct `A proposal` {
  @Test(.enabled(if: referenceData != nil))
  func `finds the way through a shop`() throws {
    let log = summary(
      of: try stories("simple_onlineshop.csv.gz", customer: 0, event: 1, time: 2))
    #expect(log.customers == 3751)
    let experience = proposal(log)
    let journey = try #require(experience.journeys.first)
    #expect(journey.starts == ["catalog", "main"])
    #expect(journey.goal == "payment_done")
    #expect(journey.ends == ["lost"])
    #expect(
      journey.steps.suffix(5) == [
        .touchpoint("cart"), .touchpoint("delivery_choice"),
        .any([.touchpoint("delivery_courier"), .touchpoint("delivery_pickup")]),
        .touchpoint("payment_choice"),
        .any([.touchpoint("payment_card"), .touchpoint("payment_cash")]),
      ])
    #expect(journey.steps.dropLast(5).flatMap(\.touchpoints).sorted() == ["product1", "product2"])
    #expect(experience.touchpoints.count == 13)
    #expect(experience.touchpoint("main")?.stage == "awareness")
    #expect(experience.touchpoint("catalog")?.stage == "consideration")
    #expect(experience.touchpoint("payment_done")?.stage == "purchase")
  }

  @Test(.enabled(if: referenceData != nil))
  func `finds the way through a hospital`() throws {
    let experience = proposal(
      summary(
        of: try stories(
          "eventdataR_patients.csv.gz", customer: 1, event: 0, time: 5, filter: "\"start\"")))
    let journey = try #require(experience.journeys.first)
    #expect(journey.starts == ["registration"])
    #expect(journey.goal == "check_out")
    #expect(
      journey.steps == [
        .touchpoint("triage_and_assessment"),
        .any([
          .touchpoint("x_ray"), .sequence([.touchpoint("blood_test"), .touchpoint("mri_scan")]),
        ]),
        .touchpoint("discuss_results"),
      ])
    #expect(experience.stages == ["opening", "middle", "closing"])
  }

  @Test(.enabled(if: referenceData != nil))
  func `finds the way of a fine`() throws {
    let experience = proposal(
      summary(of: try stories("eventdataR_traffic_fines.csv.gz", customer: 0, event: 1, time: 4)))
    let journey = try #require(experience.journeys.first)
    #expect(journey.starts == ["create_fine"])
    #expect(journey.goal == "payment")
    #expect(journey.ends == ["send_for_credit_collection"])
    #expect(
      journey.steps.flatMap(\.touchpoints)
        == ["send_fine", "insert_fine_notification", "add_penalty"])
  }

  @Test
  func `names what it cannot propose`() {
    #expect(proposal(LogSummary(customers: 0)).touchpoints.isEmpty)
    let single = summary(of: [[(0, "only")], [(0, "only"), (1, "only")]])
    #expect(proposal(single).journeys.isEmpty)
    #expect(proposal(single).touchpoints.map(\.name) == ["only"])
    #expect(proposal(summary(of: [[(0, "$identify"), (1, "$group")]])).touchpoints.isEmpty)
  }

  @Test
  func `takes channels and the goal's value from the log`() throws {
    var log = summary(of: [[(0, "Ad Clicked"), (5, "Order Completed")], [(0, "Ad Clicked")]])
    for index in log.events.indices {
      log.events[index].channels = [("web", 1), ("in store: \"A\"", 1)]
      log.events[index].numberProperties = ["position", "order.revenue"]
    }
    let experience = proposal(log)
    #expect(experience.channels.sorted() == ["in store: \"A\"", "web"])
    #expect(experience.touchpoint("order_completed")?.value == .property("order.revenue"))
    #expect(experience.journeys.first?.window == TimeSpan("1h"))
  }

  @Test(arguments: 0..<200)
  func `always passes the check`(seed: UInt64) {
    var random = SplitMix(state: seed)
    let odd: [String] = [
      "null", "true", "Order: Paid", "a == b", "- x", "*bold*", "#tag", "", " ", "\u{85}x\n",
      "😀", "Bestellung über 5 €", "lost", "done", "$x", "Order Paid", "order_paid", "OrderPaid",
      String(repeating: "long ", count: 80), "'", "\"", "[a]", "{", "properties.x", "Cancelled",
      "checkout", "no", "1st", "%", "\u{202E}rtl", "tab\there",
    ]
    let stories: [Story] = (0..<(1 + Int(random.next() % 40))).map { _ in
      (0..<(1 + Int(random.next() % 12))).map { step in
        let reach = UInt64(1 + seed % UInt64(odd.count))
        return (
          Int64(step) * 1000 * Int64(random.next() % 1_000_000), odd[Int(random.next() % reach)]
        )
      }
    }
    var log = summary(of: stories)
    for index in log.events.indices where random.next() % 2 == 0 {
      log.events[index].channels = [(odd[Int(random.next() % UInt64(odd.count))], 1), ("web", 2)]
      log.events[index].numberProperties = ["total " + odd[Int(random.next() % UInt64(odd.count))]]
    }
    let title = odd[Int(random.next() % UInt64(odd.count))]
    let experience = proposal(log, title: title)
    #expect(experience.title == (title.isEmpty ? "Untitled experience" : title))
    #expect(experience.touchpoints.count <= LogSummary.mostEvents)
    // Each touchpoint asks for one event that was seen, by its exact name.
    let asked = experience.touchpoints.compactMap { $0.rule?.eventNames?.first }
    #expect(Set(asked).isSubset(of: Set(log.events.map(\.name))))
    #expect(Set(asked).count == experience.touchpoints.count)
  }
}

@Suite
struct `An experience against a log` {
  @Test
  func `names what the log does not have`() {
    let text = """
      touchpoints:
        order: {on: Order Complete, value: properties.revenu}
        visit: {on: 'event == "Visit" && properties.path == "/"'}
        paid: {on: Paid}
      segments:
        big: 'traits.houshold > 2 && count("Visits") > 1'
      """
    let experience = ExperienceLoader.load(text: text, file: "map.yaml").experience
    var log = summary(of: [[(0, "Visit"), (1, "Order Completed")]])
    log.properties = ["path", "revenue", "traits.household"]
    log.matches = ["visit": 0, "order": 3, "paid": 0]
    #expect(
      experience.diagnostics(against: log).map(\.description) == [
        "map.yaml:2:3: warning: No event is called “Order Complete”. "
          + "Did you mean “Order Completed”?",
        "map.yaml:2:3: warning: No event has a property “revenu”. Did you mean “revenue”?",
        "map.yaml:3:3: warning: No event meets the rule of “visit”. "
          + "Compare the rule with a few events, and with the rules of touchpoints above it.",
        "map.yaml:4:3: warning: No event is called “Paid”. "
          + "Check the name, or wait for the first one.",
        "map.yaml:6:3: warning: No event is called “Visits”. Did you mean “Visit”?",
        "map.yaml:6:3: warning: No customer has a trait “houshold”. Did you mean “household”?",
      ])
  }

  @Test
  func `is content where nothing is unknown`() {
    let experience = ExperienceLoader.load(
      text: "touchpoints: {a: {on: A, value: properties.x}}", file: "map.yaml"
    ).experience
    #expect(experience.diagnostics(against: summary(of: [[(0, "A")]])) == [])
  }
}

@Suite
struct `A definition's text` {
  private static let text = """
    touchpoints:
      a: {on: A, stage: awareness}
      b: {on: B, cost: 1}
      c: {on: C}
    journeys:
      j: {starts: [a], steps: [{optional: c}], goal: b}
    """

  private func canonical(_ text: String) -> String {
    let experience = ExperienceLoader.load(text: text, file: "map.yaml").experience
    return experience.journey("j").map { experience.canonicalText(of: $0) } ?? ""
  }

  @Test(arguments: [
    ("stage: awareness", "stage: service, title: T, feeling: 3, pain: x"),
    ("on: A,", "on: [A],"), ("on: A,", "on: 'event==\"A\"',"),
    ("goal: b", "goal: b, title: T, kind: mine, window: 30d"),
    ("[{optional: c}]", "[{optional: c}, b]"),
  ])
  func `stays where no figure changes`(from: String, to: String) {
    #expect(canonical(Self.text.replacing(from, with: to)) == canonical(Self.text))
    #expect(canonical(Self.text).contains("steps optional(\"c\"),\"b\"\n"))
  }

  @Test(arguments: [
    ("cost: 1", "cost: 2"), ("on: A", "on: D"), ("on: C", "on: C, channel: web"),
    ("[{optional: c}]", "[c]"), ("goal: b", "goal: b, window: 31d"),
    ("goal: b", "goal: b, ends: [c]"), ("goal: b", "goal: b, again: once"),
    ("goal: b", "goal: b, for: age() > 1d"), ("goal: b", "goal: b, case_key: k"),
    ("on: C", "on: C, expects: 2d"), ("on: C", "on: C, value: properties.x"),
    ("touchpoints:", "timezone: Europe/Berlin\ntouchpoints:"),
    ("goal: b", "goal: b, targets: {cost: \"<= 2\"}"),
  ])
  func `changes where a figure may`(from: String, to: String) {
    #expect(canonical(Self.text.replacing(from, with: to)) != canonical(Self.text))
  }
}

@Suite
struct `A folder of experiences` {
  private func withFolder(_ files: [String: Data], _ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("experience-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, data) in files { try data.write(to: folder.appendingPathComponent(name)) }
    try body(folder.path)
  }

  @Test
  func `is read in the order of names and as one`() throws {
    let files = [
      "b.yaml": "touchpoints: {t2: {on: B}, t1: {on: C}}\nexperience: Again\n",
      "a.yaml": "experience: One\ntouchpoints: {t1: {on: A}}\n",
      "c.yml": "journeys: {j: {starts: [t1], goal: t2}}\n",
      "notes.txt": "[",
    ]
    try withFolder(files.mapValues { Data($0.utf8) }) { path in
      let (experience, diagnostics) = try ExperienceLoader.load(path: path)
      #expect(experience.title == "One")
      #expect(experience.touchpoints.map(\.name) == ["t1", "t2"])
      #expect(
        diagnostics.map(\.description) == [
          "\(path)/b.yaml:1:28: error: There is already a touchpoint called “t1”. "
            + "Give one of them another name, or take one out.",
          "\(path)/b.yaml:2:1: error: “experience” is given already in \(path)/a.yaml, line 1. "
            + "Keep it in one file.",
        ])
    }
  }

  @Test
  func `may hold files that are broken`() throws {
    let files = [
      "a.yaml": Data("experience: ok\ntitle \u{e4}: ".utf8) + Data([0xFF]),
      "b.yaml": Data("experience: [".utf8),
    ]
    try withFolder(files) { path in
      let diagnostics = try ExperienceLoader.load(path: path).diagnostics
      #expect(diagnostics.map(\.code) == ["file.encoding", "yaml.syntax"])
      #expect(diagnostics.first?.line == 2 && diagnostics.first?.column == 10)
      #expect(try ExperienceLoader.load(path: path + "/b.yaml").diagnostics.count == 1)
    }
  }

  @Test
  func `is a fault where there is nothing to read`() throws {
    try withFolder([:]) { path in
      for missing in [path, path + "/none.yaml"] {
        let fault = #expect(throws: Fault.self) { try ExperienceLoader.load(path: missing) }
        #expect(fault?.code == "file.missing" && fault?.subject == missing)
      }
    }
    let device = #expect(throws: Fault.self) { try ExperienceLoader.load(path: "/dev/zero") }
    #expect(device?.code == "file.kind")
  }
}
