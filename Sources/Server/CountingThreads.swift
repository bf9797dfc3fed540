import Foundation
import Synchronization

/// Threads of lower priority on which questions are counted, so that a long pass over all events
/// keeps nobody's request waiting.
final class CountingThreads: TaskExecutor {
  private struct State {
    var jobs: [UnownedJob] = []
    var next = 0
  }

  private let state = Mutex(State())
  private let waiting = DispatchSemaphore(value: 0)

  /// Starts the threads, which live as long as the process.
  init(count: Int = ProcessInfo.processInfo.activeProcessorCount) {
    for number in 0..<count {
      let thread = Thread { [self] in
        // Where the priority can't be lowered, the work is done at the usual one.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
        while true {
          waiting.wait()
          take()?.runSynchronously(on: asUnownedTaskExecutor())
        }
      }
      thread.name = "counting-\(number)"
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    state.withLock { $0.jobs.append(job) }
    waiting.signal()
  }

  private func take() -> UnownedJob? {
    state.withLock { state in
      guard state.next < state.jobs.count else { return nil }
      defer {
        state.next += 1
        if state.next == state.jobs.count {
          state.jobs.removeAll(keepingCapacity: true)
          state.next = 0
        }
      }
      return state.jobs[state.next]
    }
  }
}
