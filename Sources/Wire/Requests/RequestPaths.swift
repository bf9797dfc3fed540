/// What a value of an item is, by its path.
enum RequestPart: UInt8 {
  // As `JSONPath.Role` has them.
  case property, customer, anonymous, event, time, message
  case type, original, sent, received, group, previous
  /// What clients add that is not about the event.
  case leftOut
  /// What PostHog's and Mixpanel's events say about themselves.
  case distinct, device, identified, profile, offset, ignoresSent, alias, groupType, groupKey
  case anonymousID, account, token, unsupported

  static let count = 26
}

/// What a path of a request's items means.
struct RequestPath {
  var part: RequestPart
  /// Among several values for one part, the lowest rank plays it.
  var rank: Int16 = 0
  var origin = JSONPath.Origin.event
  /// Whether the value is a property beside the part that it plays.
  var isAlsoProperty = false
  /// The name of the property.
  var name: String
  /// Its name in calls about a group, or in views of a page.
  var otherName: String?
  /// The positions of these names among all names of the request; -1 until an item has one.
  var slot: Int32 = -1
  var otherSlot: Int32 = -1
}

/// The paths that the items of one request have.
struct RequestPaths: ~Copyable {
  /// Where the meanings of paths come from.
  enum Vocabulary {
    /// Files of JSON lines and Segment's calls.
    case file
    case posthog, mixpanelEvents, mixpanelProfiles
  }

  private var table = TextTable()
  private(set) var paths: [RequestPath] = []
  private let vocabulary: Vocabulary
  private var slots: [String: Int32] = [:]
  /// The names of properties, at their slots.
  private(set) var names: [String] = []

  init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  deinit { table.deallocate() }

  /// The position of a path; nil where there is no room for another.
  mutating func position(of path: Text) -> Int? {
    if let known = table.known(path) { return known }
    guard table.count < ImportLimits.properties * 2 else { return nil }
    let position = Int(table.position(of: path))
    let text = path.string
    let meaning =
      switch vocabulary {
      case .file: RequestPath(ofFile: text)
      case .posthog: RequestPath(ofPostHog: text)
      case .mixpanelEvents: RequestPath(ofMixpanelEvent: text)
      case .mixpanelProfiles: RequestPath(ofMixpanelProfile: text)
      }
    paths.append(meaning)
    return position
  }

  /// The path as it was written.
  func written(_ position: Int) -> String { table.string(at: position) }

  /// The slot of a path's property; nil where there is no room for another.
  @inline(__always) mutating func slot(_ position: Int, other: Bool) -> Int? {
    let known = other ? paths[position].otherSlot : paths[position].slot
    if known >= 0 { return Int(known) }
    return newSlot(position, other: other)
  }

  @inline(never) private mutating func newSlot(_ position: Int, other: Bool) -> Int? {
    let name = (other ? paths[position].otherName : nil) ?? paths[position].name
    guard let slot = slot(named: name) else { return nil }
    if other {
      paths[position].otherSlot = Int32(slot)
    } else {
      paths[position].slot = Int32(slot)
    }
    return slot
  }

  /// The slot of a name; nil where there is no room for another.
  mutating func slot(named name: String) -> Int? {
    if let known = slots[name] { return Int(known) }
    guard names.count < ImportLimits.properties else { return nil }
    slots[name] = Int32(names.count)
    names.append(name)
    return names.count - 1
  }
}

extension RequestPath {
  /// What a path means in a file of JSON lines, which is what it means in Segment's calls too.
  init(ofFile path: String) {
    let meaning = JSONPaths.meaning(of: path, ImportOptions())
    self.init(
      part: RequestPart(rawValue: meaning.role.rawValue) ?? .property, rank: meaning.rank,
      origin: meaning.origin, name: path.without("properties.") ?? path,
      otherName: path.without("traits.").map { "group." + $0 })
    if part == .group { otherName = "account" }
  }

  /// What a path means in an event of PostHog.
  init(ofPostHog path: String) {
    let inner = path.without("properties.")
    self.init(profileOf: inner ?? path)
    if part != .property || name != (inner ?? path) { return }
    if let inner { readPostHog(property: inner) } else { readPostHog(top: path) }
  }

