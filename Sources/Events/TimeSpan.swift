/// A length of time in milliseconds, written like `30d`, `2h` or `1d12h`.
public struct TimeSpan: Hashable, Comparable, Sendable {
  /// The length; negative where the end lies before the start.
  public var milliseconds: Int64

  /// Makes a span from milliseconds.
  public init(milliseconds: Int64) { self.milliseconds = milliseconds }

  /// The units in which spans are written, from the largest.
  static let units: [(name: String, milliseconds: Int64)] = [
    ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
  ]

  /// The span of that many days of 24 hours.
  public static func days(_ count: Int64) -> TimeSpan { TimeSpan(milliseconds: count * 86_400_000) }

  /// Reads a span such as `30d`, `1d12h`, `90s` or `250ms`.
  ///
  /// Units are w, d (24 hours), h, m (minutes), s and ms, each at most once, from large to small.
  /// - Returns: nil where the text is not such a span, or the span is over a hundred years.
  public init?(_ text: some StringProtocol) {
    var rest = Substring(text)
    var total: Int64 = 0
    var units = Self.units[...]
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let count = Int64(digits), count <= 4_000_000_000_000 else { return nil }
      rest = rest.dropFirst(digits.count)
      let letters = rest.prefix { $0.isASCII && $0.isLetter }
      guard let unit = units.firstIndex(where: { $0.name == letters }) else { return nil }
      let (length, overflow) = count.multipliedReportingOverflow(by: units[unit].milliseconds)
      guard !overflow, length <= Self.longest else { return nil }
      total += length
      units = units[(unit + 1)...]
      rest = rest.dropFirst(letters.count)
    }
    guard total <= Self.longest else { return nil }
    milliseconds = total
  }

  /// A hundred years, in milliseconds.
  private static let longest: Int64 = 36_525 * 86_400_000

  /// Whether the left span is shorter than the right one.
  public static func < (left: TimeSpan, right: TimeSpan) -> Bool {
    left.milliseconds < right.milliseconds
  }
}

extension TimeSpan: CustomStringConvertible {
  /// The span as it is written in an experience, exact: `1d12h`.
  public var description: String {
    guard milliseconds != 0 else { return "0s" }
    var rest = milliseconds.magnitude
    var text = milliseconds < 0 ? "-" : ""
    for unit in Self.units where rest >= UInt64(unit.milliseconds) {
      guard unit.name != "w" || rest % UInt64(unit.milliseconds) == 0 else { continue }
      text += "\(rest / UInt64(unit.milliseconds))\(unit.name)"
      rest %= UInt64(unit.milliseconds)
    }
    return text
  }

  /// The span for people, two units at most and rounded down: `2d 4h`, `35s`, `120ms`.
  public var short: String {
    let sign = milliseconds < 0 ? "-" : ""
    let length = milliseconds.magnitude
    let shown = Self.units.filter { $0.name != "w" }
    guard let first = shown.firstIndex(where: { length >= UInt64($0.milliseconds) }) else {
      return "0s"
    }
    let head = length / UInt64(shown[first].milliseconds)
    let rest = length % UInt64(shown[first].milliseconds)
    guard first + 1 < shown.count, head < 10, shown[first + 1].name != "ms" else {
      return "\(sign)\(head)\(shown[first].name)"
    }
    let tail = rest / UInt64(shown[first + 1].milliseconds)
    return "\(sign)\(head)\(shown[first].name)"
      + (tail == 0 ? "" : " \(tail)\(shown[first + 1].name)")
  }
}
