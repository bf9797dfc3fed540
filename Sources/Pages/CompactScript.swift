/// A script without what only its readers need: comments with a line of their own, and blanks.
///
/// Made for scripts of ours, whose statements end with semicolons and whose texts stand between
/// double quotes: not for anybody's. What a browser makes of it is tested in one.
func compactScript(_ script: some Collection<UInt8>) -> [UInt8] {
  let newline = UInt8(ascii: "\n")
  let space = UInt8(ascii: " ")
  let quote = UInt8(ascii: "\"")
  var compact: [UInt8] = []
  compact.reserveCapacity(script.count)
  for line in script.split(separator: newline) {
    let text = line.drop { $0 == space }
    guard !text.starts(with: "//".utf8) else { continue }
    var isText = false
    var isGap = true
    for byte in text {
      if byte == space, !isText {
        isGap = true
        continue
      }
      // Blanks matter between words only, and a semicolon doesn't before the end of a block.
      if isGap, isWord(byte), let last = compact.last, isWord(last) { compact.append(space) }
      if byte == UInt8(ascii: "}"), !isText, compact.last == UInt8(ascii: ";") {
        compact.removeLast()
      }
      isGap = false
      if byte == quote { isText.toggle() }
      compact.append(byte)
    }
  }
  return compact
}

private func isWord(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
    true
  default: false
  }
}
