import Events
import Experience
import Store
import Wire

/// A row, an item or a record that was not taken, or a value of it that was left out.
public struct RefusedRow: Sendable {
  /// How much is missing.
  public enum Extent: Sendable { case row, value }

  public var extent: Extent
  /// Why, and which column or path it is about.
  public var refusal: ItemRefusal
  /// Where it stands: `id 17`, `orders.csv, record 5`, `item 2`.
  public var place: String
  /// The row as JSON, or as it was sent.
  public var text: String

  /// Makes it.
  public init(
    _ refusal: ItemRefusal, of extent: Extent = .row, at place: String, text: String
  ) {
    self.extent = extent
    self.refusal = refusal
    self.place = place
    self.text = text
  }
}

/// What became of some rows.
public struct PulledBatch: Sendable {
  /// The events that the store has now, each with whether it had it before.
  public var events: [(event: Event, verdict: Verdict)] = []
  /// What was not taken.
  public var refused: [RefusedRow] = []
  /// Events that are counted and not listed here: those of files.
  public var counted = 0
  /// Records that were refused and are not listed here.
  public var refusedBeside = 0

  /// Begins with nothing.
  public init() {}
}

/// Where rows go.
public struct PullSink: Sendable {
  /// Takes events; when it returns, they are on the disk.
  public var take: @Sendable ([Event]) async throws -> [Verdict]
  /// Told what became of each batch.
  public var tell: @Sendable (PulledBatch) -> Void

  /// Makes a sink.
  public init(
    take: @escaping @Sendable ([Event]) async throws -> [Verdict],
    tell: @escaping @Sendable (PulledBatch) -> Void
  ) {
    self.take = take
    self.tell = tell
  }

  /// How often, and how long apart, events are offered again while too many others wait.
  private static let patience = (tries: 120, pause: Duration.milliseconds(500))

  /// Takes events, waiting where there is no room yet, and in pieces where they are too large for
  /// one.
  func takePatiently(_ events: [Event]) async throws -> [Verdict] {
    guard !events.isEmpty else { return [] }
    for _ in 1..<Self.patience.tries {
      do { return try await take(events) } catch let refusal as Refusal
        where refusal.code == "collect.busy"
      {
        try await Task.sleep(for: Self.patience.pause)
      } catch let refusal as Refusal where refusal.code == "events.append" && events.count > 1 {
        let half = events.count / 2
        return try await takePatiently(Array(events[..<half]))
          + takePatiently(Array(events[half...]))
      }
    }
    return try await take(events)
  }
}

/// What one look at a source found.
public struct PullReport: Sendable, Equatable {
  /// Rows of a table, or records of files.
  public var rows = 0
  /// Events that are new.
  public var taken = 0
  /// Events that the store had already.
  public var repeated = 0
  /// Rows that could not be taken.
  public var refused = 0
  /// Whether there is more already, because one look is bounded.
  public var hasMore = false
  /// Files that were imported to their end.
  public var files = 0
  /// Files that can't be read, or not all of them, by name; they stay where they are.
  public var badFiles: [BadFile] = []

  /// Begins with nothing.
  public init() {}

  /// A file that something is wrong with.
  public struct BadFile: Sendable, Equatable {
    public var name: String
    public var problem: String
    public var remedy: String
  }

  mutating func count(_ batch: PulledBatch) {
    for (_, verdict) in batch.events {
      if verdict == .taken { taken += 1 } else { repeated += 1 }
    }
    refused += batch.refused.count { $0.extent == .row }
  }
}

extension ItemRefusal {
  /// A refusal of the store.
  init(_ refusal: Refusal) {
    self.init(refusal.code, problem: refusal.problem, remedy: refusal.remedy)
  }
}
