import Glibc

private let sevenBits: UInt64 = 0x7F7F_7F7F_7F7F_7F7F

/// One byte in each of a word's eight.
@inline(__always) func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

/// Which of 64 bytes are either of two, as bits from the lowest; the two come from `repeated`.
///
/// Eight bytes go at once through a register: a byte of `x` is zero exactly where neither its
/// upper bit nor a carry out of its lower seven is set. The eight answers lie across one word,
/// which is then transposed.
/// - SeeAlso: H. S. Warren, "Hacker's Delight", 2nd edition, section 7-3.
@inline(__always) func positions(
  of first: UInt64, or second: UInt64, in block: UnsafeRawPointer
) -> UInt64 {
  var bits: UInt64 = 0
  for position in 0..<8 {
    let word = block.loadUnaligned(fromByteOffset: 56 &- position &* 8, as: UInt64.self)
    let (x, y) = (word ^ first, word ^ second)
    let other = ((x & sevenBits) &+ sevenBits | x) & ((y & sevenBits) &+ sevenBits | y)
    bits = bits << 1 | (~other >> 7) & 0x0101_0101_0101_0101
  }
  var swap = (bits ^ bits >> 7) & 0x00AA_00AA_00AA_00AA
  bits ^= swap ^ swap << 7
  swap = (bits ^ bits >> 14) & 0x0000_CCCC_0000_CCCC
  bits ^= swap ^ swap << 14
  swap = (bits ^ bits >> 28) & 0x0000_0000_F0F0_F0F0
  return bits ^ swap ^ swap << 28
}

/// How often a byte occurs.
func count(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
  guard let base = bytes.baseAddress else { return 0 }
  let wanted = repeated(byte)
  var total = 0
  var position = 0
  while position &+ 8 <= bytes.count {
    let x = UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self) ^ wanted
    total &+= (~((x & sevenBits) &+ sevenBits | x | sevenBits)).nonzeroBitCount
    position &+= 8
  }
  while position < bytes.count {
    total &+= bytes[position] == byte ? 1 : 0
    position &+= 1
  }
  return total
}

/// The position of a byte in a range; nil where it does not occur.
@inline(__always) func firstPosition(
  of byte: UInt8, in bytes: UnsafePointer<UInt8>, _ range: Range<Int>
) -> Int? {
  guard !range.isEmpty,
    let found = memchr(bytes + range.lowerBound, Int32(byte), range.count)
  else { return nil }
  return UnsafeRawPointer(found) - UnsafeRawPointer(bytes)
}

/// The position of the last of a byte in a range; nil where it does not occur.
func lastPosition(
  of byte: UInt8, in bytes: UnsafePointer<UInt8>, _ range: Range<Int>
) -> Int? {
  range.reversed().first { bytes[$0] == byte }
}

/// Whether bytes hold nothing that a text may not: broken UTF-8 or a zero byte.
func isCleanText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
  guard let base = bytes.baseAddress else { return true }
  var seen: UInt64 = 0
  var zeros: UInt64 = 0
  var position = 0
  while position &+ 8 <= bytes.count {
    let word = UnsafeRawPointer(base + position).loadUnaligned(as: UInt64.self)
    seen |= word
    zeros |= (word &- 0x0101_0101_0101_0101) & ~word
    position &+= 8
  }
  while position < bytes.count {
    seen |= UInt64(bytes[position])
    if bytes[position] == 0 { return false }
    position &+= 1
  }
  let upper: UInt64 = 0x8080_8080_8080_8080
  return zeros & upper == 0 && (seen & upper == 0 || firstBrokenUTF8(bytes) == nil)
}

/// Where bytes stop to be UTF-8; nil where they are UTF-8 throughout.
///
/// Overlong forms, surrogates and values beyond U+10FFFF are broken.
func firstBrokenUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  guard let base = bytes.baseAddress else { return nil }
  let raw = UnsafeRawPointer(base)
  var position = 0
  while position < bytes.count {
    if position + 8 <= bytes.count,
      raw.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      position += 8
      continue
    }
    let lead = base[position]
    if lead < 0x80 {
      position += 1
      continue
    }
    let length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0
    guard length > 0, position + length <= bytes.count else { return position }
    let second = base[position + 1]
    let low: UInt8 = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80
    let high: UInt8 = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF
    guard second >= low, second <= high else { return position }
    for offset in 2..<max(2, length) where base[position + offset] & 0xC0 != 0x80 {
      return position
    }
    position += length
  }
  return nil
}
