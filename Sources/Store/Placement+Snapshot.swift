import Events
import Stories

extension Placement {
  /// The segments with every customer visible in one of them only, under the canonical key.
  ///
  /// Customers who are displaced, or have events in several segments since the log has some of
  /// theirs, are gathered in a new segment.
  func placing(_ base: [Source], tail: [StorySegment]) throws(Refusal) -> [StorySegment] {
    let sources = base + tail.map { Source(segment: $0, isSettled: false) }
    let segments = sources.map(\.segment)
    var affected = tail.customersInSeveral(of: segments)
    var lists = [[Int]](repeating: [], count: sources.count)
    for (index, displaced) in displaced(in: sources).enumerated() {
      for customer in displaced {
        lists[index].append(customer.position)
        affected.append(contentsOf: customer.keys)
      }
    }
    affected = affected.sortedOnce()
    for (index, segment) in segments.enumerated() {
      segment.forEachPosition(of: affected) { lists[index].append($1) }
      lists[index] = lists[index].sortedOnce()
    }
    guard lists.contains(where: { !$0.isEmpty }) else { return segments }
    let gathered = try StorySegment.gathering(
      segments, customers: lists, canonical: key(of:)
    ).hiding(keys: erased)
    return zip(segments, lists).map { $1.isEmpty ? $0 : $0.hiding($1) } + [gathered]
  }

  /// Lays new events, and identities that belong elsewhere now, over the segments of an earlier
  /// snapshot, in time proportional to the stories concerned.
  ///
  /// - Parameters:
  ///   - new: the new events, each identity being a customer.
  ///   - segments: those of the snapshot; each customer is visible in one of them.
  ///   - base: how many of them, from the first, are of parts.
  ///   - moved: the canonical keys, before and now, of identities whose customer changed.
  func laying(
    _ new: [StorySegment], over segments: [StorySegment], base: Int, moved: [UInt64]
  ) throws(Refusal) -> [StorySegment] {
    let concerned = (moved + new.flatMap { $0.customers.map(key(of:)) }).sortedOnce()
    guard !concerned.isEmpty else { return segments }
    let hidden = segments.map { $0.visiblePositions(of: concerned) }
    let rest = zip(segments, hidden).map { $1.isEmpty ? $0 : $0.hiding($1) }
    let gathered = try StorySegment.gathering(
      segments + new, customers: hidden + new.map { Array($0.customers.indices) },
      canonical: key(of:))
    var layers = rest[base...].filter { !$0.visible.isEmpty } + [gathered]
    // As with the log's pieces: a layer is much larger than the one after it.
    while layers.count > 1,
      layers[layers.count - 2].visibleRows < Self.growth * layers[layers.count - 1].visibleRows
    {
      let merged = try StorySegment.merging(taken: layers.suffix(2), staged: []).segment
      layers.removeLast(2)
      layers.append(merged)
    }
    return rest[..<base] + layers
  }

  /// How many times as large as what follows it a layer is, or the two are merged.
  private static let growth = 4
}

extension StorySegment {
  /// The positions of those of the ascending keys whose customers are visible.
  fileprivate func visiblePositions(of keys: [UInt64]) -> [Int] {
    var positions: [Int] = []
    var range = 0
    forEachPosition(of: keys) { _, position in
      while range < visible.count, visible[range].upperBound <= position { range += 1 }
      if range < visible.count, visible[range].lowerBound <= position { positions.append(position) }
    }
    return positions
  }

  fileprivate var visibleRows: Int {
    visible.reduce(0) { $0 + Int(offsets[$1.upperBound]) - Int(offsets[$1.lowerBound]) }
  }

  /// The events that arrived at a position or after it.
  func from(arrival: Int) throws(Refusal) -> StorySegment {
    var earlier = RowSet()
    for (row, position) in arrivals.enumerated() where position < arrival { earlier.insert(row) }
    if earlier.isEmpty { return self }
    return try StorySegment.merging(taken: [self], staged: [], dropping: [earlier]).segment
  }
}

extension IdentityResolution {
  /// The canonical keys, before and now, of identities whose canonical key is another.
  func changes(since earlier: IdentityResolution) -> [UInt64] {
    var keys: [UInt64] = []
    for (key, now) in canonical {
      let before = earlier.key(of: key)
      if before != now { keys += [before, now] }
    }
    for (key, before) in earlier.canonical where canonical[key] == nil && before != key {
      keys += [before, key]
    }
    return keys
  }
}

extension [StorySegment] {
  /// The keys of their customers who are in another of the segments, too; ascending.
  fileprivate func customersInSeveral(of segments: [StorySegment]) -> [UInt64] {
    guard !isEmpty else { return [] }
    let keys = (count == 1 ? Array<UInt64>(self[0].customers) : flatMap(\.customers)).sortedOnce()
    var holders = [UInt8](repeating: 0, count: keys.count)
    for segment in segments {
      segment.forEachPosition(of: keys) { place, _ in
        if holders[place] < 2 { holders[place] += 1 }
      }
    }
    return zip(keys, holders).compactMap { $1 > 1 ? $0 : nil }
  }
}

extension StorySegment {
  /// Calls with the place of each key among ascending ones, and its position, where it has one.
  fileprivate func forEachPosition(
    of keys: [UInt64], _ body: (_ place: Int, _ position: Int) -> Void
  ) {
    var start = 0
    for (place, key) in keys.enumerated() {
      // Steps that double find the next key close to the last one, however many lie between.
      var step = 1
      while start + step < customers.count, customers[start + step] < key { step *= 2 }
      let end = Swift.min(start + step + 1, customers.count)
      let rest = UnsafeBufferPointer(rebasing: customers[start..<end])
      start += rest.firstPosition { $0 >= key }
      guard start < customers.count else { return }
      if customers[start] == key { body(place, start) }
    }
  }
}

extension Array where Element: Comparable {
  /// The elements ascending, each once.
  fileprivate func sortedOnce() -> [Element] {
    var result = sorted()
    var kept = 0
    for element in result where kept == 0 || result[kept - 1] != element {
      result[kept] = element
      kept += 1
    }
    result.removeLast(result.count - kept)
    return result
  }
}
