import Engine
import Events
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

  /// A record. A text that a spreadsheet would run as a formula gets an apostrophe before it.
  public static func record(_ fields: [String]) -> String {
    fields.map { field in
      let text =
        field.first.map { "=+-@\t\r".contains($0) } == true && Double(field) == nil
        ? "'" + field : field
      let quoted = text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
      return quoted ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }.joined(separator: ",")
  }

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
