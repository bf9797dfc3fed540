import Foundation
import Synchronization

/// Threads of lower priority on which questions are counted, so that a long pass over all events
/// keeps nobody's request waiting.
final class CountingThreads: TaskExecutor {
  /// What waits, the oldest first: a few pieces of each request that is being counted.
  private let jobs = Mutex<[UnownedJob]>([])
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
    jobs.withLock { $0.append(job) }
    waiting.signal()
  }

  private func take() -> UnownedJob? {
    jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }
}
