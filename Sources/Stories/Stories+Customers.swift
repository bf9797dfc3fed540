import Events

/// What a list says of a customer.
public struct SeenCustomer: Sendable, Encodable {
  /// One of their identities, as it is written: `user:c17`.
  public let identity: String
  public let events: Int
  /// When they were seen first and last.
  public let first: Instant
  public let last: Instant
}

extension Stories {
  /// Visible customers, those who were seen last first; of one moment, in the order of their keys.
  ///
  /// - Complexity: O(*customers*) where few are asked for.
  public func customers(limit: Int) -> [SeenCustomer] {
    var latest: [Sighting] = []
    var oldest = Int64.min
    for (number, segment) in segments.enumerated() {
      for position in segment.visible.joined() {
        guard let row = segment.rows(of: position).last, segment.times[row] >= oldest
        else { continue }
        latest.append(
          Sighting(
            time: segment.times[row], key: segment.customers[position], segment: number,
            position: position))
        // Those of whom enough were seen later are let go, many at a time.
        if latest.count - limit >= max(limit, 1024) {
          latest.keepLatest(limit)
          oldest = latest.last?.time ?? oldest
        }
      }
    }
    latest.keepLatest(limit)
    return latest.compactMap { customer(at: $0.position, of: segments[$0.segment]) }
  }

  /// The canonical keys of the first visible customers behind a key, ascending.
  public func keys(after key: UInt64, limit: Int) -> [UInt64] {
    let found = segments.flatMap { segment -> [UInt64] in
      let start = segment.customers.firstPosition { $0 > key }
      let ranges = segment.visible.lazy.map {
        max($0.lowerBound, start)..<max($0.upperBound, start)
      }
      return ranges.joined().prefix(limit).map { segment.customers[$0] }
    }
    return Array(found.sorted().prefix(limit))
  }

  /// The visible customers with canonical keys.
  public func customers(_ keys: some Sequence<UInt64>) -> [SeenCustomer] {
    keys.compactMap { key in
      customer(key).flatMap { segment, position in customer(at: position, of: segment) }
    }
  }

  /// The canonical keys of visible customers one of whose ids begins with a text, each once.
  ///
  /// - Complexity: O(*identities*), until as many as asked for are found.
  public func customers(idPrefix prefix: String, limit: Int) -> [UInt64] {
    var found: [UInt64] = []
    for segment in segments {
      let identities = segment.identities
      for position in identities.keys.indices where identities.ids[position].hasPrefix(prefix) {
        let namespace = Namespace(rawValue: identities.namespaces[position]) ?? .user
        guard let key = canonicalKey(of: Identity(namespace, identities.ids[position])),
          !found.contains(key)
        else { continue }
        found.append(key)
        if found.count == limit { return found }
      }
    }
    return found
  }

  /// The key under which the customer with an identity lies; nil where nobody has it.
  public func canonicalKey(of identity: Identity) -> UInt64? {
    for segment in segments {
      let positions = segment.customers(withAnyOf: [identity.key])
      for position in positions where segment.visible.contains(where: { $0.contains(position) }) {
        return segment.customers[position]
      }
    }
    return nil
  }

  private func customer(at position: Int, of segment: StorySegment) -> SeenCustomer? {
    let rows = segment.rows(of: position)
    guard let first = rows.first, let last = rows.last else { return nil }
    let key = segment.customers[position]
    return SeenCustomer(
      identity: identity(of: key)?.description ?? String(key, radix: 16), events: rows.count,
      first: Instant(milliseconds: segment.times[first]),
      last: Instant(milliseconds: segment.times[last]))
  }
}

/// When a customer was seen last, and where their story lies.
private struct Sighting {
  var time: Int64
  var key: UInt64
  var segment: Int
  var position: Int
}

extension [Sighting] {
  fileprivate mutating func keepLatest(_ limit: Int) {
    sort { ($1.time, $0.key) < ($0.time, $1.key) }
    removeLast(Swift.max(0, count - limit))
  }
}
