import Statistics
import Foundation
import Testing

@Suite(.serialized)
struct `An import that is killed` {
  /// How often each kind of file is killed: a hundred times in all.
  private static let kills = 50
  private static let rows = 200_000
  /// Some eighty chunks a file.
  private static let chunk = "131072"
  /// In every other round so little waits in memory that a file has some twenty checkpoints; in the
  /// others it has none, and begins anew.
  private static func memory(_ round: Int) -> [String] {
    round % 2 == 0 ? [] : ["--memory", "600000"]
  }

  @Test(arguments: CrashRows.Messages.allCases)
  func `at any moment loses nothing and doubles nothing when it is run again`(
    messages: CrashRows.Messages
  ) throws {
    let folder = try Folder()
    try folder.write(CrashRows.csv(Self.rows, messages, seed: 7), to: "events.csv")
    let begun = ContinuousClock.now
    let whole = try Self.start("whole", in: folder).wait()
    let usual = (ContinuousClock.now - begun) / .seconds(1)
    #expect(whole.code == 0, "\(whole)")
    #expect(whole.figure("added") ?? 0 > Self.rows * 9 / 10)
    let rejects = try folder.read("whole/rejects/1.jsonl")
    let figures = try Self.figures("whole", in: folder)
    let events = try Self.events("whole", in: folder)

    var dice = SeededGenerator(messages == .named ? 1 : 2)
    var killed = 0
    var round = 0
    while killed < Self.kills {
      round += 1
      let store = "round-\(round)"
      var last: Run?
      while last == nil {
        let program = try Self.start(store, Self.memory(round), in: folder)
        // Mostly in the first half, so that one file is killed often; then to after the merge.
        let reach = dice.one(in: 4) ? 1.1 : 0.5
        program.sleep(seconds: Double(dice.below(1000)) / 1000 * usual * reach)
        if program.end() { killed += 1 } else { last = try program.wait() }
        guard killed < Self.kills else { break }
      }
      let end = try last ?? Self.start(store, Self.memory(round), in: folder).wait()
      try #require(end.code == 0, "\(end)")
      // A run that was killed behind its last commit leaves nothing for the next to add.
      #expect([0, whole.figure("added")].contains(end.figure("added")), "\(end)")
      #expect(end.figure("rejected") == whole.figure("rejected"))
      #expect(end.figure("records") == Self.rows)
      // Compared beforehand: a failure would print megabytes.
      let hasSameRejects = try folder.read("\(store)/rejects/1.jsonl") == rejects
      #expect(hasSameRejects, "round \(round)")
      #expect(try Self.figures(store, in: folder) == figures, "round \(round)")
      if round % 3 == 0 || killed == Self.kills {
        let hasSameEvents = try Self.events(store, in: folder) == events
        #expect(hasSameEvents, "round \(round)")
      }
      let again = try Self.start(store, in: folder).wait()
      #expect(again.figure("added") == 0, "\(again)")
      try folder.remove(store)
    }
    #expect(killed == Self.kills)
  }

  private static func start(
    _ store: String, _ memory: [String] = [], in folder: Folder
  ) throws -> RunningProgram {
    try Program.start(
      ["import", "events.csv", "--data", store, "--chunk-size", chunk, "--format", "json"] + memory,
      in: folder)
  }

  /// The figures of a store about which the doctor has nothing to say.
  private static func figures(_ store: String, in folder: Folder) throws -> String {
    let doctor = try Program.run("doctor", "--format", "json", "--data", store, in: folder)
    #expect(doctor.code == 0 && !doctor.output.contains("import"), "\(doctor)")
    let funnel = try Program.run(
      "funnel", "Page Viewed", "Cart Filled", "Order Completed", "--breakdown", "channel",
      "--format", "json", "--data", store, in: folder)
    #expect(funnel.code == 0, "\(funnel)")
    return funnel.output
  }

  /// Every event of a store.
  private static func events(_ store: String, in folder: Folder) throws -> String {
    let export = try Program.run("export", "--data", store, in: folder)
    #expect(export.code == 0)
    return export.output
  }
}

