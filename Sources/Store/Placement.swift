import Events
import Stories

/// Where the events of linked identities belong, and which customers have to be moved for it.
///
/// Parts keep their customers as they stood when they were written. A customer that stands under a
/// key that isn't canonical any more, or that holds an identity that belongs elsewhere now, is
/// *displaced*: hidden where it lies, and its events gathered under their canonical keys.
struct Placement: Sendable {
  let resolution: IdentityResolution
  /// The keys of customers who are being erased: displaced, so that they can be left out.
  let erased: Set<UInt64>

  /// A segment, and whether it was written under this very resolution.
  struct Source: Sendable {
    var segment: StorySegment
    var isSettled: Bool
  }

  /// A customer who has to be moved, and the canonical keys that its events belong under.
  struct Displaced: Sendable {
    var position: Int
    var keys: Set<UInt64>
  }

  /// The canonical key under which an identity's events belong.
  func key(of key: UInt64) -> UInt64 { erased.contains(key) ? key : resolution.key(of: key) }

  /// The displaced customers of each source, ascending by position.
  func displaced(in sources: [Source]) -> [[Displaced]] { sources.map(displaced) }

  private func displaced(in source: Source) -> [Displaced] {
    let segment = source.segment
    var positions: Set<Int> = []
    if !source.isSettled {
      if resolution.canonical.count < segment.customers.count {
        for (key, canonical) in resolution.canonical where key != canonical {
          if let position = segment.position(of: key) { positions.insert(position) }
        }
      } else {
        for (position, key) in segment.customers.enumerated() where self.key(of: key) != key {
          positions.insert(position)
        }
      }
      displaceOthers(in: segment, &positions)
    }
    if !erased.isEmpty { positions.formUnion(segment.customers(withAnyOf: erased)) }
    return positions.sorted().map {
      Displaced(position: $0, keys: segment.canonicalKeys(of: $0, in: self))
    }
  }

  /// Adds the customers who hold an identity that belongs to somebody else.
  private func displaceOthers(in segment: StorySegment, _ positions: inout Set<Int>) {
    var customer = 0
    var last: (customer: Int, key: UInt64)?
    for (row, key) in zip(segment.otherRows, segment.otherKeys) {
      while segment.offsets[customer + 1] <= row { customer += 1 }
      if let last, last == (customer, key) { continue }
      last = (customer, key)
      if self.key(of: key) != segment.customers[customer] { positions.insert(customer) }
    }
  }
}

extension StorySegment {
  /// The keys of the identities other than the canonical one that a customer's events came with.
  func otherKeys(of customer: Int) -> Set<UInt64> {
    let rows = rows(of: customer)
    let first = otherRows.firstPosition { $0 >= rows.lowerBound }
    let end = otherRows.firstPosition { $0 >= rows.upperBound }
    return Set(otherKeys[first..<end])
  }

  fileprivate func canonicalKeys(of customer: Int, in placement: Placement) -> Set<UInt64> {
    var keys = Set(otherKeys(of: customer).map(placement.key(of:)))
    keys.insert(placement.key(of: customers[customer]))
    return keys
  }

  /// The customers with any of those keys taken out of what is visible.
  func hiding(keys: Set<UInt64>) -> StorySegment {
    let positions = keys.compactMap(position(of:))
    return positions.isEmpty ? self : hiding(positions.sorted())
  }
}
