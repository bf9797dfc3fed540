import Events
import Logging
import Store

/// What goes on beside the requests that bring events, until the server stops.
extension Workspace {
  /// Tells watchers of new events.
  func tellOfNewEvents() async {
    for await _ in collection.changes() { changes.happened() }
  }

  /// Writes down what sources sent, now and then and once more at the end.
  func writeLedger() async {
    while !Task.isCancelled {
      // The only thing that ends the wait early is the end.
      try? await Task.sleep(for: CollectionLedger.span)
      let ledger = collection.ledger
      do { try await onCountingThreads { try ledger.write() } } catch {
        logger.error(
          "What sources sent could not be written down; it is tried again.",
          metadata: ["error": "\(error)"])
      }
    }
  }
}

extension CollectionDesk {
  /// Its figures for Prometheus.
  var metrics: [Metrics.Figure] {
    let figures = figures
    func counter(_ name: String, _ help: String, _ value: Int) -> Metrics.Figure {
      Metrics.Figure(
        name: "waymark_\(name)_total", kind: .counter, help: help, value: Double(value))
    }
    func gauge(_ name: String, _ help: String, _ value: Double) -> Metrics.Figure {
      Metrics.Figure(name: "waymark_\(name)", kind: .gauge, help: help, value: value)
    }
    return [
      counter("collected_events", "Events that were taken.", figures.taken),
      counter("repeated_events", "Events that were sent before.", figures.repeated),
      counter("refused_items", "Items that were refused.", ledger.refused),
      counter("turned_away_events", "Events for which there was no room.", figures.turnedAway),
      counter("commits", "Transactions that took events.", figures.commits),
      counter("commit_failures", "Transactions that failed.", figures.failures),
      counter("seals", "Times that the log became parts.", figures.seals),
      counter("seal_failures", "Times that this failed.", figures.sealFailures),
      gauge("waiting_events", "Events that wait for the disk.", Double(figures.waiting)),
      gauge("body_bytes", "Bytes of bodies that arrive or are read.", Double(room.bytes)),
      gauge("commit_seconds", "Time that the last commit took.", figures.lastCommitSeconds),
    ]
  }
}
