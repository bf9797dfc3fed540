import Events

/// How far the rules of files are stretched for requests, which know when they came.
enum CallRules {
  /// As in a file; a missing time is that of the request.
  case file
  /// Segment's API: every item is a call, and the client's clock is corrected by its sending.
  case segment(Call?)

  /// Whether the client's clock is corrected wherever it says when it sent.
  fileprivate var correctsAll: Bool {
    if case .segment = self { true } else { false }
  }
}

extension ItemReader {
  /// Reads an item that a file of JSON lines could hold, or one of Segment's calls.
  mutating func readCall(_ item: RequestItem, _ rules: CallRules) throws(ItemRefusal) -> Event {
    try begin(item.root)
    addShared()
    let call = try call(rules)
    let (own, linked) = try identity(
      text(.customer), text(.anonymous), field: identityField)
    let name = try eventName(call)
    var event = Event(name, at: try time(rules), by: own, linked: linked)
    if call == .alias {
      event.linked = try older()
      if let linked, linked != event.linked { noteLeftOut(.otherLink(linked)) }
    }
    let hasTime = text(.time) != nil || text(.original) != nil
    event.messageID = message(of: item, hasTime: hasTime)
    event.properties = try properties(call)
    return event
  }

  /// Which call the item is; nil where it is an event of our own form.
  private mutating func call(_ rules: CallRules) throws(ItemRefusal) -> Call? {
    let type = text(.type)
    if case .segment(let path) = rules {
      if let path { return path }
      guard let type else {
        throw ItemRefusal(
          field: "type", "segment.type", problem: "The item of the batch has no type.",
          remedy: "Say in “type” which call it is: track, identify, page, screen, group or alias.")
      }
      guard let call = Call(type) else {
        throw ItemRefusal(
          field: "type", "segment.type",
          problem: "“\(type.string.prefix(60))” is no call.",
          remedy: "Send track, identify, page, screen, group or alias.")
      }
      return call
    }
    if let type, let call = Call(type), hasSegmentsID { return call }
    // Elsewhere a type is the event's name where nothing better is.
    let (event, kind) = (Int(RequestPart.event.rawValue), Int(RequestPart.type.rawValue))
    if parts[event] < 0 { parts[event] = parts[kind] }
    parts[kind] = -1
    return nil
  }

  /// Whether an id is spelled as Segment spells it.
  private var hasSegmentsID: Bool {
    for part in [RequestPart.customer, .anonymous] where parts[Int(part.rawValue)] >= 0 {
      let name = field(part, or: "")
      if name == "userId" || name == "anonymousId" { return true }
    }
    return false
  }

  /// The path of the id that is amiss where none names a customer.
  private var identityField: String {
    parts[Int(RequestPart.customer.rawValue)] < 0 && node(.anonymous) != nil
      ? field(.anonymous, or: "anonymousId") : field(.customer, or: "userId")
  }

  private mutating func eventName(_ call: Call?) throws(ItemRefusal) -> String {
    guard let call, let name = call.eventName else {
      return try name(text(.event), field: field(.event, or: "event"))
    }
    // A page's own name is a property of it.
    parts[Int(RequestPart.event.rawValue)] = -1
    return name.description
  }

  /// The older id of an alias.
  ///
  /// It links as a device's: two ids of known persons are joined by a person's word only.
  private func older() throws(ItemRefusal) -> Identity? {
    guard let previous = text(.previous) else {
      throw ItemRefusal(id: nil, field: "previousId")
    }
    return try identity(nil, previous, field: "previousId").own
  }

  /// When it happened, by the client's clock or by ours where all that takes is there.
  private mutating func time(_ rules: CallRules) throws(ItemRefusal) -> Instant {
    let given = text(.time)
    let timeField = field(.time, or: "timestamp")
    let own = text(.original)
    guard let original = rules.correctsAll ? own ?? given : own else {
      guard let given else { return around.received }
      return try time(given, field: timeField)
    }
    if let left = sent(), let began = instant(original),
      let came = came(isPassedOn: own != nil, rules)
    {
      return try time(came - (left - began), field: timeField)
    }
    return try time(given ?? original, field: timeField)
  }

  /// When a server saw the item: another one that passed it on and says so, or else ours, whose
  /// clock counts of Segment's calls.
  private mutating func came(isPassedOn: Bool, _ rules: CallRules) -> Int64? {
    if isPassedOn, let seen = text(.received) { return instant(seen) }
    return rules.correctsAll ? around.received.milliseconds : nil
  }

  /// When the client sent the item, or the request with it, as it says.
  mutating func sent() -> Int64? {
    guard let own = text(.sent) else { return around.sent }
    return instant(own)
  }

  private mutating func properties(
    _ call: Call?
  ) throws(ItemRefusal) -> [String: PropertyValue] {
    var properties = [String: PropertyValue](minimumCapacity: expectedProperties)
    for position in 0..<members.count where isProperty(position, call) {
      let member = members.base[position]
      let path = Int(member.path)
      let isOther = call == .group && paths.paths[path].otherName != nil
      guard let slot = paths.slot(path, other: isOther) else { throw .tooManyNames }
      add(Int(member.node), slot: slot, to: &properties)
    }
    return properties
  }

  /// Whether a member is a property: it plays no part, and a call's own matters are left out.
  private func isProperty(_ position: Int, _ call: Call?) -> Bool {
    let path = Int(members.base[position].path)
    if call != nil, paths.paths[path].origin != .event { return false }
    let part = paths.paths[path].part
    switch part {
    case .property, .group: return true
    case .original, .sent, .received: return call == nil && node(.original) == nil
    case .previous: return call != .alias
    default:
      return parts[Int(part.rawValue)] != position
        && parts[Int(RequestPart.event.rawValue)] != position
    }
  }
}
