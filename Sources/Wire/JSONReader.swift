import Events
import Stories

/// Reads one chunk of JSON lines; lives for that chunk only.
///
/// A record's values are gathered before any is written, so that a broken one leaves nothing.
struct JSONReader: ~Copyable {
  /// One value of a record.
  struct Member: BitwiseCopyable {
    enum Kind: UInt8 { case text, number, yes, no }

    var path: Int32
    var kind: Kind
    var start: UnsafePointer<UInt8>
    var count: Int32

    var text: Text { Text(start, Int(count)) }
  }

  /// A key where the record before had it.
  private struct Expected: BitwiseCopyable {
    var parent: Int32
    var path: Int32
    var start: UnsafePointer<UInt8>
    var count: Int32
    var first: UInt64
    var second: UInt64
  }

  let bytes: UnsafePointer<UInt8>
  private let length: Int
  private let isClean: Bool
  private(set) var cursor: JSONCursor
  private var expected = GrowingColumn<Expected>(capacity: 64)
  private var keyIndex = 0
  private var pathBytes = GrowingColumn<UInt8>(capacity: 1024)
  var members = GrowingColumn<Member>(capacity: 64)
  /// The member that plays each part in the record at hand; -1 where none does.
  let parts: UnsafeMutablePointer<Int>
  var paths: JSONPaths
  var shapes = JSONShapes()
  var sink: EventSink

  init(
    _ options: ImportOptions, _ chunk: Chunk, bytes: UnsafePointer<UInt8>,
    sink: consuming EventSink
  ) {
    self.bytes = bytes
    length = chunk.length
    isClean = chunk.isClean
    cursor = JSONCursor(bytes, from: 0, to: 0)
    parts = .allocate(capacity: JSONPath.Role.count)
    paths = JSONPaths(options)
    self.sink = sink
  }

  deinit {
    expected.deallocate()
    pathBytes.deallocate()
    members.deallocate()
    parts.deallocate()
  }

  /// Reads all records.
  mutating func read() -> ReadChunk {
    var start = 0
    while start < length {
      if isClean, shapes.isWorthTrying(), let next = readLikely(from: start) {
        start = next
      } else {
        start = readAny(from: start)
      }
    }
    return sink.finish()
  }

  /// Reads any record; answers where the next one begins.
  @inline(never) private mutating func readAny(from start: Int) -> Int {
    let lineEnd = firstPosition(of: CSVRecords.lineEnd, in: bytes, start..<length) ?? length
    sink.beginRecord()
    sink.rawStart = start
    sink.rawEnd = lineEnd > start && bytes[lineEnd - 1] == 13 ? lineEnd - 1 : lineEnd
    do throws(JSONProblem) { try readLine(start, sink.rawEnd) } catch {
      sink.reject(field: nil, error.code, error.problem)
    }
    return lineEnd + 1
  }

  @inline(__always) private mutating func readLine(
    _ start: Int, _ end: Int
  ) throws(JSONProblem) {
    cursor = JSONCursor(bytes, from: start, to: end)
    cursor.skipBlanks()
    if cursor.isAtEnd { return }
    try check(start, end)
    members.removeAll()
    keyIndex = 0
    shapes.beginRecord()
    for role in 0..<JSONPath.Role.count { parts[role] = -1 }
    guard cursor.take(UInt8(ascii: "{")) else {
      throw JSONProblem(
        code: "json.object", problem: "The line does not begin an object with “{”.")
    }
    try object(parent: -1, prefix: 0, depth: 1)
    cursor.skipBlanks()
    guard cursor.isAtEnd else { throw cursor.problem("Something follows the object") }
    try write(start, end)
    learnShape(from: start, to: end)
  }

  private func check(_ start: Int, _ end: Int) throws(JSONProblem) {
    guard end - start <= ImportLimits.record else {
      throw JSONProblem(
        code: "record.length",
        problem: "The record is longer than \(ImportLimits.record) bytes.")
    }
    if isClean { return }
    let line = UnsafeBufferPointer(start: bytes + start, count: end - start)
    if let broken = firstBrokenUTF8(line) {
      throw JSONProblem(
        code: "text.encoding", problem: "The line is not UTF-8 from its byte \(broken + 1) on.")
    }
    if let zero = line.firstIndex(of: 0) {
      throw JSONProblem(
        code: "text.nul", problem: "The line has a NUL byte at position \(zero + 1).")
    }
  }

  /// Reads the members of an object whose brace was taken.
  ///
  /// - Parameters:
  ///   - parent: the path of the object; -1 for the record.
  ///   - prefix: how much of `pathBytes` is that path and its dot.
  private mutating func object(
    parent: Int32, prefix: Int, depth: Int
  ) throws(JSONProblem) {
    guard depth <= ImportLimits.depth else { throw .tooDeep }
    cursor.skipBlanks()
    if cursor.take(UInt8(ascii: "}")) { return }
    repeat {
      cursor.skipBlanks()
      guard cursor.take(UInt8(ascii: "\"")) else { throw cursor.problem("A key is missing") }
      let path = try key(parent: parent, prefix: prefix)
      cursor.skipBlanks()
      guard cursor.take(UInt8(ascii: ":")) else { throw cursor.problem("A colon is missing") }
      cursor.skipBlanks()
      try value(path, prefix: prefix, depth: depth)
      cursor.skipBlanks()
    } while cursor.take(UInt8(ascii: ","))
    guard cursor.take(UInt8(ascii: "}")) else {
      throw cursor.problem("A comma or a closing brace is missing")
    }
  }

