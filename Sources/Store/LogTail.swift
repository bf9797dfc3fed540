import Events
import GRDB
import Stories
import Synchronization

/// Events of the log in memory: as rows until somebody asks for them, then as stories.
enum LogPiece: Sendable {
  /// A row as it was written, and what its events are recognised by.
  case row(LogRow, messages: [UInt64])
  /// Several rows, sorted.
  case sorted(StorySegment, positions: Range<Int>)

  /// From the arrival of the first event to that after the last; events of imports lie between.
  var positions: Range<Int> {
    switch self {
    case .row(let row, _): row.first..<row.end
    case .sorted(_, let positions): positions
    }
  }

  /// How many events there are.
  var count: Int {
    switch self {
    case .row(let row, _): row.count
    case .sorted(let segment, _): segment.count
    }
  }
}

/// The log's events at one moment.
struct LogView: Sendable {
  /// Ascending by arrival.
  var pieces: [LogPiece]
  /// Between two views of one epoch events were added only; nil: that isn't known.
  var epoch: Int?

  /// The arrival after the last event; 0: there is none.
  var end: Int { pieces.last?.positions.upperBound ?? 0 }
}

/// The log's events that no part holds yet, in the memory of the process that writes.
///
/// It says what the database says: whoever changes the log's rows holds `state` during the
/// transaction, and whoever reads both fixes the database's view while holding it.
final class LogTail: Sendable {
  struct State {
    /// Ascending by arrival; nil until somebody needs them, and after an erasure.
    var pieces: [LogPiece]? {
      didSet {
        guard let pieces else { return }
        count.value.store(pieces.reduce(0) { $0 + $1.count }, ordering: .relaxed)
      }
    }
    /// Events from here on stay in the log when what is before becomes parts; nil: nobody seals.
    var boundary: Int?
    /// How often the pieces were taken away or read anew, so that late work on them is left.
    var epoch = 0
    fileprivate let count: Count
  }

  /// How many events there are, for those who can't wait for a transaction.
  final class Count: Sendable {
    let value = Atomic(0)
  }

  let count: Count
  let state: Mutex<State>
  /// Held by whoever sorts.
  private let sorting = Mutex(())
  /// How many events came since sorting was due.
  private let unsorted = Mutex(0)

  /// How many events wait as rows before they are sorted in the background.
  static let mostUnsorted = 16_384
  /// How many times as large as what follows it a sorted piece is, or they are merged: an event is
  /// merged a few times in its life, and there are a few pieces for each power of this number.
  private static let growth = 4

  init() {
    let count = Count()
    self.count = count
    state = Mutex(State(count: count))
  }

  /// The pieces as of the view that a database has from now on: see `Store.view`.
  func pieces(
    _ database: Database, of store: Store,
    mark: (_ state: inout State, _ end: Int?) -> Void
  ) throws -> LogView {
    try state.withLock { state in
      // The first question of a transaction fixes its view.
      _ = try counter("manifest", in: database)
      let pieces = try state.loaded(database, of: store)
      mark(&state, pieces.last?.positions.upperBound)
      return LogView(pieces: pieces, epoch: state.epoch)
    }
  }

  /// The events of pieces as stories, each identity being a customer; kept for whoever asks next.
  func segments(_ pieces: [LogPiece], of store: Store) throws -> [StorySegment] {
    try sorted(pieces, of: store).compactMap { piece in
      if case .sorted(let segment, _) = piece { segment } else { nil }
    }
  }

  /// Sorts what waits, unless somebody is at it.
  func sort(of store: Store) throws {
    guard let pieces = state.withLock({ $0.pieces }) else { return }
    _ = try sorted(pieces, of: store)
  }

  /// Counts new events; true once in `mostUnsorted` events.
  func isSortingDue(added: Int) -> Bool {
    unsorted.withLock { unsorted in
      unsorted += added
      guard unsorted >= Self.mostUnsorted else { return false }
      unsorted = 0
      return true
    }
  }

