import Events
import Foundation
import Stories
import Testing

@testable import Parts

@Suite
struct `A part` {
  @Test(arguments: 0..<25 as Range<UInt64>)
  func `gives back the segment that was written`(seed: UInt64) throws {
    try withFolder { folder in
      let segment = try StorySegment.shop(seed: seed, count: Int(seed) * 7)
      let path = folder + "/a.part"
      let summary = try Part.write(segment, to: path)
      let part = try Part.open(path)
      #expect(part.summary == summary)
      #expect(summary.rows == segment.count)
      #expect(summary.customers == segment.customers.count)
      #expect(summary.firstKey == segment.customers.first ?? 0)
      #expect(summary.lastKey == segment.customers.last ?? 0)
      #expect(summary.firstTime == segment.times.min() ?? 0)
      #expect(summary.lastTime == segment.times.max() ?? 0)
      #expect(summary.bytes == (try Data(contentsOf: URL(filePath: path))).count)
      #expect(part.segment.told == segment.told)
      #expect(try Part.open(path, verification: .footer).segment.told == segment.told)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.part"])
      try part.verify()
    }
  }

  @Test
  func `leaves hidden customers out, text and all`() throws {
    try withFolder { folder in
      let segment = try StorySegment.shop(seed: 3, count: 60)
      let gone = try #require(segment.identities.identity(of: segment.customers[1])?.id)
      let summary = try Part.write(segment.hiding([1]), to: folder + "/a.part")
      #expect(summary.customers == segment.customers.count - 1)
      let part = try Part.open(summary.path)
      #expect(part.segment.told == segment.hiding([1]).told)
      let bytes = try Data(contentsOf: URL(filePath: summary.path))
      #expect(bytes.range(of: Data(gone.utf8)) == nil)
    }
  }

  @Test
  func `stays mapped while a copy of its segment is in use`() throws {
    try withFolder { folder in
      let segment = try StorySegment.shop(seed: 4, count: 40)
      let copy = try Part.open(try Part.write(segment, to: folder + "/a.part").path).segment
      try FileManager.default.removeItem(atPath: folder + "/a.part")
      #expect(copy.told == segment.told)
    }
  }

  @Test
  func `takes the place of a file of the same name and of what a crash left`() throws {
    try withFolder { folder in
      let path = folder + "/a.part"
      try Data("half".utf8).write(to: URL(filePath: path + ".partial"))
      _ = try Part.write(try StorySegment.shop(seed: 1, count: 9), to: path)
      let old = try Part.open(path)
      _ = try Part.write(try StorySegment.shop(seed: 2, count: 12), to: path)
      #expect(try Part.open(path).summary.rows == 12)
      let fault = #expect(throws: Fault.self) { try old.verify() }
      #expect(fault?.code == "part.checksum")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.part"])
    }
  }

  @Test(arguments: ["/nowhere/a.part", "/file/a.part"])
  func `says where it cannot be written and leaves nothing`(name: String) throws {
    try withFolder { folder in
      try Data().write(to: URL(filePath: folder + "/file"))
      let fault = #expect(throws: Fault.self) {
        try Part.write(try StorySegment.shop(seed: 1, count: 9), to: folder + name)
      }
      #expect(fault?.code == "part.write")
      #expect(fault?.subject == folder + name)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
    }
  }

  @Test(arguments: [9, 30_000])
  func `says that the disk is full`(count: Int) throws {
    let columns = PartColumns(of: try StorySegment.shop(seed: 1, count: count))
    // Every write to this device fails as it does on a full disk.
    let device = open("/dev/full", O_WRONLY)
    let fault = #expect(throws: Fault.self) {
      _ = try PartWriter.write(columns, to: device, of: "a.part")
    }
    #expect(fault?.code == "part.write")
    #expect(fault?.remedy.contains("Make room on the disk") == true)
  }
}

@Suite
struct `A damaged part` {
  @Test(arguments: [UInt8(1), 0x80])
  func `is noticed whichever byte was flipped`(bit: UInt8) throws {
    try withFolder { folder in
      let path = folder + "/a.part"
      _ = try Part.write(try StorySegment.shop(seed: 8, count: 24), to: path)
      let whole = try Data(contentsOf: URL(filePath: path))
      var unnoticed: [Int] = []
      var codes: Set<String> = []
      for position in whole.indices {
        var damaged = whole
        damaged[position] ^= bit
        try damaged.write(to: URL(filePath: path))
        do throws(Fault) {
          _ = try Part.open(path)
          unnoticed.append(position)
        } catch {
          codes.insert(error.code)
          #expect(error.subject == path)
        }
        do throws(Fault) { _ = try Part.open(path, verification: .footer).segment.told } catch {}
      }
      #expect(unnoticed == [])
      #expect(codes.isSuperset(of: ["part.foreign", "part.version", "part.size", "part.checksum"]))
    }
  }

