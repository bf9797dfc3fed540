import Events
import Testing

@testable import Wire

@Suite
struct `A reader of times` {
  private func read(
    _ text: String, zone: String = "UTC", order: DateOrder = .unknown,
    format: TimeFormat = .automatic
  ) throws -> String {
    var reader = TimeReader(format: format, order: order, zone: try ZoneTable.named(zone))
    let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 16)
    return bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return "nothing" }
      do throws(TimeReader.Failure) {
        let time = try reader.read(Text(base, text.utf8.count))
        return Instant(milliseconds: time).description
      } catch { return "\(error)" }
    }
  }

  @Test(arguments: [
    ("1756684800125", "2025-09-01T00:00:00.125Z"),
    ("1756684800", "2025-09-01T00:00:00Z"),
    ("1756684800.25", "2025-09-01T00:00:00.250Z"),
    ("1756684800125999", "2025-09-01T00:00:00.125Z"),
    ("1756684800125999999", "2025-09-01T00:00:00.125Z"),
    ("0", "1970-01-01T00:00:00Z"),
    ("-86400", "1969-12-31T00:00:00Z"),
    ("20250901", "2025-09-01T00:00:00Z"),
    ("20250901123456", "2025-09-01T12:34:56Z"),
    ("2025-09-01", "2025-09-01T00:00:00Z"),
    ("2025-09-01T12:34", "2025-09-01T12:34:00Z"),
    ("2025-09-01 12:34:56", "2025-09-01T12:34:56Z"),
    ("2025-09-01T12:34:56.7Z", "2025-09-01T12:34:56.700Z"),
    ("2025-09-01T12:34:56,789123456Z", "2025-09-01T12:34:56.789Z"),
    ("2025-09-01T12:34:56+02:00", "2025-09-01T10:34:56Z"),
    ("2025-09-01T12:34:56-0730", "2025-09-01T20:04:56Z"),
    ("2025-09-01 12:34:56 +02", "2025-09-01T10:34:56Z"),
    ("2025-09-01 12:34:56 UTC", "2025-09-01T12:34:56Z"),
    ("2025-06-30T23:59:60Z", "2025-06-30T23:59:59Z"),
    ("2025/09/01 12:34", "2025-09-01T12:34:00Z"),
    ("01.09.2025 12:34:56", "2025-09-01T12:34:56Z"),
    ("1.9.2025", "2025-09-01T00:00:00Z"),
    ("02 Jan 2006 15:04", "2006-01-02T15:04:00Z"),
    ("2-Jan-2006", "2006-01-02T00:00:00Z"),
    ("Jan 2, 2006, 3:04 PM", "2006-01-02T15:04:00Z"),
    ("Mon, 02 Jan 2006 15:04:05 GMT", "2006-01-02T15:04:05Z"),
    ("March 5, 2024 12:00 AM", "2024-03-05T00:00:00Z"),
    ("2024-02-29", "2024-02-29T00:00:00Z"),
    (" 2024-02-29 ", "2024-02-29T00:00:00Z"),
    ("2023-02-29", "form"), ("2023-13-01", "form"), ("2023-00-10", "form"), ("", "form"),
    ("yesterday", "form"), ("2023-01-01T25:00:00", "form"), ("2023-01-01T10:61:00", "form"),
    ("2023-01-01T10:00:00Zulu", "form"), ("2023-01-01x", "form"), ("12:30", "form"),
    ("9999-12-31", "range"), ("99999999999999", "range"), ("1899-12-31", "range"),
    ("2199-12-31T23:59:59.999Z", "2199-12-31T23:59:59.999Z"), ("2200-01-01", "range"),
    ("99999999999999999999", "form"), ("03/02/2025", "order"),
  ])
  func `reads each form`(text: String, instant: String) throws {
    #expect(try read(text) == instant)
  }

  @Test(arguments: [
    ("2025-01-15 12:00", "2025-01-15T11:00:00Z"),
    ("2025-07-15 12:00", "2025-07-15T10:00:00Z"),
    // Clocks went forward at 02:00: this time was not, and counts as if they had not.
    ("2025-03-30 01:59", "2025-03-30T00:59:00Z"),
    ("2025-03-30 02:30", "2025-03-30T01:30:00Z"),
    ("2025-03-30 03:00", "2025-03-30T01:00:00Z"),
    // Clocks went back at 03:00: this time was twice, and is the earlier one.
    ("2025-10-26 02:30", "2025-10-26T00:30:00Z"),
    ("2025-10-26 03:00", "2025-10-26T02:00:00Z"),
    ("2025-07-15T12:00:00Z", "2025-07-15T12:00:00Z"),
  ])
  func `takes local times in the zone with daylight saving`(text: String, instant: String) throws {
    #expect(try read(text, zone: "Europe/Berlin") == instant)
  }

  @Test(arguments: [
    (DateOrder.dayFirst, "2025-02-03T04:05:00Z"), (.monthFirst, "2025-03-02T04:05:00Z"),
  ])
  func `takes day and month in the order that is settled`(
    order: DateOrder, instant: String
  ) throws {
    #expect(try read("03/02/2025 04:05", order: order) == instant)
    #expect(try read("03-02-2025 4:05 AM", order: order) == instant)
  }

  @Test
  func `takes numbers in the unit that is named`() throws {
    #expect(try read("86400", format: .milliseconds) == "1970-01-01T00:01:26.400Z")
    #expect(try read("86400", format: .seconds) == "1970-01-02T00:00:00Z")
    #expect(try read("86400000000", format: .microseconds) == "1970-01-02T00:00:00Z")
    #expect(try read("1756684800125", format: .seconds) == "range")
  }

  @Test
  func `agrees on every day and second with the calendar`() throws {
    for step in 0..<4000 {
      let time = Instant(
        milliseconds: Instant.earliest.milliseconds + Int64(step) * 2_366_841_611)
      guard time < .tooLate else { break }
      #expect(try read(time.description) == time.description)
    }
  }

  @Test
  func `refuses a zone that does not exist`() throws {
    let refusal = #expect(throws: Refusal.self) { try ZoneTable.named("Europe/Atlantis") }
    #expect(refusal?.code == "import.zone")
    #expect(refusal?.problem.contains("Europe/Atlantis") == true)
  }
}

