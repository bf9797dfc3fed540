import Events
import Foundation
import GRDB
import Parts
import Stories
import Synchronization

/// What became of one event that was appended.
public enum Verdict: Sendable, Equatable {
  /// It is on the disk and in the next snapshot.
  case taken
  /// The store had it already.
  case repeated
  /// It can't be taken, for this reason.
  case refused(Refusal)
}

extension Store {
  /// How many events one `append` takes: they are one transaction.
  public static let longestAppend = 10_000
  /// How many bytes they have at most, in the form of the log: they are one row, in memory.
  public static let largestAppend = 33_554_432
  /// How large one event is at most, in bytes of its form in the log.
  public static let largestEvent = 262_144

  /// Takes events into the durable log, in one transaction.
  ///
  /// When it returns, events that were taken survive a loss of power. An event is recognised by its
  /// message id, or else by its content.
  /// - Returns: one verdict for each event, in the same order.
  /// - Throws: `events.append` where there are too many events or bytes at once; faults of the disk,
  ///   and then none was taken.
  public func append(_ events: [Event]) throws -> [Verdict] {
    let checked = try check(events)
    return try append([checked])[0]
  }

  /// Checks and encodes events, which needs no lock.
  ///
  /// - Throws: `events.append` where there are too many events or bytes at once.
  func check(_ events: [Event]) throws -> CheckedEvents {
    guard access == .writing else { throw Fault.readingOnly(folder) }
    guard events.count <= Self.longestAppend else {
      throw Refusal(
        "events.append", problem: "These are \(events.count) events.",
        remedy: "Append at most \(Self.longestAppend) events at a time.")
    }
    let checked = CheckedEvents(events, names: names, rules: try arrivalRules())
    guard checked.chunk.size <= Self.largestAppend else {
      throw Refusal(
        "events.append", problem: "These events have \(checked.chunk.size) bytes.",
        remedy: "Append at most \(Self.largestAppend) bytes at a time.")
    }
    return checked
  }

  /// Takes the events of several callers in one transaction, one group after the other.
  ///
  /// - Returns: one verdict for each event of each group.
  func append(_ groups: [CheckedEvents]) throws -> [[Verdict]] {
    try appending.withLock { _ in
      let rules = try arrivalRules()
      var groups = groups.map { group in
        group.rules.revision == rules.revision
          ? group : CheckedEvents(group.events, names: names, rules: rules)
      }
      try findRepeated(in: &groups)
      let consent = groups.flatMap(\.consent)
      defer { if !consent.isEmpty { memory.forgetRules() } }
      let chunks = groups.map(\.chunk).filter { $0.count > 0 }
      guard !chunks.isEmpty else {
        if !consent.isEmpty {
          try write { database in for change in consent { try change.save(database) } }
        }
        return groups.map(\.verdicts)
      }
      let links = groups.flatMap(\.links)
      let count = chunks.reduce(0) { $0 + $1.count }
      let row = LogRow(first: Int(try reserveArrivals(count)), chunks: chunks)
      let messages = groups.flatMap(\.messages)
      try tail.state.withLock { state in
        try write { database in
          try insert(row, linking: links, database)
          for change in consent { try change.save(database) }
        }
        state.pieces?.append(.row(row, messages: messages))
      }
      // Who is tied to somebody who denies consent does so, too.
      if !rules.words.isEmpty,
        links.contains(where: { $0.identities.contains { rules.words[$0.key] != nil } })
      {
        memory.forgetRules()
      }
      sortInBackground(added: count)
      return groups.map(\.verdicts)
    }
  }

  private func insert(
    _ row: LogRow, linking links: [LinkRow], _ database: Database
  ) throws {
    try names.current.save(database)
    try row.insert(into: database)
    var hasLinks = false
    for link in links where try link.insert(into: database) { hasLinks = true }
    let update = try database.cachedStatement(
      sql: "UPDATE counters SET value = max(value, ?) WHERE name = 'arrival'")
    try update.execute(arguments: [row.end])
    if hasLinks { try advance("identity", in: database) }
  }

