/// A value of a document.
struct JSONNode: BitwiseCopyable {
  enum Kind: UInt8 { case null, yes, no, number, text, array, object }

  var kind: Kind
  /// Whether a text in it has an escape that stands for no character.
  var isBroken: Bool
  /// How many containers lie in each other here, this one included.
  var height: UInt8
  /// Whether the text, or the key, had escapes and lies with the document's own texts.
  var hasOwnText: Bool
  var hasOwnKey: Bool
  var keyStart: UInt32
  var keyCount: UInt32
  /// A text without its quotes; anything else as it lies in the body.
  var start: UInt32
  var count: UInt32
  /// The node after this one and all that lies in it.
  var next: UInt32
}

/// Values of JSON in the order in which a body has them, each before what lies in it.
///
/// Strict as RFC 8259 is; an escape that stands for no character spoils its value alone.
struct JSONDocument: ~Copyable {
  private(set) var nodes = GrowingColumn<JSONNode>(capacity: 256)
  private var ownTexts = GrowingColumn<UInt8>(capacity: 64)
  /// The body and `Chunk.padding` zero bytes.
  let bytes: UnsafeMutablePointer<UInt8>
  let length: Int
  /// Whether the body is UTF-8 throughout, without zero bytes.
  let isClean: Bool

  init(_ body: [UInt8]) {
    length = body.count
    bytes = .allocate(capacity: length + Chunk.padding)
    bytes.update(from: body, count: length)
    (bytes + length).initialize(repeating: 0, count: Chunk.padding)
    isClean = isCleanText(UnsafeBufferPointer(start: bytes, count: length))
    // A text is read sixteen bytes at a time, be it the last.
    ownTexts.reserve(16)
  }

  deinit {
    nodes.deallocate()
    ownTexts.deallocate()
    bytes.deallocate()
  }

  /// What a node says: a text without escapes, anything else as it was written.
  @inline(__always) func text(_ node: Int) -> Text {
    let known = nodes.base[node]
    let base = known.hasOwnText ? UnsafePointer(ownTexts.base) : UnsafePointer(bytes)
    return Text(base + Int(known.start), Int(known.count))
  }

  /// The key of a member of an object.
  @inline(__always) func key(_ node: Int) -> Text {
    let known = nodes.base[node]
    let base = known.hasOwnKey ? UnsafePointer(ownTexts.base) : UnsafePointer(bytes)
    return Text(base + Int(known.keyStart), Int(known.keyCount))
  }

  /// The first member of an object with a key; nil where the node is no object or has none.
  func member(_ key: StaticString, of object: Int) -> Int? {
    guard nodes.base[object].kind == .object else { return nil }
    var member = object + 1
    while member < Int(nodes.base[object].next) {
      if self.key(member).equals(key) { return member }
      member = Int(nodes.base[member].next)
    }
    return nil
  }

  /// The text or number of a member; nil where there is none.
  func string(_ key: StaticString, of object: Int) -> String? {
    guard let member = member(key, of: object), !nodes.base[member].isBroken,
      nodes.base[member].kind == .text || nodes.base[member].kind == .number
    else { return nil }
    return text(member).string
  }

  /// The nodes that lie directly in a container.
  func children(of container: Int) -> [Int] {
    var children: [Int] = []
    var child = container + 1
    while child < Int(nodes.base[container].next) {
      children.append(child)
      child = Int(nodes.base[child].next)
    }
    return children
  }
}

extension JSONDocument {
  /// Forgets all values.
  mutating func removeAll() { nodes.removeAll() }

  /// Reads one value from a place on; answers its node and where it ends.
  mutating func parse(from start: Int, to end: Int) throws(JSONProblem) -> (node: Int, end: Int) {
    var cursor = JSONCursor(bytes, from: start, to: end)
    cursor.skipSpace()
    let node = nodes.count
    do throws(JSONProblem) { try value(&cursor, depth: 1, key: .none) } catch {
      nodes.truncate(to: node)
      throw error
    }
    return (node, cursor.position)
  }

  /// A key as it was read, before its value.
  private struct Key {
    var start: UInt32
    var count: UInt32
    var isOwn: Bool
    var isBroken: Bool

    static let none = Key(start: 0, count: 0, isOwn: false, isBroken: false)
  }

