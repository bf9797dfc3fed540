import Events
import Stories

/// What stands at the end of a part: where each column lies, and its checksum.
///
/// A part is a header of 64 bytes (the magic word, the format version, zeros), the columns, each
/// beginning at a multiple of 64 with zeros between them, the directory, and a trailer of 32 bytes:
/// where the directory begins, its length, its checksum, and the magic word again. All numbers are
/// little-endian. Checksums are XXH3 of 64 bits; the directory's is seeded with where it begins.
struct PartDirectory {
  /// The first eight bytes of every part, and its last.
  static let magic: UInt64 = 0x0A1A_7472_6170_6D77  // "wmpart", control-Z, line feed
  /// The version of the format that this program writes, and the newest that it reads.
  static let version: UInt64 = 1
  /// Every column begins at a multiple of this, a line of the processor's cache.
  static let alignment = 64
  static let headerSize = 64
  static let trailerSize = 32
  /// The fewest bytes that an entry of the directory takes.
  static let smallestEntry = 36
  /// What the length of a name says where a column belongs to no property.
  static let noName = UInt32.max

  /// Where a column lies.
  struct Entry {
    var name: PartColumnName
    var offset: Int
    var length: Int
    var checksum: UInt64
  }

  var rows: Int
  var customers: Int
  var firstTime: Int64
  var lastTime: Int64
  var entries: [Entry] = []
  var checksum: UInt64 = 0
  /// Where the directory begins.
  var offset = 0

  init(of segment: StorySegment) {
    rows = segment.count
    customers = segment.customers.count
    (firstTime, lastTime) = (0, 0)
    guard let first = segment.times.first else { return }
    (firstTime, lastTime) = (first, first)
    for time in segment.times {
      firstTime = min(firstTime, time)
      lastTime = max(lastTime, time)
    }
  }

