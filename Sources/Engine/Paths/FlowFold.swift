import Events
import Experience
import Statistics
import Stories

/// Counts the ways from, to or between events.
///
/// Memory: about 40 bytes for each different beginning of a way, and 12 for each name of a way where times are
/// measured.
public struct FlowFold: TraceableFold {
  let question: FlowQuestion
  let touchpoints: [Touchpoint]

  /// What is worked out once.
  public struct Plan: Sendable {
    let names: PathNames
    /// By segment: where ways begin, and where they end.
    let anchors: [EventRule]
    let arrivals: [EventRule]
    let watermark: Int64
  }

  /// What a section has counted.
  public struct Partial: Sendable {
    var tree = FlowTree()
    var visited = 0
    var customers = 0
    var open = 0
    var notArrived = 0
    // Room for one way
    var way: [UInt16] = []
    var gaps: [Int64] = []
  }

  /// Numbers the names and compiles the anchors.
  public func plan(for stories: Stories) throws(Refusal) -> Plan {
    try question.validate()
    let names = try PathNames(
      question.naming, only: question.only, of: stories, touchpoints: touchpoints)
    var anchors: [EventRule] = []
    var arrivals: [EventRule] = []
    for segment in stories.segments {
      if let anchor = question.start ?? question.end {
        anchors.append(try EventRule(anchor.rule, of: segment, names: stories.names))
      }
      if question.start != nil, let end = question.end {
        arrivals.append(try EventRule(end.rule, of: segment, names: stories.names))
      }
    }
    return Plan(
      names: names, anchors: anchors, arrivals: arrivals,
      watermark: stories.watermark?.milliseconds ?? .min / 4)
  }

  /// Counts of nothing.
  public func begin(_ plan: Plan) -> Partial { Partial() }

  /// Counts the customers of a block.
  public func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: Plan,
    into partial: inout Partial
  ) {
    let segment = stories.segments[index]
    let visit = FlowVisit(
      question: question, segment: segment, customers: customers, plan: plan,
      anchor: plan.anchors[index], arrival: plan.arrivals.isEmpty ? nil : plan.arrivals[index])
    plan.names.read(
      index, of: segment, byCode: { visit.run($0, into: &partial) },
      byRow: { visit.run($0, into: &partial) })
  }

  /// Adds up.
  public func merge(_ later: consuming Partial, into partial: inout Partial) {
    partial.tree.add(later.tree)
    partial.visited += later.visited
    partial.customers += later.customers
    partial.open += later.open
    partial.notArrived += later.notArrived
  }

  /// Chooses what is shown.
  public func finish(_ partial: consuming Partial, by plan: Plan) -> Flow {
    let tree = partial.tree
    var (children, all, times) = tree.shown(question.most)
    let total = Double(max(1, tree.nodes[0].count))
    func node(_ position: Int) -> Flow.Node {
      let found = tree.nodes[position]
      let shown = children[position] ?? []
      let below = (all[position] ?? []).reduce(0) { $0 + Int(tree.nodes[$1].count) }
      let parent = Double(max(1, tree.nodes[Int(found.parent)].count))
      return Flow.Node(
        name: position == 0 ? rootName : name(found.name, plan), customers: Int(found.count),
        shareOfRoot: Double(found.count) / total, shareOfParent: Double(found.count) / parent,
        time: position == 0 || question.times == .omitted
          ? nil : .median(of: &times[position, default: []]),
        ended: Int(found.ended), goesOn: Int(found.goesOn),
        other: below - shown.reduce(0) { $0 + Int(tree.nodes[$1].count) },
        otherNames: (all[position] ?? []).count - shown.count, children: shown.map { node($0) })
    }
    let root = node(0)
    return Flow(
      tally: AnswerTally(
        counted: root.customers, open: partial.open,
        excluded: [
          .init(reason: "no anchor in the range", count: partial.visited - partial.customers),
          .init(reason: "did not arrive", count: partial.notArrived),
        ]), direction: direction, root: root)
  }

  private var direction: Flow.Direction {
    question.start == nil ? .backward : question.end == nil ? .forward : .between
  }

  private var rootName: String { (question.start ?? question.end)?.name ?? "" }

  /// The end of ways between two events has the number behind the names'.
  private func name(_ number: UInt16, _ plan: Plan) -> String {
    Int(number) < plan.names.names.count
      ? plan.names.names[Int(number)] : question.end?.name ?? ""
  }

  /// The names of a path from the anchor on.
  public func cell(of row: AnswerRowKey, by plan: Plan) throws(Refusal) -> [UInt16] {
    let text = try row.value("path", of: ["path"])
    if text == rootName { return [] }
    if direction == .backward {
      guard text.hasSuffix(waySeparator + rootName) else {
        throw AnswerRowKey.unknown("path", text)
      }
      let rest = text.dropLast(waySeparator.count + rootName.count)
      return try plan.names.way(of: String(rest), column: "path").reversed()
    }
    guard text.hasPrefix(rootName + waySeparator) else {
      throw AnswerRowKey.unknown("path", text)
    }
    var rest = String(text.dropFirst(rootName.count + waySeparator.count))
    guard direction == .between, let end = question.end?.name else {
      return try plan.names.way(of: rest, column: "path")
    }
    let arrival = UInt16(plan.names.names.count)
    if rest == end { return [arrival] }
    guard rest.hasSuffix(waySeparator + end) else {
      return try plan.names.way(of: rest, column: "path")
    }
    rest.removeLast(waySeparator.count + end.count)
    return try plan.names.way(of: rest, column: "path") + [arrival]
  }

  /// The ways that begin like that.
  public func count(at cell: [UInt16], in partial: borrowing Partial) -> Int {
    partial.tree.count(of: cell)
  }
}

