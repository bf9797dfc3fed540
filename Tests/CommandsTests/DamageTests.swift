import Statistics
import Foundation
import Testing

/// How many rows a file has: those of five parts.
private let rows = 3000

@Suite(.serialized)
struct `A store on a failing disk` {
  private let folder: Folder
  private let sound: String

  init() throws {
    folder = try Folder()
    try folder.write(soundExperience, to: "experience.yaml")
    try folder.write(CrashRows.csv(rows, .unnamed, seed: 11), to: "events.csv")
    try folder.write(CrashRows.csv(rows, .unnamed, seed: 12), to: "later.csv")
    let run = try Program.run("import", "events.csv", "--shard-rows", "600", in: folder)
    try #require(run.code == 0, "\(run)")
    sound = try Self.map(in: folder).output
    #expect(sound.contains("first_order"))
  }

  private static func map(in folder: Folder) throws -> Run {
    try Program.run("map", "--format", "json", in: folder)
  }

  /// The store as it was, answer for answer, and without a complaint of the doctor's.
  private func expectSound(_ comment: String) throws {
    let isSame = try Self.map(in: folder).output == sound
    #expect(isSame, "\(comment)")
    let doctor = try Program.run("doctor", in: folder)
    #expect(doctor.code == 0, "\(comment): \(doctor)")
  }

  /// A command on a damaged store names the file and the way back; where the damage lies in bytes
  /// that mean nothing, it answers as before.
  private func expectFault(_ file: String, _ comment: String) throws {
    let run = try Self.map(in: folder)
    if run.code == 0 {
      let isSame = run.output == sound
      return #expect(isSame, "\(comment) changed the answer")
    }
    #expect(run.code == 1 && run.errors.contains(file), "\(comment): \(run)")
    #expect(run.errors.split(separator: "\n").count == 2, "\(comment): \(run)")
    #expect(run.errors.contains("backup"), "the way back: \(run)")
  }

  @Test
  func `tells each part that is cut, and is well again when it is whole again`() throws {
    let parts = try folder.files(in: ".waymark/parts")
    try #require(parts.count > 3)
    for part in parts {
      let whole = try folder.read(part)
      for length in [0, 1, 7, 64, whole.count / 2, whole.count - 1] {
        try folder.write(Array(whole.prefix(length)), to: part)
        try expectFault(part, "\(part) cut to \(length)")
      }
      try folder.write(whole + [0], to: part)
      try expectFault(part, "\(part) grown by a byte")
      try folder.remove(part)
      try expectFault(part, "\(part) removed")
      try folder.write(whole, to: part)
    }
    try expectSound("after mending")
  }

  @Test
  func `never answers wrongly from a part with a flipped bit`() throws {
    let parts = try folder.files(in: ".waymark/parts")
    var dice = SeededGenerator(1)
    var told = 0
    for _ in 0..<60 {
      let part = parts[dice.below(parts.count)]
      let whole = try folder.read(part)
      var bytes = whole
      let place = dice.below(bytes.count)
      bytes[place] ^= 1 << UInt8(dice.below(8))
      try folder.write(bytes, to: part)
      try expectFault(part, "\(part) flipped at \(place)")
      if try Self.map(in: folder).code == 1 { told += 1 }
      try folder.write(whole, to: part)
    }
    #expect(told > 30)
    try expectSound("after mending")
  }

  @Test
  func `takes no import while a part is damaged, and takes it afterwards`() throws {
    let part = try folder.files(in: ".waymark/parts")[1]
    let whole = try folder.read(part)
    var bytes = whole
    bytes[bytes.count / 2] ^= 1
    try folder.write(bytes, to: part)
    let others = try folder.files(in: ".waymark/parts").filter { $0 != part }
    let before = try others.map(folder.read)
    let refused = try Program.run("import", "later.csv", in: folder)
    #expect(refused.code == 1 && refused.errors.contains(part), "\(refused)")
    #expect(try others.map(folder.read) == before)
    let doctor = try Program.run("doctor", in: folder)
    #expect(doctor.code == 1 && doctor.output.contains("error: .waymark/parts/"), "\(doctor)")
    try folder.write(whole, to: part)
    let taken = try Program.run("import", "later.csv", in: folder)
    #expect(taken.code == 0 && !taken.output.contains(" 0 events added"), "\(taken)")
    #expect(try Program.run("doctor", in: folder).code == 0)
  }

