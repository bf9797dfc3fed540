import Events
import Foundation

/// A small CSV file as texts: for tables that are no events yet.
///
/// Values stand between commas, semicolons or tabs, whichever the first record has most of. A quote
/// opens at the start of a value only, and within quotes a line may end; lines end with LF or CR LF.
/// Blank lines are none.
public struct CSVTable: Sendable, Equatable {
  /// A record, and where it stands.
  public struct Record: Sendable, Equatable {
    /// The line of the file on which it begins, counted from 1.
    public let line: Int
    /// The values, without the quotes.
    public let values: [String]

    /// The value of a column; empty where the record has fewer.
    public subscript(column: Int) -> String { column < values.count ? values[column] : "" }
  }

  /// The records, the header among them.
  public let records: [Record]

  /// The largest file that is read, in bytes: all of it is in memory, three times over.
  public static let largest = 64 << 20
  /// The most columns.
  public static let mostColumns = 2000

  /// Reads a file.
  ///
  /// - Parameter name: what the file is called in faults.
  /// - Throws: `file.read`, `file.length`; as `init(_:)`.
  public static func read(_ path: String, as name: String) throws -> CSVTable {
    let bytes: Data
    do {
      let handle = try FileHandle(forReadingFrom: URL(filePath: path))
      defer { handle.closeFile() }
      bytes = try handle.read(upToCount: largest + 1) ?? Data()
    } catch {
      throw Fault(
        "file.read", subject: name, problem: "The file can't be read.",
        remedy: "See that it is there and that you may read it.")
    }
    guard bytes.count <= largest else {
      throw Refusal(
        "file.length", problem: "\(name) is larger than \(largest >> 20) MiB.",
        remedy: "Export it in parts, by date.")
    }
    return try CSVTable(Array(bytes))
  }

  /// Reads the bytes of a file, which are UTF-8.
  ///
  /// - Throws: `csv.encoding`, `csv.quote` where a quote never closes, `csv.columns`.
  public init(_ bytes: [UInt8]) throws(Refusal) {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let start = bytes.starts(with: mark) ? mark.count : 0
    guard String(validating: bytes[start...], as: UTF8.self) != nil else {
      throw Refusal(
        "csv.encoding", problem: "The file is not UTF-8.",
        remedy: "Export it as CSV in UTF-8.")
    }
    var cursor = Cursor(bytes: bytes, position: start, delimiter: Self.delimiter(bytes[start...]))
    var records: [Record] = []
    while let record = try cursor.record() {
      if record.values != [""] { records.append(record) }
    }
    self.records = records
  }

  /// What stands between values: what the first line has most of, outside quotes.
  private static func delimiter(_ bytes: ArraySlice<UInt8>) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == UInt8(ascii: "\n"), !isQuoted { break }
      if !isQuoted { counts[byte, default: 0] += 1 }
    }
    let known = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    return known.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? known[0]
  }
}

/// Reads one record after the other.
private struct Cursor {
  let bytes: [UInt8]
  var position: Int
  let delimiter: UInt8
  var line = 1

  private static let quote = UInt8(ascii: "\"")
  private static let lineEnd = UInt8(ascii: "\n")

  mutating func record() throws(Refusal) -> CSVTable.Record? {
    guard position < bytes.count else { return nil }
    let begin = line
    var values: [String] = []
    repeat {
      guard values.count < CSVTable.mostColumns else {
        throw Refusal(
          "csv.columns",
          problem: "Line \(begin) has more than \(CSVTable.mostColumns) columns.",
          remedy: "Export fewer of them.")
      }
      values.append(try value())
    } while passDelimiter()
    return CSVTable.Record(line: begin, values: values)
  }

  /// Goes on behind what ended a value; whether another value of the record follows.
  private mutating func passDelimiter() -> Bool {
    guard position < bytes.count else { return false }
    position += 1
    guard bytes[position - 1] == Self.lineEnd else { return true }
    line += 1
    return false
  }

  private mutating func value() throws(Refusal) -> String {
    var text: [UInt8] = []
    if position < bytes.count, bytes[position] == Self.quote { text = try quoted() }
    let start = position
    while position < bytes.count, bytes[position] != delimiter, bytes[position] != Self.lineEnd {
      position += 1
    }
    text += bytes[start..<position]
    let isLast = position == bytes.count || bytes[position] == Self.lineEnd
    if isLast, position > start, text.last == UInt8(ascii: "\r") { text.removeLast() }
    return String(decoding: text, as: UTF8.self)
  }

  /// What stands within quotes; a doubled quote is one.
  private mutating func quoted() throws(Refusal) -> [UInt8] {
    let begin = line
    var text: [UInt8] = []
    position += 1
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == Self.quote {
        guard position < bytes.count, bytes[position] == Self.quote else { return text }
        position += 1
      }
      if byte == Self.lineEnd { line += 1 }
      text.append(byte)
    }
    throw Refusal(
      "csv.quote", problem: "A quote that opens in line \(begin) never closes.",
      remedy: "Export the file again, or close it.")
  }
}
