/// A language that is told from others, as its ISO 639-1 code.
public enum Language: String, Sendable, Codable, CaseIterable {
  case english = "en"
  case german = "de"
  case french = "fr"
  case spanish = "es"
  case italian = "it"
  case portuguese = "pt"
  case dutch = "nl"
  case swedish = "sv"
  case danish = "da"
  case norwegian = "nb"
  case finnish = "fi"
  case polish = "pl"
  case czech = "cs"
  case hungarian = "hu"
  case romanian = "ro"
  case turkish = "tr"
  case russian = "ru"
  case ukrainian = "uk"
  case bulgarian = "bg"
  case greek = "el"
  case arabic = "ar"
  case persian = "fa"
  case hebrew = "he"
  case hindi = "hi"
  case thai = "th"
  case japanese = "ja"
  case korean = "ko"
  case chinese = "zh"

  /// The language of a text; nil where too little speaks for any.
  ///
  /// Scripts that one language uses say it alone. Languages of Latin and Cyrillic letters are told by their
  /// smallest words, by letters that others don't have, and by what words begin and end with.
  public init?(of text: WrittenText) {
    var scripts: [Script: Int] = [:]
    for word in text.words {
      for scalar in word.text.unicodeScalars {
        guard let script = Script(scalar) else { continue }
        scripts[script, default: 0] += 1
      }
    }
    // Han beside kana is Japanese, however little kana there is.
    if scripts[.kana] != nil {
      scripts[.kana, default: 0] += scripts.removeValue(forKey: .han) ?? 0
    }
    let most = scripts.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
    guard let script = most?.key else { return nil }
    switch script {
    case .greek: self = .greek
    case .hebrew: self = .hebrew
    case .devanagari: self = .hindi
    case .thai: self = .thai
    case .kana: self = .japanese
    case .hangul: self = .korean
    case .han: self = .chinese
    case .arabic:
      let isPersian = text.words.contains { $0.text.contains { "پچژگی".contains($0) } }
      self = isPersian ? .persian : .arabic
    case .latin, .cyrillic:
      guard let found = LanguageMarks.likeliest(text.words, script) else { return nil }
      self = found
    }
  }
}

/// The scripts that tell languages.
enum Script: Int {
  case latin, cyrillic, greek, arabic, hebrew, devanagari, thai, kana, hangul, han

  init?(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x41...0x5A, 0x61...0x7A, 0xC0...0x24F, 0x1E00...0x1EFF: self = .latin
    case 0x400...0x52F: self = .cyrillic
    case 0x370...0x3FF, 0x1F00...0x1FFF: self = .greek
    case 0x600...0x6FF, 0x750...0x77F, 0xFB50...0xFDFF, 0xFE70...0xFEFC: self = .arabic
    case 0x590...0x5FF: self = .hebrew
    case 0x900...0x97F: self = .devanagari
    case 0xE00...0xE7F: self = .thai
    case 0x3040...0x30FF: self = .kana
    case 0xAC00...0xD7AF, 0x1100...0x11FF: self = .hangul
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFD: self = .han
    default: return nil
    }
  }
}
