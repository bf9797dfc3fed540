import Events

/// The order of day and month in a date such as `02/03/2026`.
enum DateOrder: Sendable { case unknown, dayFirst, monthFirst }

/// Reads times as people and programs write them; one reader belongs to one thread.
///
/// It remembers the latest date and the latest offset, which most rows share with the row before.
struct TimeReader {
  /// Why a text is no time of an event.
  enum Failure: Error { case form, range, order }

  private let format: TimeFormat
  let order: DateOrder
  private let zone: ZoneTable
  private var latestDateWord: UInt64 = 0
  private var latestDateTail: UInt16 = 0
  private var latestDate: Int64 = 0
  private var offset: Int64 = 0
  private var offsetFrom: Int64 = 1
  private var offsetTo: Int64 = 0

  init(format: TimeFormat, order: DateOrder, zone: ZoneTable) {
    self.format = format
    self.order = order
    self.zone = zone
  }

  /// The milliseconds since the epoch that a text stands for.
  @inline(__always) mutating func read(_ text: Text) throws(Failure) -> Int64 {
    let time: Int64
    if let quick = readMilliseconds(text) ?? readISO(text) {
      time = quick
    } else {
      time = try readSlowly(text)
    }
    guard time >= Instant.earliest.milliseconds, time < Instant.tooLate.milliseconds else {
      throw .range
    }
    return time
  }

  /// Thirteen digits are milliseconds from 2001 to 2286.
  @inline(__always) private func readMilliseconds(_ text: Text) -> Int64? {
    guard text.count == 13, format == .automatic || format == .milliseconds else { return nil }
    let bytes = UnsafeRawPointer(text.start)
    guard let high = eightDigits(bytes.loadUnaligned(as: UInt64.self)),
      let low = eightDigits(bytes.loadUnaligned(fromByteOffset: 5, as: UInt64.self)),
      text.start[0] != 48
    else { return nil }
    return Int64(high) &* 100_000 &+ Int64(low % 100_000)
  }

  /// `yyyy-mm-dd hh:mm:ss` with what may follow, the date being one that was read before.
  @inline(__always) private mutating func readISO(_ text: Text) -> Int64? {
    guard text.count >= 19, text.start[13] == UInt8(ascii: ":"),
      text.start[10] == UInt8(ascii: "T") || text.start[10] == UInt8(ascii: " ")
    else { return nil }
    let bytes = UnsafeRawPointer(text.start)
    let word = bytes.loadUnaligned(as: UInt64.self)
    let tail = bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    if word != latestDateWord || tail != latestDateTail {
      var cursor = TimeCursor(text)
      guard let date = cursor.yearFirstDate() else { return nil }
      latestDate = date
      latestDateWord = word
      latestDateTail = tail
    }
    var cursor = TimeCursor(text, at: 11)
    guard let clock = cursor.clock() else { return nil }
    return zoned(latestDate &+ clock, &cursor)
  }

  /// The instant of a local time, by the offset that follows it or else by the reader's zone.
  @inline(__always) private mutating func zoned(
    _ local: Int64, _ cursor: inout TimeCursor
  ) -> Int64? {
    if !cursor.isAtEnd {
      guard let named = cursor.offset(), cursor.isAtEnd else { return nil }
      return local &- named
    }
    return utc(local)
  }

  @inline(__always) private mutating func utc(_ local: Int64) -> Int64 {
    if local < offsetFrom || local >= offsetTo {
      (offset, offsetFrom, offsetTo) = zone.offset(atLocal: local)
    }
    return local &- offset
  }

  @inline(never) private mutating func readSlowly(_ text: Text) throws(Failure) -> Int64 {
    var cursor = TimeCursor(text.trimmed)
    guard !cursor.isAtEnd else { throw .form }
    if let number = cursor.number() { return try instant(number) }
    cursor.rewind()
    guard let date = try cursor.date(order) else { throw .form }
    if cursor.isAtEnd { return utc(date) }
    guard cursor.separator() else {
      guard let time = zoned(date, &cursor) else { throw .form }
      return time
    }
    guard let clock = cursor.clock(), let time = zoned(date + clock, &cursor) else {
      throw .form
    }
    return time
  }

  /// Takes a number as the unit that its magnitude says, or that the format says.
  private mutating func instant(_ number: EpochNumber) throws(Failure) -> Int64 {
    switch format {
    case .seconds: return number.milliseconds(perUnit: 1000)
    case .milliseconds: return number.milliseconds(perUnit: 1)
    case .microseconds: return number.milliseconds(unitsPer: 1000)
    case .nanoseconds: return number.milliseconds(unitsPer: 1_000_000)
    case .automatic, .dayFirst, .monthFirst: break
    }
    if let date = number.compactDate { return utc(date) }
    switch number.whole.magnitude {
    case ..<100_000_000_000: return number.milliseconds(perUnit: 1000)
    case ..<100_000_000_000_000: return number.milliseconds(perUnit: 1)
    case ..<100_000_000_000_000_000: return number.milliseconds(unitsPer: 1000)
    default: return number.milliseconds(unitsPer: 1_000_000)
    }
  }
}

/// The number that eight bytes of digits stand for; nil where one is no digit.
@inline(__always) func eightDigits(_ word: UInt64) -> UInt64? {
  let digits = word &- 0x3030_3030_3030_3030
  guard (digits | (digits &+ 0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 == 0 else {
    return nil
  }
  return numberOf(digits: digits)
}

/// The number that eight bytes from 0 to 9 stand for, the first in memory being the highest.
///
/// Neighbours become pairs, pairs become fours and fours the whole, in three multiplications.
@inline(__always) func numberOf(digits: UInt64) -> UInt64 {
  let pairs = (digits &* 10) &+ (digits >> 8)
  let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
  let high = ((pairs >> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
  return (low &+ high) >> 32
}

extension Text {
  /// The text without spaces around it.
  var trimmed: Text {
    var start = start
    var count = count
    while count > 0, start[0] == 32 {
      start += 1
      count -= 1
    }
    while count > 0, start[count - 1] == 32 { count -= 1 }
    return Text(start, count)
  }
}
