import Accounts
import Events
import Foundation
import Store
import Synchronization

/// What was deleted lately, so that whoever deleted it can take that back.
///
/// It is forgotten when the program stops, and the oldest where there is too much.
final class UndoDesk: Sendable {
  /// Something that was deleted.
  enum Deleted: Sendable, Equatable {
    case question(SavedQuestion)
    case board(Board)
    /// A tile from its place on the board of a number.
    case tile(Board.Tile, place: Int, board: Int)
  }

  private struct Entry {
    var deleted: Deleted
    var member: Int?
  }

  private struct State {
    /// Begins at the time, so that numbers of before a restart mean nothing.
    var next = Int(Date().timeIntervalSince1970 * 1000)
    var entries: [Int: Entry] = [:]
  }

  /// The most that is kept: a board may take 20 KB, a question 64 KB.
  static let most = 500

  private let state = Mutex(State())

  /// Keeps what somebody deleted.
  ///
  /// - Returns: its number.
  func keep(_ deleted: Deleted, of principal: Principal) -> Int {
    state.withLock { state in
      let number = state.next
      state.next += 1
      state.entries[number] = Entry(deleted: deleted, member: principal.member)
      if state.entries.count > Self.most, let oldest = state.entries.keys.min() {
        state.entries[oldest] = nil
      }
      return number
    }
  }

  /// What somebody deleted; nil where it was taken back, forgotten, or deleted by somebody else.
  func look(_ number: Int, of principal: Principal) -> Deleted? {
    state.withLock { state in
      state.entries[number].flatMap { $0.member == principal.member ? $0.deleted : nil }
    }
  }

  /// Lets go of what was taken back.
  func drop(_ number: Int) { state.withLock { $0.entries[number] = nil } }
}
