import Engine
import Events
import Maps
import Stories

/// Answers as CSV (RFC 4180, lines end with a line feed): every row and every column.
///
/// Shares are 0 to 1, durations milliseconds, money in the experience's currency. What is not there is
/// an empty field.
public enum AnswerCSV {
  /// Writes a table with its column names in front.
  public static func render(_ table: AnswerTable) -> String {
    var text = record(table.columns.map(\.name)) + "\n"
    for row in table.rows { text += record(row.map(field)) + "\n" }
    return text
  }

  /// A record. A text that a spreadsheet would run as a formula gets an apostrophe before it; characters
  /// that hide or turn text are left out.
  ///
  /// - SeeAlso: OWASP, "CSV Injection".
  public static func record(_ fields: [String]) -> String {
    fields.map { field in
      let clean = field.withoutUnseen
      // By scalars: an accent after a sign makes another character of both, but no other bytes.
      let isFormula =
        clean.unicodeScalars.first.map(formulas.contains) == true && Double(clean) == nil
      let text = (isFormula ? "'" : "") + clean
      guard text.utf8.contains(where: quoted.contains) else { return text }
      var result = "\""
      for scalar in text.unicodeScalars {
        if scalar == "\"" { result.unicodeScalars.append(scalar) }
        result.unicodeScalars.append(scalar)
      }
      return result + "\""
    }.joined(separator: ",")
  }

  /// What begins a formula, in a spreadsheet of any language.
  private static let formulas: Set<Unicode.Scalar> = [
    "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠",
  ]
  /// Bytes for which a field is put into quotes.
  private static let quoted = Set(",;\"\r\n\t".utf8)

  /// Customers with their events, as a list has them.
  public static func customers(_ customers: [SeenCustomer]) -> String {
    var text = record(["customer", "events", "first", "last"]) + "\n"
    for customer in customers {
      text +=
        record(
          [customer.identity, "\(customer.events)", "\(customer.first)", "\(customer.last)"]) + "\n"
    }
    return text
  }

  private static func field(_ cell: AnswerTable.Cell) -> String {
    switch cell {
    case .text(let text): text
    case .count(let count): "\(count)"
    case .number(let number): number.isFinite ? written(number) : ""
    case .none: ""
    }
  }

  /// The shortest text that reads back as the number; whole ones without a fraction.
  private static func written(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
  }
}