  /// Appends a value and all that lies in it.
  private mutating func value(
    _ cursor: inout JSONCursor, depth: Int, key: Key
  ) throws(JSONProblem) {
    guard nodes.count < CollectionLimits.values else { throw .tooManyValues }
    let index = nodes.count
    let start = cursor.position
    var node = JSONNode(
      kind: .null, isBroken: key.isBroken, height: 0, hasOwnText: false, hasOwnKey: key.isOwn,
      keyStart: key.start, keyCount: key.count, start: UInt32(start), count: 0, next: 0)
    nodes.append(node)
    switch cursor.next {
    case UInt8(ascii: "\""):
      cursor.advance()
      let (text, isBroken, isOwn) = try string(&cursor)
      node.kind = .text
      (node.start, node.count, node.hasOwnText) = (text.start, text.count, isOwn)
      if isBroken { node.isBroken = true }
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      node.kind = cursor.next == UInt8(ascii: "{") ? .object : .array
      try container(&cursor, depth: depth, into: &node)
    case UInt8(ascii: "n"): try cursor.word("null")
    case UInt8(ascii: "t"):
      try cursor.word("true")
      node.kind = .yes
    case UInt8(ascii: "f"):
      try cursor.word("false")
      node.kind = .no
    default:
      _ = try cursor.number()
      node.kind = .number
    }
    if node.kind != .text { node.count = UInt32(cursor.position - start) }
    node.next = UInt32(nodes.count)
    nodes.base[index] = node
  }

  private mutating func container(
    _ cursor: inout JSONCursor, depth: Int, into node: inout JSONNode
  ) throws(JSONProblem) {
    guard depth <= CollectionLimits.depth else { throw .tooDeep }
    let isObject = node.kind == .object
    let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
    cursor.advance()
    cursor.skipSpace()
    node.height = 1
    if cursor.take(close) { return }
    repeat {
      cursor.skipSpace()
      let key = isObject ? try key(&cursor) : .none
      let child = nodes.count
      try value(&cursor, depth: depth + 1, key: key)
      let known = nodes.base[child]
      if known.isBroken { node.isBroken = true }
      node.height = max(node.height, known.height + 1)
      cursor.skipSpace()
    } while cursor.take(UInt8(ascii: ","))
    guard cursor.take(close) else {
      throw cursor.problem("A comma or a closing bracket is missing")
    }
  }

  private mutating func key(_ cursor: inout JSONCursor) throws(JSONProblem) -> Key {
    guard cursor.take(UInt8(ascii: "\"")) else { throw cursor.problem("A key is missing") }
    let (text, isBroken, isOwn) = try string(&cursor)
    cursor.skipSpace()
    guard cursor.take(UInt8(ascii: ":")) else { throw cursor.problem("A colon is missing") }
    cursor.skipSpace()
    return Key(start: text.start, count: text.count, isOwn: isOwn, isBroken: isBroken)
  }

  /// A string whose first quote was taken: where it lies, whether it is broken, and whether it
  /// lies with the document's own texts.
  @inline(__always) private mutating func string(
    _ cursor: inout JSONCursor
  ) throws(JSONProblem) -> (text: (start: UInt32, count: UInt32), isBroken: Bool, isOwn: Bool) {
    let (raw, isEscaped) = try cursor.string()
    guard isEscaped else {
      return ((UInt32(raw.start - UnsafePointer(bytes)), UInt32(raw.count)), false, false)
    }
    return unescaped(raw, cursor)
  }

  @inline(never) private mutating func unescaped(
    _ raw: Text, _ cursor: JSONCursor
  ) -> (text: (start: UInt32, count: UInt32), isBroken: Bool, isOwn: Bool) {
    let room = UnsafeMutablePointer<UInt8>.allocate(capacity: raw.count + 16)
    defer { room.deallocate() }
    guard let count = try? JSONCursor.unescape(raw, into: room, at: cursor) else {
      return ((UInt32(raw.start - UnsafePointer(bytes)), UInt32(raw.count)), true, false)
    }
    let start = ownTexts.count
    ownTexts.append(contentsOf: UnsafeBufferPointer(start: room, count: count))
    ownTexts.reserve(16)
    return ((UInt32(start), UInt32(count)), false, true)
  }
}

extension JSONProblem {
  static var tooManyValues: JSONProblem {
    JSONProblem(
      code: "body.values", problem: "The body has more than \(CollectionLimits.values) values.")
  }
}
