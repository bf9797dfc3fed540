import Events

/// What a log of events looks like, in plain counts: enough to check an experience against it, and to
/// propose one.
///
/// Stories are customers' events in their order; `$…` events are Waymark's own and are left out.
public struct LogSummary: Sendable {
  /// One event's name.
  public struct EventSummary: Sendable {
    public var name: String
    /// How many events have the name.
    public var count: Int
    /// How many customers have at least one.
    public var customers: Int
    /// The mean over all its events of index ÷ (story's length − 1): 0 at the start, 1 at the end; 0
    /// in stories of one event.
    public var meanPosition: Double
    /// How many stories begin with it.
    public var firstOf: Int
    /// How many stories end with it.
    public var lastOf: Int
    /// Its channels with their counts, the most common first.
    public var channels: [(name: String, count: Int)]
    /// The properties of its events that hold numbers, the most common first.
    public var numberProperties: [String]
    /// The time that nine of ten customers who have it need from their first event to the first such
    /// event.
    public var p90FromStart: TimeSpan?

    /// Makes the summary of one event's name.
    public init(
      name: String, count: Int, customers: Int, meanPosition: Double, firstOf: Int = 0,
      lastOf: Int = 0, channels: [(name: String, count: Int)] = [],
      numberProperties: [String] = [], p90FromStart: TimeSpan? = nil
    ) {
      self.name = name
      self.count = count
      self.customers = customers
      self.meanPosition = meanPosition
      self.firstOf = firstOf
      self.lastOf = lastOf
      self.channels = channels
      self.numberProperties = numberProperties
      self.p90FromStart = p90FromStart
    }
  }

  /// How many customers have at least one event.
  public var customers: Int
  /// When the first event happened.
  public var firstTime: Instant?
  /// When the last event happened.
  public var lastTime: Instant?
  /// Each event's name, those with the most customers first.
  ///
  /// For a proposal the `mostEvents` most common are enough; for a check, also each name that the
  /// experience mentions, if it was seen.
  public var events: [EventSummary]
  /// `precedes[a][b]`: customers who have both and whose first `a` came before their first `b`.
  ///
  /// The indexes are those of `events`; it may cover fewer of them, from the first. So
  /// `precedes[a][b] + precedes[b][a]` customers have both.
  public var precedes: [[Int]]
  /// The names of all properties seen, traits among them as `traits.…`; nil where not looked at.
  public var properties: Set<String>?
  /// Where each activity has an event for its start and one for its completion: the property that
  /// says which, and its value for completion. Counting both would count each contact twice.
  public var lifecycle: (property: String, completed: String)?
  /// How many events met each touchpoint's rule, by the touchpoint's name; empty where not counted.
  public var matches: [String: Int]

  /// What an event of an activity can say, in small letters.
  ///
  /// - SeeAlso: the standard transitional model of the lifecycle extension, IEEE 1849 (XES).
  public static let lifecycleWords: Set<String> = [
    "schedule", "assign", "reassign", "start", "suspend", "resume", "complete", "withdraw",
    "autoskip", "manualskip", "ate_abort", "pi_abort",
  ]

  /// The most events that a proposal looks at; a map with more touchpoints is none.
  public static let mostEvents = 60

  /// Makes the summary of a log.
  public init(
    customers: Int, firstTime: Instant? = nil, lastTime: Instant? = nil,
    events: [EventSummary] = [], precedes: [[Int]] = [], properties: Set<String>? = nil,
    matches: [String: Int] = [:]
  ) {
    self.customers = customers
    self.firstTime = firstTime
    self.lastTime = lastTime
    self.events = events
    self.precedes = precedes
    self.properties = properties
    self.matches = matches
  }
}

extension Experience {
  /// Remarks on what the experience asks for and the log does not have, all of them warnings.
  ///
  /// Codes: `data.event` for a name never seen, `data.property` for a property or trait never seen,
  /// `data.rule` for a rule that no event met although its events were seen.
  public func diagnostics(against log: LogSummary) -> [Diagnostic] {
    var remarks = Remarks()
    let seen = Set(log.events.map(\.name))
    for touchpoint in touchpoints {
      let parts = [touchpoint.rule, touchpoint.value, touchpoint.score].compactMap(\.self)
      let before = remarks.kept.count
      for part in parts { remarks.compare(part, with: log, seen, at: touchpoint.place) }
      guard remarks.kept.count == before, log.matches[touchpoint.name] == 0 else { continue }
      remarks.warn(
        "data.rule", at: touchpoint.place, "No event meets the rule of “\(touchpoint.name)”.",
        "Compare the rule with a few events, and with the rules of touchpoints above it.")
    }
    for persona in personas {
      if let rule = persona.rule { remarks.compare(rule, with: log, seen, at: persona.place) }
    }
    for segment in segments { remarks.compare(segment.rule, with: log, seen, at: segment.place) }
    for journey in journeys where condition(journey.audienceName ?? "") == nil {
      if let rule = journey.audience { remarks.compare(rule, with: log, seen, at: journey.place) }
    }
    var files: [String] = []
    for file in remarks.kept.map(\.file) where !files.contains(file) { files.append(file) }
    return remarks.sorted(files: files)
  }
}

extension Remarks {
  fileprivate mutating func compare(
    _ rule: Expression, with log: LogSummary, _ seen: Set<String>, at place: Place
  ) {
    for name in rule.namedEvents.sorted() where !seen.contains(name) && !name.hasPrefix("$") {
      let near = nearest(to: name, among: log.events.map(\.name))
      warn(
        "data.event", at: place, "No event is called “\(name)”.",
        near.map { "Did you mean “\($0)”?" } ?? "Check the name, or wait for the first one.")
    }
    guard let known = log.properties else { return }
    for name in rule.properties.sorted() where name != "channel" && !known.contains(name) {
      let near = nearest(to: name, among: known.sorted().filter { !$0.hasPrefix("traits.") })
      warn(
        "data.property", at: place, "No event has a property “\(name)”.",
        near.map { "Did you mean “\($0)”?" } ?? "Check the name, or wait for the first one.")
    }
    for name in rule.traits.sorted() where !known.contains("traits.\(name)") {
      let traits = known.sorted().filter { $0.hasPrefix("traits.") }.map { String($0.dropFirst(7)) }
      warn(
        "data.property", at: place, "No customer has a trait “\(name)”.",
        nearest(to: name, among: traits).map { "Did you mean “\($0)”?" }
          ?? "Check the name, or wait for the first one.")
    }
  }
}
