import Glibc

private let sevenBits: UInt64 = 0x7F7F_7F7F_7F7F_7F7F

/// One byte in each of a word's eight.
@inline(__always) func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

/// Which of 64 bytes are either of two, as bits from the lowest; the two come from `repeated`.
///
/// Eight bytes go at once through a register: a byte of `x` is zero exactly where neither its
/// upper bit nor a carry out of its lower seven is set. A multiplication gathers the answers.
@inline(__always) func positions(
  of first: UInt64, or second: UInt64, in block: UnsafeRawPointer
) -> UInt64 {
  var mask: UInt64 = 0
  for position in 0..<8 {
    let word = block.loadUnaligned(fromByteOffset: position &* 8, as: UInt64.self)
    let (x, y) = (word ^ first, word ^ second)
    let other = ((x & sevenBits) &+ sevenBits | x) & ((y & sevenBits) &+ sevenBits | y)
    let found = (~(other | sevenBits)) >> 7
    mask |= ((found &* 0x0102_0408_1020_4080) >> 56) << UInt64(position &* 8)
  }
  return mask
}

/// How often a byte occurs.
func count(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
  var total = 0
  var start = 0
  while start < bytes.count {
    // Short stretches let the compiler count in bytes of wide registers.
    let end = min(start + 240, bytes.count)
    var some: UInt8 = 0
    for position in start..<end { some &+= bytes[position] == byte ? 1 : 0 }
    total += Int(some)
    start = end
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

/// Whether bytes hold anything that a text may not: broken UTF-8 or a zero byte.
func isCleanText(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
  var ascii: UInt8 = 0
  var zeros: UInt8 = 0
  for byte in bytes {
    ascii |= byte
    zeros |= byte == 0 ? 1 : 0
  }
  return zeros == 0 && (ascii < 0x80 || firstBrokenUTF8(bytes) == nil)
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
