/// A theme as it is found in texts: its words and phrases.
///
/// Compared in lower case and without accents, at the boundaries of words. `*` at a word's end stands for
/// any ending, at its beginning for any beginning, as German compounds have them: `*kosten` is also
/// *Versandkosten*. Words of a phrase follow each other directly.
public struct ThemeWords: Sendable, Hashable {
  public let name: String
  /// The words and phrases as they are written.
  public let words: [String]
  private var whole: Set<String> = []
  private var beginnings: [String] = []
  private var other: [[Part]] = []

  /// A word of a phrase.
  private struct Part: Sendable, Hashable {
    var text: String
    var anyBeginning: Bool
    var anyEnding: Bool

    func matches(_ word: String) -> Bool {
      switch (anyBeginning, anyEnding) {
      case (false, false): word == text
      case (false, true): word.utf8.starts(with: text.utf8)
      case (true, false): word.utf8.reversed().starts(with: text.utf8.reversed())
      case (true, true): word.contains(text)
      }
    }
  }

  /// Reads words and phrases; one without a letter matches nothing.
  public init(_ name: String, _ words: [String]) {
    self.name = name
    self.words = words
    for phrase in words {
      let parts = phrase.split { $0 == " " || $0 == "\u{A0}" || $0 == "-" }.flatMap(Self.parts)
      guard let first = parts.first else { continue }
      if parts.count > 1 || first.anyBeginning {
        other.append(parts)
      } else if first.anyEnding {
        beginnings.append(first.text)
      } else {
        whole.insert(first.text)
      }
    }
  }

  /// The parts of what is written without a space between: one, or one for each ideograph.
  private static func parts(_ text: Substring) -> [Part] {
    let words = WrittenText(String(text)).words
    return words.enumerated().map { place, word in
      Part(
        text: word.folded, anyBeginning: place == 0 && text.hasPrefix("*"),
        anyEnding: place == words.count - 1 && text.hasSuffix("*"))
    }
  }

  /// Whether a text with such words, folded, speaks of it.
  public func isIn(_ words: [String]) -> Bool {
    words.indices.contains { place in
      let word = words[place]
      if whole.contains(word) { return true }
      if beginnings.contains(where: { word.utf8.starts(with: $0.utf8) }) { return true }
      return other.contains { parts in
        place + parts.count <= words.count
          && zip(parts, words[place...]).allSatisfy { $0.matches($1) }
      }
    }
  }
}
