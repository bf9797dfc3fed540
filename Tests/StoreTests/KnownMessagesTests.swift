import Events
import Foundation
import Statistics
import Stories
import Testing

@testable import Store

@Suite
struct `What is known of messages` {
  @Test(arguments: [0, 1000, 300_000])
  func `never calls a message new that was there, and hardly ever an old one that was not`(
    reserved: Int
  ) {
    var dice = SeededGenerator(reserved)
    let known = KnownMessages()
    if reserved > 0 { known.reserve(reserved) }
    var naive: Set<UInt64> = []
    var wrong = 0
    for _ in 0..<200_000 {
      let message = UInt64.random(in: 0..<150_000, using: &dice) &* 0x1234_5678_9ABC_DEF1
      let isNew = naive.insert(message).inserted
      let isKnownNew = known.insert(message)
      #expect(isNew || !isKnownNew)
      if isNew, !isKnownNew { wrong += 1 }
    }
    #expect(wrong <= 2)
  }

  @Test
  func `is the same whoever adds to it, and how many at once`() throws {
    let known = KnownMessages()
    let messages = (0..<100_000).map { UInt64($0) << 20 | 1 << 63 }
    try Background.run(8) { piece in
      known.insert(messages[(piece * 12_500)..<((piece + 1) * 12_500)])
    }
    #expect(messages.allSatisfy { !known.insert($0) })
  }

  @Test
  func `covers parts until they are no more`() {
    let known = KnownMessages()
    known.cover([1, 2])
    known.cover([3])
    known.keep([2, 3, 4])
    #expect(known.covered == [2, 3])
  }
}
