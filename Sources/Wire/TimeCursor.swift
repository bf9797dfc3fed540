import Events

/// A number in a column of times.
struct EpochNumber {
  var whole: Int64
  /// The first nine digits after the point, as billionths.
  var billionths: Int64
  var digits: Int
  var negative: Bool

  func milliseconds(perUnit scale: Int64) -> Int64 {
    let (product, overflow) = whole.multipliedReportingOverflow(by: scale)
    guard !overflow else { return .max }
    let fraction = billionths * scale / 1_000_000_000
    return negative ? -product &- fraction : product &+ fraction
  }

  func milliseconds(unitsPer scale: Int64) -> Int64 {
    // Rounded down, so that a time before 1970 does not move forward.
    negative ? -((whole + scale - 1) / scale) : whole / scale
  }

  /// The day and time of `yyyymmdd` or `yyyymmddhhmmss`.
  var compactDate: Int64? {
    guard !negative, billionths == 0, digits == 8 || digits == 14 else { return nil }
    let day = digits == 8 ? whole : whole / 1_000_000
    guard
      let date = TimeCursor.day(
        year: Int(day / 10_000), month: Int(day / 100 % 100), day: Int(day % 100)),
      day >= 19_000_101, day < 22_000_101
    else { return nil }
    guard digits == 14 else { return date }
    let clock = whole % 1_000_000
    guard clock / 10_000 < 24, clock / 100 % 100 < 60, clock % 100 < 60 else { return nil }
    return date + (clock / 10_000 * 3600 + clock / 100 % 100 * 60 + clock % 100) * 1000
  }
}

/// A place in the text of a time; each step answers nil where its part is not there.
struct TimeCursor {
  private let bytes: UnsafePointer<UInt8>
  private let end: Int
  private var position: Int

  @inline(__always) init(_ text: Text, at position: Int = 0) {
    bytes = text.start
    end = text.count
    self.position = position
  }

  @inline(__always) var isAtEnd: Bool { position >= end }

  mutating func rewind() { position = 0 }

  @inline(__always) private var next: UInt8 { position < end ? bytes[position] : 0 }

