import Engine
import Experience

/// How many tickets wait at each touchpoint: handed to a map, which measures none.
public struct WaitingTickets: Sendable, Equatable {
  /// How many are not closed, and how many of them are past their time.
  public struct Count: Sendable, Equatable {
    public var open: Int
    public var overdue: Int

    /// Makes a count; without arguments, of none.
    public init(open: Int = 0, overdue: Int = 0) {
      self.open = open
      self.overdue = overdue
    }
  }

  /// By the names of touchpoints.
  public var counts: [String: Count]

  /// Takes counts; without arguments, none.
  public init(_ counts: [String: Count] = [:]) { self.counts = counts }
}

extension Chart {
  /// The tickets of touchpoints, in their order, each once.
  func tickets(of touchpoints: [String]) -> [(touchpoint: String, count: WaitingTickets.Count)] {
    var seen: Set<String> = []
    return touchpoints.compactMap { name in
      guard seen.insert(name).inserted, let count = tickets.counts[name], count.open > 0 else {
        return nil
      }
      return (name, count)
    }
  }

  /// The tickets of a step's touchpoints together.
  func tickets(of column: Column) -> WaitingTickets.Count {
    tickets(of: column.step.touchpoints.map(\.name)).reduce(into: WaitingTickets.Count()) {
      $0.open += $1.count.open
      $0.overdue += $1.count.overdue
    }
  }

  /// The tickets of the starting points.
  var startTickets: [(touchpoint: String, count: WaitingTickets.Count)] {
    tickets(of: measured.starts.map(\.touchpoint))
  }

  /// Whether any ticket waits at a touchpoint of the map.
  var hasTickets: Bool {
    !startTickets.isEmpty || columns.contains { tickets(of: $0).open > 0 }
  }

  /// A count in words: “3 tickets, 1 overdue”.
  func words(_ count: WaitingTickets.Count) -> String {
    let all = figures.count(count.open, "ticket", "tickets")
    return count.overdue == 0 ? all : all + ", \(figures.count(count.overdue)) overdue"
  }
}
