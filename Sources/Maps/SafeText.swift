/// Names come from people and from data: they are cleaned before they are shown anywhere.
extension String {
  /// The most characters of a name that are shown in full anywhere.
  static let longestName = 240
  /// The most scalars of one character that are kept: enough for a family emoji, too few to climb
  /// over the lines above.
  static let longestCharacter = 12

  /// The text on one line, without control characters, invisible characters and marks that turn the
  /// direction of what follows, and no longer than `longestName`.
  package var cleaned: String { cleaned(upTo: Self.longestName) }

  /// The same, of at most so many characters.
  package func cleaned(upTo longest: Int) -> String {
    var result = ""
    var count = 0
    var spaced = true
    for character in self {
      let kept = character.unicodeScalars.lazy
        .filter { !$0.isUnseen }.prefix(Self.longestCharacter)
      var shown = String(String.UnicodeScalarView(kept))
      if shown.isEmpty {
        guard character.unicodeScalars.contains(where: { $0.isLineOrTab }) else { continue }
        shown = " "
      }
      if shown == " " {
        guard !spaced else { continue }
        spaced = true
      } else {
        spaced = false
      }
      guard count < longest else {
        result += "…"
        break
      }
      result += shown
      count += 1
    }
    while result.last == " " { result.removeLast() }
    return result
  }

  /// The text with its lines, without what hides or turns text, as a file for other programs has it.
  package var withoutUnseen: String {
    // Nearly all texts are plain, and need no copy.
    guard unicodeScalars.contains(where: { $0.isUnseen && !$0.isLineOrTab }) else { return self }
    return String(
      String.UnicodeScalarView(unicodeScalars.filter { !$0.isUnseen || $0.isLineOrTab }))
  }

  /// The cleaned text with a capital at its front, as titles are set.
  package var asTitle: String {
    let text = cleaned
    guard let first = text.first, first.isLowercase else { return text }
    return first.uppercased() + text.dropFirst()
  }

  /// The text cut to a number of terminal cells, with an ellipsis where something is missing.
  package func shortened(to width: Int) -> String {
    guard cells > width else { return self }
    guard width > 0 else { return "" }
    var result = ""
    var used = 0
    for character in self {
      guard used + character.cells <= width - 1 else { break }
      result.append(character)
      used += character.cells
    }
    while result.last == " " { result.removeLast() }
    return result + "…"
  }

  /// How many cells of a terminal the text takes; colour codes take none.
  package var cells: Int {
    var total = 0
    var inCode = false
    for character in self {
      if character == "\u{1B}" {
        inCode = true
      } else if inCode {
        inCode = character != "m"
      } else {
        total += character.cells
      }
    }
    return total
  }

  /// The text with spaces behind, up to a number of cells.
  package func left(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - cells))
  }
  /// The text with spaces in front, up to a number of cells.
  package func right(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - cells)) + self
  }

  /// The text broken between words into lines of at most a number of cells; longer words are cut.
  package func wrapped(to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ", omittingEmptySubsequences: true) {
      let word = String(word).shortened(to: width)
      if !line.isEmpty, line.cells + 1 + word.cells > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return line.isEmpty ? lines : lines + [line]
  }

  /// The text broken between words into lines of at most a number of cells; longer words are broken too.
  package func wrappedWhole(to width: Int) -> [String] {
    split(separator: " ").map { word in
      guard String(word).cells > width else { return String(word) }
      var (pieces, piece) = ([String](), "")
      for character in word {
        if (piece + String(character)).cells > width {
          pieces.append(piece)
          piece = ""
        }
        piece.append(character)
      }
      return (pieces + [piece]).joined(separator: " ")
    }.joined(separator: " ").wrapped(to: width)
  }

  /// The text with the five characters that mean something in HTML and XML written as entities.
  package var escaped: String {
    var result = ""
    result.reserveCapacity(utf8.count)
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  fileprivate var isLineOrTab: Bool {
    switch value {
    case 0x09...0x0D, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }

  /// Control characters, direction marks, zero-width characters, tags and what is not a character.
  fileprivate var isUnseen: Bool {
    switch value {
    case 0x00...0x1F, 0x7F...0x9F, 0xAD, 0x061C, 0x115F, 0x1160, 0x180E, 0x200B, 0x200E, 0x200F,
      0x2028...0x202E, 0x2060...0x206F, 0x3164, 0xFEFF, 0xFFA0, 0xFFF0...0xFFFB, 0xE0000...0xE0FFF:
      true
    default:
      value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(value)
    }
  }

  /// Whether terminals give the character two cells.
  ///
  /// - SeeAlso: Unicode Standard Annex #11, East Asian Width, classes W and F.
  fileprivate var isWide: Bool {
    switch value {
    case 0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x2E80...0x303E, 0x3041...0x33FF,
      0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
      0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
      0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
      0x1F7E0...0x1F7EB, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
      true
    default:
      properties.isEmojiPresentation
    }
  }
}

extension Character {
  /// How many cells of a terminal the character takes.
  fileprivate var cells: Int {
    guard let first = unicodeScalars.first else { return 0 }
    if isASCII { return first.value < 0x20 ? 0 : 1 }
    if first.isWide || unicodeScalars.contains(where: { $0.value == 0xFE0F }) { return 2 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: return 1
    }
  }
}
