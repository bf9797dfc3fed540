import Accounts
import Events
import Store
import Synchronization
import Wire

/// Remembers what sources send, and writes it down now and then.
final class CollectionLedger: Sendable {
  /// How often what was sent is written down.
  static let span = Duration.seconds(5)

  private struct State {
    var activity = CollectionActivity()
    /// What could not be written down yet.
    var unwritten: CollectionActivity?
    /// Items that were refused, before the store saw them or by it.
    var refused = 0
  }

  private let store: Store
  private let state = Mutex(State())

  init(_ store: Store) { self.store = store }

  /// How many items were refused since the start.
  var refused: Int { state.withLock { $0.refused } }

  /// Notes what became of a request's items.
  func note(
    _ request: CollectedRequest, _ outcomes: [ItemOutcome], from source: CollectionSource,
    at now: Instant
  ) {
    var taken: [String: Int] = [:]
    var refused: [(index: Int, refusal: Refusal, field: String?)] = []
    var next = outcomes.makeIterator()
    // Mostly the same few names: a run of one is counted without a look-up.
    var (name, run) = ("", 0)
    for (index, item) in request.items.enumerated() {
      switch item {
      case .nothing: continue
      case .refused(let refusal): refused.append((index, Refusal(refusal), refusal.field))
      case .event(let event):
        if case .refused(let refusal)? = next.next() {
          refused.append((index, refusal, nil))
          continue
        }
        if event.name == name {
          run += 1
        } else {
          if run > 0 { taken[name, default: 0] += run }
          (name, run) = (event.name, 1)
        }
      }
    }
    if run > 0 { taken[name, default: 0] += run }
    // Only the latest are kept, so the others need no text.
    let dialect = request.dialect.name
    let kept = refused.suffix(RefusedItem.most).map { index, refusal, field in
      RefusedItem(
        at: now, dialect: dialect, refusal: refusal, field: field,
        item: refusal.isOfPrivacy
          ? "" : request.text(ofItem: index, upTo: Masking.kept * 4))
    }
    state.withLock { state in
      for (name, count) in taken { state.activity.took(count, of: name, from: source, at: now) }
      state.activity.refused(refused.count - kept.count, from: source, at: now)
      for item in kept { state.activity.refused(item, from: source) }
      state.refused += refused.count
    }
  }

  /// Notes what came otherwise than by a client's request.
  func note(refused count: Int, _ change: (inout CollectionActivity) -> Void) {
    state.withLock { state in
      change(&state.activity)
      state.refused += count
    }
  }

  /// Writes down what was sent since the last time; where that fails, the next time does it.
  func write() throws(Fault) {
    let activity = state.withLock { state in
      if state.unwritten == nil {
        state.unwritten = state.activity
        state.activity = CollectionActivity()
      }
      return state.unwritten
    }
    guard let activity else { return }
    try store.record(activity)
    state.withLock { $0.unwritten = nil }
  }
}

extension Refusal {
  /// Whether what was refused may not be kept, in a list of refused items either.
  fileprivate var isOfPrivacy: Bool { code.hasPrefix("consent.") || code == "events.expired" }

  fileprivate init(_ refusal: ItemRefusal) {
    self.init(refusal.code, problem: refusal.problem, remedy: refusal.remedy)
  }
}

extension CollectionDialect {
  /// Its name among the sources.
  var name: String {
    switch self {
    case .segment: "segment"
    case .posthog: "posthog"
    case .mixpanel: "mixpanel"
    case .plain: "waymark"
    }
  }
}
