import Events

/// An item of a request: its value, and the bytes that stand for it.
struct RequestItem {
  var root: Int
  /// The value's bytes, or the whole line that it came on.
  var range: Range<Int>
}

/// Turns the items of one request into events.
struct ItemReader: ~Copyable {
  /// A value of the item at hand.
  struct Member: BitwiseCopyable {
    var path: Int32
    var node: Int32
  }

  /// What holds for all items of a request.
  struct Surroundings {
    var received: Instant
    /// When the client sent the request, as it says, in milliseconds since the Unix epoch.
    var sent: Int64?
    /// What Segment's clients say once for all items.
    var context: Int?
    /// The times are those of records and not of the client's clock.
    var isHistorical = false
    /// The write key that the items may repeat; nil where they need not.
    var key: String?
  }

  let document: JSONDocument
  private let vocabulary: RequestPaths.Vocabulary
  var paths: RequestPaths
  var around: Surroundings
  var members = GrowingColumn<Member>(capacity: 64)
  /// The member that plays each part in the item at hand; -1 where none does.
  let parts: UnsafeMutablePointer<Int>
  private var pathBytes = GrowingColumn<UInt8>(capacity: 1024)
  var clock: TimeReader
  let placeholders = Placeholders()
  /// For each name of a property 1 and the position of the latest item that has it.
  private var seen: [Int] = []
  private var timesForgotten = 0
  /// The values that the client gave once for all items.
  private var shared: [Member] = []
  /// The position of the item at hand in the request.
  var index = 0
  private(set) var leftOut: [LeftOutValue] = []

  init(
    _ document: consuming JSONDocument, _ vocabulary: RequestPaths.Vocabulary,
    around: Surroundings, zone: ZoneTable
  ) {
    self.document = document
    self.vocabulary = vocabulary
    paths = RequestPaths(vocabulary)
    self.around = around
    parts = .allocate(capacity: RequestPart.count)
    clock = TimeReader(format: .automatic, order: .unknown, zone: zone)
    // A text is read sixteen bytes at a time, be it the last.
    pathBytes.reserve(16)
  }

  deinit {
    members.deallocate()
    parts.deallocate()
    pathBytes.deallocate()
    placeholders.deallocate()
  }

  /// Forgets the names of all items before, of which there is room for a limited number; false
  /// where that was done too often.
  mutating func forgetNames() throws(ItemRefusal) -> Bool {
    guard timesForgotten < Self.mostForgotten else { return false }
    timesForgotten += 1
    paths = RequestPaths(vocabulary)
    seen.removeAll()
    try gatherShared()
    return true
  }

  /// Requests in which names have to be forgotten again and again are made to cost time.
  private static let mostForgotten = 16

  /// Begins an item: checks it and gathers its values.
  mutating func begin(_ root: Int) throws(ItemRefusal) {
    members.removeAll()
    for part in 0..<RequestPart.count { parts[part] = -1 }
    let node = document.nodes.base[root]
    guard node.kind == .object else {
      throw ItemRefusal(
        JSONProblem(code: "json.object", problem: "The item is no object of JSON."))
    }
    let count = Int(node.count)
    guard count <= ImportLimits.record else {
      throw ItemRefusal(
        JSONProblem(
          code: "record.length",
          problem: "The item has \(count) bytes, and at most \(ImportLimits.record) are taken."))
    }
    guard Int(node.height) <= ImportLimits.depth else { throw ItemRefusal(.tooDeep) }
    if node.isBroken { throw ItemRefusal(.brokenEscape) }
    try checkText(root)
    pathBytes.removeAll()
    try gather(root, prefix: 0)
  }

  /// Refuses a value whose text is not UTF-8.
  private func checkText(_ node: Int) throws(ItemRefusal) {
    if document.isClean { return }
    let known = document.nodes.base[node]
    let raw = UnsafeBufferPointer(
      start: document.bytes + Int(known.start), count: Int(known.count))
    guard let broken = firstBrokenUTF8(raw) else { return }
    throw ItemRefusal(
      JSONProblem(
        code: "text.encoding", problem: "The item is not UTF-8 from its byte \(broken + 1) on."))
  }

