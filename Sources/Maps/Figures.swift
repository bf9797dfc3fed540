import Events
import Foundation
import Statistics

/// Numbers as people read them. A figure that is not there is an en dash.
///
/// Spaces inside a figure do not break, so that `8.3 %` stays together.
package struct Figures {
  /// What stands where there is no figure.
  package static let none = "–"
  /// Below this many observations a figure is marked as resting on few.
  static let few = 30
  /// The space that does not break.
  package static let space = "\u{A0}"

  /// The ISO 4217 code of amounts.
  let currency: String
  /// The zone in which moments are shown.
  let timezone: TimeZone

  package init(currency: String, timezone: String) {
    self.currency = currency.cleaned.shortened(to: 8)
    self.timezone = TimeZone(identifier: timezone) ?? TimeZone(secondsFromGMT: 0) ?? .current
  }

  /// `12,345`
  package func count(_ value: Int) -> String { Self.grouped(value) }

  /// `12,345`
  package static func grouped(_ value: Int) -> String { grouped(String(value)) }

  /// `1 case`, `12,345 cases`
  func count(_ value: Int, _ one: String, _ many: String) -> String {
    "\(count(value))\(Self.space)\(value == 1 ? one : many)"
  }

  /// `8.3 %`, always with one decimal; never a rounded 0 or 100 for what is neither.
  package func share(_ value: Double?) -> String {
    guard let value, value.isFinite else { return Self.none }
    if value > 0, value < 0.0005 { return "<0.1\(Self.space)%" }
    if value < 1, value >= 0.9995 { return ">99.9\(Self.space)%" }
    return Self.fixed(value * 100, 1) + Self.space + "%"
  }

  /// A part of a whole in whole percents, for places where there is little room: `67 %`.
  func roughShare(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return Self.none }
    let value = Double(part) / Double(whole)
    if part > 0, value < 0.005 { return "<1\(Self.space)%" }
    if part < whole, value >= 0.995 { return ">99\(Self.space)%" }
    return Self.fixed(value * 100, 0) + Self.space + "%"
  }

  /// A part of a whole as a share.
  func share(_ part: Int, of whole: Int) -> String {
    whole > 0 ? share(Double(part) / Double(whole)) : Self.none
  }

  /// `2d 4h`, from milliseconds.
  package func time(_ milliseconds: Double?) -> String {
    guard let milliseconds, milliseconds.isFinite, abs(milliseconds) < 1e17 else {
      return Self.none
    }
    return TimeSpan(milliseconds: Int64(milliseconds.rounded())).short
      .replacing(" ", with: Self.space)
  }

  /// `4.2`
  func score(_ value: Double?) -> String {
    value.map { Self.fixed($0, 1) } ?? Self.none
  }

  /// `0.83`
  func fitness(_ value: Double?) -> String {
    value.map { Self.fixed($0, 2) } ?? Self.none
  }

  /// `€84.20`, `€1.2 k`, `€3.4 M`
  package func money(_ value: Double?) -> String {
    guard let value, value.isFinite else { return Self.none }
    let sign = value < 0 ? "−" : ""
    let size = abs(value)
    let amount =
      switch size {
      case 1e9...: Self.fixed(size / 1e9, 1) + Self.space + "bn"
      case 999_950...: Self.fixed(size / 1e6, 1) + Self.space + "M"
      case 999.995...: Self.fixed(size / 1e3, 1) + Self.space + "k"
      case 0: "0"
      default: Self.fixed(size, 2)
      }
    guard let symbol = Self.symbols[currency] else { return sign + amount + Self.space + currency }
    return sign + symbol + amount
  }

  private static let symbols = [
    "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪",
  ]

  /// The interval of an estimate, `8.1 % to 9.1 %`; nil where there is none.
  func interval(_ estimate: Estimate, _ show: (Double?) -> String) -> String? {
    guard let low = estimate.low, let high = estimate.high else { return nil }
    return "\(show(low)) to \(show(high))"
  }

  /// `n = 12,345`, with a warning where that is few.
  func basis(_ count: Int) -> String {
    "n\(Self.space)=\(Self.space)\(self.count(count))" + (count < Self.few ? ", few" : "")
  }

  /// The interval and the number of observations, `8.1 % to 9.1 %, n = 12,345`.
  func footing(_ estimate: Estimate, _ show: (Double?) -> String) -> String {
    [interval(estimate, show), basis(estimate.count)].compactMap(\.self).joined(separator: ", ")
  }

  /// `1 Mar 2026`, and the time of day where it is not midnight.
  package func moment(_ instant: Instant) -> String {
    let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000)
    let offset = Int64(timezone.secondsFromGMT(for: date)) * 1000
    let local = Instant(milliseconds: instant.milliseconds &+ offset)
    let text = local.description
    guard let clock = text.firstIndex(of: "T") else { return text }
    let parts = text[..<clock].split(separator: "-")
    guard parts.count == 3, let month = Int(parts[1]), let day = Int(parts[2]),
      Self.months.indices.contains(month - 1)
    else { return text }
    let time = text[text.index(after: clock)...].prefix(5)
    let shown = "\(day)\(Self.space)\(Self.months[month - 1])\(Self.space)\(parts[0])"
    return time == "00:00" ? shown : "\(shown), \(time)"
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The number with that many decimals and commas between thousands.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return none }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let whole = Int((abs(value) * scale).rounded())
    let sign = value < 0 && whole > 0 ? "−" : ""
    guard decimals > 0 else { return sign + grouped(String(whole)) }
    let divisor = Int(scale)
    let tail = String(whole % divisor)
    let zeros = String(repeating: "0", count: decimals - tail.count)
    return sign + grouped(String(whole / divisor)) + "." + zeros + tail
  }

  private static func grouped(_ digits: String) -> String {
    var result = ""
    let negative = digits.hasPrefix("-")
    let plain = negative ? digits.dropFirst() : digits[...]
    for (position, digit) in plain.enumerated() {
      if position > 0, (plain.count - position) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return (negative ? "−" : "") + result
  }
}
