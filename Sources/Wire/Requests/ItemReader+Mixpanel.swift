import Events

extension ItemReader {
  /// Reads an event of Mixpanel.
  mutating func readMixpanelEvent(
    _ item: RequestItem, _ call: MixpanelCall
  ) throws(ItemRefusal) -> CollectedItem {
    try begin(item.root)
    try checkKey()
    let given = try name(text(.event), field: "event")
    if given == "$merge" {
      return .nothing("Two ids of known persons are joined by a person's word only.")
    }
    let isAlias = given == "$create_alias"
    let time = try mixpanelTime(isRequired: call == .imported && !Self.timeless.contains(given))
    let (own, linked) = try mixpanelIdentity(given)
    let isPage = given == "$mp_web_page_view"
    let name = isPage ? "Page Viewed" : isAlias ? "$alias" : given
    var event = Event(name, at: time, by: own, linked: linked)
    event.messageID = message(of: item, hasTime: text(.time) != nil)
    event.properties = try foreignProperties(otherNames: isPage, isAlias: isAlias)
    return .event(event)
  }

  /// Mixpanel's own events about ids, which its clients send without a time.
  private static let timeless: Set<String> = ["$identify", "$create_alias"]

  private mutating func mixpanelTime(isRequired: Bool) throws(ItemRefusal) -> Instant {
    let field = field(.time, or: "properties.time")
    guard let given = text(.time) else {
      guard isRequired else { return around.received }
      throw ItemRefusal(
        field: field, "time.missing", problem: "The event has no time.",
        remedy: "Send in “time” the seconds or milliseconds since 1970.")
    }
    return try time(given, field: field)
  }

  private func mixpanelIdentity(
    _ event: String
  ) throws(ItemRefusal) -> (own: Identity, linked: Identity?) {
    let field = field(.distinct, or: "properties.distinct_id")
    let distinct = text(.distinct)
    switch event {
    case "$create_alias":
      return try linked(newer: text(.alias), older: distinct, field: field)
    case "$identify":
      return try identity(
        text(.identified) ?? text(.customer) ?? distinct, text(.anonymousID) ?? text(.device),
        field: field)
    default: break
    }
    let device = text(.device)
    if let customer = text(.customer) { return try identity(customer, device, field: field) }
    guard let distinct else { return try identity(nil, device, field: field) }
    if let named = distinct.deviceID { return try identity(nil, named, field: field) }
    if let device, device.bytes.elementsEqual(distinct.bytes) {
      return try identity(nil, device, field: field)
    }
    return try identity(distinct, device, field: field)
  }

  /// Reads a change of a profile: what sets traits becomes an event that carries them.
  mutating func readMixpanelProfile(_ item: RequestItem) throws(ItemRefusal) -> CollectedItem {
    try begin(item.root)
    try checkKey()
    let properties = try foreignProperties(otherNames: false, isAlias: false)
    if properties.isEmpty {
      return .nothing("Only what sets a profile's values tells something of a customer.")
    }
    let field = field(.distinct, or: "$distinct_id")
    let distinct = text(.distinct)
    let device = distinct?.deviceID
    let own = try identity(device == nil ? distinct : nil, device, field: field).own
    var event = Event(Event.identify, at: around.received, by: own)
    let given = text(.time)
    if let given { event.time = try time(given, field: "$time") }
    event.messageID = message(of: item, hasTime: given != nil)
    event.properties = properties
    if node(.unsupported) != nil {
      noteLeftOut(
        ItemRefusal(
          field: self.field(.unsupported, or: ""), "profile.change",
          problem: "A change that depends on the value before it cannot be taken.",
          remedy: "Set the value with $set or $set_once."))
    }
    return .event(event)
  }
}

extension Text {
  /// The id of Mixpanel's `$device:…`, which stands for a device; nil of other ids.
  fileprivate var deviceID: Text? {
    let mark: StaticString = "$device:"
    let length = mark.utf8CodeUnitCount
    guard count > length, Text(start, length).equals(mark) else { return nil }
    return Text(start + length, count - length)
  }
}
