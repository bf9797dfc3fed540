/// The packed ways of customers, one after the other, as long as nobody needs to know how many took
/// which.
///
/// Each block is sorted by the part of the table that its ways belong to. So a way is looked up
/// once, in a small table at the end, and not in a section's table and then in that of all.
struct WayList: Sendable {
  private struct Block: Sendable {
    let ways: [UInt64]
    /// Where each part begins, and the last one ends.
    let starts: [Int]
  }

  private var blocks: [Block] = []
  private(set) var count = 0

  /// Blocks of fewer customers are counted in tables at once: sorting would take longer.
  static let fewest = 256

  /// Adds the ways of a block.
  mutating func add(_ ways: UnsafeBufferPointer<UInt64>) {
    let parts = WayTable.parts
    var starts = [Int](repeating: 0, count: parts + 1)
    starts.withUnsafeMutableBufferPointer { starts in
      for way in ways { starts[WayTable.part(of: way) &+ 1] &+= 1 }
    }
    for part in 0..<parts { starts[part + 1] += starts[part] }
    var next = starts
    let sorted = [UInt64](unsafeUninitializedCapacity: ways.count) { sorted, count in
      next.withUnsafeMutableBufferPointer { next in
        for way in ways {
          let part = WayTable.part(of: way)
          sorted[next[part]] = way
          next[part] &+= 1
        }
      }
      count = ways.count
    }
    blocks.append(Block(ways: sorted, starts: starts))
    count += ways.count
  }

  /// How often a way is among them.
  func count(of way: UInt64) -> Int {
    blocks.reduce(0) { $0 + $1.ways.count { $0 == way } }
  }

  /// Calls with the ways of one part, block by block.
  func forEach(ofPart part: Int, _ body: (UnsafeBufferPointer<UInt64>) -> Void) {
    for block in blocks {
      block.ways.withUnsafeBufferPointer {
        body(UnsafeBufferPointer(rebasing: $0[block.starts[part]..<block.starts[part + 1]]))
      }
    }
  }
}
