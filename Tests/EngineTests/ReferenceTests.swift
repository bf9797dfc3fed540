import Events
import Experience
import Foundation
import Statistics
import Stories
import Testing

@testable import Engine

/// Logs that nobody here made, with figures that other tools found in them.
enum ReferenceData {
  /// Where the files lie: the folder that the environment names, or `../shared/data`.
  static let folder: URL? = {
    let named = ProcessInfo.processInfo.environment["WAYMARK_REFERENCE_DATA"]
    var package = URL(filePath: #filePath)
    for _ in 0..<3 { package.deleteLastPathComponent() }
    let beside = package.deletingLastPathComponent()
    let candidates = [
      named.map { URL(filePath: $0) }, beside.appending(path: "shared/data"),
      beside.deletingLastPathComponent().appending(path: "shared/data"),
    ]
    return candidates.compactMap(\.self).first {
      FileManager.default.fileExists(atPath: $0.appending(path: "README.md").path())
    }
  }()

  static let isHere: Bool = {
    if folder == nil {
      print("SKIPPED: no reference data; set WAYMARK_REFERENCE_DATA to the folder that has them.")
    }
    return folder != nil
  }()

  /// The records of a file without commas inside fields, by column name, in the order of the file.
  static func records(_ name: String) throws -> [[String: String]] {
    let folder = try #require(folder)
    let unpacking = Process()
    unpacking.executableURL = URL(filePath: "/usr/bin/env")
    unpacking.arguments = ["gzip", "-dc", folder.appending(path: name).path()]
    let pipe = Pipe()
    unpacking.standardOutput = pipe
    try unpacking.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    unpacking.waitUntilExit()
    #expect(unpacking.terminationStatus == 0)
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let header = try #require(lines.first).split(separator: ",").map(unquoted)
    return lines.dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(unquoted)
      return Dictionary(uniqueKeysWithValues: zip(header, fields))
    }
  }

  private static func unquoted(_ field: Substring) -> String {
    String(field.drop { $0 == "\"" }.prefix { $0 != "\"" })
  }

  /// `2019-11-01`, `2019-11-01 17:59:13` or with microseconds, read as UTC, in ticks of that many
  /// microseconds.
  static func instant(_ text: String, tick: Int64 = 1000) throws -> Instant {
    let numbers = text.split { "- :.".contains($0) }.compactMap { Int64($0) }
    try #require(numbers.count >= 3)
    let parts = numbers + Array(repeating: 0, count: 7 - numbers.count)
    let day = CivilDate(year: Int(parts[0]), month: Int(parts[1]), day: Int(parts[2]))
    let seconds = parts[3] * 3600 + parts[4] * 60 + parts[5]
    let whole = Int64(day.daysSinceEpoch) * 86_400 + seconds
    return Instant(milliseconds: (whole * 1_000_000 + parts[6]) / tick)
  }

  /// Stories of a file by the names of its columns.
  static func stories(
    _ file: String, customer: String, event: String, time: String, tick: Int64 = 1000,
    where wanted: ([String: String]) -> Bool = { _ in true }
  ) throws -> Stories {
    let events = try records(file).filter(wanted).map { record in
      Event(
        record[event] ?? "", at: try instant(record[time] ?? "", tick: tick),
        by: Identity(.user, record[customer] ?? ""))
    }
    return try Stories(events)
  }
}

/// The shop log: the expected figures are those of `simple_onlineshop.expected.json` (ClickHouse by
/// chDB 4.4.0, and a count of its own for the rest).
@Suite(.enabled(if: ReferenceData.isHere))
struct `The shop log` {
  private static let stories = Result {
    try ReferenceData.stories(
      "simple_onlineshop.csv.gz", customer: "user_id", event: "event", time: "timestamp")
  }

  private func funnel(
    _ window: TimeSpan?, _ change: (inout FunnelQuestion) -> Void = { _ in }
  ) -> FunnelQuestion {
    var question = FunnelQuestion(
      steps: ["catalog", "cart", "delivery_choice", "payment_choice", "payment_done"].map {
        .init($0)
      }, window: window)
    change(&question)
    return question
  }

  @Test(arguments: [TimeSpan("30m"), TimeSpan("1d"), TimeSpan("7d"), nil])
  func `has the funnels of ClickHouse in all its modes`(window: TimeSpan?) async throws {
    let stories = try Self.stories.get()
    let (counts, times, strict, deduplicated, any) = try await stories.answer(
      funnel(window) { $0.figures = .counts }, funnel(window),
      funnel(window) { ($0.order, $0.entry) = (.strict, .first) },
      funnel(window) { $0.repeats = .end },
      funnel(nil) { $0.order = .any })
    let all = [3611, 1924, 1356, 958, 653]
    #expect(counts.steps.map(\.count) == all)
    #expect(times.steps.map(\.count) == all)
    #expect(strict.steps.map(\.count) == [3611, 667, 405, 0, 0])
    #expect(deduplicated.steps.map(\.count) == [3611, 1924, 1159, 774, 497])
    #expect(any.steps.map(\.count) == all)
  }