  static var header: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(number: magic)
    bytes.append(number: version)
    bytes.append(contentsOf: repeatElement(0, count: headerSize - bytes.count))
    return bytes
  }

  /// The directory and the trailer; sets the checksum.
  mutating func encoded(at offset: Int) -> [UInt8] {
    self.offset = offset
    var bytes: [UInt8] = []
    bytes.append(number: UInt64(rows))
    bytes.append(number: UInt64(customers))
    bytes.append(number: firstTime)
    bytes.append(number: lastTime)
    bytes.append(number: UInt64(entries.count))
    for entry in entries {
      bytes.append(number: entry.name.section.rawValue)
      bytes.append(number: UInt32(entry.name.kind.rawValue))
      bytes.append(number: UInt64(entry.offset))
      bytes.append(number: UInt64(entry.length))
      bytes.append(number: entry.checksum)
      bytes.append(number: entry.name.property.map { UInt32($0.utf8.count) } ?? Self.noName)
      bytes.append(contentsOf: Array((entry.name.property ?? "").utf8))
    }
    let length = bytes.count
    checksum = bytes.withUnsafeBytes { stableHash($0, seed: UInt64(offset)) }
    bytes.append(number: UInt64(offset))
    bytes.append(number: UInt64(length))
    bytes.append(number: checksum)
    bytes.append(number: Self.magic)
    return bytes
  }

  /// Reads the directory of a file and checks it, and that every column lies inside.
  init(reading file: MappedFile) throws(Fault) {
    let bytes = file.bytes
    let shortest = Self.headerSize + Self.trailerSize
    guard bytes.count >= 8 else {
      throw .damagedPart(file.path, "part.size", "The file has only \(bytes.count) bytes.")
    }
    guard bytes.number(at: 0, as: UInt64.self) == Self.magic else { throw .foreignPart(file.path) }
    guard bytes.count >= shortest else {
      throw .damagedPart(file.path, "part.size", "The file has only \(bytes.count) bytes.")
    }
    let version = bytes.number(at: 8, as: UInt64.self)
    guard version <= Self.version else { throw .newerPart(file.path, version) }
    guard bytes.prefix(Self.headerSize).elementsEqual(Self.header) else {
      throw .damagedPart(file.path, "part.damaged", "The header is damaged.")
    }
    let trailer = bytes.count - Self.trailerSize
    let offset = bytes.number(at: trailer, as: UInt64.self)
    let length = bytes.number(at: trailer + 8, as: UInt64.self)
    guard bytes.number(at: trailer + 24, as: UInt64.self) == Self.magic,
      offset >= UInt64(Self.headerSize), offset <= UInt64(trailer),
      length == UInt64(trailer) - offset
    else { throw .damagedPart(file.path, "part.size", "The file does not end where it should.") }
    let directory = UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<trailer])
    let checksum = bytes.number(at: trailer + 16, as: UInt64.self)
    guard stableHash(directory, seed: offset) == checksum else {
      throw .damagedPart(file.path, "part.checksum", "The directory is damaged.")
    }
    guard let read = Self(decoding: directory, at: Int(offset), checksum: checksum) else {
      throw .damagedPart(file.path, "part.damaged", "The directory says what cannot be.")
    }
    self = read
  }

  /// Reads the entries; nil where they say what cannot be.
  private init?(decoding bytes: UnsafeRawBufferPointer, at offset: Int, checksum: UInt64) {
    var cursor = ByteCursor(bytes)
    guard let rows = cursor.count(below: UInt64(UInt32.max)),
      let customers = cursor.count(below: UInt64(UInt32.max)),
      let firstTime = cursor.number(Int64.self), let lastTime = cursor.number(Int64.self),
      let count = cursor.count(below: UInt64(bytes.count / Self.smallestEntry + 1))
    else { return nil }
    (self.rows, self.customers) = (rows, customers)
    (self.firstTime, self.lastTime) = (firstTime, lastTime)
    (self.checksum, self.offset) = (checksum, offset)
    var end = Self.headerSize
    for _ in 0..<count {
      guard let entry = Self.entry(&cursor, from: end, to: offset) else { return nil }
      entries.append(entry)
      end = entry.offset + entry.length
    }
    guard cursor.isAtEnd else { return nil }
  }

  private static func entry(_ cursor: inout ByteCursor, from start: Int, to end: Int) -> Entry? {
    guard let section = cursor.number(UInt32.self).flatMap(PartSection.init(rawValue:)),
      let rawKind = cursor.number(UInt32.self), let narrow = UInt8(exactly: rawKind),
      let kind = PropertyKind(rawValue: narrow),
      let offset = cursor.count(below: UInt64(end) + 1),
      let length = cursor.count(below: UInt64(end) + 1),
      let checksum = cursor.number(UInt64.self), let nameLength = cursor.number(UInt32.self),
      offset == aligned(start), length <= end - offset
    else { return nil }
    var property: String?
    if nameLength != noName {
      guard let name = cursor.text(Int(nameLength)) else { return nil }
      property = name
    }
    return Entry(
      name: PartColumnName(section: section, property: property, kind: kind), offset: offset,
      length: length, checksum: checksum)
  }

  /// The next multiple of the alignment.
  static func aligned(_ offset: Int) -> Int { (offset + alignment - 1) / alignment * alignment }

  /// Checks every byte of the columns and between them.
  func verify(_ file: MappedFile) throws(Fault) {
    var end = Self.headerSize
    for entry in entries {
      let bytes = file.bytes[entry.offset..<(entry.offset + entry.length)]
      guard stableHash(UnsafeRawBufferPointer(rebasing: bytes)) == entry.checksum else {
        throw .damagedPart(
          file.path, "part.checksum", "The column “\(entry.name.description)” is damaged.")
      }
      try verifyZeros(file, end..<entry.offset)
      end = entry.offset + entry.length
    }
    try verifyZeros(file, end..<offset)
  }

  private func verifyZeros(_ file: MappedFile, _ range: Range<Int>) throws(Fault) {
    guard range.count < Self.alignment, file.bytes[range].allSatisfy({ $0 == 0 }) else {
      throw .damagedPart(file.path, "part.checksum", "The file is damaged between its columns.")
    }
  }
}
