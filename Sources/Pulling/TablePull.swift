import Events
import Experience
import Foundation
import Store
import Wire

/// Brings the new rows of a query into the store.
///
/// Events are on the disk before the cursor moves on. A process that ends between the two reads the
/// same rows again; they have the same message ids, so each counts once. The cursor only ever moves to
/// a value all of whose rows are read: rows with equal values are never cut apart.
struct TablePull {
  let source: EventSource
  let query: EventSource.Query
  let address: String
  let store: Store
  let sink: PullSink

  /// Looks once, and reads a bounded number of rows.
  func run() async throws -> PullReport {
    let known = try store.pulledSource(source.name)
    let start = Self.start(known, query)
    var reader = try TableReader(
      source, query, at: address, after: start)
    var report = PullReport()
    // The value at hand, whose rows may not all be there, and the one before it.
    var current: String?
    var complete: String?
    while true {
      let rows = try reader.next()
      guard !rows.isEmpty else { break }
      try Task.checkCancellation()
      report.count(try await take(rows, start))
      for row in rows {
        guard let cursor = row.cursor, cursor != current else { continue }
        complete = current ?? complete
        current = cursor
      }
      try keep(complete, known)
    }
    report.rows = reader.count
    if !reader.isFull {
      try keep(current, known)
    } else {
      guard complete != nil else { throw tied(current ?? "") }
      report.hasMore = true
    }
    try store.notePulled(known.id, at: .now)
    return report
  }

  /// Where to go on: where the last look ended, or at the beginning where it had another cursor.
  static func start(_ known: PulledSource?, _ query: EventSource.Query) -> String {
    known?.cursor.flatMap { $0.column == query.cursor ? $0.value : nil } ?? query.start
  }

  private func keep(_ value: String?, _ known: PulledSource) throws(Fault) {
    guard let value else { return }
    try store.keep(.init(column: query.cursor, value: value), of: known.id)
  }

  /// Takes rows, and tells what became of them.
  ///
  /// A query may ask for a few rows again, so as to miss none that came late; those of them that were
  /// refused are not told of once more.
  private func take(_ rows: [TableReader.MappedRow], _ start: String) async throws -> PulledBatch {
    let old = rows.lastIndex { $0.cursor == start }.map { $0 + 1 } ?? 0
    var batch = PulledBatch()
    var events: [(event: Event, index: Int)] = []
    for (index, row) in rows.enumerated() {
      switch row.event {
      case .success(let event): events.append((event, index))
      case .failure(let refusal):
        if index >= old { batch.refused.append(refused(refusal, row)) }
      }
      guard index >= old else { continue }
      for refusal in row.leftOut { batch.refused.append(refused(refusal, row, of: .value)) }
    }
    let verdicts = try await sink.takePatiently(events.map(\.event))
    for (event, verdict) in zip(events, verdicts) {
      if case .refused(let refusal) = verdict {
        guard event.index >= old else { continue }
        batch.refused.append(refused(ItemRefusal(refusal), rows[event.index]))
      } else {
        batch.events.append((event.event, verdict))
      }
    }
    sink.tell(batch)
    return batch
  }

  private func refused(
    _ refusal: ItemRefusal, _ row: TableReader.MappedRow, of extent: RefusedRow.Extent = .row
  ) -> RefusedRow {
    RefusedRow(
      refusal, of: extent, at: "\(query.cursor) \(row.cursor ?? "null")", text: row.text())
  }

  private func tied(_ value: String) -> Refusal {
    Refusal(
      "source.cursor.equal",
      problem: "More than \(TableReader.mostRows) rows have the value “\(value.prefix(60))” in "
        + "“\(query.cursor)”.",
      remedy: "Use a column as the cursor that tells rows apart, such as an id.")
  }
}
