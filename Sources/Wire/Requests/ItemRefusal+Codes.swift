import Events

extension ItemRefusal {
  /// A refusal of an item's form.
  init(_ problem: JSONProblem) {
    let remedy =
      switch problem.code {
      case "json.object": "Send each item as an object with an event, a time and an id."
      case "json.depth":
        "Nest objects and arrays at most \(ImportLimits.depth) deep in an item."
      case "record.length": "Send less with one item; files belong elsewhere."
      case "text.encoding": "Send UTF-8."
      default: "Send JSON as RFC 8259 has it."
      }
    self.init(problem.code, problem: problem.problem, remedy: remedy)
  }

  /// The refusal of a text that is no time.
  init(time text: Text, field: String, _ failure: TimeReader.Failure) {
    let given = Text(text.start, min(text.count, 60)).string
    switch failure {
    case .form:
      self.init(
        field: field, "time.form", problem: "“\(given)” is no time.",
        remedy: "Send ISO 8601 with a time zone, or milliseconds since 1970.")
    case .range:
      self.init(
        field: field, "time.range",
        problem: "“\(given)” is outside \(Instant.earliest) to \(Instant.tooLate).",
        remedy: "Look whether the number is in seconds or milliseconds since 1970.")
    case .order:
      self.init(
        field: field, "time.order", problem: "“\(given)” may be day or month first.",
        remedy: "Send ISO 8601 with a time zone: 2026-03-01T14:30:00Z.")
    }
  }

  /// The refusal of a time that the client's clock does not allow.
  init(timeRange field: String) {
    self.init(
      field: field, "time.range",
      problem: "The corrected time is outside \(Instant.earliest) to \(Instant.tooLate).",
      remedy: "Look at the client's clock, and at the time that it gives as its sending.")
  }

  /// The refusal of an id that names nobody.
  init(id text: Text?, field: String) {
    guard let text, text.count > 0 else {
      self.init(
        field: field, "identity.placeholder", problem: "There is no id.",
        remedy: "Send the id of a customer, or one that the device made up.")
      return
    }
    guard text.count <= Identity.longestID else {
      self.init(
        field: field, "identity.length",
        problem: "The id has \(text.count) bytes, and at most \(Identity.longestID) are taken.",
        remedy: "Send a shorter id; it has to stand for one person only.")
      return
    }
    self.init(
      field: field, "identity.placeholder",
      problem: "“\(Text(text.start, min(text.count, 60)).string)” names no customer.",
      remedy: "Send the id of a customer, or one that the device made up.")
  }

  static func noEventName(_ field: String) -> ItemRefusal {
    ItemRefusal(
      field: field, "event.missing", problem: "The event has no name.",
      remedy: "Say in “\(field)” what happened.")
  }

  init(longEventName count: Int, field: String) {
    self.init(
      field: field, "event.length",
      problem:
        "The event name has \(count) bytes, and at most \(ImportLimits.eventName) are taken.",
      remedy: "Give events a general name and put what differs into a property.")
  }

  init(longText count: Int, field: String) {
    self.init(
      field: field, Rejection.tooLongText,
      problem: "The value has \(count) bytes, and at most \(ImportLimits.text) are taken.",
      remedy: "Send what the event is about; the event was taken without this value.")
  }

  static let longName = ItemRefusal(
    "property.name",
    problem: "A key's path is longer than \(ImportLimits.propertyName) bytes.",
    remedy: "Name properties shortly, and put what differs into their values.")

  static let tooManyNames = ItemRefusal(
    "property.names",
    problem: "The item has more than \(ImportLimits.properties) distinct property names.",
    remedy: "Name properties alike in all events, and put what differs into their values.")

  static func otherLink(_ identity: Identity) -> ItemRefusal {
    ItemRefusal(
      field: "anonymousId", "identity.links",
      problem: "An alias links “\(identity.id.prefix(60))” to nobody: it links its previous id.",
      remedy: "Send the device's id with any other event of the customer.")
  }

  static let longContext = ItemRefusal(
    "batch.context",
    problem: "More than \(CollectionLimits.shared) values are given for all items at once.",
    remedy: "Send what differs with the items, and of a campaign only what names it.")

  static let otherKey = ItemRefusal(
    "key.differs", problem: "The item has another write key than the items before it.",
    remedy: "Send the events of one key in a request of their own.")
}

extension JSONProblem {
  static let brokenEscape = JSONProblem(
    code: "json.syntax", problem: "An escape is broken, half of a pair, or U+0000.")
}
