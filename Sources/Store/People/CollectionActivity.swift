import Accounts
import Events

/// Who sends events: a write key, a token, a member, or the folder's owner.
public struct CollectionSource: Sendable, Hashable {
  /// What kind of caller it is.
  public let kind: Principal.Kind
  /// The number of the key, token or member; 0 for the folder's owner.
  public let id: Int

  /// The source that a caller is.
  public init(_ principal: Principal) { self.init(principal.kind, principal.id ?? 0) }

  /// The source of a number.
  public init(_ kind: Principal.Kind, _ id: Int) {
    self.kind = kind
    self.id = id
  }
}

/// An item that was sent and not taken.
public struct RefusedItem: Sendable, Equatable {
  /// When it was sent.
  public let at: Instant
  /// In whose words: `segment`, `posthog`.
  public let dialect: String
  /// Why, for programs.
  public let code: String
  /// Why, for people.
  public let problem: String
  /// Which field is wrong; nil where it is none or all.
  public let field: String?
  /// The first 2 KB of the item, with the values of keys and passwords masked.
  public let item: String

  /// Makes an item; what it holds is masked and cut here, so that nothing else is ever kept.
  public init(
    at: Instant, dialect: String, refusal: Refusal, field: String? = nil, item: some StringProtocol
  ) {
    self.at = at
    self.dialect = String(dialect.prefix(40))
    code = String(refusal.code.prefix(100))
    problem = Masking.masked(refusal.problem.prefix(1000))
    self.field = field.map { Masking.masked($0.prefix(200)) }
    self.item = Masking.masked(item)
  }

  init(
    at: Instant, dialect: String, code: String, problem: String, field: String?, item: String
  ) {
    self.at = at
    self.dialect = dialect
    self.code = code
    self.problem = problem
    self.field = field
    self.item = item
  }

  /// How many are kept of each source, the latest ones.
  public static let most = 100
}

/// What sources sent since it was last written down.
///
/// A collector adds to it in memory with every request and gives it to `Store.record` every few
/// seconds. It stays small: `mostNames` names and `RefusedItem.most` items of each source.
public struct CollectionActivity: Sendable, Equatable {
  /// What happened to events of one name.
  struct Taken: Sendable, Equatable {
    var count: Int
    var last: Instant
  }

  /// What one source sent.
  struct OfSource: Sendable, Equatable {
    var taken: [String: Taken] = [:]
    var refused = 0
    var items: [RefusedItem] = []
    var last: Instant
  }

  private(set) var sources: [CollectionSource: OfSource] = [:]

  /// How many names of events are told apart for a source; further ones count under the empty name.
  public static let mostNames = 1000
  /// The longest name of an event that is told, in characters.
  static let longestName = 200

  /// Begins with nothing.
  public init() {}

  /// Whether there is nothing to write down.
  public var isEmpty: Bool { sources.isEmpty }

  /// Counts events that were taken, or known already.
  public mutating func took(
    _ count: Int = 1, of event: String, from source: CollectionSource, at now: Instant
  ) {
    guard count > 0 else { return }
    var activity = sources.removeValue(forKey: source) ?? OfSource(last: now)
    var name = event.count > Self.longestName ? String(event.prefix(Self.longestName)) : event
    if activity.taken[name] == nil, activity.taken.count >= Self.mostNames { name = "" }
    let before = activity.taken[name]
    activity.taken[name] = Taken(
      count: (before?.count ?? 0) + count, last: max(before?.last ?? now, now))
    activity.last = max(activity.last, now)
    sources[source] = activity
  }

  /// Counts items that were refused, without keeping any.
  public mutating func refused(_ count: Int, from source: CollectionSource, at now: Instant) {
    guard count > 0 else { return }
    var activity = sources.removeValue(forKey: source) ?? OfSource(last: now)
    activity.refused += count
    activity.last = max(activity.last, now)
    sources[source] = activity
  }

  /// Counts an item that was refused, and keeps it among the latest.
  public mutating func refused(_ item: RefusedItem, from source: CollectionSource) {
    var activity = sources.removeValue(forKey: source) ?? OfSource(last: item.at)
    activity.refused += 1
    // Twice the limit before the first half goes: each item is moved once.
    if activity.items.count >= 2 * RefusedItem.most { activity.items.removeFirst(RefusedItem.most) }
    activity.items.append(item)
    activity.last = max(activity.last, item.at)
    sources[source] = activity
  }
}
