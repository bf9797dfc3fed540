import Events
import Experience
import Store
import Wire

/// Makes events from parts that were found in rows or objects.
struct EventMapper {
  /// The texts of an event's parts, where there are any.
  struct Parts {
    var event: String?
    var customer: String?
    var anonymous: String?
    var time: String?
    var channel: String?
  }

  let mapping: EventMapping
  private var clock: FieldClock

  /// Makes a mapper.
  ///
  /// - Throws: `import.zone`.
  init(_ mapping: EventMapping) throws(Refusal) {
    self.mapping = mapping
    clock = try FieldClock(
      TimeFormat(rawValue: mapping.times.rawValue) ?? .automatic, zone: mapping.timezone ?? "UTC")
  }

  /// The event, without properties beside the channel.
  ///
  /// - Parameter received: the time of an event where the mapping says of none; nil: it does.
  mutating func event(_ parts: Parts, received: Instant?) throws(ItemRefusal) -> Event {
    let name = try name(parts)
    let (identity, linked) = try identity(parts)
    var event = Event(name, at: try time(parts, received), by: identity, linked: linked)
    if let channel = parts.channel, !channel.isEmpty {
      _ = Self.add("channel", .string(channel), to: &event)
    }
    return event
  }

  private func name(_ parts: Parts) throws(ItemRefusal) -> String {
    let name = parts.event.flatMap { $0.isEmpty ? nil : $0 } ?? mapping.eventName ?? ""
    guard !name.isEmpty else {
      throw ItemRefusal(
        field: mapping.event, "event.missing",
        problem: mapping.event.map { "There is no name of an event in \($0)." }
          ?? "The event has no name.",
        remedy: "Give it one, or write “event_name” for those without.")
    }
    guard name.utf8.count <= ImportLimits.eventName else {
      throw ItemRefusal(
        field: mapping.event, "event.length",
        problem: "The event name has \(name.utf8.count) bytes, and at most "
          + "\(ImportLimits.eventName) are taken.",
        remedy: "Give events a general name and put what differs into a property.")
    }
    return name
  }

  private func identity(_ parts: Parts) throws(ItemRefusal) -> (Identity, linked: Identity?) {
    let known = parts.customer.flatMap { Self.isPerson($0) ? Identity(.user, $0) : nil }
    let device = parts.anonymous.flatMap { Self.isPerson($0) ? Identity(.anonymous, $0) : nil }
    if let known { return (known, device) }
    if let device { return (device, nil) }
    let isUser = parts.customer != nil || mapping.anonymous == nil
    let given = (isUser ? parts.customer : parts.anonymous).flatMap { $0.isEmpty ? nil : $0 }
    let field = [mapping.customer, mapping.anonymous].compactMap { $0 }.joined(separator: ", ")
    if let given, given.utf8.count > Identity.longestID {
      throw ItemRefusal(
        field: field, "identity.length",
        problem: "The id has \(given.utf8.count) bytes, and at most \(Identity.longestID) are "
          + "taken.", remedy: "Send a shorter id; it has to stand for one person only.")
    }
    throw ItemRefusal(
      field: field, "identity.placeholder",
      problem: given.map { "“\($0.prefix(60))” names no customer." }
        ?? "There is no id in \(field).",
      remedy: "Give the id of a customer, or one that the device made up.")
  }

  private static func isPerson(_ id: String) -> Bool {
    id.utf8.count <= Identity.longestID && !Identity.placeholders.contains(id)
  }

  private mutating func time(_ parts: Parts, _ received: Instant?) throws(ItemRefusal) -> Instant {
    guard let field = mapping.time else {
      if let received { return received }
      throw Self.timeless("")
    }
    guard let text = parts.time, !text.isEmpty else { throw Self.timeless(field) }
    return try clock.read(text, field: field)
  }

  private static func timeless(_ field: String) -> ItemRefusal {
    ItemRefusal(
      field: field, "time.missing", problem: "There is no time in \(field).",
      remedy: "Give each event the time at which it happened.")
  }

  /// Adds a property, of which the first value counts.
  ///
  /// - Returns: why the value is left out; nil where it is not.
  static func add(_ name: String, _ value: PropertyValue, to event: inout Event) -> ItemRefusal? {
    guard event.properties[name] == nil else { return nil }
    if case .string(let text) = value, text.utf8.count > ImportLimits.text {
      return ItemRefusal(
        field: name, Rejection.tooLongText,
        problem: "The value has \(text.utf8.count) bytes, and at most \(ImportLimits.text) are "
          + "taken.", remedy: "Long texts belong elsewhere; the event was taken without it.")
    }
    guard name.utf8.count <= ImportLimits.propertyName,
      event.properties.count < ImportLimits.properties
    else {
      return ItemRefusal(
        field: String(name.prefix(80)), "property.names",
        problem: "An event has at most \(ImportLimits.properties) properties, with names of at "
          + "most \(ImportLimits.propertyName) bytes.",
        remedy: "Name the properties that you need; the event was taken without it.")
    }
    event.properties[name] = value
    return nil
  }
}
