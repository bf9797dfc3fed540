import Events
import Foundation

/// The rule as people write it: a number of months for all, and a line for each name with another.
extension RetentionRule {
  /// Reads a rule.
  ///
  ///     RetentionRule(months: "24", lines: "Page Viewed: 6\nOrder Completed: keep")
  ///
  /// - Parameters:
  ///   - months: a number, or `keep` or nothing for ever.
  ///   - lines: a line for each name: the name, a colon, and a number or `keep`.
  /// - Throws: `retention.months`, `retention.line`, `retention.names`, `retention.name`.
  public init(months: String, lines: String) throws(Refusal) {
    self.init(months: try Self.term(months))
    for line in lines.split(whereSeparator: \.isNewline) {
      let line = line.trimmingCharacters(in: .whitespaces)
      guard !line.isEmpty else { continue }
      guard let colon = line.lastIndex(of: ":") else {
        throw Refusal(
          "retention.line", problem: "“\(line.prefix(80))” names no term.",
          remedy: "Write the event's name, a colon, and the months or “keep”: Page Viewed: 6")
      }
      let name = line[..<colon].trimmingCharacters(in: .whitespaces)
      guard named[name] == nil else {
        throw Refusal(
          "retention.line", problem: "“\(name.prefix(80))” has two terms.",
          remedy: "Leave one of its lines.")
      }
      let months = try Self.term(String(line[line.index(after: colon)...]))
      named.updateValue(months, forKey: name)
    }
    try check()
  }

  /// The terms of names as lines, in the order of the names.
  public var lines: String {
    named.sorted { $0.key < $1.key }
      .map { "\($0.key): \($0.value.map(String.init) ?? Self.keep)" }
      .joined(separator: "\n")
  }

  /// What stands for ever.
  private static let keep = "keep"

  private static func term(_ text: String) throws(Refusal) -> Int? {
    var text = text.trimmingCharacters(in: .whitespaces).lowercased()
    for unit in ["months", "month"] where text.hasSuffix(unit) {
      text = text.dropLast(unit.count).trimmingCharacters(in: .whitespaces)
    }
    if text.isEmpty || text == keep { return nil }
    guard let months = Int(text) else {
      throw Refusal(
        "retention.months", problem: "“\(text.prefix(40))” is no number of months.",
        remedy: "Write a number from 1 to \(longest), or “keep”.")
    }
    return months
  }
}
