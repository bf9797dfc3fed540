import Events
import Foundation
import Stories
import Synchronization

/// One rewriting of the base: what is taken already and what an import staged, shard by shard.
struct Merge: Sendable {
  private let placement: Placement
  private let taken: MergeSide
  private let staged: MergeSide
  /// The rows of each staged source that are left out.
  private let drops: [RowSet]
  /// The arrivals of those of them that belong to displaced customers.
  private let droppedArrivals: Set<UInt32>
  /// The rows of each taken source that go now.
  private let removals: [RowSet]
  private let removing: HorizonTable
  /// How many events were taken before, leaving out those of erased customers.
  let takenRows: Int
  /// How many of the events that were taken go now.
  let removed: Int
  /// How many staged events are older than events are kept.
  let expired: Int
  /// How many events are staged.
  let stagedRows: Int
  /// How many staged events are older than the erasure of their customer.
  let erased: Int

  /// Prepares a merge.
  ///
  /// - Parameters:
  ///   - taken: events that count already.
  ///   - staged: the events of one import, each customer being one identity.
  ///   - erasures: until when the staged events of erased keys are refused.
  ///   - keeping: which staged events are refused since they are older than events are kept.
  ///   - removing: which events that count already go.
  init(
    taken: [Placement.Source], staged: [Placement.Source], placement: Placement,
    erasures: [UInt64: Int64], keeping: HorizonTable, removing: HorizonTable
  ) {
    self.placement = placement
    self.taken = MergeSide(taken, placement)
    self.staged = MergeSide(staged, placement)
    takenRows = self.taken.rows - self.taken.rows(of: placement.erased)
    stagedRows = self.staged.rows
    var drops = StorySegment.repeatedMessages(
      taken: self.taken.sources, staged: self.staged.sources)
    var (erased, expired) = (0, 0)
    for (index, segment) in self.staged.sources.enumerated() {
      erased += segment.insertErased(erasures, into: &drops[index])
      let before = drops[index].count
      keeping.forEachPast(in: segment) { drops[index].insert($0) }
      expired += drops[index].count - before
    }
    self.erased = erased
    self.expired = expired
    self.removing = removing
    removals = self.taken.sources.map(removing.past)
    removed = removals.reduce(0) { $0 + $1.count }
    self.drops = drops
    droppedArrivals = self.staged.arrivals(of: drops)
  }

  /// Ranges of keys that hold about so many rows each; together they are all keys.
  func shards(rows: Int) -> [ClosedRange<UInt64>] {
    let total = taken.rows + staged.rows
    let count = max(1, (total + rows - 1) / rows)
    var starts: [UInt64] = [0]
    for shard in 1..<max(1, count) {
      let wanted = total / count * shard
      var (low, high) = (starts[starts.count - 1], UInt64.max)
      while low < high {
        let middle = low + (high - low) / 2
        if taken.rows(below: middle) + staged.rows(below: middle) >= wanted {
          high = middle
        } else {
          low = middle + 1
        }
      }
      if low > starts[starts.count - 1] { starts.append(low) }
    }
    return starts.indices.map {
      starts[$0]...($0 + 1 < starts.count ? starts[$0 + 1] - 1 : UInt64.max)
    }
  }

  /// Merges the customers of one range of keys.
  func shard(_ keys: ClosedRange<UInt64>) throws(Refusal) -> StorySegment {
    var taken = self.taken.staying
    var staged = self.staged.staying
    var dropping = removals
    if let moved = try self.taken.moved(into: keys, placement) {
      taken.append(moved)
      dropping.append(removing.past(in: moved))
    }
    dropping += drops
    if let moved = try self.staged.moved(into: keys, placement) {
      var rows = RowSet()
      for (row, arrival) in moved.arrivals.enumerated() where droppedArrivals.contains(arrival) {
        rows.insert(row)
      }
      staged.append(moved)
      dropping.append(rows)
    }
    return try StorySegment.merging(taken: taken, staged: staged, dropping: dropping, keys: keys)
      .segment
  }
}

/// One side of a merge: events that count already, or those of an import.
struct MergeSide: Sendable {
  let sources: [StorySegment]
  /// The sources without their displaced customers.
  let staying: [StorySegment]
  let displaced: [[Placement.Displaced]]

  init(_ sources: [Placement.Source], _ placement: Placement) {
    self.sources = sources.map(\.segment)
    displaced = placement.displaced(in: sources)
    staying = zip(self.sources, displaced).map { segment, displaced in
      displaced.isEmpty ? segment : segment.hiding(displaced.map(\.position))
    }
  }

  var rows: Int { sources.reduce(0) { $0 + $1.count } }

  func rows(below key: UInt64) -> Int {
    sources.reduce(0) { sum, segment in
      sum + Int(segment.offsets[segment.customers.firstPosition { $0 >= key }])
    }
  }

  /// How many events came with any of those keys.
  func rows(of keys: Set<UInt64>) -> Int {
    guard !keys.isEmpty else { return 0 }
    return sources.reduce(0) { sum, segment in
      segment.customers(withAnyOf: keys).reduce(sum) { $0 + segment.rows(of: $1, from: keys).count }
    }
  }

  /// The displaced customers some of whose events belong in a range, under their canonical keys.
  func moved(
    into keys: ClosedRange<UInt64>, _ placement: Placement
  ) throws(Refusal) -> StorySegment? {
    let positions = displaced.map { displaced in
      displaced.filter { $0.keys.contains(where: keys.contains) }.map(\.position)
    }
    guard positions.contains(where: { !$0.isEmpty }) else { return nil }
    return try StorySegment.gathering(
      sources, customers: positions, canonical: placement.key(of:)
    ).hiding(keys: placement.erased)
  }

  func arrivals(of drops: [RowSet]) -> Set<UInt32> {
    var arrivals: Set<UInt32> = []
    for (index, drop) in drops.enumerated() where !drop.isEmpty {
      for customer in displaced[index] {
        for row in sources[index].rows(of: customer.position) where drop.contains(row) {
          arrivals.insert(sources[index].arrivals[row])
        }
      }
    }
    return arrivals
  }
}

extension StorySegment {
  /// The rows of a customer that came with any of those keys.
  func rows(of customer: Int, from keys: Set<UInt64>) -> [Int] {
    rows(of: customer).filter { keys.contains(ownKey(row: $0, customer: customer)) }
  }

  /// Adds rows that are older than their customer's erasure; how many were not in the set.
  func insertErased(_ erasures: [UInt64: Int64], into rows: inout RowSet) -> Int {
    let before = rows.count
    for (key, erased) in erasures {
      guard let position = position(of: key) else { continue }
      for row in self.rows(of: position) where times[row] <= erased { rows.insert(row) }
    }
    return rows.count - before
  }
}