/// The visit of some customers.
struct FlowVisit {
  let question: FlowQuestion
  let segment: StorySegment
  let customers: Range<Int>
  let plan: FlowFold.Plan
  let anchor: EventRule
  /// Where ways between two events end.
  let arrival: EventRule?

  @inline(__always) func run(_ names: some RowNames, into partial: inout FlowFold.Partial) {
    let range = question.scope.bounds
    for customer in customers {
      let story = segment.rows(of: customer)
      var arrived = story.lowerBound
      partial.visited += 1
      var isAnchored = false
      for row in segment.rows(of: customer, in: range) where anchor.matches(row) {
        isAnchored = true
        if let arrival, arrived <= row {
          arrived = row + 1
          while arrived < story.upperBound, !arrival.matches(arrived) { arrived += 1 }
        }
        follow(row, of: story, arrived: arrival == nil ? nil : arrived, names, &partial)
        if question.entry == .first { break }
      }
      if isAnchored { partial.customers += 1 }
    }
  }

  private func follow(
    _ row: Int, of story: Range<Int>, arrived: Int?, _ names: some RowNames,
    _ partial: inout FlowFold.Partial
  ) {
    let start = segment.times[row]
    let window = question.window?.milliseconds ?? .max
    let isOpen =
      question.window != nil && question.start != nil
      && start.addingSaturating(window) > plan.watermark
    if let arrived, arrived == story.upperBound || segment.times[arrived] &- start > window {
      if isOpen { partial.open += 1 } else { partial.notArrived += 1 }
      return
    }
    partial.way.removeAll(keepingCapacity: true)
    partial.gaps.removeAll(keepingCapacity: true)
    let anchorName = names.number(row)
    let rows =
      question.start == nil
      ? stride(from: row - 1, to: story.lowerBound - 1, by: -1)
      : stride(from: row + 1, to: arrived ?? story.upperBound, by: 1)
    var (last, time) = (anchorName, start)
    var goesOn = false
    var followed = 0
    for row in rows {
      let now = segment.times[row]
      guard abs(now &- start) <= window else { break }
      followed += 1
      let name = names.number(row)
      guard name != NamingTable.skipped, question.repeats == .kept || name != last else {
        if followed < FlowQuestion.mostFollowed { continue }
        goesOn = true
        break
      }
      last = name
      let isKnown = question.loops == .folded && (name == anchorName || partial.way.contains(name))
      if !isKnown {
        if partial.way.count == question.depth {
          goesOn = true
          break
        }
        partial.way.append(name)
        partial.gaps.append(abs(now &- time))
        time = now
      }
      if followed >= FlowQuestion.mostFollowed {
        goesOn = true
        break
      }
    }
    if let arrived, !goesOn {
      if partial.way.count == question.depth {
        goesOn = true
      } else {
        partial.way.append(UInt16(plan.names.names.count))
        partial.gaps.append(segment.times[arrived] &- time)
      }
    }
    if isOpen, arrived == nil, !goesOn, partial.way.count < question.depth { partial.open += 1 }
    if question.times == .omitted { partial.gaps.removeAll(keepingCapacity: true) }
    partial.tree.add(partial.way, gaps: partial.gaps, goesOn: goesOn)
  }
}
