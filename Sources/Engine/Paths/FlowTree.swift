/// The ways from an anchor on as a tree: each node stands for all ways that begin alike.
struct FlowTree: Sendable {
  struct Node: Sendable {
    var parent: UInt32
    var name: UInt16
    var count: UInt32 = 0
    /// Ways that end here.
    var ended: UInt32 = 0
    /// Ways that go on, deeper than is followed.
    var goesOn: UInt32 = 0
  }

  /// The first is the anchor; each comes after its parent.
  private(set) var nodes = [Node(parent: 0, name: 0)]
  /// Parent and name of a node, and its position; a key of 0 is free.
  private var slots = [(key: UInt64, node: UInt32)](repeating: (0, 0), count: 256)
  /// The times from nodes' parents, and the nodes.
  private(set) var times: [Int64] = []
  private(set) var timed: [UInt32] = []

  @inline(__always) private static func home(_ key: UInt64, _ size: Int) -> Int {
    let mixed = (key ^ (key >> 32)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed >> 24) & (size &- 1)
  }

  private static func key(_ parent: Int, _ name: UInt16) -> UInt64 {
    (UInt64(parent) + 1) << 16 | UInt64(name)
  }

  /// The node of a name after another node; nil where no way leads there.
  func child(of parent: Int, _ name: UInt16) -> Int? {
    let key = Self.key(parent, name)
    var slot = Self.home(key, slots.count)
    while slots[slot].key != 0 {
      if slots[slot].key == key { return Int(slots[slot].node) }
      slot = (slot &+ 1) & (slots.count &- 1)
    }
    return nil
  }

  /// The same, made if it is new.
  private mutating func childAdding(to parent: Int, _ name: UInt16) -> Int {
    if let known = child(of: parent, name) { return known }
    let node = nodes.count
    nodes.append(Node(parent: UInt32(parent), name: name))
    if nodes.count * 2 > slots.count {
      let old = slots
      slots = Array(repeating: (0, 0), count: old.count * 2)
      for entry in old where entry.key != 0 { insert(entry) }
    }
    insert((Self.key(parent, name), UInt32(node)))
    return node
  }

  private mutating func insert(_ entry: (key: UInt64, node: UInt32)) {
    var slot = Self.home(entry.key, slots.count)
    while slots[slot].key != 0 { slot = (slot &+ 1) & (slots.count &- 1) }
    slots[slot] = entry
  }

  /// Counts a way.
  ///
  /// - Parameters:
  ///   - gaps: the times between its names; empty where they are not measured.
  ///   - goesOn: whether it is longer than is followed.
  mutating func add(_ way: [UInt16], gaps: [Int64], goesOn: Bool) {
    var node = 0
    nodes[0].count += 1
    for (position, name) in way.enumerated() {
      node = childAdding(to: node, name)
      nodes[node].count += 1
      if position < gaps.count {
        times.append(gaps[position])
        timed.append(UInt32(node))
      }
    }
    if goesOn { nodes[node].goesOn += 1 } else { nodes[node].ended += 1 }
  }

  /// Adds another tree's ways.
  mutating func add(_ other: FlowTree) {
    var places = [Int](repeating: 0, count: other.nodes.count)
    for (position, node) in other.nodes.enumerated() {
      let place = position == 0 ? 0 : childAdding(to: places[Int(node.parent)], node.name)
      places[position] = place
      nodes[place].count += node.count
      nodes[place].ended += node.ended
      nodes[place].goesOn += node.goesOn
    }
    times += other.times
    timed += other.timed.map { UInt32(places[Int($0)]) }
  }

  /// How many ways begin with some names.
  func count(of way: [UInt16]) -> Int {
    var node = 0
    for name in way {
      guard let next = child(of: node, name) else { return 0 }
      node = next
    }
    return Int(nodes[node].count)
  }

  /// The children of each node that are shown, most ways first, then by name; and the times of these.
  ///
  /// - Parameter most: how many children of a node are shown.
  func shown(_ most: Int) -> (children: [Int: [Int]], all: [Int: [Int]], times: [Int: [Int64]]) {
    var all: [Int: [Int]] = [:]
    for node in nodes.indices.dropFirst() { all[Int(nodes[node].parent), default: []].append(node) }
    var shown: [Int: [Int]] = [:]
    var times: [Int: [Int64]] = [:]
    var next = [0]
    while let node = next.popLast() {
      let ranked = (all[node] ?? []).sorted {
        (nodes[$1].count, nodes[$0].name) < (nodes[$0].count, nodes[$1].name)
      }
      shown[node] = Array(ranked.prefix(most))
      next += ranked.prefix(most)
      times[node] = []
    }
    for (node, time) in zip(timed, self.times) { times[Int(node)]?.append(time) }
    return (shown, all, times)
  }
}
