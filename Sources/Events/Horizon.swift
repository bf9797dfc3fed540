/// Before when events are gone, or are to go: one moment for all, and others for some names.
///
/// An event that happened at the moment or after it stays.
public struct Horizon: Sendable, Equatable, Codable {
  /// The moment for events of all names that have none of their own; nil: they stay.
  public var others: Instant?
  /// The moments of some names; nil: events of that name stay.
  public var named: [String: Instant?]

  /// Makes a horizon; without arguments, one that leaves everything.
  public init(others: Instant? = nil, named: [String: Instant?] = [:]) {
    self.others = others
    self.named = named
  }

  /// Before when events of a name go; nil: they stay.
  public func limit(of name: String) -> Instant? {
    if let own = named[name] { return own }
    return others
  }

  /// The latest of its moments: from then on all events are there.
  public var latest: Instant? { ([others] + named.values).compactMap { $0 }.max() }

  /// What is gone once events went by this horizon and by another.
  public func joined(with other: Horizon) -> Horizon {
    func later(_ one: Instant?, _ two: Instant?) -> Instant? { [one, two].compactMap { $0 }.max() }
    let names = Set(named.keys).union(other.named.keys)
    return Horizon(
      others: later(others, other.others),
      named: Dictionary(
        uniqueKeysWithValues: names.map { ($0, later(limit(of: $0), other.limit(of: $0))) }))
  }
}
