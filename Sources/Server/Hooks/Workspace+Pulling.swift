import Accounts
import Events
import Experience
import Logging
import Pulling
import Store
import Wire

extension Workspace {
  /// How often it is looked which sources are due.
  private static let beat = Duration.milliseconds(500)

  /// Fetches from sources when they are due, until it is cancelled; then it ends with the row at hand.
  func pullSources() async {
    await withDiscardingTaskGroup { group in
      while !Task.isCancelled {
        let sources = pulling.sources(experience())
        pulling.settle(sources)
        for source in pulling.begin(sources, at: .now) {
          group.addTask { await self.pull(source) }
        }
        // The only thing that ends the wait early is the end.
        try? await Task.sleep(for: Self.beat)
      }
    }
  }

  private func pull(_ source: EventSource) async {
    let bad = pulling.all([source]).first?.bad ?? BadFiles()
    do {
      let report = try await onPullingThreads {
        let known = try self.store.pulledSource(source.name)
        let sink = PullSink(
          take: { try await self.collection.take($0) },
          tell: { batch in self.tell(batch, of: source, as: known) })
        return try await Puller(self.store, environment: self.pulling.environment, into: sink)
          .pull(source, bad: bad)
      }
      pulling.end(source, .success(report), at: .now)
      if report.files > 0 { changes.happened() }
    } catch {
      pulling.end(source, .failure(error), at: .now)
      guard !(error is CancellationError) else { return }
      // What a database says may quote people's data, so the log has the code only.
      let code = (error as? Refusal)?.code ?? (error as? Fault)?.code ?? "\(type(of: error))"
      logger.warning(
        "A source could not be fetched from; it is tried again.",
        metadata: ["source": "\(source.name)", "code": "\(code)"])
    }
  }

  /// Notes what became of rows, among the figures and for those who look on.
  func tell(_ batch: PulledBatch, of source: EventSource, as known: PulledSource) {
    let now = Instant.now
    collection.ledger.note(refused: batch.refused.count + batch.refusedBeside) { activity in
      activity.add(batch, of: source, as: known, at: now)
    }
    guard tap.isWatched else { return }
    for (event, verdict) in batch.events {
      tap.show(
        .init(
          at: "\(now)", source: source.name, event: event.name,
          customer: event.identity.description, fate: verdict == .taken ? .taken : .duplicate))
    }
    for refused in batch.refused {
      tap.show(
        .init(
          at: "\(now)", source: source.name, event: "", customer: "", fate: .refused,
          detail: "\(refused.place): \(refused.refusal.problem)"))
    }
  }
}