  private mutating func readPostHog(top path: String) {
    switch path {
    case "event": part = .event
    case "distinct_id", "$distinct_id": part = .distinct
    case "timestamp": part = .time
    case "uuid": part = .message
    case "offset": part = .offset
    case "sent_at": part = .sent
    case "api_key", "token": part = .token
    case "options.process_person_profile": part = .profile
    case "options.disable_skew_correction": part = .ignoresSent
    case "session_id", "window_id": name = "$" + path
    case "type", "library", "library_version", "historical_migration", "ip", "site_url", "now",
      "person_id", "team_id":
      part = .leftOut
    default: if path.hasPrefix("options.") { part = .leftOut }
    }
  }

  private mutating func readPostHog(property: String) {
    if let kind = property.without("$groups.") {
      (part, isAlsoProperty, name) = (.account, true, "groups." + kind)
      rank = Int16(Self.accountKinds.firstIndex(of: kind) ?? Self.accountKinds.count)
      return
    }
    if let trait = property.without("$group_set.") {
      name = "group." + trait
      return
    }
    switch property {
    case "distinct_id": (part, rank) = (.distinct, 1)
    case "token": part = .token
    case "$anon_distinct_id": part = .anonymousID
    case "alias": (part, isAlsoProperty) = (.alias, true)
    case "$group_type": part = .groupType
    case "$group_key": part = .groupKey
    case "$process_person_profile": part = .profile
    case "$is_identified": part = .identified
    case "$device_id": part = .device
    case "$ignore_sent_at": part = .ignoresSent
    case "$current_url": otherName = "url"
    case "$pathname": otherName = "path"
    case "$referrer": otherName = "referrer"
    case "$screen_name": otherName = "name"
    case "$lib", "$lib_version", "$ip", "$geoip_disable", "$insert_id", "$time", "$sent_at",
      "$user_id", "$is_server", "$cookieless_mode":
      part = .leftOut
    default: break
    }
  }

  /// The kinds of groups that are a customer's account, the likeliest first.
  private static let accountKinds = ["account", "company", "organization", "workspace", "team"]

  /// What a path means in an event of Mixpanel.
  init(ofMixpanelEvent path: String) {
    self.init(part: .property, name: path)
    guard let property = path.without("properties.") else {
      if path == "event" { part = .event }
      return
    }
    name = property
    switch property {
    case "distinct_id": part = .distinct
    case "$user_id": part = .customer
    case "$device_id": part = .device
    case "time": part = .time
    case "$insert_id": part = .message
    case "token": part = .token
    case "alias": (part, isAlsoProperty) = (.alias, true)
    case "$identified_id": part = .identified
    case "$anon_id": part = .anonymousID
    case "$current_url": otherName = "url"
    case "current_url_path": otherName = "path"
    case "current_page_title": otherName = "title"
    case "$referrer": otherName = "referrer"
    case "ip", "mp_lib", "$lib_version", "$import", "mp_processing_time_ms",
      "mp_api_endpoint", "mp_api_timestamp_ms", "mp_sent_by_lib_version",
      "$had_persisted_distinct_id":
      part = .leftOut
    default: break
    }
  }

  /// What a path means in a change of a profile of Mixpanel.
  init(ofMixpanelProfile path: String) {
    self.init(profileOf: path)
    guard part == .property, name == path else { return }
    switch path.prefix(while: { $0 != "." }) {
    case "$distinct_id": part = .distinct
    case "$token": part = .token
    case "$time": part = .time
    case "$ip", "$ignore_time", "$ignore_alias", "$set", "$set_once", "mp_lib", "$lib_version":
      part = .leftOut
    default: part = .unsupported
    }
  }

  /// A trait, whose latest value counts, or one that is set once and keeps a name of its own,
  /// because its earliest value counts.
  private init(profileOf path: String) {
    self.init(part: .property, name: path)
    if let trait = path.without("$set.") {
      name = "traits." + trait
    } else if let trait = path.without("$set_once.") {
      name = "once." + trait
    }
  }
}
