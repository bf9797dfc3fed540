import Events
import Statistics
import Testing

@testable import Maps

@Suite
struct `A name` {
  @Test(arguments: [
    ("plain", "plain"),
    ("  two\t\n words ", "two words"),
    ("a\u{202E}b\u{2066}c\u{200B}d", "abcd"),
    ("\u{1B}[31mred\u{0}\u{7F}", "[31mred"),
    ("line\u{2028}break", "line break"),
    ("名前", "名前"),
    ("👩‍👩‍👧", "👩‍👩‍👧"),
    ("עברית", "עברית"),
    ("", ""),
  ])
  func `is cleaned of what is not seen`(name: String, cleaned: String) {
    #expect(name.cleaned == cleaned)
  }

  @Test
  func `is bounded in characters and in what one character holds`() {
    #expect(String(repeating: "x", count: 10_000).cleaned.count == String.longestName + 1)
    let tower = "a" + String(repeating: "\u{301}", count: 5000)
    #expect(tower.cleaned.unicodeScalars.count == String.longestCharacter)
  }

  @Test(arguments: [
    ("abc", 3), ("名前", 4), ("👩‍👩‍👧", 2), ("e\u{301}", 1), ("✓", 1), ("\u{1B}[1mab\u{1B}[0m", 2),
    ("한글", 4),
    ("❤️", 2),
  ])
  func `is as wide as terminals show it`(text: String, cells: Int) {
    #expect(text.cells == cells)
  }

  @Test(arguments: [
    ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("名前名前", 5, "名前…"), ("名前名前", 4, "名…"),
    ("ab cd", 4, "ab…"), ("abc", 0, ""),
  ])
  func `is shortened to a width`(text: String, width: Int, shortened: String) {
    #expect(text.shortened(to: width) == shortened)
  }

  @Test
  func `never passes its width, however it is cut or broken`() {
    let letters = ["a", "名", "👩‍👩‍👧", " ", "  ", "long", "é", "\u{202E}", "—"]
    for seed in 0..<200 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let text = (0..<random.below(60)).map { _ in letters[random.below(letters.count)] }.joined()
      let width = 2 + random.below(30)
      #expect(text.cleaned.shortened(to: width).cells <= width)
      let lines = text.cleaned.wrapped(to: width)
      #expect(lines.allSatisfy { $0.cells <= width })
      let longest = text.cleaned.split(separator: " ").map { String($0).cells }.max() ?? 0
      if longest <= width { #expect(lines.joined(separator: " ") == text.cleaned) }
    }
  }

  @Test
  func `is escaped so that markup cannot end`() {
    #expect("<a href='x'>\"&".escaped == "&lt;a href=&#39;x&#39;&gt;&quot;&amp;")
  }
}

@Suite
struct `A figure` {
  let figures = Figures(currency: "EUR", timezone: "Europe/Berlin")

  private func plain(_ text: String) -> String { text.replacing(Figures.space, with: " ") }

  @Test(arguments: [
    (0.0, "0.0 %"), (1.0, "100.0 %"), (0.083, "8.3 %"), (0.0001, "<0.1 %"), (0.99996, ">99.9 %"),
    (0.5, "50.0 %"), (.nan, "–"),
  ])
  func `of a share never rounds to nothing or to all`(value: Double, shown: String) {
    #expect(plain(figures.share(value)) == shown)
  }

  @Test(arguments: [
    (0, 9, "0 %"), (9, 9, "100 %"), (2, 3, "67 %"), (1, 900, "<1 %"), (899, 900, ">99 %"),
    (0, 0, "–"),
  ])
  func `of a rough share never rounds to nothing or to all`(part: Int, whole: Int, shown: String) {
    #expect(plain(figures.roughShare(part, of: whole)) == shown)
  }

  @Test(arguments: [
    (0.0, "€0"), (84.2, "€84.20"), (1240, "€1.2 k"), (999.7, "€999.70"), (999.999, "€1.0 k"),
    (165_420.5, "€165.4 k"),
    (3_400_000, "€3.4 M"), (-12.5, "−€12.50"), (100.21, "€100.21"), (2e9, "€2.0 bn"),
    (.infinity, "–"),
  ])
  func `of money is short`(value: Double, shown: String) {
    #expect(plain(figures.money(value)) == shown)
  }

  @Test(arguments: [(0, "0"), (999, "999"), (12_345, "12,345"), (-1_000_000, "−1,000,000")])
  func `of a count has commas`(value: Int, shown: String) {
    #expect(figures.count(value) == shown)
  }

  @Test(arguments: [
    (187_200_000.0, "2d 4h"), (0, "0s"), (1e30, "–"), (.nan, "–"), (90_000, "1m 30s"),
  ])
  func `of time has two units at most`(value: Double, shown: String) {
    #expect(plain(figures.time(value)) == shown)
  }

  @Test
  func `of a moment is a day in the experience's zone`() {
    #expect(
      plain(figures.moment(.init(milliseconds: 1_772_319_600_000))) == "1 Mar 2026")
    #expect(
      plain(figures.moment(.init(milliseconds: 1_780_401_600_000))) == "2 Jun 2026, 14:00")
  }
}
