/// Bytes as base64 writes them, in the alphabet of mails or of addresses, padded or not.
///
/// A form turns `+` into a space, so a space is one.
/// - Returns: nil where the text is no base64.
/// - SeeAlso: RFC 4648.
func base64Decoded(_ text: some Sequence<UInt8>) -> [UInt8]? {
  var bytes: [UInt8] = []
  var word: UInt32 = 0
  var held = 0
  var isPadded = false
  for byte in text {
    let value: UInt8
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte + 4
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: " "): value = 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
    case UInt8(ascii: "="):
      isPadded = true
      continue
    case 10, 13: continue
    default: return nil
    }
    if isPadded { return nil }
    word = word << 6 | UInt32(value)
    held += 6
    guard held >= 8 else { continue }
    held -= 8
    bytes.append(UInt8(truncatingIfNeeded: word >> UInt32(held)))
  }
  return held == 6 ? nil : bytes
}

/// The fields of a form, each name's first; a broken escape stands for itself.
///
/// At most `limit` fields are read, which is more than any client sends.
func formFields(_ body: [UInt8], limit: Int = 32) -> [String: [UInt8]] {
  var fields: [String: [UInt8]] = [:]
  let pairs = body.split(
    separator: UInt8(ascii: "&"), maxSplits: limit, omittingEmptySubsequences: true)
  for pair in pairs.prefix(limit) {
    let parts = pair.split(
      separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(decoding: percentDecoded(parts[0]), as: UTF8.self)
    if fields[name] == nil { fields[name] = parts.count > 1 ? percentDecoded(parts[1]) : [] }
  }
  return fields
}

private func percentDecoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(text.count)
  var position = text.startIndex
  while position < text.endIndex {
    let byte = text[position]
    position += 1
    if byte == UInt8(ascii: "%"), position + 1 < text.endIndex,
      let high = hexadecimalDigit(text[position]), let low = hexadecimalDigit(text[position + 1])
    {
      bytes.append(high << 4 | low)
      position += 2
    } else {
      bytes.append(byte == UInt8(ascii: "+") ? 32 : byte)
    }
  }
  return bytes
}

private func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case 48...57: byte - 48
  case 65...70: byte - 55
  case 97...102: byte - 87
  default: nil
  }
}

/// The write key of a header: the user name of Basic, or the token of Bearer.
func writeKey(ofAuthorization header: String?) -> String? {
  guard let header, header.utf8.count <= 4 * CollectionLimits.key else { return nil }
  let parts = header.split(separator: " ", maxSplits: 1)
  guard parts.count == 2 else { return nil }
  switch parts[0].lowercased() {
  case "bearer": return boundedKey(String(parts[1]))
  case "basic":
    guard let pair = base64Decoded(parts[1].utf8) else { return nil }
    return boundedKey(String(decoding: pair.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self))
  default: return nil
  }
}

/// A key that is one; nothing and what is too long is none.
func boundedKey(_ key: String?) -> String? {
  guard let key, !key.isEmpty, key.utf8.count <= CollectionLimits.key else { return nil }
  return key
}
