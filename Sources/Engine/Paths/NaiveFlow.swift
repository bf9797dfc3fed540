import Events

/// The twin of `FlowFold`, from the definition: every way as a list of names.
public enum NaiveFlow {
  /// What begins alike.
  public struct Node: Sendable, Equatable {
    public var ways = 0
    public var ended = 0
    public var goesOn = 0
    /// Times from the name before.
    public var times: [Int64] = []
  }

  /// Counts ways by how they begin, seen from the anchor; the empty beginning is all of them.
  ///
  /// - Parameters:
  ///   - name: what an event is called; nil where it counts as if it were not there.
  ///   - isStart: whether ways begin at an event; nil: they are followed backward from their ends.
  ///   - isEnd: whether ways end at an event; nil: they are followed forward.
  public static func count(
    _ stories: [[Event]], _ question: FlowQuestion, name: (Event) -> String?,
    isStart: ((Event) -> Bool)?, isEnd: ((Event) -> Bool)?
  ) -> [[String]: Node] {
    var nodes: [[String]: Node] = [:]
    for story in stories {
      let anchors = story.indices.filter { position in
        let time = story[position].time
        return (isStart ?? isEnd ?? { _ in false })(story[position])
          && (question.scope.from.map { time >= $0 } ?? true)
          && (question.scope.to.map { time < $0 } ?? true)
      }
      for anchor in question.entry == .first ? Array(anchors.prefix(1)) : anchors {
        // The events after the anchor, or before it, nearest first.
        var events =
          isStart == nil
          ? Array(story[..<anchor].reversed()) : Array(story[(anchor + 1)...])
        events = events.filter { event in
          let distance = (event.time - story[anchor].time).milliseconds
          return question.window.map { abs(distance) <= $0.milliseconds } ?? true
        }
        var arrival: Event?
        if isStart != nil, let isEnd {
          guard let end = events.firstIndex(where: isEnd) else { continue }
          arrival = events[end]
          events = Array(events[..<end])
        }
        var way = named(events, after: story[anchor], question, name)
        if let arrival { way.append((question.end?.name ?? "", arrival.time)) }
        nodes[[], default: Node()].ways += 1
        var before = story[anchor].time
        var path: [String] = []
        for step in way.prefix(question.depth) {
          path.append(step.name)
          nodes[path, default: Node()].ways += 1
          nodes[path, default: Node()].times.append(abs((step.time - before).milliseconds))
          before = step.time
        }
        if way.count > question.depth {
          nodes[path, default: Node()].goesOn += 1
        } else {
          nodes[path, default: Node()].ended += 1
        }
      }
    }
    return nodes
  }

  private static func named(
    _ events: [Event], after anchor: Event, _ question: FlowQuestion, _ name: (Event) -> String?
  ) -> [(name: String, time: Instant)] {
    var names = events.compactMap { event in name(event).map { (name: $0, time: event.time) } }
    if question.repeats == .collapsed {
      let first = name(anchor)
      names = names.indices.filter {
        names[$0].name != ($0 == 0 ? first : names[$0 - 1].name)
      }.map { names[$0] }
    }
    if question.loops == .folded {
      names = names.indices.filter { position in
        names[position].name != name(anchor)
          && !names[..<position].contains { $0.name == names[position].name }
      }.map { names[$0] }
    }
    return names
  }
}