  /// Sorts new rows once there are many, so that a snapshot has little to do.
  private func sortInBackground(added: Int) {
    guard tail.isSortingDue(added: added) else { return }
    DispatchQueue.global(qos: .utility).async { [self] in
      do { try tail.sort(of: self) } catch {
        // Who asks for a snapshot meets the same failure and tells it.
      }
    }
  }
}

/// Events that were checked, and those of them that may be taken in the form of the log.
struct CheckedEvents: Sendable {
  /// All events.
  let events: [Event]
  /// What they were checked against.
  let rules: ArrivalRules
  /// What becomes of each; `taken` until it is known to be repeated.
  var verdicts: [Verdict]
  /// The positions of those that may be taken.
  var passed: [Int] = []
  /// What they are recognised by.
  var messages: [UInt64] = []
  /// The codes of their names.
  var codes: [UInt16] = []
  /// What they say of who is who.
  var links: [LinkRow] = []
  /// They themselves.
  var chunk: LogChunk
  /// What they say of consent that changes anything, in order, and what it comes to.
  var consent: [ConsentChange] = []
  var consentWords: [UInt64: ConsentWords] = [:]

  /// Checks events one by one.
  init(_ events: [Event], names: SharedEventNames, rules: ArrivalRules) {
    self.events = events
    self.rules = rules
    verdicts = [Verdict](repeating: .taken, count: events.count)
    chunk = LogChunk(expecting: events.count)
    passed.reserveCapacity(events.count)
    messages.reserveCapacity(events.count)
    codes.reserveCapacity(events.count)
    for (index, event) in events.enumerated() {
      do throws(Refusal) {
        try event.checkForLog()
        try rules.check(event)
        try checkConsent(event)
        guard let code = names.code(of: event.name) else { throw .tooManyNames }
        add(event, at: index, code: code, message: event.messageHash)
      } catch {
        verdicts[index] = .refused(error)
      }
    }
  }

  private mutating func add(_ event: Event, at index: Int, code: UInt16, message: UInt64) {
    passed.append(index)
    messages.append(message)
    codes.append(code)
    chunk.append(event, code: code, message: message)
    // The other customer's event is welcome; the name of the erased one in it is not.
    if let linked = event.linked, event.time.milliseconds > rules.erasures[linked.key] ?? .min {
      links.append(
        LinkRow(event.identity, linked, .event, rule: "named by one event", said: event.time))
    }
  }

  /// Leaves out the events whose place among those that passed is one of these.
  mutating func leaveOut(_ repeated: Set<Int>) {
    guard !repeated.isEmpty else { return }
    let before = (passed, messages, codes)
    (passed, messages, codes, links) = ([], [], [], [])
    chunk = LogChunk(expecting: before.0.count)
    for (place, index) in before.0.enumerated() {
      if repeated.contains(place) {
        verdicts[index] = .repeated
      } else {
        add(events[index], at: index, code: before.2[place], message: before.1[place])
      }
    }
  }
}

extension Event {
  /// Refuses an event that the log can't keep.
  fileprivate func checkForLog() throws(Refusal) {
    try Store.check(identity)
    if let linked { try Store.check(identity, linked) }
    guard time >= .earliest, time < .tooLate else {
      throw Refusal(
        "events.time", problem: "The event happened at \(time).",
        remedy: "Send a time from \(Instant.earliest) up to \(Instant.tooLate).")
    }
    guard !name.isEmpty else {
      throw Refusal("events.name", problem: "The event has no name.", remedy: "Name what happened.")
    }
    var size = name.utf8.count + identity.id.utf8.count
    for (name, value) in properties {
      size += name.utf8.count + value.logSize
      if case .number(let number) = value, !number.isFinite {
        throw Refusal(
          "events.number", problem: "The property “\(name)” is not a finite number.",
          remedy: "Leave the property out, or send a number.")
      }
    }
    guard size <= Store.largestEvent else {
      throw Refusal(
        "events.size", problem: "The event has \(size) bytes.",
        remedy: "Send at most \(Store.largestEvent) bytes an event.")
    }
  }
}

extension PropertyValue {
  /// How many bytes the log needs for the value and what says so, about.
  fileprivate var logSize: Int {
    switch self {
    case .string(let text): text.utf8.count + 4
    case .number: 10
    case .boolean: 2
    }
  }
}
