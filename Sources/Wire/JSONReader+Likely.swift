import Events
import Stories

/// Where a value lies in the record at hand.
struct JSONValuePlace: BitwiseCopyable {
  var path: Int32
  var start: UnsafePointer<UInt8>
  var end: UnsafePointer<UInt8>
}

/// The shapes that records had of late, and where the values lie in a record.
struct JSONShapes: ~Copyable {
  fileprivate var shapes: [JSONShape] = []
  /// The values of the record that is read the general way.
  fileprivate var places = GrowingColumn<JSONValuePlace>(capacity: 64)
  /// Whether its shape can be expected of others.
  fileprivate var isPlain = true
  fileprivate let values: UnsafeMutablePointer<JSONLikelyValue>
  fileprivate var likely = 0
  private var oldest = 0
  private var misses = 0
  private var rest = 0

  /// How many shapes are remembered: files mix a few kinds of events.
  private static let most = 4
  /// How many values a shape has at most.
  private static let mostValues = 256
  /// After that many records of no known shape, the next ones are read the general way at once.
  private static let patience = 16
  private static let pause = 512

  init() { values = .allocate(capacity: Self.mostValues) }

  deinit {
    for shape in shapes { shape.deallocate() }
    places.deallocate()
    values.deallocate()
  }

  /// Whether to look for a known shape in the next record.
  @inline(__always) mutating func isWorthTrying() -> Bool {
    guard rest > 0 else { return !shapes.isEmpty }
    rest &-= 1
    return false
  }

  @inline(__always) fileprivate mutating func hit() { misses = 0 }

  mutating func beginRecord() {
    places.removeAll()
    isPlain = true
  }

  /// Notes a value; `isPlain` is false of arrays, which have no fixed shape.
  @inline(__always) mutating func note(
    _ path: Int32, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) {
    places.append(JSONValuePlace(path: path, start: start, end: end))
  }

  mutating func noteArray() { isPlain = false }

  /// Remembers the shape of the record that was just read the general way.
  fileprivate mutating func learn(
    from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>, _ paths: borrowing JSONPaths
  ) {
    guard rest == 0 else { return }
    misses += 1
    if misses > Self.patience {
      misses = 0
      rest = Self.pause
      return
    }
    guard isPlain, (1...Self.mostValues).contains(places.count) else { return }
    var shape = JSONShape(
      places: .allocate(capacity: places.count), properties: .allocate(capacity: places.count),
      end: JSONLiteral(places.base[places.count - 1].end, end - places.base[places.count - 1].end))
    var last = start
    var properties = 0
    for index in 0..<places.count {
      let place = places.base[index]
      let path = paths.paths.base[Int(place.path)]
      guard shape.play(path.role, index) else {
        shape.deallocate()
        return
      }
      shape.places[index] = JSONShape.Place(
        before: JSONLiteral(last, place.start - last), path: place.path, role: path.role,
        slot: path.slot)
      if path.role == .property {
        shape.properties[properties] = index
        properties += 1
      }
      last = place.end
    }
    shape.properties = .init(rebasing: shape.properties[..<properties])
    if shapes.count < Self.most {
      likely = shapes.count
      shapes.append(shape)
      return
    }
    shapes[oldest].deallocate()
    shapes[oldest] = shape
    likely = oldest
    oldest = (oldest + 1) % Self.most
  }
}

extension JSONShape {
  /// Gives a place its part; false where others compete for it, or where it depends on values.
  fileprivate mutating func play(_ role: JSONPath.Role, _ place: Int) -> Bool {
    switch role {
    case .property: return true
    case .customer: return Self.settle(&customer, place)
    case .anonymous: return Self.settle(&anonymous, place)
    case .event: return Self.settle(&event, place)
    case .time: return Self.settle(&time, place)
    case .message: return Self.settle(&message, place)
    case .type, .original, .sent, .received, .group, .previous: return false
    }
  }

  private static func settle(_ part: inout Int, _ place: Int) -> Bool {
    guard part < 0 else { return false }
    part = place
    return true
  }
}

extension JSONReader {
  /// Reads a record that looks like one of the last; answers where the next one begins, or nil
  /// where it looks otherwise, and then nothing has happened.
  @inline(__always) mutating func readLikely(from start: Int) -> Int? {
    if let next = readShape(shapes.likely, from: start) { return next }
    return readOtherShape(from: start)
  }

  @inline(never) private mutating func readOtherShape(from start: Int) -> Int? {
    for index in shapes.shapes.indices where index != shapes.likely {
      if let next = readShape(index, from: start) {
        shapes.likely = index
        return next
      }
    }
    return nil
  }

  @inline(__always) private mutating func readShape(_ index: Int, from start: Int) -> Int? {
    let shape = shapes.shapes[index]
    var place = bytes + start
    for index in 0..<shape.places.count {
      guard shape.places[index].before.lies(at: place) else { return nil }
      place += shape.places[index].before.count
      guard let value = JSONLikelyValue(&place) else { return nil }
      // A property is opened in the general way first.
      if !shape.isOpen, value.kind != .none, !isOpen(shape, index) { return nil }
      shapes.values[index] = value
    }
    guard shape.end.lies(at: place) else { return nil }
    place += shape.end.count
    let end = place - bytes
    if place[0] == 13 { place += 1 }
    guard place[0] == CSVRecords.lineEnd, end &- start <= ImportLimits.record else { return nil }
    shapes.hit()
    if !shape.isOpen {
      shapes.shapes[index].isOpen = shape.properties.allSatisfy { isOpen(shape, $0) }
    }
    write(shape, from: start, to: end)
    return place - bytes + 1
  }

  /// Whether the position of a property is known by now, or the place is none of a property.
  @inline(never) private func isOpen(_ shape: JSONShape, _ index: Int) -> Bool {
    let place = shape.places[index]
    guard place.role == .property, place.slot < 0 else { return true }
    shape.places[index].slot = paths.paths.base[Int(place.path)].slot
    return shape.places[index].slot >= 0
  }

  /// Writes the record whose values were found.
  @inline(__always) private mutating func write(_ shape: JSONShape, from start: Int, to end: Int) {
    sink.beginRecord()
    sink.rawStart = start
    sink.rawEnd = end
    guard sink.identify(customer: part(shape.customer), anonymous: part(shape.anonymous)),
      sink.name(part(shape.event)), sink.time(part(shape.time))
    else { return }
    sink.accept(message: part(shape.message), content: Text(bytes + start, end - start))
    let row = sink.writer.count &- 1
    for index in shape.properties {
      let value = shapes.values[index]
      let slot = Int(shape.places[index].slot)
      // Of a property that comes twice, the first value counts.
      if value.kind == .none || sink.writer.properties.base[slot].rowsSeen > row { continue }
      switch value.kind {
      case .none: break
      case .number: sink.writer.properties.base[slot].append(number: value.number, row: row)
      case .text: sink.property(slot, text: value.text)
      case .yes: sink.writer.properties.base[slot].append(boolean: true, row: row)
      case .no: sink.writer.properties.base[slot].append(boolean: false, row: row)
      case .written: sink.property(slot, written: value.text)
      }
    }
  }

  @inline(__always) private func part(_ place: Int) -> Text {
    guard place >= 0, shapes.values[place].kind != .none else { return sink.absent }
    return shapes.values[place].text
  }

  /// Remembers the shape of the record that was just read the general way.
  mutating func learnShape(from start: Int, to end: Int) {
    shapes.learn(from: bytes + start, to: bytes + end, paths)
  }
}