  /// Reads a key; most come in the same place as in the record before.
  @inline(__always) private mutating func key(
    parent: Int32, prefix: Int
  ) throws(JSONProblem) -> Int32 {
    let index = keyIndex
    keyIndex &+= 1
    if index < expected.count {
      let likely = expected.base[index]
      let count = Int(likely.count)
      let here = Text(bytes + cursor.position, count)
      if likely.parent == parent, count <= 16, cursor.position &+ count < cursor.end,
        here.firstWord == likely.first, here.secondWord == likely.second,
        here.start[count] == UInt8(ascii: "\"")
      {
        cursor.advance(count &+ 1)
        return likely.path
      }
    }
    return try unexpectedKey(index, parent: parent, prefix: prefix)
  }

  @inline(never) private mutating func unexpectedKey(
    _ index: Int, parent: Int32, prefix: Int
  ) throws(JSONProblem) -> Int32 {
    let (raw, escaped) = try cursor.string()
    let text = escaped ? try unescaped(raw) : raw
    guard prefix + text.count <= ImportLimits.propertyName else {
      throw JSONProblem(
        code: "property.name",
        problem: "A key's path is longer than \(ImportLimits.propertyName) bytes.")
    }
    setPath(prefix, text)
    guard let position = paths.position(of: Text(pathBytes.base, pathBytes.count)) else {
      throw .tooManyNames
    }
    guard !escaped, index < ImportLimits.properties else { return Int32(position) }
    let likely = Expected(
      parent: parent, path: Int32(position), start: raw.start, count: Int32(raw.count),
      first: raw.firstWord, second: raw.secondWord)
    if index < expected.count {
      expected.base[index] = likely
    } else if index == expected.count {
      expected.append(likely)
    }
    return Int32(position)
  }

  private mutating func setPath(_ prefix: Int, _ text: Text) {
    pathBytes.truncate(to: prefix)
    pathBytes.append(contentsOf: text.bytes)
    // The table looks at sixteen bytes from the start of a text.
    pathBytes.reserve(16)
  }

  private mutating func unescaped(_ raw: Text) throws(JSONProblem) -> Text {
    let room = sink.scratch(raw.count)
    return Text(room, try JSONCursor.unescape(raw, into: room, at: cursor))
  }

  @inline(__always) private mutating func value(
    _ path: Int32, prefix: Int, depth: Int
  ) throws(JSONProblem) {
    let start = bytes + cursor.position
    switch cursor.next {
    case UInt8(ascii: "\""):
      cursor.advance()
      let (raw, escaped) = try cursor.string()
      take(path, .text, escaped ? try unescaped(raw) : raw)
    case UInt8(ascii: "n"): try cursor.word("null")
    case UInt8(ascii: "t"):
      try cursor.word("true")
      take(path, .yes, Text(start, 4))
    case UInt8(ascii: "f"):
      try cursor.word("false")
      take(path, .no, Text(start, 5))
    case UInt8(ascii: "{"):
      cursor.advance()
      return try nested(path, depth: depth)
    case UInt8(ascii: "["):
      try cursor.skipValue(depth: depth)
      take(path, .text, Text(start, bytes + cursor.position - start))
      shapes.noteArray()
    default: take(path, .number, try cursor.number())
    }
    shapes.note(path, start, bytes + cursor.position)
  }

  @inline(never) private mutating func nested(
    _ path: Int32, depth: Int
  ) throws(JSONProblem) {
    let name = paths.name(Int(path))
    var copy = name + "."
    pathBytes.removeAll()
    copy.withUTF8 { pathBytes.append(contentsOf: $0) }
    let prefix = pathBytes.count
    try object(parent: path, prefix: prefix, depth: depth + 1)
    // Keys that follow in the outer object need its path again.
    pathBytes.removeAll()
    copy.withUTF8 { pathBytes.append(contentsOf: $0) }
  }

  @inline(__always) private mutating func take(_ path: Int32, _ kind: Member.Kind, _ text: Text) {
    members.append(
      Member(path: path, kind: kind, start: text.start, count: Int32(text.count)))
    let known = paths.paths.base[Int(path)]
    guard known.role != .property else { return }
    let part = Int(known.role.rawValue)
    let holder = parts[part]
    if holder < 0 || known.rank < paths.paths.base[Int(members.base[holder].path)].rank {
      parts[part] = members.count &- 1
    }
  }
}

extension JSONProblem {
  static var tooManyNames: JSONProblem {
    JSONProblem(
      code: "property.names",
      problem: "A file has at most \(ImportLimits.properties) distinct property names.")
  }
}
