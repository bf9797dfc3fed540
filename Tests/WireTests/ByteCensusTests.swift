import Statistics
import Testing

@testable import Wire

struct ByteCensusTests {
  private func census(_ pieces: [[UInt8]]) -> ByteCensus {
    var census = ByteCensus()
    for piece in pieces { piece.withUnsafeBufferPointer { census.take($0) } }
    return census
  }

  @Test(arguments: 0..<60)
  func `counts what a look at each byte counts, however the bytes are cut`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    // Few kinds of bytes, so that each of the three answers comes out both ways.
    let kinds: [[UInt8]] = [
      [65, 10], [65, 10, 34], [65, 10, 0], [127, 128, 10], [1, 255, 34, 10],
    ]
    let kind = kinds[Int(seed) % kinds.count]
    let length = Int.random(in: 0..<9000, using: &random)
    let rare = Int.random(in: 1...3000, using: &random)
    let bytes = (0..<length).map { _ in
      Int.random(in: 0..<rare, using: &random) == 0
        ? kind.randomElement(using: &random) ?? 65 : UInt8(65)
    }
    var pieces: [[UInt8]] = []
    var start = 0
    while start < length {
      let end = min(length, start + Int.random(in: 1...5000, using: &random))
      pieces.append(Array(bytes[start..<end]))
      start = end
    }
    let census = census(pieces)
    #expect(census.lineEnds == bytes.count { $0 == 10 })
    #expect(census.hasQuote == bytes.contains(34))
    #expect(census.isPlain == bytes.allSatisfy { (1...127).contains($0) })
  }

  @Test
  func `sees a single byte at every place`() {
    for place in 0..<70 {
      var bytes = [UInt8](repeating: 65, count: 70)
      bytes[place] = 34
      #expect(census([bytes]).hasQuote)
      bytes[place] = 0
      #expect(!census([bytes]).isPlain)
      bytes[place] = 0x80
      #expect(!census([bytes]).isPlain)
      bytes[place] = 127
      #expect(census([bytes]).isPlain)
      bytes[place] = 10
      #expect(census([bytes]).lineEnds == 1)
    }
  }
}
