import Events
import Foundation
import Synchronization

extension Collector {
  /// Seals the log whenever it is due, until the collector is stopped.
  func sealUntilStopped() {
    // What an earlier process left in the log is counted once it is read.
    do { try store.prepareToAppend() } catch { onFailure(error) }
    var earliest = DispatchTime.now()
    var latest = earliest + sealing.seconds
    while true {
      let isTime = sealingWork.wait(timeout: latest) == .timedOut
      guard !state.withLock({ $0.isStopping }) else { return }
      let isFull = store.loggedEvents >= sealing.events && DispatchTime.now() >= earliest
      guard isTime || isFull else { continue }
      let isDone = store.loggedEvents == 0 || seal()
      earliest = .now() + (isDone ? 0 : sealing.secondsAfterFailure)
      latest = earliest + (isDone ? sealing.seconds : 0)
    }
  }

  private func seal() -> Bool {
    do {
      try store.seal()
      state.withLock { $0.figures.seals += 1 }
      return true
    } catch {
      state.withLock { $0.figures.sealFailures += 1 }
      onFailure(error)
      return false
    }
  }
}

extension Store {
  /// How many events the log holds in memory; 0 until somebody has asked for them.
  var loggedEvents: Int { tail.count.value.load(ordering: .relaxed) }
}
