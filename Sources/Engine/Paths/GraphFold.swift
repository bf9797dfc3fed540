import Events
import Experience
import Stories

/// Counts a directly-follows graph.
///
/// While the stories are visited, times are counted in bins. Once it is known which bins hold the
/// quantiles, the stories are read again, and of the times only those in these bins are kept. Memory: 1 KiB
/// for each pair of names that occurs and each core, and about an eighth of the times.
public struct GraphFold: TraceableFold {
  let question: GraphQuestion
  let touchpoints: [Touchpoint]

  /// What is worked out once, and the tables of times that all sections share.
  public struct Plan: Sendable {
    let names: PathNames
    let stories: Stories
    let tables: GraphTables
  }

  /// Numbers the names.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    let table = try NamingTable(
      question.naming, only: question.only, of: stories, touchpoints: touchpoints,
      most: GraphQuestion.mostNames, order: .any)
    try table.check(most: GraphQuestion.mostNames)
    return Plan(
      names: PathNames(table, of: stories), stories: stories,
      tables: GraphTables(names: table.count))
  }

  /// The same names, with tables of their own.
  public func plan(beside plan: Plan) -> Plan {
    Plan(
      names: plan.names, stories: plan.stories, tables: GraphTables(names: plan.names.names.count))
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> GraphCounts { GraphCounts(names: plan.names.names.count) }

  /// Counts the customers of a block.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout GraphCounts
  ) {
    let table = plan.tables.take()
    table.blocks.append(Block(segment: index, customers: customers))
    let segment = stories.segments[index]
    let walk = walk(customers, of: segment)
    plan.names.read(
      index, of: segment, byCode: { partial.add(walk, $0, times: table) },
      byRow: { partial.add(walk, $0, times: table) })
    plan.tables.giveBack(table)
  }

  private func walk(_ customers: Range<Int>, of segment: StorySegment) -> GraphWalk {
    GraphWalk(
      segment: segment, customers: customers, range: question.scope.bounds,
      repeats: question.repeats)
  }

  /// Adds up.
  public func merge(_ later: consuming GraphCounts, into partial: inout GraphCounts) {
    partial.add(later)
  }

  /// Reads the stories again for the times around the quantiles, and ranks.
  public func finish(_ partial: consuming GraphCounts, by plan: Plan) -> Graph {
    let counts = partial
    var quantiles = GapQuantiles(plan.tables.all, counts)
    quantiles.collect { table, collect in
      for block in table.blocks {
        let segment = plan.stories.segments[block.segment]
        let walk = walk(block.customers, of: segment)
        plan.names.read(
          block.segment, of: segment,
          byCode: { Self.collect(walk, $0, count: table.count, into: collect) },
          byRow: { Self.collect(walk, $0, count: table.count, into: collect) })
      }
    }
    return graph(plan.names.names, counts, quantiles.figures())
  }

  private static func collect(
    _ walk: GraphWalk, _ names: some RowNames, count: Int, into room: GapRoom
  ) {
    walk.run(names) {
    } start: { _ in
    } event: { _ in
    } follow: { from, to, gap in
      room.offer(gap, of: from &* count &+ to)
    } end: { _, _ in
    }
  }

  private func graph(
    _ names: [String], _ counts: GraphCounts, _ gaps: [GapQuantiles.Figures]
  ) -> Graph {
    let count = names.count
    var nodes = zip(names, counts.nodes).map { name, node in
      Graph.Node(
        name: name, events: Int(node.starts), customers: Int(node.customers),
        starts: Int(node.starts), ends: Int(node.ends))
    }
    var edges: [Graph.Edge] = []
    for (pair, gap) in gaps.enumerated() where gap.transitions > 0 {
      nodes[pair % count].events += gap.transitions
      edges.append(
        Graph.Edge(
          from: names[pair / count], to: names[pair % count], transitions: gap.transitions,
          customers: Int(counts.pairs[pair].customers), medianGap: gap.median, p95Gap: gap.p95))
    }
    // Both are in the order of their names before, and the sort is stable.
    edges.sort { $0.transitions > $1.transitions }
    nodes.removeAll { $0.events == 0 }
    nodes.sort { $0.events > $1.events }
    return Graph(
      tally: AnswerTally(
        counted: counts.counted,
        excluded: [
          .init(
            reason: "no such event in the range", count: Int(counts.visited) - counts.counted)
        ]),
      nodes: nodes, edges: edges)
  }

  /// The pair of two names.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> Int {
    let columns = ["from", "to"]
    let from = try plan.names.number(of: row.value("from", of: columns), column: "from")
    let to = try plan.names.number(of: row.value("to", of: columns), column: "to")
    return from * plan.names.names.count + to
  }

  /// The customers that have the pair.
  public func count(at cell: Int, in partial: borrowing GraphCounts) -> Int {
    Int(partial.pairs[cell].customers)
  }
}

/// What a section has counted of a graph, but for the times.
public struct GraphCounts: Sendable {
  struct Pair: Sendable {
    /// The last customer that had it, from 1, so that each counts once.
    var latest: UInt32 = 0
    var customers: UInt32 = 0
  }

  struct Node: Sendable {
    var latest: UInt32 = 0
    var customers: UInt32 = 0
    var starts: UInt32 = 0
    var ends: UInt32 = 0
  }

  /// By from × names + to.
  private(set) var pairs: [Pair]
  private(set) var nodes: [Node]
  private(set) var visited: UInt32 = 0
  /// Customers with a counted event.
  private(set) var counted = 0

  init(names: Int) {
    pairs = Array(repeating: Pair(), count: names * names)
    nodes = Array(repeating: Node(), count: names)
  }

  /// Counts customers, and the times in the table.
  fileprivate mutating func add(
    _ walk: GraphWalk, _ names: some RowNames, times table: GraphTable
  ) {
    let (gaps, count) = (table.gaps, table.count)
    var customer = visited
    var counted = 0
    pairs.withUnsafeMutableBufferPointer { pairs in
      nodes.withUnsafeMutableBufferPointer { nodes in
        guard let pairs = pairs.baseAddress, let nodes = nodes.baseAddress else {
          customer += UInt32(walk.customers.count)
          return
        }
        walk.run(names) {
          customer &+= 1
        } start: { name in
          nodes[name].starts &+= 1
        } event: { name in
          nodes[name].customers &+= nodes[name].latest == customer ? 0 : 1
          nodes[name].latest = customer
        } follow: { from, to, gap in
          let pair = from &* count &+ to
          gaps[pair &* GapBin.count &+ GapBin.of(gap)] &+= 1
          pairs[pair].customers &+= pairs[pair].latest == customer ? 0 : 1
          pairs[pair].latest = customer
        } end: { last, isEnd in
          counted &+= 1
          if isEnd { nodes[last].ends &+= 1 }
        }
      }
    }
    visited = customer
    self.counted += counted
  }

  /// Adds another section's counts.
  fileprivate mutating func add(_ other: GraphCounts) {
    for pair in pairs.indices { pairs[pair].customers += other.pairs[pair].customers }
    for node in nodes.indices {
      nodes[node].customers += other.nodes[node].customers
      nodes[node].starts += other.nodes[node].starts
      nodes[node].ends += other.nodes[node].ends
    }
    visited += other.visited
    counted += other.counted
  }
}
