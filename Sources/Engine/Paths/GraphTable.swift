import Glibc
import Synchronization

/// How many transitions of each pair of names took how long, for one core.
///
/// One block after another is counted in it, by one thread at a time; `GraphTables` sees to that, which is
/// why it may be handed from thread to thread although it holds a pointer.
final class GraphTable: @unchecked Sendable {
  /// How many names there are.
  let count: Int
  /// By pair (from × names + to), then bin. A workspace has fewer than 2³² events.
  let gaps: UnsafeMutablePointer<UInt32>
  /// What was counted here.
  var blocks: [Block] = []

  init(names count: Int) {
    self.count = count
    let size = max(1, count * count * GapBin.count)
    // Zeros that take no room until something is written.
    guard let memory = calloc(size, MemoryLayout<UInt32>.stride) else {
      preconditionFailure("There is no memory for \(size) counts.")
    }
    gaps = memory.bindMemory(to: UInt32.self, capacity: size)
  }

  deinit { free(gaps) }
}

/// The tables of all sections: each is counted in by one of them at a time.
///
/// Tables are large, so sections share as many as there are cores. Sums don't depend on who counted what.
final class GraphTables: Sendable {
  private struct State {
    var all: [GraphTable] = []
    var free: [GraphTable] = []
  }

  private let names: Int
  private let state = Mutex(State())

  init(names: Int) { self.names = names }

  /// A table that nobody counts in.
  func take() -> GraphTable {
    state.withLock { state in
      if let table = state.free.popLast() { return table }
      let table = GraphTable(names: names)
      state.all.append(table)
      return table
    }
  }

  func giveBack(_ table: GraphTable) { state.withLock { $0.free.append(table) } }

  var all: [GraphTable] { state.withLock { $0.all } }
}

/// Bins of times, whose width grows with them: four for each doubling, so that few values share the bin
/// of a quantile.
enum GapBin {
  /// Enough for any 64-bit time.
  static let count = 256

  /// The bin of a time in milliseconds, from 0.
  @inline(__always) static func of(_ gap: Int64) -> Int {
    let shift = 61 &- (gap | 4).leadingZeroBitCount
    return shift &<< 2 &+ Int(truncatingIfNeeded: gap &>> Int64(truncatingIfNeeded: shift))
  }

  /// The shortest time of a bin.
  static func low(_ bin: Int) -> Int64 {
    guard bin >= 8 else { return Int64(bin) }
    let shift = bin / 4 - 1
    return shift > 60 ? .max : Int64(bin % 4 + 4) << Int64(shift)
  }
}