  @Test
  func `sweeps what a crash left behind, and nothing else`() throws {
    for name in ["parts/0000000099.part", "parts/0000000100.part.partial", "parts/notes.txt"] {
      try folder.write("left behind", to: ".waymark/" + name)
    }
    try expectSound("with strays")
    let again = try Program.run("import", "events.csv", "--shard-rows", "600", in: folder)
    #expect(again.code == 0 && again.output.contains(" 0 events added"), "\(again)")
    let names = try folder.files(in: ".waymark/parts")
    #expect(!names.contains { $0.contains("0000000099") || $0.hasSuffix(".partial") })
    #expect(names.contains { $0.hasSuffix("notes.txt") })
    try expectSound("without strays")
  }

  @Test(arguments: 0..<40)
  func `of whose database a piece is broken never breaks the program`(seed: Int) throws {
    let path = ".waymark/waymark.sqlite"
    var bytes = try folder.read(path)
    var dice = SeededGenerator(seed)
    let place = seed < 8 ? [0, 16, 18, 24, 52, 60, 68, 100][seed] : dice.below(bytes.count)
    switch seed % 4 {
    case 0: bytes[place] ^= 1 << UInt8(dice.below(8))
    case 1: for next in place..<min(bytes.count, place + 16) { bytes[next] = 0xFF }
    case 2: for next in place..<min(bytes.count, place + 4096) { bytes[next] = 0 }
    default: bytes.removeSubrange(place...)
    }
    try folder.write(bytes, to: path)
    for arguments in [["doctor"], ["map", "--format", "json"], ["import", "later.csv"]] {
      let run = try Program.start(arguments, in: folder).wait()
      #expect(run.signal == nil && [0, 1].contains(run.code), "\(arguments): \(run)")
      guard run.code == 1, !run.errors.isEmpty else { continue }
      #expect(run.errors.contains(".waymark"), "\(arguments): \(run)")
      #expect(run.errors.split(separator: "\n").count >= 2, "\(arguments): \(run)")
    }
  }
}

@Suite(.serialized)
struct `A store that is being written to` {
  private let folder: Folder

  init() throws {
    folder = try Folder()
    try folder.write(CrashRows.csv(1000, .unnamed, seed: 1), to: "small.csv")
    try folder.write(CrashRows.csv(100_000, .unnamed, seed: 2), to: "large.csv")
    try #require(try Program.run("import", "small.csv", in: folder).code == 0)
  }

  private func export() throws -> String { try Program.run("export", in: folder).output }

  /// Starts a long import, and pauses it in its midst; nil where it was done before that.
  private func writer(pausedAfter seconds: Double) throws -> RunningProgram? {
    let writer = try Program.start(["import", "large.csv", "--chunk-size", "65536"], in: folder)
    let owner = "\(writer.id)\n"
    while writer.isRunning, try folder.read(".waymark/lock") != Array(owner.utf8) { usleep(500) }
    writer.sleep(seconds: seconds)
    writer.pause()
    return writer.isRunning ? writer : nil
  }

  @Test
  func `refuses a second writer by name, and shows readers what was there before`() throws {
    let before = try export()
    try folder.copy(".waymark", to: "before")
    var seconds = 0.1
    var paused = try writer(pausedAfter: seconds)
    // A fast machine may be done by then, and is paused sooner.
    while paused == nil, seconds > 0.001 {
      seconds /= 2
      try folder.remove(".waymark")
      try folder.copy("before", to: ".waymark")
      paused = try writer(pausedAfter: seconds)
    }
    let writer = try #require(paused)
    for arguments in [["import", "small.csv"], ["erase", "user:user-1", "--yes"]] {
      let second = try Program.start(arguments, in: folder).wait()
      #expect(second.code == 1, "\(second)")
      #expect(second.errors.contains("process \(writer.id)"), "\(second)")
    }
    let isSame = try export() == before
    #expect(isSame)
    writer.goOn()
    let run = try writer.wait()
    #expect(run.code == 0, "\(run)")
    #expect(try export().count > before.count)
  }

