import Statistics

/// The ways from, to or between events as a tree: the answer to a `FlowQuestion`.
public struct Flow: CatalogueAnswer {
  /// All ways that begin alike, seen from the anchor.
  ///
  /// Its ways are those of its children, of `other`, those that ended and those that go on.
  public struct Node: Sendable, Codable, Equatable {
    public var name: String
    /// Ways: one a customer where the first entry counts, else one an entry.
    public var customers: Int
    /// 0 to 1.
    public var shareOfRoot: Double
    public var shareOfParent: Double
    /// From the name before in time to this one, or, backward, from this one to the next.
    public var time: Estimate?
    /// Ways that have nothing after it (backward: before it) as far as the window reaches.
    public var ended: Int
    /// Ways that go on, deeper than was asked for.
    public var goesOn: Int
    /// Ways to names that are not shown, and how many of these there are.
    public var other: Int
    public var otherNames: Int
    /// Most customers first, then by name.
    public var children: [Node]
  }

  /// Which way the tree grows.
  public enum Direction: String, Sendable, Codable { case forward, backward, between }

  public var tally: AnswerTally
  public var direction: Direction
  public var root: Node

  /// Each node under its path, which is written in the order of time.
  public var table: AnswerTable {
    var table = AnswerTable([
      .init("path", .key), .init("customers", .count), .init("share_of_root", .share),
      .init("share_of_parent", .share), .init("median_time", .duration), .init("ended", .count),
      .init("goes_on", .count), .init("other", .count),
    ])
    root.walk(path: []) { path, node in
      let names = direction == .backward ? path.reversed() : path
      table.add([
        .text(names.joined(separator: waySeparator)), .count(node.customers),
        .number(node.shareOfRoot), .number(node.shareOfParent), .optional(node.time?.value),
        .count(node.ended), .count(node.goesOn), .count(node.other),
      ])
    }
    return table
  }

  /// What the nodes of ways that are not shown, and of their ends, are called.
  private static let (other, ends) = ("(other)", "(ends)")

  /// The flows from column to column; a name is one node in each.
  public var picture: AnswerPicture? {
    var flows: [Step: Int] = [:]
    var depth = 0
    root.walk(path: []) { path, node in
      let column = path.count - 1
      depth = max(depth, column)
      for child in node.children {
        flows[Step(column, node.name, child.name), default: 0] += child.customers
      }
      if node.other > 0 { flows[Step(column, node.name, Self.other), default: 0] += node.other }
      if node.ended > 0, direction != .between {
        flows[Step(column, node.name, Self.ends), default: 0] += node.ended
      }
    }
    var nodes = [AnswerPicture.Node(root.name, column: 0, count: root.customers)]
    var places = [Place(column: 0, name: root.name): 0]
    var links: [AnswerPicture.Link] = []
    for (step, count) in flows.sorted(by: { $0.key < $1.key }) {
      let to = Place(column: step.column + 1, name: step.to)
      let place = places[to] ?? nodes.count
      if place == nodes.count {
        places[to] = place
        nodes.append(AnswerPicture.Node(step.to, column: to.column, count: 0))
      }
      nodes[place].count += count
      guard let from = places[Place(column: step.column, name: step.from)] else { continue }
      links.append(AnswerPicture.Link(from: from, to: place, count: count))
    }
    if direction == .backward {
      let last = nodes.reduce(0) { max($0, $1.column) }
      for node in nodes.indices { nodes[node].column = last - nodes[node].column }
      links = links.map { AnswerPicture.Link(from: $0.to, to: $0.from, count: $0.count) }
    }
    return .flow(title: "Ways", nodes: nodes, links: links)
  }

  private struct Place: Hashable {
    var column: Int
    var name: String
  }

  private struct Step: Hashable, Comparable {
    var (column, from, to): (Int, String, String)

    init(_ column: Int, _ from: String, _ to: String) {
      (self.column, self.from, self.to) = (column, from, to)
    }

    static func < (left: Self, right: Self) -> Bool {
      (left.column, left.from, left.to) < (right.column, right.from, right.to)
    }
  }
}

extension Flow.Node {
  /// Calls for each node with the names from the root to it.
  fileprivate func walk(path: [String], _ body: ([String], Flow.Node) -> Void) {
    let path = path + [name]
    body(path, self)
    for child in children { child.walk(path: path, body) }
  }
}
