import Events
import Foundation
import Synchronization

/// What the server counts of itself, in the text form that Prometheus reads.
///
/// - SeeAlso: Prometheus text exposition format, version 0.0.4.
final class Metrics: Sendable {
  /// The upper ends of the histogram of answering times, in seconds.
  private static let ends = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  private struct Key: Hashable {
    var route: String
    var status: Int
  }

  private struct Times {
    var buckets = [Int](repeating: 0, count: Metrics.ends.count)
    var count = 0
    var seconds = 0.0
  }

  private struct State {
    var answers: [Key: Int] = [:]
    var times = Times()
  }

  private let state = Mutex(State())
  private let started = Date()

  /// When counting began.
  var startedAt: Instant {
    Instant(milliseconds: Int64((started.timeIntervalSince1970 * 1000).rounded()))
  }

  /// Counts an answer; a path that no route has is counted under one name.
  func answered(_ route: String?, _ status: Int, _ seconds: Double) {
    let key = Key(route: route ?? "unknown", status: status)
    state.withLock { state in
      state.answers[key, default: 0] += 1
      state.times.count += 1
      state.times.seconds += seconds
      for (position, end) in Self.ends.enumerated() where seconds <= end {
        state.times.buckets[position] += 1
      }
    }
  }

  /// One figure of another part of the server.
  struct Figure {
    /// What kind of number it is.
    enum Kind: String { case counter, gauge }

    var name: String
    var kind: Kind
    var help: String
    var value: Double
  }

  /// Everything, with the figures of other parts.
  func text(_ figures: [Figure]) -> String {
    let (answers, times) = state.withLock { ($0.answers, $0.times) }
    var lines = [
      "# HELP waymark_http_requests_total Requests answered.",
      "# TYPE waymark_http_requests_total counter",
    ]
    for (key, count) in answers.sorted(by: {
      ($0.key.route, $0.key.status) < ($1.key.route, $1.key.status)
    }) {
      lines.append(
        "waymark_http_requests_total{route=\(key.route.quoted),status=\"\(key.status)\"} \(count)")
    }
    lines += [
      "# HELP waymark_http_request_seconds Time until an answer was begun.",
      "# TYPE waymark_http_request_seconds histogram",
    ]
    for (end, count) in zip(Self.ends, times.buckets) {
      lines.append("waymark_http_request_seconds_bucket{le=\"\(end)\"} \(count)")
    }
    lines += [
      "waymark_http_request_seconds_bucket{le=\"+Inf\"} \(times.count)",
      "waymark_http_request_seconds_sum \(times.seconds)",
      "waymark_http_request_seconds_count \(times.count)",
    ]
    let own = [
      Figure(
        name: "waymark_uptime_seconds", kind: .gauge, help: "Time since the server started.",
        value: Date().timeIntervalSince(started)),
      Figure(
        name: "process_resident_memory_bytes", kind: .gauge, help: "Memory that the process holds.",
        value: Double(Self.residentBytes)),
    ]
    for figure in own + figures {
      lines += [
        "# HELP \(figure.name) \(figure.help)", "# TYPE \(figure.name) \(figure.kind.rawValue)",
        "\(figure.name) \(figure.value)",
      ]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The memory that the process holds; 0 where the system doesn't tell.
  static var residentBytes: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
      return 0
    }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
  }
}