  /// Gathers what the client says once for all items; only what events keep of it.
  mutating func gatherShared() throws(ItemRefusal) {
    guard let context = around.context, document.nodes.base[context].kind == .object else {
      return
    }
    guard !document.nodes.base[context].isBroken else { throw ItemRefusal(.brokenEscape) }
    try checkText(context)
    members.removeAll()
    let prefix: StaticString = "context."
    pathBytes.removeAll()
    pathBytes.append(
      contentsOf: UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
    try gather(context, prefix: prefix.utf8CodeUnitCount)
    shared.removeAll()
    for position in 0..<members.count {
      let member = members.base[position]
      if paths.paths[Int(member.path)].origin == .event { shared.append(member) }
    }
    guard shared.count <= CollectionLimits.shared else { throw .longContext }
  }

  /// Adds what the client says once for all items to the item at hand.
  mutating func addShared() {
    for member in shared { members.append(member) }
  }

  /// Gathers the values of an object, whose path and dot are the first bytes of `pathBytes`.
  private mutating func gather(_ object: Int, prefix: Int) throws(ItemRefusal) {
    var child = object + 1
    let end = Int(document.nodes.base[object].next)
    while child < end {
      let node = document.nodes.base[child]
      if node.kind != .null {
        let key = document.key(child)
        guard prefix + key.count <= ImportLimits.propertyName else { throw .longName }
        pathBytes.truncate(to: prefix)
        pathBytes.append(contentsOf: key.bytes)
        if node.kind == .object {
          pathBytes.append(UInt8(ascii: "."))
          try gather(child, prefix: prefix + key.count + 1)
        } else {
          pathBytes.reserve(16)
          guard let path = paths.position(of: Text(pathBytes.base, pathBytes.count)) else {
            throw .tooManyNames
          }
          take(path, child)
        }
      }
      child = Int(node.next)
    }
  }

  @inline(__always) private mutating func take(_ path: Int, _ node: Int) {
    members.append(Member(path: Int32(path), node: Int32(node)))
    let part = paths.paths[path].part
    guard part != .property else { return }
    let holder = parts[Int(part.rawValue)]
    if holder < 0 || paths.paths[path].rank < paths.paths[Int(members.base[holder].path)].rank {
      parts[Int(part.rawValue)] = members.count &- 1
    }
  }

  /// The node that plays a part; nil where none does.
  @inline(__always) func node(_ part: RequestPart) -> Int? {
    let member = parts[Int(part.rawValue)]
    return member < 0 ? nil : Int(members.base[member].node)
  }

  /// The text that plays a part; nil where none does or it is empty.
  @inline(__always) func text(_ part: RequestPart) -> Text? {
    guard let node = node(part), document.nodes.base[node].count > 0 else { return nil }
    return document.text(node)
  }

  /// The path under which a part was sent.
  func field(_ part: RequestPart, or usual: String) -> String {
    let member = parts[Int(part.rawValue)]
    return member < 0 ? usual : paths.written(Int(members.base[member].path))
  }

  /// Whether a part says yes or no; nil where it says neither.
  func truth(_ part: RequestPart) -> Bool? {
    guard let node = node(part) else { return nil }
    switch document.nodes.base[node].kind {
    case .yes: return true
    case .no: return false
    default:
      let text = document.text(node)
      return text.equals("true") ? true : text.equals("false") ? false : nil
    }
  }

  /// How many properties to make room for: as many as there are values, unless keys are repeated.
  var expectedProperties: Int { min(members.count, 64) }

  /// Adds a property, of which the first value counts; one that is too long is left out and noted.
  @inline(__always) mutating func add(
    _ node: Int, slot: Int, to properties: inout [String: PropertyValue]
  ) {
    while seen.count <= slot { seen.append(0) }
    guard seen[slot] <= index else { return }
    let value: PropertyValue
    switch document.nodes.base[node].kind {
    case .yes: value = .boolean(true)
    case .no: value = .boolean(false)
    case .number:
      let text = document.text(node)
      if let number = readNumber(text) ?? text.longFraction {
        value = .number(number)
      } else {
        value = .string(text.string)
      }
    default:
      let text = document.text(node)
      guard text.count <= ImportLimits.text else {
        noteLeftOut(ItemRefusal(longText: text.count, field: paths.names[slot]))
        return
      }
      value = .string(text.string)
    }
    seen[slot] = index + 1
    properties[paths.names[slot]] = value
  }

  /// Forgets what was noted of an item that is not taken after all.
  mutating func forgetLeftOut() {
    while leftOut.last?.index == index { leftOut.removeLast() }
  }

  /// Notes that a value of the item at hand is left out, which is taken all the same.
  mutating func noteLeftOut(_ refusal: ItemRefusal) {
    leftOut.append(LeftOutValue(index: index, refusal: refusal))
  }
}
