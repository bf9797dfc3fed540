/// What is shown and stored of an item that was refused: its beginning, without keys.
public enum Masking {
  /// How many bytes are kept.
  public static let kept = 2048
  /// How many bytes are looked at: four times those that are kept, so a long item costs little.
  static let looked = 8192
  /// What stands in the place of what was masked.
  public static let mask = "***"
  /// What stands at the end of a text that goes on.
  public static let more = "…"

  /// Whether a name is one that keys, passwords and tokens have: `writeKey`, `api_key`, `X-Token`.
  public static func isSecret(_ name: some StringProtocol) -> Bool {
    let letters = name.lowercased().unicodeScalars.filter {
      ("a"..."z").contains($0) || ("0"..."9").contains($0)
    }
    let plain = String(String.UnicodeScalarView(letters))
    return plain.hasSuffix("key") || plain.hasSuffix("keys")
      || [
        "token", "secret", "password", "passwd", "passphrase", "authorization", "cookie",
        "credential", "signature", "apikey", "writekey",
      ].contains(where: plain.contains)
  }

  /// The beginning of a text, where values of secret names and this program's secrets are masked.
  ///
  /// The text may be JSON, a form, or neither; what is cut or damaged is masked as far as it goes.
  public static func masked(_ text: some StringProtocol) -> String {
    var source = Array(text.utf8.prefix(looked))
    if text.utf8.count > looked { source.removeLast(source.endsInLetter) }
    source = maskingMembers(source)
    source = maskingFields(source)
    source = maskingSecrets(source)
    let isCut = source.count > kept || text.utf8.count > looked
    guard isCut else { return String(decoding: source, as: UTF8.self) }
    if source.count > kept {
      source.removeLast(source.count - kept)
      source.removeLast(source.endsInLetter)
    }
    return String(decoding: source, as: UTF8.self) + more
  }

  /// Masks `"name": value` where the name is secret.
  private static func maskingMembers(_ source: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var place = 0
    while place < source.count {
      guard source[place] == quote else {
        result.append(source[place])
        place += 1
        continue
      }
      let end = endOfString(source, from: place)
      result += source[place..<end]
      let name = source[place..<end]
      place = end
      let colon = skippingSpace(source, from: end)
      guard colon < source.count, source[colon] == UInt8(ascii: ":") else { continue }
      let value = skippingSpace(source, from: colon + 1)
      // A name with escapes may be any name.
      let isHidden = name.contains(backslash)
      guard isHidden || isSecret(String(decoding: name, as: UTF8.self)) else { continue }
      result += source[end..<value]
      place = endOfValue(source, from: value)
      if place > value { result += Array("\"\(mask)\"".utf8) }
    }
    return result
  }

  /// Masks `name=value` where the name is secret.
  private static func maskingFields(_ source: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var nameStart = 0
    var place = 0
    while place < source.count {
      let byte = source[place]
      result.append(byte)
      place += 1
      if byte == UInt8(ascii: "=") {
        if isSecret(String(decoding: source[nameStart..<(place - 1)], as: UTF8.self)) {
          let end = source[place...].firstIndex(where: endsField) ?? source.count
          if end > place { result += Array(mask.utf8) }
          place = end
        }
        nameStart = place
      } else if !isOfName(byte) {
        nameStart = place
      }
    }
    return result
  }

  /// Masks this program's own secrets wherever they stand.
  private static func maskingSecrets(_ source: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var place = 0
    while place < source.count {
      let (byte, rest) = (source[place], source[place...])
      let prefix = prefixes.first { $0[0] == byte && rest.starts(with: $0) }
      let letters = prefix.map { rest.dropFirst($0.count).prefix(while: Base64URL.isLetter).count }
      if let prefix, let letters, letters >= shortestSecret {
        result += prefix + Array(mask.utf8)
        place += prefix.count + letters
      } else {
        result.append(source[place])
        place += 1
      }
    }
    return result
  }

  private static let prefixes = Secret.Kind.allCases.map { Array($0.rawValue.utf8) }
  /// A part of a secret this long is masked, too: a text may be cut in the middle of one.
  private static let shortestSecret = 8
  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")

  private static func isOfName(_ byte: UInt8) -> Bool {
    Base64URL.isLetter(byte) || byte == UInt8(ascii: ".")
  }

  private static func endsField(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "&") || byte == quote || byte <= UInt8(ascii: " ")
  }

  private static func skippingSpace(_ source: [UInt8], from place: Int) -> Int {
    source[min(place, source.count)...].firstIndex { $0 > UInt8(ascii: " ") } ?? source.count
  }

  /// The place behind a text in quotes, or the end where it isn't closed.
  private static func endOfString(_ source: [UInt8], from start: Int) -> Int {
    var place = start + 1
    while place < source.count, source[place] != quote {
      place += source[place] == backslash ? 2 : 1
    }
    return min(place + 1, source.count)
  }

  /// The place behind a value: a text, a number or word, or a whole object or list.
  private static func endOfValue(_ source: [UInt8], from start: Int) -> Int {
    var place = start
    var depth = 0
    while place < source.count {
      switch source[place] {
      case quote:
        place = endOfString(source, from: place)
        if depth == 0 { return place }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return place }
        depth -= 1
        if depth == 0 { return place + 1 }
      case UInt8(ascii: ","), UInt8(ascii: "\n"):
        if depth == 0 { return place }
      default: break
      }
      place += 1
    }
    return place
  }
}

extension [UInt8] {
  /// How many bytes at the end begin a letter of several bytes that isn't whole.
  fileprivate var endsInLetter: Int {
    for back in 1...4 where back <= count {
      let byte = self[count - back]
      if byte & 0xC0 == 0x80 { continue }
      let length = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
      return length > back ? back : 0
    }
    return 0
  }
}