  @inline(__always) private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position &+= 1
    return true
  }

  @inline(__always) private mutating func twoDigits() -> Int64? {
    guard position &+ 2 <= end else { return nil }
    let (tens, ones) = (bytes[position] &- 48, bytes[position &+ 1] &- 48)
    guard tens < 10, ones < 10 else { return nil }
    position &+= 2
    return Int64(tens) &* 10 &+ Int64(ones)
  }

  /// Between one and `most` digits, and how many they were.
  private mutating func digits(_ most: Int) -> (value: Int, count: Int)? {
    var value = 0
    let start = position
    while position < end, position - start < most, bytes[position] &- 48 < 10 {
      value = value * 10 + Int(bytes[position] &- 48)
      position += 1
    }
    return position == start ? nil : (value, position - start)
  }

  /// A number that is the whole text.
  mutating func number() -> EpochNumber? {
    let negative = take(UInt8(ascii: "-"))
    guard let (whole, count) = digits(18) else { return nil }
    var number = EpochNumber(
      whole: Int64(whole), billionths: 0, digits: count, negative: negative)
    if position < end, bytes[position] &- 48 < 10 {
      // Nineteen digits are the nanoseconds of today.
      let last = Int64(bytes[position] &- 48)
      let (tens, overflow) = number.whole.multipliedReportingOverflow(by: 10)
      let (sum, carried) = tens.addingReportingOverflow(last)
      guard !overflow, !carried else { return nil }
      number.whole = sum
      position += 1
    }
    if take(UInt8(ascii: ".")) {
      guard let (fraction, length) = digits(9) else { return nil }
      number.billionths = Int64(fraction)
      for _ in length..<9 { number.billionths *= 10 }
      while position < end, bytes[position] &- 48 < 10 { position += 1 }
    }
    return isAtEnd ? number : nil
  }

  /// Milliseconds from the epoch to the start of a day; nil where there is no such day.
  static func day(year: Int, month: Int, day: Int) -> Int64? {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
    let days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard day <= days[month - 1] else { return nil }
    return Int64(CivilDate(year: year, month: month, day: day).daysSinceEpoch) * 86_400_000
  }

  /// `yyyy-mm-dd` or `yyyy/mm/dd`.
  mutating func yearFirstDate() -> Int64? {
    guard let (year, count) = digits(4), count == 4 else { return nil }
    let separator = next
    guard separator == UInt8(ascii: "-") || separator == UInt8(ascii: "/"), take(separator),
      let month = digits(2)?.value, take(separator), let day = digits(2)?.value
    else { return nil }
    return Self.day(year: year, month: month, day: day)
  }

  /// A date in any of the forms that are known.
  mutating func date(_ order: DateOrder) throws(TimeReader.Failure) -> Int64? {
    let start = position
    if let date = yearFirstDate() { return date }
    position = start
    if let date = try dayOrMonthFirst(order) { return date }
    position = start
    return namedMonth()
  }

  /// The two numbers of `12/31/2026` or `31-12-2026`, in the order in which they are written.
  mutating func undecidedPair() -> (first: Int, second: Int)? {
    guard let first = digits(2)?.value else { return nil }
    let separator = next
    guard separator == UInt8(ascii: "/") || separator == UInt8(ascii: "-"), take(separator),
      let second = digits(2)?.value, take(separator)
    else { return nil }
    return (first, second)
  }

  private mutating func dayOrMonthFirst(
    _ order: DateOrder
  ) throws(TimeReader.Failure) -> Int64? {
    let start = position
    if let pair = undecidedPair() {
      guard let (year, count) = digits(4), count == 4 else { return nil }
      switch order {
      case .dayFirst: return Self.day(year: year, month: pair.second, day: pair.first)
      case .monthFirst: return Self.day(year: year, month: pair.first, day: pair.second)
      case .unknown: throw .order
      }
    }
    position = start
    guard let day = digits(2)?.value, take(UInt8(ascii: ".")), let month = digits(2)?.value,
      take(UInt8(ascii: ".")), let (year, count) = digits(4), count == 4
    else { return nil }
    return Self.day(year: year, month: month, day: day)
  }

  /// `02 Jan 2006`, `2-Jan-2006`, `Jan 2, 2006`, with a weekday in front or without.
  private mutating func namedMonth() -> Int64? {
    if let weekday = word(), Self.weekdays.contains(weekday) {
      _ = take(UInt8(ascii: ","))
      skipSpaces()
    } else {
      position = 0
    }
    var day = digits(2)?.value
    skipJoiners()
    guard let name = word(), let month = Self.months.firstIndex(of: name) else { return nil }
    skipJoiners()
    if day == nil {
      day = digits(2)?.value
      _ = take(UInt8(ascii: ","))
      skipJoiners()
    }
    guard let day, let (year, count) = digits(4), count == 4 else { return nil }
    return Self.day(year: year, month: month + 1, day: day)
  }

  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
  private static let weekdays: Set<String> = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// The first three letters of a word, small.
  private mutating func word() -> String? {
    let start = position
    while position < end, (bytes[position] | 32) &- 97 < 26 { position += 1 }
    guard position - start >= 3 else { return nil }
    return String(decoding: (start..<(start + 3)).map { bytes[$0] | 32 }, as: UTF8.self)
  }

  private mutating func skipSpaces() { while take(32) {} }

  private mutating func skipJoiners() { while take(32) || take(UInt8(ascii: "-")) {} }

  /// What stands between a date and a time of day.
  mutating func separator() -> Bool {
    let start = position
    if take(UInt8(ascii: "T")) || take(UInt8(ascii: "t")) { return true }
    _ = take(UInt8(ascii: ","))
    skipSpaces()
    guard next &- 48 < 10, position > start else {
      position = start
      return false
    }
    return true
  }

  /// `hh:mm`, `hh:mm:ss`, a fraction of any length (rounded down to milliseconds), AM or PM.
  @inline(__always) mutating func clock() -> Int64? {
    guard var hour = hour(), take(UInt8(ascii: ":")), let minute = twoDigits(), minute < 60
    else { return nil }
    var second: Int64 = 0
    var fraction: Int64 = 0
    if take(UInt8(ascii: ":")) {
      guard let seconds = twoDigits(), seconds <= 60 else { return nil }
      // A leap second is the last one that there is room for.
      second = min(seconds, 59)
      if take(UInt8(ascii: ".")) || take(UInt8(ascii: ",")) {
        guard let thousandths = thousandths() else { return nil }
        fraction = thousandths
      }
    }
    if position < end, !half(of: &hour) { return nil }
    guard hour < 24 || (hour == 24 && minute == 0 && second == 0 && fraction == 0) else {
      return nil
    }
    return ((hour &* 60 &+ minute) &* 60 &+ second) &* 1000 &+ fraction
  }

  @inline(__always) private mutating func hour() -> Int64? {
    if let two = twoDigits() { return two }
    return digits(1).map { Int64($0.value) }
  }

  /// Applies AM or PM where it follows; false where it does not fit the hour.
  @inline(__always) private mutating func half(of hour: inout Int64) -> Bool {
    let start = position
    skipSpaces()
    let letter = next | 32
    guard letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p") else {
      position = start
      return true
    }
    position &+= 1
    guard next | 32 == UInt8(ascii: "m"), (1...12).contains(hour) else { return false }
    position &+= 1
    hour = hour % 12 &+ (letter == UInt8(ascii: "p") ? 12 : 0)
    return true
  }

  @inline(__always) private mutating func thousandths() -> Int64? {
    var value: Int64 = 0
    let start = position
    while position < end, bytes[position] &- 48 < 10 {
      if position &- start < 3 { value = value &* 10 &+ Int64(bytes[position] &- 48) }
      position &+= 1
    }
    switch position &- start {
    case 0: return nil
    case 1: return value &* 100
    case 2: return value &* 10
    default: return value
    }
  }

  /// `Z`, `UTC`, `GMT`, `±hh`, `±hhmm` or `±hh:mm` in milliseconds.
  @inline(__always) mutating func offset() -> Int64? {
    if take(UInt8(ascii: "Z")) || take(UInt8(ascii: "z")) { return 0 }
    skipSpaces()
    if take(UInt8(ascii: "Z")) { return 0 }
    if next == UInt8(ascii: "U") || next == UInt8(ascii: "G") {
      guard let name = word(), name == "utc" || name == "gmt" else { return nil }
      return 0
    }
    let sign = next
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), take(sign),
      let hours = twoDigits(), hours <= 18
    else { return nil }
    _ = take(UInt8(ascii: ":"))
    var minutes: Int64 = 0
    if !isAtEnd {
      guard let two = twoDigits(), two < 60 else { return nil }
      minutes = two
    }
    let magnitude = (hours &* 60 &+ minutes) &* 60_000
    return sign == UInt8(ascii: "-") ? -magnitude : magnitude
  }
}
