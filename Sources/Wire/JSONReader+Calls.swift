import Events
import Stories

/// The calls of Segment's specification.
enum Call: Sendable {
  case track, page, screen, identify, group, alias

  init?(_ type: Text) {
    if type.equals("track") {
      self = .track
    } else if type.equals("page") {
      self = .page
    } else if type.equals("screen") {
      self = .screen
    } else if type.equals("identify") {
      self = .identify
    } else if type.equals("group") {
      self = .group
    } else if type.equals("alias") {
      self = .alias
    } else {
      return nil
    }
  }

  /// The event that the call becomes; nil where it names one itself.
  var eventName: StaticString? {
    switch self {
    case .track: nil
    case .page: "Page Viewed"
    case .screen: "Screen Viewed"
    case .identify: "$identify"
    case .group: "$group"
    case .alias: "$alias"
    }
  }
}

extension JSONReader {
  /// Writes the record whose members were gathered.
  @inline(__always) mutating func write(_ start: Int, _ end: Int) throws(JSONProblem) {
    let call = segmentCall()
    guard sink.identify(customer: part(.customer), anonymous: part(.anonymous)),
      sink.name(eventName(call)), settleTime()
    else { return }
    if call == .alias {
      guard sink.alias(part(.previous)) else { return }
    }
    try openProperties(call)
    sink.accept(
      message: part(.message), content: Text(cursor.bytes + start, end - start))
    for position in 0..<members.count { writeMember(position, call) }
  }

  /// A record is a call where `type` says so and an id is spelled as Segment spells it.
  @inline(__always) private mutating func segmentCall() -> Call? {
    let type = parts[Int(JSONPath.Role.type.rawValue)]
    guard type >= 0 else { return nil }
    return callOfType(type)
  }

  @inline(never) private mutating func callOfType(_ type: Int) -> Call? {
    if let call = Call(members.base[type].text) {
      for role in [JSONPath.Role.customer, .anonymous] {
        let member = parts[Int(role.rawValue)]
        guard member >= 0 else { continue }
        let name = paths.name(Int(members.base[member].path))
        if name == "userId" || name == "anonymousId" { return call }
      }
    }
    let event = Int(JSONPath.Role.event.rawValue)
    // Elsewhere a type is the event's name where nothing better is.
    if parts[event] < 0 { parts[event] = type }
    parts[Int(JSONPath.Role.type.rawValue)] = -1
    return nil
  }

  @inline(__always) private func part(_ role: JSONPath.Role) -> Text {
    let member = parts[Int(role.rawValue)]
    return member < 0 ? sink.absent : members.base[member].text
  }

  private mutating func eventName(_ call: Call?) -> Text {
    guard let call, let name = call.eventName else { return part(.event) }
    // A page's own name is a property of it.
    parts[Int(JSONPath.Role.event.rawValue)] = -1
    return sink.constant(name)
  }

  /// Settles the time: the client's clock is corrected by what the server saw, where all three
  /// times are there.
  @inline(__always) private mutating func settleTime() -> Bool {
    let original = parts[Int(JSONPath.Role.original.rawValue)]
    guard original >= 0 else { return sink.time(part(.time)) }
    return settleTime(original: members.base[original].text)
  }

  @inline(never) private mutating func settleTime(original: Text) -> Bool {
    let (sent, received) = (part(.sent), part(.received))
    if sent.count > 0, received.count > 0, let began = sink.instant(original),
      let left = sink.instant(sent), let came = sink.instant(received)
    {
      return sink.time(milliseconds: came - (left - began))
    }
    return sink.time(part(.time).count > 0 ? part(.time) : original)
  }

  /// Opens the properties that the record needs, before anything of it is written.
  @inline(__always) private mutating func openProperties(
    _ call: Call?
  ) throws(JSONProblem) {
    for position in 0..<members.count {
      let path = Int(members.base[position].path)
      if paths.paths.base[path].slot >= 0 && call != .group { continue }
      guard isProperty(position, call) else { continue }
      guard slot(path, call) != nil else { throw .tooManyNames }
    }
  }

  @inline(__always) private mutating func slot(_ path: Int, _ call: Call?) -> Int? {
    if call == .group { return groupSlot(path) }
    let known = paths.paths.base[path].slot
    if known >= 0 { return Int(known) }
    return paths.slot(path, ofGroup: false, in: &sink.writer)
  }

  @inline(never) private mutating func groupSlot(_ path: Int) -> Int? {
    if paths.paths.base[path].role == .group {
      return paths.slot(named: "account", in: &sink.writer)
    }
    let isTrait = paths.name(path).without("traits.") != nil
    return paths.slot(path, ofGroup: isTrait, in: &sink.writer)
  }

  /// Whether a member is a property: it plays no part, and a call's own matters are left out.
  @inline(__always) private func isProperty(_ position: Int, _ call: Call?) -> Bool {
    let path = paths.paths.base[Int(members.base[position].path)]
    if call != nil, path.origin != .event { return false }
    switch path.role {
    case .property: return true
    case .original, .sent, .received:
      return call == nil && parts[Int(JSONPath.Role.original.rawValue)] < 0
    case .group: return true
    case .previous: return call != .alias
    default: return parts[Int(path.role.rawValue)] != position && !isEventType(position)
    }
  }

  /// Whether a member of another role gives the event its name.
  @inline(__always) private func isEventType(_ position: Int) -> Bool {
    parts[Int(JSONPath.Role.event.rawValue)] == position
  }

  @inline(__always) private mutating func writeMember(_ position: Int, _ call: Call?) {
    guard isProperty(position, call) else { return }
    let member = members.base[position]
    guard let slot = slot(Int(member.path), call) else { return }
    let row = sink.writer.count &- 1
    // Of a key that comes twice, the first value counts.
    if sink.writer.properties.base[slot].rowsSeen > row { return }
    switch member.kind {
    case .yes: sink.writer.properties.base[slot].append(boolean: true, row: row)
    case .no: sink.writer.properties.base[slot].append(boolean: false, row: row)
    case .text: sink.property(slot, text: member.text)
    case .number: sink.property(slot, written: member.text)
    }
  }
}

extension EventSink {
  /// Adds a number of JSON to the event that was just written; a long one is a text.
  @inline(__always) mutating func property(_ slot: Int, written text: Text) {
    if let number = readNumber(text) ?? text.longFraction {
      writer.properties.base[slot].append(number: number, row: writer.count &- 1)
    } else {
      property(slot, text: text)
    }
  }
}

extension Text {
  /// The number of a JSON text with a fraction or an exponent and more than 15 digits; whole
  /// numbers of that length are ids.
  var longFraction: Double? {
    guard bytes.contains(where: { [46, 69, 101].contains($0) }), let number = Double(string),
      number.isFinite
    else { return nil }
    return number
  }
}
