import Events
import Foundation
import Logging
import Store
import Synchronization

/// Writes the log as JSON, one object a line, to standard error.
struct JSONLog: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  private let label: String

  init(_ label: String, level: Logger.Level) {
    self.label = label
    logLevel = level
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var fields = metadata.merging(event.metadata ?? [:]) { $1 }
    fields["hb.request.id"] = nil
    var line: [(String, String)] = [
      ("time", "\(Instant.now)"), ("level", event.level.rawValue), ("message", "\(event.message)"),
    ]
    line += fields.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
    let text = line.map { "\($0.0.quoted):\($0.1.quoted)" }.joined(separator: ",")
    FileHandle.standardError.write(Data("{\(text)}\n".utf8))
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