@Suite
struct `A value without a type` {
  private func read(_ text: String) -> PropertyValue? {
    let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 16)
    return bytes.withUnsafeBufferPointer { buffer -> PropertyValue? in
      guard let base = buffer.baseAddress else { return nil }
      switch readValue(Text(base, text.utf8.count)) {
      case .none: return nil
      case .number(let number): return .number(number)
      case .boolean(let boolean): return .boolean(boolean)
      case .text: return .string(text)
      }
    }
  }

  @Test(arguments: ["", "NA", "NULL", "null", "NaN"])
  func `is none`(text: String) { #expect(read(text) == nil) }

  @Test(arguments: [
    "0", "-0.5", "12.50", "0.1", "123456789012345", "99999.99", ".5", "1e5", "-2.5E-3",
    "3.14159265358979", "0.30000000000000004", "1e300",
  ])
  func `is a number`(text: String) {
    #expect(read(text) == Double(text).map(PropertyValue.number))
  }

  @Test(arguments: [
    "007", "-01", "1234567890123456", "1.", "-", ".", "1.2.3", "1e", "1e999", "12a", "+5", "0x10",
    "1,5", "c17", "Infinity", "nan ", "1 ", "00.5",
  ])
  func `is a text`(text: String) { #expect(read(text) == .string(text)) }

  @Test
  func `is a truth value`() {
    for text in ["true", "TRUE", "True"] { #expect(read(text) == .boolean(true)) }
    for text in ["false", "FALSE", "False"] { #expect(read(text) == .boolean(false)) }
    #expect(read("tRue") == .string("tRue"))
  }
}
