import Stories
import Synchronization

/// Answers that were worked out lately, so that unchanged events are not counted twice.
///
/// All are of the same stories: the first answer of later ones lets go of the others. Who asks while
/// an answer is being worked out waits for it, and who leaves doesn't stop it for others.
final class KeptAnswers<Key: Hashable & Sendable, Answer: Sendable>: Sendable {
  private struct Entry {
    var task: Task<Answer, any Error>
    var used: Int
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
  func take(
    _ key: Key, of stories: Stories, make: @escaping @Sendable () async throws -> Answer
  ) async throws -> Answer {
    let task = state.withLock { state in
      if state.stories !== stories.shelf {
        state.stories = stories.shelf
        state.entries = [:]
      }
      state.uses += 1
      let task = state.entries[key]?.task ?? Task { try await make() }
      state.entries[key] = Entry(task: task, used: state.uses)
      while state.entries.count > most,
        let oldest = state.entries.min(by: { $0.value.used < $1.value.used })
      {
        state.entries[oldest.key] = nil
      }
      return task
    }
    do { return try await task.value } catch {
      // An answer that failed may come out next time.
      state.withLock { if $0.entries[key]?.task == task { $0.entries[key] = nil } }
      throw error
    }
  }
}