  /// The file has microseconds. One customer's steps lie 1 ms apart or less, and in Waymark's
  /// milliseconds they are a tie: ClickHouse's figures come out where a tick is a microsecond.
  @Test(arguments: [(Int64(1), 958), (1000, 957)])
  func `has its strictly increasing funnel as far as time is told apart`(
    tick: Int64, fourth: Int
  ) async throws {
    let stories = try ReferenceData.stories(
      "simple_onlineshop.csv.gz", customer: "user_id", event: "event", time: "timestamp",
      tick: tick)
    for window: Int64? in [30 * 60, 86_400, 7 * 86_400, nil] {
      let window = window.map { TimeSpan(milliseconds: $0 * 1_000_000 / tick) }
      let answer = try await stories.answer(funnel(window) { $0.ties = .strictlyLater })
      #expect(answer.steps.map(\.count) == [3611, 1924, 1356, fourth, 653])
    }
  }

  @Test func `has the time to convert`() async throws {
    var question = FunnelQuestion(
      steps: [.init("catalog"), .init("payment_done")], window: nil)
    question.entry = .first
    let answer = try await Self.stories.get().answer(question)
    let time = answer.timeToConvert
    #expect(time.median.count == 653)
    // The file has microseconds, Waymark milliseconds.
    #expect(abs((time.median.value ?? 0) - 90_699.47) < 2)
    #expect(abs((time.p90 ?? 0) - 1_687_823_760.07) < 2)
  }

  @Test func `has the transitions and the ways`() async throws {
    let overview = try await Self.stories.get().answer(LogQuestion())
    #expect(overview.events == 35_381)
    #expect(overview.customers == 3751)
    #expect(overview.names.map(\.name).prefix(4) == ["catalog", "main", "lost", "cart"])
    #expect(overview.names.map(\.events).prefix(4) == [14_518, 5635, 3098, 2842])
    #expect(overview.names.map(\.customers).prefix(4) == [3611, 2385, 3098, 1924])
    #expect(overview.follows.count == 46)
    #expect(
      overview.follows.prefix(5).map(\.transitions) == [4857, 4064, 2545, 2172, 1709])
    #expect(overview.follows.reduce(0) { $0 + $1.transitions } == 35_381 - 3751)
    let rare = try #require(overview.follows.last)
    #expect((rare.from, rare.to, rare.transitions) == ("cart", "cart", 1))
    #expect(overview.variantCount == 2028)
    #expect(overview.variants.prefix(6).map(\.customers) == [336, 109, 107, 96, 52, 49])
    #expect(overview.variants.first?.names == ["catalog", "lost"])
  }
}

/// The process logs of eventdataR: the expected figures are those of `eventdataR.expected.json`
/// (bupaR and edeaR).
@Suite(.enabled(if: ReferenceData.isHere))
struct `The process logs` {
  /// An activity of a patient has a row for its start and one for its completion; the traces are
  /// those of either, so each activity counts once.
  @Test(arguments: ["start", "complete"])
  func `of patients have seven variants`(lifecycle: String) async throws {
    let stories = try ReferenceData.stories(
      "eventdataR_patients.csv.gz", customer: "patient", event: "handling", time: "time"
    ) { $0["registration_type"] == lifecycle }
    let overview = try await stories.answer(LogQuestion())
    #expect(overview.customers == 500)
    #expect(overview.variantCount == 7)
    let variants = Dictionary(
      uniqueKeysWithValues: overview.variants.map {
        ($0.names.joined(separator: ","), $0.customers)
      })
    let start = "Registration,Triage and Assessment"
    #expect(
      variants == [
        start + ",X-Ray,Discuss Results,Check-out": 258,
        start + ",Blood test,MRI SCAN,Discuss Results,Check-out": 234, start: 2,
        start + ",Blood test,MRI SCAN,Discuss Results": 2, start + ",X-Ray": 2,
        start + ",Blood test": 1, start + ",X-Ray,Discuss Results": 1,
      ])
    let presence = Dictionary(
      uniqueKeysWithValues: overview.names.map { ($0.name, $0.customers) })
    #expect(
      presence == [
        "Registration": 500, "Triage and Assessment": 500, "Discuss Results": 495,
        "Check-out": 492, "X-Ray": 261, "Blood test": 237, "MRI SCAN": 236,
      ])
  }

  /// The transitions follow from the traces; they were counted from the file by a script.
  @Test func `of traffic fines have their variants, presence and transitions`() async throws {
    let stories = try ReferenceData.stories(
      "eventdataR_traffic_fines.csv.gz", customer: "case_id", event: "activity",
      time: "timestamp")
    let overview = try await stories.answer(LogQuestion())
    #expect(overview.events == 34_724)
    #expect(overview.customers == 10_000)
    #expect(overview.variantCount == 44)
    #expect(
      overview.variants.prefix(15).map(\.customers)
        == [3428, 3273, 1890, 758, 250, 151, 78, 37, 24, 13, 10, 9, 8, 7, 6])
    #expect(overview.variants.first?.names == ["Create Fine", "Payment"])
    let presence = Dictionary(
      uniqueKeysWithValues: overview.names.map { ($0.name, $0.customers) })
    #expect(presence["Send Fine"] == 6570)
    #expect(presence["Payment"] == 4626)
    #expect(presence["Appeal to Judge"] == 19)
    #expect(overview.follows.count == 40)
    #expect(overview.follows.prefix(6).map(\.transitions) == [6557, 4633, 4417, 3443, 3288, 1117])
    #expect(overview.follows.first.map { [$0.from, $0.to] } == ["Create Fine", "Send Fine"])
  }
}
