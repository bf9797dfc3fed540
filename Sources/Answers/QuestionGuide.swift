import Engine
import Events
import Foundation
import Maps

/// The catalogue as people read it: what can be asked, and how a question is written.
public enum QuestionGuide {
  /// All kinds with what they ask, for a terminal.
  public static func list(width: Int) -> String {
    let nameWidth = QuestionKind.allCases.map(\.rawValue.cells).max() ?? 0
    return QuestionKind.allCases.map { kind in
      entry(kind.rawValue, kind.form.asks, nameWidth, width)
    }.joined() + "\n`waymark questions <kind>` shows what a question takes.\n"
  }

  /// One kind with its fields and an example, for a terminal.
  public static func sheet(of kind: QuestionKind, width: Int) -> String {
    let form = kind.form
    var text = form.asks.wrapped(to: width).joined(separator: "\n") + "\n"
    for (title, fields) in [("Fields", form.fields), ("Fields of every question", Scope.fields)]
    where !fields.isEmpty {
      let nameWidth = fields.map(\.name.cells).max() ?? 0
      text += "\n\(title)\n"
      for field in fields {
        let standard = field.standard.map { "standard: \($0)" } ?? "must be there"
        text += entry(
          field.name, "\(field.meaning) Takes \(field.takes); \(standard).", nameWidth, width)
      }
    }
    text += "\nExample\n"
    for line in form.example.split(separator: "\n") { text += "  \(line)\n" }
    return text
  }

  /// The catalogue as Markdown, which `docs/questions.md` ends with.
  public static var markdown: String {
    "### Fields of every question\n\n" + table(Scope.fields) + "\n"
      + QuestionKind.allCases.map { kind in
        let form = kind.form
        return "### \(kind.rawValue)\n\n\(form.asks)\n\n"
          + (form.fields.isEmpty ? "" : table(form.fields) + "\n")
          + "```yaml\n\(form.example)\n```\n"
      }.joined(separator: "\n")
  }

  /// The kinds as JSON: `kind`, `asks`, `fields` (`name`, `takes`, `standard`, `meaning`), `example`.
  ///
  /// - Throws: what encoding throws.
  public static func json(of kinds: [QuestionKind]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(kinds.map(Sheet.init)), as: UTF8.self) + "\n"
  }

  private struct Sheet: Encodable {
    struct Field: Encodable {
      var name: String
      var takes: String
      var standard: String?
      var meaning: String
    }

    var kind: String
    var asks: String
    var fields: [Field]
    var example: String

    init(_ kind: QuestionKind) {
      let form = kind.form
      self.kind = kind.rawValue
      asks = form.asks
      fields = (form.fields + Scope.fields).map {
        Field(name: $0.name, takes: $0.takes, standard: $0.standard, meaning: $0.meaning)
      }
      example = form.example
    }
  }

  private static func entry(
    _ name: String, _ text: String, _ nameWidth: Int, _ width: Int
  ) -> String {
    let indent = nameWidth + 4
    return text.wrapped(to: max(20, width - indent)).enumerated().map { position, line in
      "  " + (position == 0 ? name : "").left(nameWidth) + "  \(line)\n"
    }.joined()
  }

  private static func table(_ fields: [QuestionForm.Field]) -> String {
    "| field | takes | standard | meaning |\n|---|---|---|---|\n"
      + fields.map { field in
        let cells = [
          "`\(field.name)`", field.takes, field.standard ?? "must be there", field.meaning,
        ].map(escaped)
        return "| \(cells.joined(separator: " | ")) |\n"
      }.joined()
  }

  /// The text as a cell of Markdown: `<property>` and `|` are themselves.
  private static func escaped(_ text: String) -> String {
    text.replacing("|", with: "\\|").replacing("<", with: "&lt;")
  }
}
