import Stories
import Synchronization

/// Answers that were worked out lately, so that unchanged events are not counted twice.
///
/// All are of the same stories: the first answer of later ones lets go of the others. Who asks while
/// an answer is being worked out waits for it; who leaves doesn't stop it for others, and the last who
/// leaves does.
final class KeptAnswers<Key: Hashable & Sendable, Answer: Sendable>: Sendable {
  private struct Entry {
    var task: Task<Answer, any Error>
    /// How many wait for it; of no matter once it is there.
    var waiting = 0
    var isThere = false
    var used = 0
  }

  private struct State {
    /// What the stories share that are the same.
    var stories: Shelf?
    var entries: [Key: Entry] = [:]
    var uses = 0
  }

  private let state = Mutex(State())
  private let most: Int

  /// Keeps a number of answers; the one that was used longest ago goes first.
  init(most: Int) { self.most = most }

  /// The answer to a question of stories, worked out where it isn't there.
  ///
  /// - Throws: what making it throws; `CancellationError` where everybody who waited was cancelled.
  func take(
    _ key: Key, of stories: Stories, make: @escaping @Sendable () async throws -> Answer
  ) async throws -> Answer {
    let task = state.withLock { state in
      if state.stories !== stories.shelf {
        state.stories = stories.shelf
        state.entries = [:]
      }
      state.uses += 1
      var entry = state.entries[key] ?? Entry(task: Task { try await make() })
      entry.waiting += 1
      entry.used = state.uses
      state.entries[key] = entry
      while state.entries.count > most,
        let oldest = state.entries.min(by: { $0.value.used < $1.value.used })
      {
        state.entries[oldest.key] = nil
      }
      return entry.task
    }
    do {
      let answer = try await withTaskCancellationHandler {
        try await task.value
      } onCancel: {
        leave(key, task)
      }
      state.withLock { if $0.entries[key]?.task == task { $0.entries[key]?.isThere = true } }
      return answer
    } catch {
      // An answer that failed may come out next time.
      state.withLock { if $0.entries[key]?.task == task { $0.entries[key] = nil } }
      throw error
    }
  }

  /// How many have asked for an answer since it is being worked out, and still wait.
  func waiting(for key: Key) -> Int { state.withLock { $0.entries[key]?.waiting ?? 0 } }

  /// Somebody waits no longer.
  private func leave(_ key: Key, _ task: Task<Answer, any Error>) {
    state.withLock { state in
      // What others asked for of older stories runs to its end.
      guard let entry = state.entries[key], entry.task == task, !entry.isThere else { return }
      guard entry.waiting <= 1 else {
        state.entries[key]?.waiting -= 1
        return
      }
      state.entries[key] = nil
      task.cancel()
    }
  }
}