  /// What SQLite's files and a part need, at the least, in units of 1024 bytes.
  @Test(arguments: [1, 8, 40, 100, 400, 1000])
  func `stays as it was when there is no room, and goes on when there is`(room: Int) throws {
    let before = try export()
    let limited = "trap '' XFSZ; ulimit -f \(room); exec \"$@\""
    let full = try Program.run(
      "import", "large.csv", "--chunk-size", "1000000", in: folder, through: limited)
    #expect(full.code == 1, "\(full)")
    #expect(full.errors.contains("room"), "\(full)")
    let isSame = try export() == before
    #expect(isSame)
    #expect(try Program.run("doctor", in: folder).code == 0)
    let run = try Program.run("import", "large.csv", in: folder)
    #expect(run.code == 0, "\(run)")
    let again = try Program.run("import", "large.csv", "--format", "json", in: folder)
    #expect(again.figure("added") == 0, "\(again)")
    #expect(try Program.run("doctor", in: folder).code == 0)
  }

  @Test
  func `survives a disk that is really full`() throws {
    let script = "mkdir disk && mount -t tmpfs -o size=1500k tmpfs disk"
    let mounted = try Program.run(in: folder, through: script)
    guard mounted.code == 0 else {
      return print("Skipped: only who may mount a disk can fill one. \(mounted.errors)")
    }
    defer { umount(folder("disk")) }
    try #require(try Program.run("import", "small.csv", "-d", "disk/s", in: folder).code == 0)
    let before = try Program.run("export", "-d", "disk/s", in: folder).output
    let full = try Program.run("import", "large.csv", "-d", "disk/s", in: folder)
    #expect(full.code == 1 && full.errors.contains("oom"), "\(full)")
    let isSame = try Program.run("export", "-d", "disk/s", in: folder).output == before
    #expect(isSame)
    let more = try Program.run(in: folder, through: "mount -o remount,size=60m disk")
    try #require(more.code == 0, "\(more)")
    let run = try Program.run("import", "large.csv", "-d", "disk/s", in: folder)
    #expect(run.code == 0, "\(run)")
    #expect(try Program.run("doctor", "-d", "disk/s", in: folder).code == 0)
  }
}

@Suite
struct `A customer who is erased` {
  @Test
  func `is in no file any more, not even among the rejected records`() throws {
    let folder = try Folder()
    let rows = """
      user_id,anonymous_id,event,time,note
      lena-4711,device-0815,Page Viewed,2026-01-02,hello
      lena-4711,,Order Completed,2026-01-03,by lena-4711
      lena-4711,device-0815,Page Viewed,someday,rejected
      ,device-0815,Page Viewed,2026-01-01,
      oskar-1234,,Page Viewed,2026-01-04,
      oskar-1234,,Page Viewed,neverday,

      """
    try folder.write(rows, to: "events.csv")
    let taken = try Program.run("import", "events.csv", in: folder)
    #expect(taken.output.contains("4 events added, 2 records rejected"), "\(taken)")
    let files = try folder.files(in: ".waymark")
    #expect(try files.contains { try folder.read($0).holds("lena-4711") })
    #expect(try folder.read(".waymark/rejects/1.jsonl").holds("lena-4711"))
    let run = try Program.run("erase", "user:lena-4711", "--yes", in: folder)
    #expect(run.code == 0 && run.output.contains("no trace is left"), "\(run)")
    for file in try folder.files(in: ".waymark") {
      let bytes = try folder.read(file)
      #expect(!bytes.holds("lena-4711") && !bytes.holds("device-0815"), "\(file)")
    }
    #expect(try folder.read(".waymark/rejects/1.jsonl").holds("oskar-1234"))
    #expect(try Program.run("export", in: folder).output.contains("oskar-1234"))
    let again = try Program.run("import", "events.csv", in: folder)
    #expect(again.code == 0 && again.output.contains(" 0 events added"), "\(again)")
    #expect(try Program.run("doctor", in: folder).code == 0)
  }
}

extension [UInt8] {
  /// Whether a text lies in the bytes.
  fileprivate func holds(_ text: String) -> Bool {
    Data(self).range(of: Data(text.utf8)) != nil
  }
}
