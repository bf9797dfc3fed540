import Glibc

/// What the text of a value says.
enum ReadValue {
  case none
  case number(Double)
  case boolean(Bool)
  case text
}

/// Powers of ten that a double holds exactly.
private let powersOfTen: [Double] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
]

/// The kind and value of a text from a file that has no types.
///
/// A number has at most 15 digits, all of which a double keeps; longer ones are ids, and so are
/// numbers with a zero in front (`007`). Nothing, `NA`, `NULL`, `null` and `NaN` are no value.
@inline(__always) func readValue(_ text: Text) -> ReadValue {
  guard text.count > 0 else { return .none }
  let first = text.start[0]
  if first &- 48 < 10 || first == UInt8(ascii: "-") || first == UInt8(ascii: ".") {
    if let number = readNumber(text) { return .number(number) }
    return .text
  }
  // Where the words of `readWord` end, by their length; a country's code would pass a test of the
  // first letter alone, and be a surprise each time.
  let ends = text.count < 6 ? wordEnds[text.count] : 0
  guard ends >> UInt32(text.start[text.count &- 1] & 31) & wordBegins >> UInt32(first & 31) & 1 != 0
  else { return .text }
  return readWord(text, first)
}

/// The letters F, N and T, as bits of their lowest five.
private let wordBegins: UInt32 = 1 << 6 | 1 << 14 | 1 << 20
/// The last letters of `NA`, `NaN`, `NULL` and `true`, `false`, by the length of the word.
private let wordEnds: [UInt32] = [0, 0, 1 << 1, 1 << 14, 1 << 12 | 1 << 5, 1 << 5]

@inline(never) private func readWord(_ text: Text, _ first: UInt8) -> ReadValue {
  switch first {
  case UInt8(ascii: "N"), UInt8(ascii: "n"):
    return text.equals("NA") || text.equals("NULL") || text.equals("null") || text.equals("NaN")
      ? .none : .text
  case UInt8(ascii: "t"), UInt8(ascii: "T"):
    return text.equals("true") || text.equals("TRUE") || text.equals("True")
      ? .boolean(true) : .text
  case UInt8(ascii: "f"), UInt8(ascii: "F"):
    return text.equals("false") || text.equals("FALSE") || text.equals("False")
      ? .boolean(false) : .text
  default: return .text
  }
}

/// A decimal number of at most 15 digits; nil where the text is none, or is an id.
///
/// Mantissa and power of ten are exact, so one division rounds correctly.
/// - SeeAlso: W. D. Clinger, "How to Read Floating Point Numbers Accurately", 1990.
@inline(__always) func readNumber(_ text: Text) -> Double? {
  if let short = ShortDecimal(text.start), short.count == text.count { return short.number }
  return readAnyNumber(text)
}

@inline(never) private func readAnyNumber(_ text: Text) -> Double? {
  let bytes = text.start
  var position = 0
  let negative = bytes[0] == UInt8(ascii: "-")
  if negative { position = 1 }
  guard text.count &- position <= 16 else { return readLongNumber(text) }
  var mantissa: Int64 = 0
  let start = position
  while position < text.count, bytes[position] &- 48 < 10 {
    mantissa = mantissa &* 10 &+ Int64(bytes[position] &- 48)
    position &+= 1
  }
  let whole = position &- start
  guard whole < 2 || bytes[start] != 48 else { return nil }
  var fraction = 0
  if position < text.count, bytes[position] == UInt8(ascii: ".") {
    let point = position
    position &+= 1
    while position < text.count, bytes[position] &- 48 < 10 {
      mantissa = mantissa &* 10 &+ Int64(bytes[position] &- 48)
      position &+= 1
    }
    fraction = position &- point &- 1
    guard fraction > 0 else { return nil }
  }
  guard position == text.count else { return readLongNumber(text) }
  guard whole &+ fraction > 0, whole &+ fraction <= 15 else { return nil }
  let magnitude = fraction == 0 ? Double(mantissa) : Double(mantissa) / powersOfTen[fraction]
  return negative ? -magnitude : magnitude
}

/// A number as most are: one to seven digits, and as many after a point or none.
///
/// It is read without a branch for each digit, whose number nobody can predict.
struct ShortDecimal {
  var number: Double
  /// How many bytes it takes.
  var count: Int

  /// Reads where at least 16 bytes can be read; nil where there is no such number,
  /// or where a zero is in front.
  @inline(__always) init?(_ start: UnsafePointer<UInt8>) {
    self.init(start, LeadingDigits(start))
  }

  /// Reads a number whose first digits are known.
  @inline(__always) init?(_ start: UnsafePointer<UInt8>, _ whole: LeadingDigits) {
    guard (1...7).contains(whole.count), whole.count == 1 || start[0] != 48 else { return nil }
    count = whole.count
    guard start[count] == UInt8(ascii: ".") else {
      number = Double(whole.value)
      return
    }
    let fraction = LeadingDigits(start + count + 1)
    guard (1...7).contains(fraction.count) else { return nil }
    count &+= 1 &+ fraction.count
    let mantissa = whole.value &* wholePowersOfTen[fraction.count] &+ fraction.value
    number = Double(mantissa) / powersOfTen[fraction.count]
  }
}

private let wholePowersOfTen: [Int64] = [
  1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000,
]

/// The digits at a place, at most eight, and the number that they stand for.
struct LeadingDigits {
  var count: Int
  private let digits: UInt64

  /// Looks at eight bytes.
  @inline(__always) init(_ start: UnsafePointer<UInt8>) {
    digits = UnsafeRawPointer(start).loadUnaligned(as: UInt64.self) ^ 0x3030_3030_3030_3030
    let others =
      ((digits & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7676_7676_7676_7676 | digits) & 0x8080_8080_8080_8080
    count = others.trailingZeroBitCount >> 3
  }

  /// The number; there has to be a digit.
  @inline(__always) var value: Int64 {
    let aligned = digits << (64 &- 8 &* UInt64(truncatingIfNeeded: count))
    return Int64(truncatingIfNeeded: numberOf(digits: aligned))
  }
}

/// Numbers with an exponent or a long fraction, which are rare enough for the C library.
@inline(never) private func readLongNumber(_ text: Text) -> Double? {
  var position = text.start[0] == UInt8(ascii: "-") ? 1 : 0
  guard let whole = digits(text, &position), whole > 0 else { return nil }
  let first = position - whole
  guard whole == 1 || text.start[first] != 48, whole <= 15 else { return nil }
  var hasFraction = false
  if position < text.count, text.start[position] == UInt8(ascii: ".") {
    position += 1
    guard let fraction = digits(text, &position), fraction > 0 else { return nil }
    hasFraction = true
  }
  if position < text.count, text.start[position] | 32 == UInt8(ascii: "e") {
    position += 1
    if position < text.count, [43, 45].contains(text.start[position]) { position += 1 }
    guard let exponent = digits(text, &position), exponent > 0 else { return nil }
  } else if !hasFraction {
    return nil
  }
  guard position == text.count, text.count <= 64, let number = Double(text.string),
    number.isFinite
  else { return nil }
  return number
}

private func digits(_ text: Text, _ position: inout Int) -> Int? {
  let start = position
  while position < text.count, text.start[position] &- 48 < 10 { position += 1 }
  return position - start
}
