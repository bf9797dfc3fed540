import Foundation

/// What a person wrote, cut into what can be judged: words, faces, and what stands between sentences.
///
///     WrittenText("Not good :(").words  // not, good
///
/// Letters of scripts that put no spaces between words are words of their own. Addresses of the web and
/// names after `@` are left out.
public struct WrittenText: Sendable {
  /// A word.
  public struct Word: Sendable, Hashable {
    /// In lower case, with its accents.
    public var text: String
    /// In lower case without accents, as themes and proposals compare it.
    public var folded: String
    /// Whether it was written in capitals, two or more.
    public var isShouted: Bool
  }

  /// A part of a text.
  enum Piece: Sendable {
    case word(Word)
    /// An emoji or an emoticon, with what it says of the feeling.
    case face(Double)
    /// A comma, a dash, a bracket.
    case pause
    /// The end of a sentence, with how many `!` it has.
    case end(exclamations: Int)
  }

  let pieces: [Piece]
  /// Whether it was cut because it is longer than `mostBytes`.
  public let isCut: Bool

  /// What is read of a text, in bytes of UTF-8: some 2,500 words, more than anybody writes into a survey.
  /// What comes after would take time and change nothing.
  public static let mostBytes = 16_384
  /// The most scalars of a word; longer ones are no words.
  static let longestWord = 64

  /// Reads a text, as far as `mostBytes`.
  public init(_ text: String) {
    isCut = text.utf8.count > Self.mostBytes
    let scalars =
      isCut
      ? Array(String(decoding: text.utf8.prefix(Self.mostBytes), as: UTF8.self).unicodeScalars)
      : Array(text.unicodeScalars)
    var reader = PieceReader(scalars)
    pieces = reader.read()
  }

  /// The words in their order.
  public var words: [Word] {
    pieces.compactMap { if case .word(let word) = $0 { word } else { nil } }
  }

  /// Whether nothing was said: no word and no face.
  public var isEmpty: Bool {
    pieces.allSatisfy { piece in
      switch piece {
      case .word, .face: false
      case .pause, .end: true
      }
    }
  }
}

extension String {
  /// The text in lower case and without accents; `ß` is `ss`, `ø` is `o`.
  ///
  ///     "Größe".foldedWord  // grosse
  public var foldedWord: String {
    if utf8.allSatisfy({ $0 < 0x80 }) { return lowercased() }
    var result = String.UnicodeScalarView()
    for scalar in lowercased().decomposedStringWithCanonicalMapping.unicodeScalars {
      switch scalar {
      case "ß": result.append(contentsOf: "ss".unicodeScalars)
      case "æ": result.append(contentsOf: "ae".unicodeScalars)
      case "œ": result.append(contentsOf: "oe".unicodeScalars)
      case "ø": result.append("o")
      case "ł": result.append("l")
      case "đ", "ð": result.append("d")
      case "ı": result.append("i")
      case "’": result.append("'")
      default:
        if scalar.properties.generalCategory != .nonspacingMark { result.append(scalar) }
      }
    }
    return String(result)
  }
}

/// Cuts scalars into pieces.
private struct PieceReader {
  private let scalars: [Unicode.Scalar]
  private var place = 0

  init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

  mutating func read() -> [WrittenText.Piece] {
    var pieces: [WrittenText.Piece] = []
    while place < scalars.count {
      let scalar = scalars[place]
      if skipAddress() { continue }
      if let (valence, length) = Faces.face(at: place, of: scalars) {
        pieces.append(.face(valence))
        place += length
      } else if scalar.standsAlone {
        pieces.append(.word(word([scalar])))
        place += 1
      } else if scalar.isPartOfWord {
        let letters = takeWord()
        if letters.count <= WrittenText.longestWord { pieces.append(.word(word(letters))) }
      } else {
        if let mark = takeMark() { pieces.append(mark) }
      }
    }
    return pieces
  }

  /// Passes over an address of the web, or a name after `@`.
  private mutating func skipAddress() -> Bool {
    let isStart = place == 0 || scalars[place - 1].properties.isWhitespace
    guard isStart, begins("http://") || begins("https://") || begins("www.") || begins("@") else {
      return false
    }
    while place < scalars.count, !scalars[place].properties.isWhitespace { place += 1 }
    return true
  }

  private func begins(_ text: String) -> Bool {
    scalars[place...].starts(with: text.unicodeScalars)
  }

  /// Letters, digits and marks, with apostrophes between them.
  private mutating func takeWord() -> ArraySlice<Unicode.Scalar> {
    let start = place
    while place < scalars.count {
      let scalar = scalars[place]
      let isApostrophe = scalar == "'" || scalar == "’"
      let goesOn =
        isApostrophe
        ? place + 1 < scalars.count && scalars[place + 1].isPartOfWord
        : scalar.isPartOfWord && !scalar.standsAlone
      guard goesOn else { break }
      place += 1
    }
    return scalars[start..<place]
  }

  private func word(_ letters: ArraySlice<Unicode.Scalar>) -> WrittenText.Word {
    let written = String(String.UnicodeScalarView(letters)).replacing("’", with: "'")
    let text = written.lowercased().precomposedStringWithCanonicalMapping
    return WrittenText.Word(
      text: text, folded: text.foldedWord,
      isShouted: letters.count { $0.properties.isUppercase } > 1
        && !letters.contains { $0.properties.isLowercase })
  }

  /// What separates words, if that says something.
  private mutating func takeMark() -> WrittenText.Piece? {
    let scalar = scalars[place]
    place += 1
    switch scalar {
    case ".", "!", "?", "…", "。", "！", "？", "\n":
      var exclamations = scalar == "!" || scalar == "！" ? 1 : 0
      while place < scalars.count, [".", "!", "?", "…"].contains(scalars[place]) {
        if scalars[place] == "!" { exclamations += 1 }
        place += 1
      }
      return .end(exclamations: exclamations)
    case ",", ";", ":", "(", ")", "–", "—", "-": return .pause
    default: return nil
    }
  }
}

extension Unicode.Scalar {
  /// Letters, digits and marks on letters.
  fileprivate var isPartOfWord: Bool {
    if isASCII {
      return ("a"..."z").contains(self) || ("A"..."Z").contains(self) || ("0"..."9").contains(self)
    }
    return properties.isAlphabetic || properties.numericType == .decimal
      || properties.generalCategory == .nonspacingMark
  }

  /// Whether it belongs to a script that puts no spaces between words.
  fileprivate var standsAlone: Bool {
    switch value {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x3400...0x4DBF,
      0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFD:
      isPartOfWord
    default: false
    }
  }
}
