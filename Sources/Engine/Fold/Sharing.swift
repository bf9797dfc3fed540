import Dispatch
import Synchronization

/// The results of pieces of work that don't depend on each other, in their order, worked out on all cores.
///
/// For the end of a fold, which would otherwise keep one core busy only.
func onAllCores<Result: Sendable>(
  _ count: Int, _ work: @Sendable (Int) -> Result
) -> [Result] {
  let results = Mutex([Result?](repeating: nil, count: count))
  DispatchQueue.concurrentPerform(iterations: count) { piece in
    let result = work(piece)
    results.withLock { $0[piece] = result }
  }
  return results.withLock { $0.compactMap(\.self) }
}
