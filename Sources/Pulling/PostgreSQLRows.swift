import CPQ
import Events
import Wire

/// The rows that a statement gave.
final class Rows {
  private let result: OpaquePointer

  init(_ result: OpaquePointer) { self.result = result }

  deinit { PQclear(result) }

  /// How many there are.
  var count: Int { Int(PQntuples(result)) }

  /// The columns, in order.
  var columns: [Column] {
    (0..<PQnfields(result)).map { index in
      Column(name: String(cString: PQfname(result, index)), type: PQftype(result, index))
    }
  }

  /// The text of a value; nil where there is none.
  func text(_ row: Int, _ column: Int) -> String? {
    let (row, column) = (Int32(row), Int32(column))
    guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column)
    else { return nil }
    let bytes = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Why there are none; nil where nothing is wrong.
  var failure: PostgreSQL.Failure? {
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: nil
    default:
      PostgreSQL.Failure(
        state: field(waymark_sqlstate) ?? "", message: field(waymark_message) ?? "",
        hint: field(waymark_hint), position: field(waymark_position).flatMap { Int($0) })
    }
  }

  private func field(_ code: Int32) -> String? {
    PQresultErrorField(result, code).map { String(cString: $0) }
  }
}

/// A column of an answer: what its values are, and what they become.
struct Column: Equatable {
  var name: String
  /// The number of its type, as the catalogue of PostgreSQL has it.
  var type: UInt32

  private static let boolean: UInt32 = 16
  /// int8, int2, int4, oid, float4, float8, numeric.
  private static let numbers: Set<UInt32> = [20, 21, 23, 26, 700, 701, 1700]
  /// json, jsonb.
  private static let documents: Set<UInt32> = [114, 3802]
  /// char(n), which is filled up with spaces.
  private static let padded: UInt32 = 1042
  private static let timestamp: UInt32 = 1114
  /// A timestamp with time zone, written in UTC as the session is.
  private static let instant: UInt32 = 1184

  /// The text of a value as an id, a name or a time.
  func plain(_ text: String) -> String {
    switch type {
    case Self.boolean: return text == "t" ? "true" : "false"
    case Self.padded:
      var text = text
      while text.last == " " { text.removeLast() }
      return text
    default: return text
    }
  }

  /// Visits the properties that a value stands for: several where it is an object of JSON.
  ///
  /// - Throws: where it is JSON that is too large or nests too deep.
  func visitProperties(
    _ text: String, _ visit: (_ name: String, _ value: PropertyValue) -> Void
  ) throws(ItemRefusal) {
    switch type {
    case Self.boolean: visit(name, .boolean(text == "t"))
    case Self.numbers: visit(name, FieldText.number(text).map { .number($0) } ?? .string(text))
    case Self.documents:
      try JSONValue(parsing: Array(text.utf8)).visitProperties(under: name, visit)
    case Self.instant:
      let isZulu = text.hasSuffix("+00")
      visit(name, .string(Self.iso(isZulu ? text.dropLast(3) + "Z" : text)))
    case Self.timestamp: visit(name, .string(Self.iso(text)))
    default: visit(name, .string(plain(text)))
    }
  }

  /// The text with the `T` of ISO 8601 between day and time.
  private static func iso(_ text: String) -> String {
    guard let space = text.firstIndex(of: " ") else { return text }
    return text[..<space] + "T" + text[text.index(after: space)...]
  }
}

private func ~= (types: Set<UInt32>, type: UInt32) -> Bool { types.contains(type) }
