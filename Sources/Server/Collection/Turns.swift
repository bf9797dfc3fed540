import Synchronization

/// Lets a few callers at a time do what takes much memory; the others wait in their order.
final class Turns: Sendable {
  private struct State {
    var free: Int
    var waiting: [CheckedContinuation<Void, Never>] = []
    var next = 0
  }

  private let state: Mutex<State>

  init(_ count: Int) { state = Mutex(State(free: count)) }

  /// Does work when it is this caller's turn.
  func run<Value, Failure: Error>(
    _ work: () throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    await begin()
    defer { end() }
    return try work()
  }

  private func begin() async {
    await withCheckedContinuation { turn in
      let isFree = state.withLock { state in
        guard state.free == 0 else {
          state.free -= 1
          return true
        }
        state.waiting.append(turn)
        return false
      }
      if isFree { turn.resume() }
    }
  }

  private func end() {
    let turn = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.next < state.waiting.count else {
        state.free += 1
        return nil
      }
      defer {
        state.next += 1
        if state.next == state.waiting.count || state.next > 1000 {
          state.waiting.removeFirst(state.next)
          state.next = 0
        }
      }
      return state.waiting[state.next]
    }
    turn?.resume()
  }
}