  @Test
  func `is refused at every length that it was cut to`() throws {
    try withFolder { folder in
      let path = folder + "/a.part"
      _ = try Part.write(try StorySegment.shop(seed: 8, count: 24), to: path)
      let whole = try Data(contentsOf: URL(filePath: path))
      for length in 0..<whole.count
      where length < 200 || length % 13 == 0 || length > whole.count - 80 {
        try whole.prefix(length).write(to: URL(filePath: path))
        for verification in [Part.Verification.full, .footer] {
          let fault = #expect(throws: Fault.self) {
            try Part.open(path, verification: verification)
          }
          #expect(fault?.code == "part.size", "\(length)")
          #expect(fault?.remedy.contains("waymark import") == true)
        }
      }
    }
  }

  @Test(arguments: [
    ("code,time\n1,2\n", "part.foreign"), ("", "part.size"), ("short", "part.size"),
    (String(repeating: "x", count: 9000), "part.foreign"),
  ])
  func `is told from other files`(text: String, code: String) throws {
    try withFolder { folder in
      try Data(text.utf8).write(to: URL(filePath: folder + "/a.part"))
      let fault = #expect(throws: Fault.self) { try Part.open(folder + "/a.part") }
      #expect(fault?.code == code)
    }
  }

  @Test
  func `is told from a missing one, a folder and one of a newer version`() throws {
    try withFolder { folder in
      #expect(throws: Fault.self) { try Part.open(folder) }
      let missing = #expect(throws: Fault.self) { try Part.open(folder + "/none.part") }
      #expect(missing?.code == "part.missing")
      let path = folder + "/a.part"
      _ = try Part.write(try StorySegment.shop(seed: 8, count: 24), to: path)
      var newer = try Data(contentsOf: URL(filePath: path))
      newer[8] = 2
      try newer.write(to: URL(filePath: path))
      let fault = #expect(throws: Fault.self) { try Part.open(path) }
      #expect(fault?.code == "part.version")
      #expect(fault?.problem.contains("version 2") == true)
    }
  }

  @Test
  func `names the column that was hit`() throws {
    try withFolder { folder in
      let path = folder + "/a.part"
      let segment = try StorySegment.shop(seed: 8, count: 24)
      _ = try Part.write(segment, to: path)
      var damaged = try Data(contentsOf: URL(filePath: path))
      let text = try #require(damaged.range(of: Data("shoes".utf8)))
      damaged[text.lowerBound] = UInt8(ascii: "S")
      try damaged.write(to: URL(filePath: path))
      let fault = #expect(throws: Fault.self) { try Part.open(path) }
      #expect(fault?.problem.contains("dictionaryBytes of “kind”") == true)
    }
  }
}

/// Runs a test in a folder of its own, which is removed afterwards.
func withFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "parts-\(UUID())").path()
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try body(folder)
}

extension StorySegment {
  /// A few customers of a shop, two of them linked.
  static func shop(seed: UInt64, count: Int) throws -> StorySegment {
    var state = seed
    func roll(_ sides: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % sides
    }
    let events = (0..<count).map { _ in
      var properties: [String: PropertyValue] = ["channel": .string(["web", "app", ""][roll(3)])]
      if roll(2) == 0 { properties["kind"] = .string(["shoes", "tents"][roll(2)]) }
      if roll(3) == 0 { properties["price"] = .number(Double(roll(100)) / 4) }
      if roll(9) == 0 { properties["new"] = .boolean(roll(2) == 0) }
      return Event(
        ["see", "buy"][roll(2)], at: Instant(milliseconds: Int64(roll(50))),
        by: Identity(.user, "customer-\(roll(7))"), properties: properties)
    }
    let segment = try #require(try Stories(events).segments.first)
    return try StorySegment.gathering(
      [segment], customers: [Array(segment.customers.indices)],
      canonical: { $0 == Identity("customer-2").key ? Identity("customer-3").key : $0 })
  }

  /// All that the segment says of its visible customers, as text.
  var told: [String] {
    visible.joined().flatMap { customer in
      rows(of: customer).map { row in
        let values = properties.map { "\($0.name) \($0.value(at: row).map { "\($0)" } ?? "-")" }
        let own = identities.identity(of: ownKey(row: row, customer: customer))
        return "\(customers[customer]) \(own?.description ?? "?") \(codes[row]) \(times[row]) "
          + "\(arrivals[row]) \(messages[row]) \(values)"
      }
    }
  }
}
