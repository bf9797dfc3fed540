import Events
import Foundation
import Synchronization

/// The offsets of a time zone from 1900 to 2200, by local time.
///
/// A local time that comes twice, when clocks go back, is the earlier one. A local time that is
/// skipped, when clocks go forward, counts as if they had not: 02:30 becomes 03:30.
final class ZoneTable: Sendable {
  /// The local times from which each offset holds, ascending; the first is the least there is.
  private let starts: [Int64]
  /// The offsets from UTC in milliseconds, one for each of `starts`.
  private let offsets: [Int64]

  /// Finds the offsets of an IANA zone.
  ///
  /// - Throws: `import.zone` where there is no such zone.
  init(_ identifier: String) throws(Refusal) {
    guard let zone = TimeZone(identifier: identifier) else {
      throw Refusal(
        "import.zone", problem: "There is no time zone “\(identifier.prefix(60))”.",
        remedy: "Give a name of the IANA database, such as Europe/Berlin or UTC.")
    }
    var starts = [Int64.min]
    var offsets = [Self.offset(of: zone, at: Self.firstSecond)]
    if zone.identifier != "GMT" && zone.identifier != "UTC" {
      // Clocks that change twice within five days have not been seen anywhere.
      let step: Int64 = 5 * 86_400
      var second = Self.firstSecond
      while second < Self.lastSecond {
        let before = offsets[offsets.count - 1]
        let after = Self.offset(of: zone, at: second + step)
        if before != after {
          let change = Self.change(of: zone, between: second, and: second + step)
          let exact = Self.offset(of: zone, at: change)
          starts.append(change * 1000 + max(before, exact))
          offsets.append(exact)
          second = change
        } else {
          second += step
        }
      }
    }
    self.starts = starts
    self.offsets = offsets
  }

  private static let firstSecond = Instant.earliest.milliseconds / 1000 - 86_400
  private static let lastSecond = Instant.tooLate.milliseconds / 1000 + 86_400

  private static func offset(of zone: TimeZone, at second: Int64) -> Int64 {
    Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))) * 1000
  }

  private static func change(of zone: TimeZone, between start: Int64, and end: Int64) -> Int64 {
    let before = offset(of: zone, at: start)
    var low = start
    var high = end
    while low + 1 < high {
      let middle = (low + high) / 2
      if offset(of: zone, at: middle) == before { low = middle } else { high = middle }
    }
    return high
  }

  /// The offset that holds at a local time, and the range of local times in which it does.
  func offset(atLocal milliseconds: Int64) -> (offset: Int64, from: Int64, to: Int64) {
    var low = 0
    var high = starts.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if starts[middle] <= milliseconds { low = middle } else { high = middle }
    }
    return (offsets[low], starts[low], low + 1 < starts.count ? starts[low + 1] : .max)
  }

  private static let known = Mutex<[String: ZoneTable]>([:])

  /// The zone with a name; each is worked out once in a process.
  static func named(_ identifier: String) throws(Refusal) -> ZoneTable {
    if let zone = known.withLock({ $0[identifier] }) { return zone }
    let zone = try ZoneTable(identifier)
    known.withLock { $0[identifier] = zone }
    return zone
  }
}
