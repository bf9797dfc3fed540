import Events
import GRDB
import Synchronization

/// What events have to pass that come in one by one: files are left to the import.
struct ArrivalRules: Sendable {
  /// Until when the events of each erased key are refused, in milliseconds.
  var erasures: [UInt64: Int64]
  /// Before when events are refused, since they are older than events are kept.
  var horizon: Horizon
  /// Before this moment an event may be too old, in milliseconds.
  var latestHorizon: Int64
  var consent: ConsentRule
  /// What customers who ever denied consent said, under each of their identities.
  var words: [UInt64: ConsentWords]
  /// The day in UTC on which the rules were read: the horizon moves with it.
  var day: Int64
  /// How often they have changed.
  var revision = 0

  init(_ database: Database, of store: Store, at now: Instant) throws {
    erasures = try Store.erasures(database)
    horizon = try Store.retentionRule(database).horizon(at: now)
    latestHorizon = horizon.latest?.milliseconds ?? .min
    consent = try Store.consentRule(database)
    words = try Store.consentWords(database) { try store.resolution(database) }
    day = now.daysSinceEpoch
  }

  /// Refuses an event that was erased before it came, or is older than events are kept.
  func check(_ event: Event) throws(Refusal) {
    let time = event.time.milliseconds
    if !erasures.isEmpty, let erased = erasures[event.identity.key], time <= erased {
      throw Refusal(
        "events.erased", problem: "The customer was erased after this event.",
        remedy: "Leave it out; events after the erasure are welcome.")
    }
    if time < latestHorizon, let limit = horizon.limit(of: event.name), event.time < limit {
      throw Refusal(
        "events.expired",
        problem: "The event happened at \(event.time), and such events are kept from \(limit) on.",
        remedy: "Leave it out, or keep events for longer: see Retention under Settings.")
    }
  }
}

extension Store {
  /// What new events have to pass today.
  func arrivalRules() throws -> ArrivalRules {
    let now = clock()
    let (known, revision) = memory.rules.withLock { rules in
      if let known = rules.known, known.day != now.daysSinceEpoch {
        rules = (nil, rules.revision + 1)
      }
      return rules
    }
    if let known { return known }
    var rules = try read { try ArrivalRules($0, of: self, at: now) }
    rules.revision = revision
    memory.rules.withLock { [rules] in if $0.revision == revision { $0.known = rules } }
    return rules
  }
}
