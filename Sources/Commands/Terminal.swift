import Foundation
import Glibc

/// What the program writes to, and how.
struct Terminal: Sendable {
  /// When colours are used.
  enum Colors: String, CaseIterable, Sendable {
    case auto, always, never
  }

  /// Whether standard output is a terminal that a person looks at.
  static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }
  /// Whether messages go to a terminal that a person looks at.
  static var showsProgress: Bool {
    isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
  }

  /// The width in columns: the terminal's, `COLUMNS`, or 80; at least 40 and at most 160.
  static var width: Int {
    var size = winsize()
    if ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      return min(160, max(40, Int(size.ws_col)))
    }
    let columns = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) }
    return min(160, max(40, columns ?? 80))
  }

  /// Whether standard output takes colours: a terminal does, unless `NO_COLOR` is set.
  static func usesColors(_ colors: Colors) -> Bool {
    switch colors {
    case .always: true
    case .never: false
    case .auto:
      isInteractive && ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty
    }
  }

  /// Writes text to standard output. A reader that went away ends the program quietly.
  static func write(_ text: String) {
    guard let number = put(text, STDOUT_FILENO) else { return }
    if number == EPIPE { exit(0) }
    note("waymark: standard output: It cannot be written: \(String(cString: strerror(number))).")
    note("  Make room, or write to another place.")
    exit(1)
  }

  /// Writes a line to standard output.
  static func print(_ line: String = "") { write(line + "\n") }

  /// Writes a line for people to standard error.
  static func note(_ line: String) { show(line + "\n") }

  /// Writes to standard error; where that is not possible, nobody would read why.
  static func show(_ text: String) { _ = put(text, STDERR_FILENO) }

  /// Writes all of a text; the number of the error where it can't.
  private static func put(_ text: String, _ stream: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Glibc.write(stream, rest.baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return errno }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
      return nil
    }
  }
}

extension String {
  /// At most the first 60 characters, to name a text by in a message.
  var brief: String { count > 60 ? prefix(59).description.printable + "…" : printable }

  /// The text without control characters, so that it cannot move a terminal's cursor or change its
  /// direction of writing.
  var printable: String {
    String(
      unicodeScalars.map { scalar in
        let hidden =
          scalar.properties.generalCategory == .control
          || scalar.properties.generalCategory == .format
        return hidden ? "\u{FFFD}" : Character(scalar)
      })
  }
}
