import Glibc

/// Sixteen bytes, which processors compare at once.
typealias Sixteen = SIMD16<UInt8>

/// Which of 16 bytes are marked, as bits from the lowest.
///
/// Of each marked byte one bit is left, another in each of eight; a multiplication by ones adds
/// the eight up in the highest byte.
@inline(__always) func bits(_ marks: SIMDMask<Sixteen.MaskStorage>) -> UInt64 {
  let words = unsafeBitCast(marks, to: SIMD2<UInt64>.self) & 0x8040_2010_0804_0201
  return (words[0] &* 0x0101_0101_0101_0101) >> 56
    | ((words[1] &* 0x0101_0101_0101_0101) >> 48) & 0xFF00
}

@inline(__always) func sixteen(_ start: UnsafePointer<UInt8>) -> Sixteen {
  UnsafeRawPointer(start).loadUnaligned(as: Sixteen.self)
}

/// Which of 64 bytes are one of three, as bits from the lowest.
@inline(__always) func positions(
  of first: Sixteen, _ second: Sixteen, or third: Sixteen, in block: UnsafePointer<UInt8>
) -> UInt64 {
  var found: UInt64 = 0
  for quarter in 0..<4 {
    let bytes = sixteen(block + (48 &- 16 &* quarter))
    found = found << 16 | bits((bytes .== first) .| (bytes .== second) .| (bytes .== third))
  }
  return found
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
