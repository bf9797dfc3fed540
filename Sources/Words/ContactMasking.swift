import Foundation

/// Takes out of a text by what its writer could be reached or looked up.
///
///     ContactMasking.masked("Call 0171 2345678 or write to ada@example.com")
///     // Call [number] or write to [address]
///
/// A rule that errs takes out too much: a date is a number here, too. A name that somebody writes
/// as a word can't be told from other words, and stays.
public enum ContactMasking {
  /// What stands in the place of a word with `@`: a mail address, or a name on some network.
  static let address = "[address]"
  /// What stands in the place of an address of the web.
  static let link = "[link]"
  /// What stands in the place of a telephone's, an order's or any other long number.
  static let number = "[number]"
  /// What stands in the place of the writer's own id.
  static let writer = "[customer]"

  /// So many digits without a gap are a number that could be looked up: a postcode has five.
  static let longestPlain = 4
  /// So many with gaps, too: the shortest telephone numbers have seven.
  static let longestGrouped = 6
  /// The most characters between two digits of a number: `+49 (0) 171`.
  static let widestGap = 3
  /// Ids as short as this are words, too, and would take those out.
  static let shortestID = 4

  /// The text on one line, in the compatible form of its characters (Unicode's NFKC), without mail
  /// addresses, links, names after `@`, numbers of five digits and more (of seven with gaps), and the
  /// writer's own id.
  ///
  /// - Parameter id: the id of whoever wrote it; empty where it isn't known.
  /// - Complexity: O(the text's length).
  public static func masked(_ text: String, writer id: String = "") -> String {
    // So that wide digits, and `＠`, are what they look like.
    var plain = text.precomposedStringWithCompatibilityMapping
    let id = id.precomposedStringWithCompatibilityMapping
    if id.count >= shortestID {
      plain = plain.replacingOccurrences(of: id, with: writer, options: .caseInsensitive)
    }
    let words = plain.split(whereSeparator: \.isWhitespace).map(String.init)
    return withoutNumbers(withoutAddresses(words).joined(separator: " "))
  }

  private static func withoutAddresses(_ words: [String]) -> [String] {
    words.enumerated().map { place, word in
      if isLink(word) { return link }
      // `ada @ example.com`, `ada @example.com`, `ada@ example.com`
      let isBefore = place + 1 < words.count && isRestOfAddress(words[place + 1])
      let isBehind = place > 0 && words[place - 1].hasSuffix("@")
      return isBefore || isBehind || word.contains("@") ? address : word
    }
  }

  /// Whether a word is `@`, or `@example.com`, which isn't a name on some network.
  private static func isRestOfAddress(_ word: String) -> Bool {
    word == "@" || (word.hasPrefix("@") && word.dropLast().contains("."))
  }

  /// Whether a word is `https://…`, `www.…`, or an address with a path, `example.com/…`.
  private static func isLink(_ word: String) -> Bool {
    let word = word.lowercased()
    if word.contains("://") || word.contains("www.") { return true }
    guard let slash = word.firstIndex(of: "/") else { return false }
    let parts = word[..<slash].split(separator: ".")
    // Not a date such as 3.4/5.4.
    return parts.count > 1 && parts.dropLast().contains { $0.contains(where: \.isLetter) }
      && parts.suffix(1).allSatisfy { $0.contains(where: \.isLetter) }
  }

  private static func withoutNumbers(_ text: String) -> String {
    let characters = Array(text)
    var result: [Character] = []
    var place = 0
    while place < characters.count {
      guard characters[place].isDigit else {
        result.append(characters[place])
        place += 1
        continue
      }
      let run = DigitRun(in: characters, at: place)
      place = run.end
      guard run.longest > longestPlain || run.count > longestGrouped else {
        result += characters[run.start..<run.end]
        continue
      }
      // What it hangs together with is a part of it: `ORD-`, `DE`, `(+`.
      while let last = result.last, last.isPartOfNumber { result.removeLast() }
      while place < characters.count, characters[place].isPartOfNumber { place += 1 }
      result += number
    }
    return String(result)
  }
}

/// Digits that follow each other, perhaps with gaps as people write them.
private struct DigitRun {
  let start: Int
  /// Behind its last digit.
  private(set) var end: Int
  private(set) var count = 0
  /// The most digits without a gap.
  private(set) var longest = 0

  init(in characters: [Character], at start: Int) {
    self.start = start
    end = start
    var place = start
    var plain = 0
    while place < characters.count, place - end <= ContactMasking.widestGap {
      if characters[place].isDigit {
        plain = place == end ? plain + 1 : 1
        count += 1
        longest = max(longest, plain)
        end = place + 1
      } else if !characters[place].isGapOfNumber {
        break
      }
      place += 1
    }
  }
}

extension Character {
  /// Whether it is a digit of any script, whatever marks it carries.
  fileprivate var isDigit: Bool {
    unicodeScalars.first?.properties.numericType == .decimal
  }

  /// Whether it stands between the digits of one number.
  fileprivate var isGapOfNumber: Bool { " .-–—‐‒−/()+_·:'’".contains(self) }

  /// Whether it belongs to a number that it touches.
  ///
  /// Letters without cases do not: their scripts write words without blanks between them.
  fileprivate var isPartOfNumber: Bool { isCased || isNumber || "-_#+(".contains(self) }
}
