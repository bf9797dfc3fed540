import Events
import Foundation
import Stories
import Testing

@testable import Wire

/// What a whole file held.
struct Reading {
  var events: [Event] = []
  var messages: [UInt64] = []
  var links: [IdentityPair] = []
  var rejections = Rejections(limit: 1000)
  var records = 0
  var names = EventNames()

  /// The number, field and code of each rejection.
  var verdicts: [String] {
    rejections.kept.map { "\($0.record) \($0.field ?? "-") \($0.code)" }
  }
}

/// A folder for one test, gone with it.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "wire-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }
}

/// Reads bytes as a file of that name.
func reading(
  _ bytes: some Sequence<UInt8>, as name: String = "events.csv", _ options: ImportOptions = .init(),
  chunkSize: Int? = nil
) throws -> Reading {
  let folder = try Folder()
  return try reading(path: folder.file(name, bytes), options, chunkSize: chunkSize)
}

func reading(
  _ text: String, as name: String = "events.csv", _ options: ImportOptions = .init(),
  chunkSize: Int? = nil
) throws -> Reading {
  try reading(Array(text.utf8), as: name, options, chunkSize: chunkSize)
}

func reading(
  path: String, _ options: ImportOptions = .init(), from point: ResumePoint? = nil,
  chunkSize: Int? = nil
) throws -> Reading {
  let source = try ChunkSource(path: path, options: options, from: point, chunkSize: chunkSize)
  let names = SharedEventNames()
  var whole = Reading()
  while let chunk = try source.next() {
    let read = source.format.read(chunk, names: names)
    let records = read.records
    try #require(records == chunk.records)
    whole.rejections.add(read.rejections)
    whole.records += records
    let batch = read.batch()
    whole.names = names.current
    whole.events += batch.events(names.current)
    whole.messages += batch.messages
    whole.links += batch.links.sorted { $0.time < $1.time }
  }
  return whole
}

extension Batch {
  /// The events, without message ids and links.
  func events(_ names: EventNames) -> [Event] {
    var events = (0..<count).map { row in
      let start = Int(idStarts[row])
      let id = String(
        decoding: idBytes[start..<(start + Int(idLengths[row]))], as: UTF8.self)
      let namespace = Namespace(rawValue: namespaces[row]) ?? .user
      #expect(Identity(namespace, id).key == keys[row])
      return Event(
        names.names[Int(codes[row])], at: Instant(milliseconds: times[row]),
        by: Identity(namespace, id))
    }
    for column in properties {
      let rows = column.rows ?? Array(0..<UInt32(count))
      #expect(zip(rows, rows.dropFirst()).allSatisfy { $0 < $1 })
      for (position, row) in rows.enumerated() {
        let value: PropertyValue =
          switch column.values {
          case .strings(let positions, let strings): .string(strings[Int(positions[position])])
          case .numbers(let numbers): .number(numbers[position])
          case .booleans(let booleans): .boolean(booleans[position])
          }
        events[Int(row)].properties[column.name] = value
      }
    }
    return events
  }
}

/// Bytes as gzip, in stored blocks.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
  func little(_ value: UInt32, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }
  var start = 0
  repeat {
    let end = min(start + 65_535, bytes.count)
    let size = UInt32(end - start)
    out += [end == bytes.count ? 1 : 0] + little(size, 2) + little(~size, 2) + bytes[start..<end]
    start = end
  } while start < bytes.count
  var checksum: UInt32 = ~0
  for byte in bytes {
    checksum ^= UInt32(byte)
    for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
  }
  return out + little(~checksum, 4) + little(UInt32(bytes.count), 4)
}
