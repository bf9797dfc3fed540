import Statistics
import Testing

@testable import Pages

@Suite struct `A difference of lines` {
  private func lines(_ generator: inout SeededGenerator, alphabet: Int) -> [String] {
    (0..<generator.below(24)).map { _ in "line \(generator.below(alphabet))" }
  }

  /// The length of a longest common subsequence, by the table of the textbook.
  private func common(_ a: [String], _ b: [String]) -> Int {
    var table = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in a.indices {
      for j in b.indices {
        table[i + 1][j + 1] = a[i] == b[j] ? table[i][j] + 1 : max(table[i][j + 1], table[i + 1][j])
      }
    }
    return table[a.count][b.count]
  }

  @Test(arguments: 0..<20)
  func `leads from one text to the other in as few changes as can be`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      let alphabet = 1 + generator.below(8)
      let (old, new) = (
        lines(&generator, alphabet: alphabet), lines(&generator, alphabet: alphabet)
      )
      let diff = LineDiff(
        from: old.map { $0 + "\n" }.joined(), to: new.map { $0 + "\n" }.joined())
      #expect(diff.lines.filter { $0.fate != .added }.map(\.text) == old)
      #expect(diff.lines.filter { $0.fate != .removed }.map(\.text) == new)
      #expect(diff.lines.compactMap(\.old) == Array(1...old.count + 1).dropLast())
      #expect(diff.lines.compactMap(\.new) == Array(1...new.count + 1).dropLast())
      #expect(diff.lines.count { $0.fate == .kept } == common(old, new))
    }
  }

  @Test func `is nothing where nothing changed`() {
    let text = "a\nb\n\nc"
    #expect(LineDiff(from: text, to: text).lines.allSatisfy { $0.fate == .kept })
    #expect(LineDiff(from: "", to: "").lines.isEmpty)
  }

  @Test func `tells lines apart that only look the same`() {
    let diff = LineDiff(from: "caf\u{E9}", to: "cafe\u{301}")
    #expect(diff.added == 1 && diff.removed == 1)
  }

  @Test func `of texts that have nothing in common replaces all, also long ones`() {
    let old = (0..<3000).map { "a\($0)\n" }.joined()
    let new = (0..<3000).map { "b\($0)\n" }.joined()
    let diff = LineDiff(from: "same\n" + old + "end\n", to: "same\n" + new + "end\n")
    #expect(diff.removed == 3000 && diff.added == 3000)
    #expect(diff.lines.first?.fate == .kept && diff.lines.last?.fate == .kept)
  }
}
