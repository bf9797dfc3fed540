import Events
import Statistics

/// The twin of `GraphFold`, from the definition: whole stories as lists of named moments.
public enum NaiveGraph {
  /// An edge's figures.
  public struct Edge: Sendable, Equatable {
    public var transitions = 0
    public var customers = 0
    public var gaps: [Int64] = []
  }

  /// A node's figures.
  public struct Node: Sendable, Equatable {
    public var events = 0
    public var customers = 0
    public var starts = 0
    public var ends = 0
  }

  /// Counts edges by [from, to], and nodes by name.
  ///
  /// - Parameter name: what an event is called; nil where it counts as if it were not there.
  public static func count(
    _ stories: [[Event]], repeats: PathRepeats, in range: Range<Instant>?,
    name: (Event) -> String?
  ) -> (edges: [[String]: Edge], nodes: [String: Node]) {
    var edges: [[String]: Edge] = [:]
    var nodes: [String: Node] = [:]
    for story in stories {
      var way: [(name: String, time: Instant)] = []
      for event in story {
        guard let name = name(event) else { continue }
        if repeats == .collapsed, way.last?.name == name { continue }
        way.append((name, event.time))
      }
      let counts = way.map { moment in range.map { $0.contains(moment.time) } ?? true }
      var pairs: Set<[String]> = []
      var names: Set<String> = []
      for position in way.indices where counts[position] {
        let name = way[position].name
        nodes[name, default: Node()].events += 1
        names.insert(name)
        if position == way.count - 1 { nodes[name, default: Node()].ends += 1 }
        guard position > 0 else {
          nodes[name, default: Node()].starts += 1
          continue
        }
        let pair = [way[position - 1].name, name]
        edges[pair, default: Edge()].transitions += 1
        edges[pair, default: Edge()].gaps.append(
          (way[position].time - way[position - 1].time).milliseconds)
        pairs.insert(pair)
      }
      for pair in pairs { edges[pair, default: Edge()].customers += 1 }
      for name in names { nodes[name, default: Node()].customers += 1 }
    }
    return (edges, nodes)
  }
}
