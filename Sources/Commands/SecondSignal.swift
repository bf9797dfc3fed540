import Dispatch
import Foundation
import Glibc
import Synchronization

/// Ends the process at once when it is told to end for the second time.
///
/// The first SIGTERM or SIGINT is for the server, which finishes what was begun. Ending at once is
/// what a loss of power does: all that was acknowledged is on the disk.
final class SecondSignal {
  private let sources: [any DispatchSourceSignal]

  /// How often it was told.
  private final class Count: Sendable { let value = Atomic(0) }

  /// Begins to count.
  init() {
    let queue = DispatchQueue(label: "signals")
    let count = Count()
    sources = [SIGTERM, SIGINT].map { number in
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        guard count.value.add(1, ordering: .relaxed).newValue > 1 else { return }
        Terminal.note("waymark: Told to end a second time; it ends at once.")
        // 128 and the signal's number is what shells say of a program that a signal ended.
        _exit(128 + number)
      }
      source.resume()
      return source
    }
  }

  deinit { for source in sources { source.cancel() } }
}
