import Foundation
import Testing

/// Logs that nobody here made: see their README for where they come from.
enum RealData {
  /// Where the files lie: the folder that the environment names, or `shared/data` beside the package
  /// or its parent.
  private static let candidates: [URL] = {
    let named = ProcessInfo.processInfo.environment["WAYMARK_REFERENCE_DATA"]
    var package = URL(filePath: #filePath)
    for _ in 0..<3 { package.deleteLastPathComponent() }
    let above = [package.deletingLastPathComponent()].flatMap {
      [$0, $0.deletingLastPathComponent()]
    }
    return (named.map { [URL(filePath: $0)] } ?? [])
      + above.map { $0.appending(path: "shared/data") }
  }()

  private static let folder = candidates.first {
    FileManager.default.fileExists(atPath: $0.appending(path: shopLog).path())
  }

  private static let shopLog = "simple_onlineshop.csv.gz"

  /// Whether the data are here; where they are not, this says so and where it looked.
  static let isHere: Bool = {
    guard folder == nil else { return true }
    let places = candidates.map { $0.path() }.joined(separator: ", ")
    print("SKIPPED: the main job on real data, which are not in \(places).")
    print("         Set WAYMARK_REFERENCE_DATA to the folder that has them.")
    return false
  }()

  static func path(_ name: String) throws -> String {
    try #require(folder).appending(path: name).path()
  }
}

@Suite(.enabled(if: RealData.isHere), .serialized, .timeLimit(.minutes(5)))
struct `The main job, on logs that nobody here made,` {
  @Test func `is three commands from a shop's clicks to its map`() async throws {
    try await Workplace.with { here in
      let imported = try await here.object(
        "import", try RealData.path("simple_onlineshop.csv.gz"), "--format", "json")
      #expect(imported["added"].count == 35_381)
      #expect(imported["rejected"].count == 0)
      let inferred = try await here.expect("infer").output
      #expect(inferred.contains("13 touchpoints from 13 event names"))
      let map = try await here.expect("map").output
      #expect(map.contains("cases of 3,751 customers"))
      #expect(try here.read(".waymark/maps/to_payment_done.html").contains("</html>"))

      let check = try await here.expect("check", "--strict").output
      #expect(check.contains("0 errors, 0 warnings"))
      let verified = try await here.json("verify", "--customers", "0", "--format", "json")
      for journey in Figures(verified).list {
        #expect(journey["customers"].count == 3751)
        #expect(journey["events"].count == 35_381)
        #expect(journey["differences"].list.count == 0)
      }
      let doctor = try await here.expect("doctor").output
      #expect(doctor.contains("35,381 events of 3,751 customers"))
      #expect(doctor.contains("All is well"))
      let measured = try await here.object("map", "--format", "json")["map"]
      let cases = measured["cases"]
      #expect(
        ["completed", "ended", "abandoned", "open"].reduce(0) { $0 + cases[$1].count }
          == cases["total"].count)
      // Everybody who paid did so in a case: 706 payments in all.
      #expect(cases["completed"].count == 706)
      #expect(measured["customers"].count == 3751)
    }
  }

  /// The figures are ClickHouse's (`windowFunnel`, chDB 4.4.0) for each of its windows.
  @Test(arguments: ["30m", "1d", "7d", "3650d"])
  func `counts a shop's funnel as ClickHouse does`(window: String) async throws {
    try await Workplace.with { here in
      try await here.expect("import", try RealData.path("simple_onlineshop.csv.gz"))
      let steps = ["catalog", "cart", "delivery_choice", "payment_choice", "payment_done"]
      let run = try await here.run(
        ["funnel"] + steps + ["--window", window, "--format", "json"])
      #expect(run.code == 0, "\(run.notes)")
      let funnel = try Figures(run.output)["steps"].list
      #expect(funnel.map { $0["count"].count } == [3611, 1924, 1356, 958, 653])
      let strict = try await here.run(
        ["funnel"] + steps + [
          "--window", window, "--order", "strict", "--entry", "first", "--format", "json",
          "--counts-only",
        ])
      #expect(
        try Figures(strict.output)["steps"].list.map { $0["count"].count }
          == [3611, 667, 405, 0, 0])
      // As text, every step's name is whole.
      let text = try await here.run(["funnel"] + steps + ["--window", window])
      for step in steps { #expect(text.lines.contains { $0.hasPrefix("\(step) ") }, "\(step)") }
      #expect(text.lines.allSatisfy { $0.count <= 80 })
    }
  }

  @Test(arguments: ["jsonl", "csv"])
  func `comes out the same after an export and an import`(form: String) async throws {
    try await Workplace.with { here in
      try await here.expect("import", try RealData.path("simple_onlineshop.csv.gz"))
      try await here.expect("infer")
      try await here.expect("export", "--format", form, "--output", "all.\(form)")
      try await here.expect("import", "all.\(form)", "--data", "second")
      let first = try await here.expect("map", "--format", "json").output
      let second = try await here.expect("map", "--format", "json", "--data", "second").output
      #expect(first == second)
      let again = try await here.object("import", "all.\(form)", "--format", "json")
      #expect(again["added"].count == 0)
      #expect(again["repeated"].count == 35_381)
    }
  }

  /// Columns are recognised by their names and values: no flag says which is which.
  @Test(arguments: [
    ("eventdataR_patients.csv.gz", 5442, 500, "Registration", "check_out"),
    ("eventdataR_traffic_fines.csv.gz", 34_724, 10_000, "Create Fine", "payment"),
  ])
  func `takes the logs of processes as they are`(
    file: String, events: Int, customers: Int, first: String, goal: String
  ) async throws {
    try await Workplace.with { here in
      let imported = try await here.object(
        "import", try RealData.path(file), "--format", "json")
      #expect(imported["added"].count == events)
      #expect(imported["rejected"].count == 0)
      try await here.expect("infer")
      let experience = try here.read("experience.yaml")
      #expect(experience.contains("title: \(first)\n"))
      #expect(experience.contains("goal: \(goal)\n"))
      try await here.expect("check", "--strict")
      let map = try await here.object("map", "--format", "json")["map"]
      #expect(map["customers"].count == customers)
      // A journey was found that a good part of the cases complete, through steps they meet.
      #expect(map["completion.value"].number ?? 0 > 0.4)
      #expect(map["steps"].list.count >= 3)
      #expect(map["steps"].list.allSatisfy { $0["cases"].count > 0 })
      // An activity's start and its completion are one contact: most cases go as planned.
      let verdicts = map["conformance.verdicts"]
      #expect(10 * verdicts["repeated"].count < map["conformance.cases"].count)
      #expect(2 * verdicts["asPlanned"].count > map["conformance.cases"].count)
      try await here.expect("verify", "--customers", "2000")
    }
  }
}
