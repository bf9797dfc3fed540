import Events

extension ItemReader {
  /// Reads an event of PostHog.
  mutating func readPostHog(_ item: RequestItem) throws(ItemRefusal) -> Event {
    try begin(item.root)
    try checkKey()
    let field = field(.event, or: "event")
    let given = try name(text(.event), field: field)
    let time = try postHogTime()
    let (own, linked) = try postHogIdentity(isAlias: Self.aliases.contains(given))
    var event = Event(Self.postHogNames[given] ?? given, at: time, by: own, linked: linked)
    event.messageID = message(of: item, hasTime: text(.time) != nil)
    event.properties = try foreignProperties(
      otherNames: given == "$pageview" || given == "$screen",
      isAlias: Self.aliases.contains(given))
    try addAccount(isGroup: given == "$groupidentify", to: &event.properties)
    return event
  }

  /// PostHog's own events that are events of ours.
  private static let postHogNames = [
    "$pageview": "Page Viewed", "$screen": "Screen Viewed", "$set": Event.identify,
    "$set_once": Event.identify, "$groupidentify": Event.group, "$create_alias": "$alias",
    "$merge_dangerously": "$alias",
  ]
  private static let aliases: Set<String> = ["$create_alias", "$merge_dangerously"]

  /// Whose event it is: a device's, until somebody is identified.
  private mutating func postHogIdentity(
    isAlias: Bool
  ) throws(ItemRefusal) -> (own: Identity, linked: Identity?) {
    let distinct = text(.distinct)
    let field = field(.distinct, or: "distinct_id")
    if isAlias {
      // The alias is the newer id: the one under which the person is known from now on.
      return try linked(newer: text(.alias), older: distinct, field: field)
    }
    guard let distinct else { throw ItemRefusal(id: nil, field: field) }
    return isAnonymous(distinct)
      ? try identity(nil, distinct, field: field)
      : try identity(distinct, text(.anonymousID), field: field)
  }

  private func isAnonymous(_ distinct: Text) -> Bool {
    if node(.anonymousID) != nil { return false }
    if let isIdentified = truth(.identified) { return !isIdentified }
    if truth(.profile) == false { return true }
    guard let device = text(.device) else { return false }
    return device.bytes.elementsEqual(distinct.bytes)
  }

  /// When it happened, by the client's clock, corrected by when it says that it sent the event.
  private mutating func postHogTime() throws(ItemRefusal) -> Instant {
    let received = around.received.milliseconds
    if let given = text(.time) {
      let field = field(.time, or: "timestamp")
      let began = try time(given, field: field)
      guard !around.isHistorical, truth(.ignoresSent) != true,
        let left = sent()
      else { return began }
      return try time(received - (left - began.milliseconds), field: field)
    }
    guard let offset = text(.offset) else { return around.received }
    let field = field(.offset, or: "offset")
    guard let milliseconds = readNumber(offset), abs(milliseconds) < 1e13 else {
      throw ItemRefusal(time: offset, field: field, .form)
    }
    return try time(received - Int64(milliseconds), field: field)
  }

  /// Ties the event to an account: to the group of the likeliest kind.
  private mutating func addAccount(
    isGroup: Bool, to properties: inout [String: PropertyValue]
  ) throws(ItemRefusal) {
    guard let account = isGroup ? node(.groupKey) : node(.account) else { return }
    guard let slot = paths.slot(named: "account") else { throw .tooManyNames }
    add(account, slot: slot, to: &properties)
    guard isGroup, let kind = node(.groupType) else { return }
    guard let slot = paths.slot(named: "group_type") else { throw .tooManyNames }
    add(kind, slot: slot, to: &properties)
  }

  /// The newer id of a person and, as a device's, the older one.
  func linked(
    newer: Text?, older: Text?, field: String
  ) throws(ItemRefusal) -> (own: Identity, linked: Identity?) {
    guard let newer else { throw ItemRefusal(id: nil, field: "alias") }
    let own = try identity(newer, nil, field: "alias").own
    guard let older else { throw ItemRefusal(id: nil, field: field) }
    return (own, try identity(nil, older, field: field).own)
  }

  /// Refuses an item that has another write key than the request.
  func checkKey() throws(ItemRefusal) {
    guard let key = around.key, let own = text(.token) else { return }
    guard own.bytes.elementsEqual(key.utf8) else { throw .otherKey }
  }

  /// The properties of an event of PostHog or Mixpanel.
  ///
  /// - Parameters:
  ///   - otherNames: whether properties go by the names that they have in views of a page.
  ///   - isAlias: whether `alias` names an id.
  mutating func foreignProperties(
    otherNames: Bool, isAlias: Bool
  ) throws(ItemRefusal) -> [String: PropertyValue] {
    var properties = [String: PropertyValue](minimumCapacity: expectedProperties)
    for position in 0..<members.count {
      let member = members.base[position]
      let path = Int(member.path)
      let part = paths.paths[path].part
      guard part == .property || (paths.paths[path].isAlsoProperty && !(isAlias && part == .alias))
      else { continue }
      guard let slot = paths.slot(path, other: otherNames && paths.paths[path].otherName != nil)
      else { throw .tooManyNames }
      add(Int(member.node), slot: slot, to: &properties)
    }
    return properties
  }
}