  private func sorted(_ pieces: [LogPiece], of store: Store) throws -> [LogPiece] {
    guard pieces.contains(where: \.isRow) else { return pieces }
    return try sorting.withLock { _ in
      let (known, boundary, epoch) = state.withLock { ($0.pieces, $0.boundary, $0.epoch) }
      // Somebody may have sorted them meanwhile, together with later ones or not.
      var result = pieces
      if let known, let end = pieces.last?.positions.upperBound,
        let last = known.lastIndex(where: { $0.positions.upperBound == end }),
        known[0].positions.lowerBound == pieces[0].positions.lowerBound
      {
        result = Array(known[...last])
      }
      let before = result
      try result.sortRows(boundary: boundary, of: store)
      try result.mergeSimilar(boundary: boundary, growth: Self.growth)
      state.withLock { state in
        guard state.epoch == epoch, state.boundary == boundary, let known = state.pieces,
          known.count >= before.count,
          zip(known, before).allSatisfy({ $0.positions == $1.positions })
        else { return }
        state.pieces = result + known[before.count...]
      }
      return result
    }
  }
}

extension LogTail.State {
  /// The pieces, read from the database where they are not in memory.
  mutating func loaded(_ database: Database, of store: Store) throws -> [LogPiece] {
    if let pieces { return pieces }
    let read = try LogPiece.read(database, of: store)
    for case .sorted(let segment, _) in read { store.memory.messages.insert(messagesOf: segment) }
    pieces = read
    epoch += 1
    return read
  }

  /// Takes away what is in parts now.
  mutating func remove(before end: Int) -> [LogPiece] {
    let sealed = pieces?.filter { $0.positions.upperBound <= end } ?? []
    pieces?.removeAll { $0.positions.upperBound <= end }
    boundary = nil
    epoch += 1
    return sealed
  }

  /// Forgets everything: it is read from the database when it is needed.
  mutating func forget() {
    pieces = nil
    boundary = nil
    epoch += 1
  }
}

extension LogPiece {
  fileprivate var isRow: Bool {
    if case .row = self { true } else { false }
  }

  /// What the events are recognised by.
  func contains(_ wanted: MessageFilter, into found: inout Set<UInt64>) {
    switch self {
    case .row(_, let messages): wanted.find(in: messages, into: &found)
    case .sorted(let segment, _): wanted.find(in: segment, into: &found)
    }
  }

  /// The log as the database has it, sorted.
  static func read(_ database: Database, of store: Store) throws -> [LogPiece] {
    let names = try Int.fetchOne(database, sql: "SELECT count(*) FROM event_names") ?? 0
    var columns = LogColumns()
    var positions: Range<Int>?
    try LogRow.visit(database, in: store.folder) { first, count, bytes in
      try columns.append(bytes, first: first, count: count, names: names)
      positions = (positions?.lowerBound ?? first)..<(first + count)
    }
    guard let positions else { return [] }
    return [.sorted(try columns.segment(), positions: positions)]
  }
}

extension [LogPiece] {
  /// Turns rows that follow each other into sorted pieces, none of which crosses the boundary.
  fileprivate mutating func sortRows(boundary: Int?, of store: Store) throws {
    var sorted: [LogPiece] = []
    var rows: [LogRow] = []
    for piece in self {
      if let last = rows.last, !piece.isRow || last.end == boundary {
        sorted.append(try .init(sorting: rows, of: store))
        rows = []
      }
      if case .row(let row, _) = piece { rows.append(row) } else { sorted.append(piece) }
    }
    if !rows.isEmpty { sorted.append(try .init(sorting: rows, of: store)) }
    self = sorted
  }

  /// Merges pieces at the end until each is much larger than the one after it.
  fileprivate mutating func mergeSimilar(boundary: Int?, growth: Int) throws {
    while count > 1, case .sorted(let last, let end) = self[count - 1],
      case .sorted(let before, let start) = self[count - 2],
      start.upperBound != boundary, before.count < growth * last.count
    {
      let merged = try StorySegment.merging(taken: [before, last], staged: []).segment
      removeLast(2)
      append(.sorted(merged, positions: start.lowerBound..<end.upperBound))
    }
  }
}

extension LogPiece {
  /// Sorts rows, of which there is one at least.
  fileprivate init(sorting rows: [LogRow], of store: Store) throws {
    var columns = LogColumns()
    let names = store.names.current.names.count
    for row in rows {
      do {
        try row.bytes.withUnsafeBytes {
          try columns.append($0, first: row.first, count: row.count, names: names)
        }
      } catch is LogDamage {
        throw Fault.damagedLog(at: row.first, in: store.folder)
      }
    }
    self = .sorted(
      try columns.segment(), positions: (rows.first?.first ?? 0)..<(rows.last?.end ?? 0))
  }
}
