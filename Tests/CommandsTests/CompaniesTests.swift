import Companies
import Events
import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(5)))
struct `A made-up company` {
  @Test(arguments: Company.allCases, [1, 2, 20_260_601] as [UInt64])
  func `is measured as it was planted, in every figure of every journey`(
    company: Company, seed: UInt64
  ) async throws {
    let world = try CompanyWorld(company, seed: seed, customers: Self.customers)
    var people = People()
    let truths = world.visit { people.add($0.event) }
    try await Workplace.with { here in
      let demo = try await here.expect(
        "demo", "--company", company.rawValue, "--seed", "\(seed)", "--customers",
        "\(Self.customers)", "--folder", ".")
      // What was resent is counted once.
      #expect(demo.output.contains("\(truths.events.formatted(.grouped)) events added"))
      #expect(demo.output.contains("\(truths.resent.formatted(.grouped)) known already"))
      // Anonymous histories belong to their customers.
      let listed = try await here.json("customers", "--limit", "1000000", "--format", "json")
      #expect((listed as? [Any])?.count == people.count)
      for planted in truths.journeys {
        let map = try await here.object("map", planted.name, "--format", "json")["map"]
        #expect(map["customers"].count > 0)
        #expect(map["watermark"].text == truths.watermark?.description)
        let differences = planted.differences(from: map)
        #expect(differences == [], "\(company) \(seed) \(planted.name)")
      }
      let recounts = Figures(
        try await here.json("verify", "--customers", "0", "--format", "json")
      ).list
      #expect(recounts.map { $0["journey"].text } == truths.journeys.map(\.name))
      for recount in recounts {
        #expect(recount["customers"].count == people.count)
        #expect(recount["figures"].count > 150)
        #expect(recount["differences"].list.compactMap(\.text) == [])
      }
      try await here.expect("doctor")
    }
  }

  /// The world arrives late and twice; the export lies by customer and time.
  @Test(arguments: Company.allCases)
  func `has the same maps whatever the order in which it arrives`(
    company: Company
  ) async throws {
    try await Workplace.with { here in
      try await here.expect(
        "demo", "--company", company.rawValue, "--customers", "300", "--folder", ".")
      try await here.expect("export", "--output", "exported.jsonl")
      let lines = try here.read("events.jsonl").split(separator: "\n")
      try here.write(lines.reversed().joined(separator: "\n"), to: "reversed.jsonl")
      let journeys = try CompanyWorld(company, customers: 1).truths().journeys.map(\.name)
      for (file, folder) in [("exported.jsonl", "second"), ("reversed.jsonl", "third")] {
        try await here.expect("import", file, "--data", folder)
        for journey in journeys {
          let first = try await here.expect("map", journey, "--format", "json").output
          let again = try await here.expect(
            "map", journey, "--format", "json", "--data", folder
          ).output
          #expect(first == again, "\(journey) from \(file)")
        }
      }
      // Everything once more adds nothing.
      for file in ["events.jsonl", "exported.jsonl", "reversed.jsonl"] {
        let again = try await here.object("import", file, "--format", "json")
        #expect(again["added"].count == 0, "\(file)")
      }
    }
  }

  private static let customers = 1_000
}

/// Who is who in events, by the links in them.
private struct People {
  private var identities: Set<Identity> = []
  private var linked: Set<Identity> = []

  mutating func add(_ event: Event) {
    identities.insert(event.identity)
    if let other = event.linked { linked.insert(other) }
  }

  /// The number of customers: a device that was signed in on is none of its own.
  var count: Int { identities.subtracting(linked).count }
}

extension PlantedTruths.Journey {
  /// Every figure that a measured map has otherwise.
  func differences(from map: Figures) -> [String] {
    var found = Differences()
    found.compare("cases", cases, map["cases"])
    found.compare(
      "starts", starts.map(\.touchpoint), map["starts"].list.map { $0["touchpoint"].text })
    for (start, measured) in zip(starts, map["starts"].list) {
      found.compare(start.touchpoint, start.cases, measured["cases"])
    }
    found.compare(
      "cents", cents, map["value.sum"].number.map { Int(($0 * 100).rounded()) } ?? -1)
    found.compare("scores", scores, map["feeling.count"].count)
    found.compare("mean score", meanScore ?? -1, map["feeling.value"].number ?? -1)
    found.compare("repeated starts", repeatedStarts, map["excluded.duringCase"].count)
    let measured = map["steps"].list
    found.compare("steps", steps.count, measured.count)
    for (step, measured) in zip(steps, measured) {
      let name = step.touchpoints.joined(separator: "/")
      let touchpoints = measured["touchpoints"].list
      found.compare(
        "\(name): touchpoints", Set(step.touchpoints),
        Set(touchpoints.compactMap { $0["name"].text }))
      found.compare("\(name): optional", step.optional, measured["optional"].value as? Bool)
      found.compare("\(name): cases", step.cases, measured["cases"].count)
      found.compare("\(name): by start", step.casesByStart, measured["casesByStart"].counts)
      found.compare("\(name): reached", step.reached, measured["reached"].count)
      found.compare("\(name): skipped", step.skipped, measured["skipped"].count)
      found.compare(
        "\(name): interactions", step.interactions,
        touchpoints.reduce(0) { $0 + $1["interactions"].count })
      found.compare("\(name): wrong channel", step.offChannel, measured["wrongChannel"].count)
      found.compare("\(name): repeating", step.casesRepeating, measured["casesRepeating"].count)
      if let late = step.late { found.compare("\(name): late", late, measured["late"].count) }
      found.compare(
        "\(name): scores", step.scores,
        touchpoints.reduce(0) { $0 + $1["feeling.count"].count })
      let sum = touchpoints.reduce(0) {
        $0 + ($1["feeling.value"].number ?? 0) * Double($1["feeling.count"].count)
      }
      found.compare("\(name): sum of scores", step.scoreSum, sum)
    }
    return found.lines
  }
}

private struct Differences {
  var lines: [String] = []

  mutating func compare<Value: Equatable>(_ name: String, _ planted: Value, _ measured: Value) {
    if planted != measured { lines.append("\(name): planted \(planted), measured \(measured)") }
  }

  mutating func compare<Value: Equatable>(_ name: String, _ planted: [Value], _ measured: [Value?])
  {
    compare(name, planted.map(Optional.some), measured)
  }

  mutating func compare(_ name: String, _ planted: Double, _ measured: Double) {
    if abs(planted - measured) > 1e-9 * max(1, abs(planted)) {
      lines.append("\(name): planted \(planted), measured \(measured)")
    }
  }

  mutating func compare(_ name: String, _ planted: PlantedTruths.Outcomes, _ measured: Figures) {
    for (outcome, count) in [
      ("total", planted.total), ("completed", planted.completed), ("ended", planted.ended),
      ("abandoned", planted.abandoned), ("open", planted.open),
    ] {
      compare("\(name): \(outcome)", count, measured[outcome].count)
    }
  }
}

extension FormatStyle where Self == IntegerFormatStyle<Int> {
  /// With commas between thousands, as the program prints them.
  static var grouped: Self { .number.locale(Locale(identifier: "en_US")) }
}
