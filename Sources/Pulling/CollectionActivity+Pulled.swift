import Events
import Experience
import Store
import Wire

extension CollectionActivity {
  /// Counts what became of rows, and keeps what was refused of them.
  public mutating func add(
    _ batch: PulledBatch, of source: EventSource, as known: PulledSource, at now: Instant
  ) {
    let sender = CollectionSource(known.principal)
    var taken: [String: Int] = [:]
    for (event, _) in batch.events { taken[event.name, default: 0] += 1 }
    for (name, count) in taken { took(count, of: name, from: sender, at: now) }
    took(batch.counted, of: "", from: sender, at: now)
    let kept = batch.refused.suffix(RefusedItem.most)
    refused(batch.refused.count - kept.count + batch.refusedBeside, from: sender, at: now)
    for row in kept {
      let refusal = Refusal(
        row.refusal.code, problem: "\(row.place): \(row.refusal.problem)",
        remedy: row.refusal.remedy)
      refused(
        RefusedItem(
          at: now, dialect: source.kind.name, refusal: refusal, field: row.refusal.field,
          item: row.text), from: sender)
    }
  }
}
