import Foundation
import Maps
import Synchronization

/// One line on standard error that says how far a long work has come.
///
/// Nothing is shown where standard error is no terminal.
final class ProgressLine: Sendable {
  private let title: String
  private let shows: Bool
  private let begun = ContinuousClock.now
  private let shown = Mutex<ContinuousClock.Instant?>(nil)

  /// Begins a line with what is being done.
  init(_ title: String, shows: Bool = Terminal.showsProgress) {
    self.title = title
    self.shows = shows
  }

  /// Shows how far the work has come, ten times a second at most.
  ///
  /// - Parameters:
  ///   - fraction: 0 to 1.
  ///   - events: how many events were read up to now.
  func update(fraction: Double, events: Int) {
    guard shows, isDue() else { return }
    let rate = seconds > 0 ? Double(events) / seconds : 0
    let cells = 12
    let full = Int((fraction * Double(cells)).rounded(.down))
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
    var line = "\(title.shortened(to: 32))  \(bar) \(Int(fraction * 100)) %  \(Self.rate(rate))"
    if fraction > 0.01 { line += "  \(Self.clock(seconds / fraction - seconds)) left" }
    Terminal.show("\r\u{1B}[2K\(line.prefix(Terminal.width - 1))")
  }

  /// Shows what is being done now, without a fraction.
  func update(_ doing: String) {
    guard shows, isDue() else { return }
    let line = "\(title)  \(doing)".prefix(Terminal.width - 1)
    Terminal.show("\r\u{1B}[2K\(line)")
  }

  /// Whether the line is a tenth of a second old.
  private func isDue() -> Bool {
    let now = ContinuousClock.now
    return shown.withLock { shown in
      if let shown, now - shown < .milliseconds(100) { return false }
      shown = now
      return true
    }
  }

  /// Takes the line away.
  func clear() {
    guard shows, shown.withLock({ $0 != nil }) else { return }
    Terminal.show("\r\u{1B}[2K")
  }

  /// Seconds since the work began.
  var seconds: Double { (ContinuousClock.now - begun) / .seconds(1) }

  /// A rate for people: `1.2 M/s`.
  static func rate(_ events: Double) -> String {
    switch events {
    case 1_000_000...: String(format: "%.1f M/s", events / 1_000_000)
    case 1000...: String(format: "%.0f k/s", events / 1000)
    default: String(format: "%.0f/s", events)
    }
  }

  /// Minutes and seconds: `1:05`.
  static func clock(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 359_999).rounded(.up))
    return "\(whole / 60):" + String(format: "%02d", whole % 60)
  }
}
