import Events
import Foundation
import Logging
import Store

/// How the log is written.
public enum LogForm: String, CaseIterable, Sendable {
  /// One object of JSON a line.
  case json
  /// One line that people read.
  case text
}

/// Writes the log to standard error, one line at a time.
struct ServerLog: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  private let form: LogForm

  init(_ level: Logger.Level, _ form: LogForm) {
    logLevel = level
    self.form = form
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var fields = metadata.merging(event.metadata ?? [:]) { $1 }
    fields["hb.request.id"] = nil
    let line = Self.line(
      form, at: .now, event.level, "\(event.message)",
      fields.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") })
    FileHandle.standardError.write(Data("\(line)\n".utf8))
  }

  /// One line of the log.
  static func line(
    _ form: LogForm, at time: Instant, _ level: Logger.Level, _ message: String,
    _ fields: [(name: String, value: String)]
  ) -> String {
    switch form {
    case .json:
      let all =
        [("time", "\(time)"), ("level", level.rawValue), ("message", message)]
        + fields.map { ($0.name, $0.value) }
      return "{\(all.map { "\($0.0.quoted):\($0.1.quoted)" }.joined(separator: ","))}"
    case .text:
      let told = fields.map { field in
        let isPlain = field.value.wholeMatch(of: /[!-~]+/) != nil && !field.value.contains("\"")
        return " \(field.name)=\(isPlain ? field.value : field.value.quoted)"
      }
      // Quoting takes control characters, which must not reach a terminal, out of the message.
      return "\(time) \(level.rawValue) \(message.quoted.dropFirst().dropLast())\(told.joined())"
    }
  }
}

extension String {
  /// The text as a string of JSON.
  var quoted: String {
    var result = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _
      where scalar.value < 0x20 || scalar.value == 0x7F || scalar.value == 0x2028
        || scalar.value == 0x2029:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