@Suite
struct `An erasure that is killed` {
  @Test
  func `is finished by the next, and nobody else is harmed`() throws {
    let folder = try Folder()
    try folder.write(CrashRows.csv(20_000, .named, seed: 21), to: "events.csv")
    try #require(try Program.run("import", "events.csv", "-d", "whole", in: folder).code == 0)
    let begun = ContinuousClock.now
    try folder.copy("whole", to: "erased")
    try Self.erase("erased", in: folder)
    let usual = (ContinuousClock.now - begun) / .seconds(1)
    let expected = try Program.run("export", "-d", "erased", in: folder).output
    #expect(expected.contains("user-18\"") && !expected.contains("user-17\""))
    var dice = SeededGenerator(4)
    for round in 0..<15 {
      let store = "round-\(round)"
      try folder.copy("whole", to: store)
      let program = try Program.start(["erase", "user-17", "--yes", "-d", store], in: folder)
      program.sleep(seconds: Double(dice.below(1000)) / 1000 * usual)
      program.end()
      try Self.erase(store, in: folder)
      let isSame = try Program.run("export", "-d", store, in: folder).output == expected
      #expect(isSame, "round \(round)")
      try folder.remove(store)
    }
  }

  private static func erase(_ store: String, in folder: Folder) throws {
    let run = try Program.run("erase", "user-17", "--yes", "-d", store, in: folder)
    #expect(run.code == 0 && run.output.contains("no trace is left"), "\(run)")
    let doctor = try Program.run("doctor", "-d", store, in: folder)
    #expect(doctor.code == 0 && doctor.output.contains("All is well"), "\(doctor)")
  }
}

@Suite
struct `A removal of old events that is killed` {
  @Test
  func `has removed all of them or none, and is finished by the next`() throws {
    let folder = try Folder()
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    var dice = SeededGenerator(5)
    var text = "user_id,anonymous_id,event,time\n"
    for number in 0..<20_000 {
      // None within two weeks of the limit, which is another day's once it is midnight.
      let days = dice.below(370)
      let time = now - Int64(days < 75 ? days : days + 30) * 86_400_000
      text +=
        "user-\(number % 900),\(dice.one(in: 9) ? "device-\(number % 900)" : ""),Seen,\(time)\n"
    }
    try folder.write(text, to: "events.csv")
    try #require(try Program.run("import", "events.csv", "-d", "whole", in: folder).code == 0)
    let all = try Self.events("whole", in: folder)
    let begun = ContinuousClock.now
    try folder.copy("whole", to: "kept")
    try Self.retain("kept", in: folder)
    let usual = (ContinuousClock.now - begun) / .seconds(1)
    let kept = try Self.events("kept", in: folder)
    #expect(kept.count > 1000 && kept.count < all.count / 2)
    var (before, after) = (0, 0)
    for round in 0..<20 {
      let store = "round-\(round)"
      try folder.copy("whole", to: store)
      let program = try Program.start(
        ["retain", "--months", "3", "--yes", "-d", store], in: folder)
      program.sleep(seconds: Double(dice.below(1000)) / 1000 * usual)
      program.end()
      let left = try Self.events(store, in: folder)
      if left == all { before += 1 } else if left == kept { after += 1 }
      #expect(before + after == round + 1, "round \(round)")
      try Self.retain(store, in: folder)
      let isSame = try Self.events(store, in: folder) == kept
      #expect(isSame, "round \(round)")
      try folder.remove(store)
    }
    #expect(before > 0)
  }

  private static func retain(_ store: String, in folder: Folder) throws {
    let run = try Program.run("retain", "--months", "3", "--yes", "-d", store, in: folder)
    #expect(run.code == 0 && run.output.contains("Removed"), "\(run)")
    let doctor = try Program.run("doctor", "-d", store, in: folder)
    #expect(doctor.code == 0 && doctor.output.contains("All is well"), "\(doctor)")
  }

  private static func events(_ store: String, in folder: Folder) throws -> String {
    try Program.run("export", "-d", store, in: folder).output
  }
}
