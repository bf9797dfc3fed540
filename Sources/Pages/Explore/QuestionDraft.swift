import Engine
import Events
import Experience

/// A question as it stands in the form of Explore: what is typed in each field of its kind.
///
/// The form and the text are two views of one question: a draft is read from either, and writes both.
public struct QuestionDraft: Sendable, Equatable {
  public private(set) var kind: QuestionKind
  /// What is typed in each field, by name: one line, or the rows of a list. Empty rows are there to be
  /// filled in, and are not written.
  private var lines: [String: [String]] = [:]
  /// Fields of the text that its kind does not have; they are kept, to be mended.
  public private(set) var strange: [String] = []
  /// The row that the last change was about.
  public private(set) var place: Place?

  /// A row of a list.
  public struct Place: Sendable, Equatable {
    public var field: String
    public var row: Int
  }

  /// What a button of the form does to its rows.
  public enum Change: Sendable, Equatable {
    case add(field: String)
    case remove(Place)
    case up(Place)
    case down(Place)

    /// Reads the value of a button: `add.steps`, `up.steps.2`; nil where it is none of these.
    public init?(_ text: String) {
      let words = text.split(separator: ".").map(String.init)
      if words.count == 2, words[0] == "add" {
        self = .add(field: words[1])
        return
      }
      guard words.count == 3, let row = Int(words[2]) else { return nil }
      let place = Place(field: words[1], row: row)
      switch words[0] {
      case "remove": self = .remove(place)
      case "up": self = .up(place)
      case "down": self = .down(place)
      default: return nil
      }
    }
  }

  /// The most rows of a list: as many as a question may have, and some more to notice.
  public static let mostRows = 100
  /// What the names of the form's fields begin with, before the field's own name.
  public static let prefix = "f."

  /// An empty question of a kind.
  public init(_ kind: QuestionKind) { self.kind = kind }

  /// Takes what a form sent: `kind`, and `f.` with a field's name, a row after the other.
  ///
  /// - Returns: nil where the kind is none.
  public init?(form: [(name: String, value: String)]) {
    guard let kind = form.last(where: { $0.name == "kind" })?.value,
      let kind = QuestionKind(rawValue: kind)
    else { return nil }
    self.init(kind)
    for (name, value) in form where name.hasPrefix(Self.prefix) {
      let field = String(name.dropFirst(Self.prefix.count))
      guard !field.isEmpty, lines[field, default: []].count < Self.mostRows else { continue }
      if lines[field] == nil, self.field(field) == nil { strange.append(field) }
      lines[field, default: []].append(value)
    }
    // Fields of the kind that was chosen before.
    let isKept = Set(form.filter { $0.name == "strange" }.map(\.value))
    for field in strange where !isKept.contains(field) { lines[field] = nil }
    strange.removeAll { lines[$0] == nil }
  }

  /// Reads a text's fields.
  ///
  /// - Returns: nil where the text names no kind of question.
  public init?(_ written: WrittenFields) {
    guard case .one(let word)? = written["question"], let kind = QuestionKind(rawValue: word) else {
      return nil
    }
    self.init(kind)
    for field in written.fields where field.name != "question" {
      let known = self.field(field.name)
      if known == nil { strange.append(field.name) }
      lines[field.name] = known?.isList == true ? field.value.lines : [field.value.line]
    }
  }

  /// The fields of the kind, then those of every question.
  public var fields: [QuestionForm.Field] { kind.form.fields + Scope.fields }

  private func field(_ name: String) -> QuestionForm.Field? { fields.first { $0.name == name } }

  /// What is typed in a field.
  public func rows(_ name: String) -> [String] { lines[name] ?? [] }

  /// Whether something is typed in a field.
  public func has(_ name: String) -> Bool { rows(name).contains { !$0.isBlank } }

  /// Does what a button says.
  public mutating func apply(_ change: Change) {
    switch change {
    case .add(let field):
      guard rows(field).count < Self.mostRows else { return }
      lines[field, default: [""]].append("")
      place = Place(field: field, row: rows(field).count - 1)
    case .remove(let old):
      guard rows(old.field).indices.contains(old.row) else { return }
      lines[old.field]?.remove(at: old.row)
      place = Place(field: old.field, row: max(0, min(old.row, rows(old.field).count - 1)))
    case .up(let old): move(old, by: -1)
    case .down(let old): move(old, by: 1)
    }
  }

  private mutating func move(_ old: Place, by offset: Int) {
    let rows = rows(old.field)
    guard rows.indices.contains(old.row), rows.indices.contains(old.row + offset) else { return }
    lines[old.field]?.swapAt(old.row, old.row + offset)
    place = Place(field: old.field, row: old.row + offset)
  }

  /// The question's fields in their usual order, without those in which nothing is typed.
  public var written: WrittenFields {
    let names = fields.map(\.name) + strange
    let typed = names.compactMap { name -> WrittenFields.Field? in
      let lines = rows(name).map(\.trimmed).filter { !$0.isEmpty }
      guard let first = lines.first else { return nil }
      return .init(name, field(name)?.isList == true ? .list(lines) : .one(first))
    }
    return WrittenFields([.init("question", .one(kind.rawValue))] + typed)
  }

  /// The question as text.
  public var text: String { written.yaml }

  /// What can't be read in fields, by their names.
  public var problems: [String: String] {
    var problems: [String: String] = [:]
    for (name, lines) in lines {
      let found = lines.lazy.compactMap { WrittenFields.problem(of: $0.trimmed) }.first
      guard let found else { continue }
      problems[name] =
        "\(found.problem) What begins with a bracket or a quote is read as YAML: close it, or put "
        + "the whole in quotes."
    }
    return problems
  }

  /// The field that a remark on the question's text is about; nil where it is about the whole.
  ///
  /// - Parameters:
  ///   - line: the line of the text, where the remark names one.
  ///   - code: the remark's dotted code, whose last word often is a field's name.
  public func field(
    concernedBy code: String, atLine line: Int? = nil, of written: WrittenFields
  ) -> String? {
    if let line, let field = written.field(atLine: line), field.name != "question" {
      return field.name
    }
    let word = code.split(separator: ".").last.map(String.init) ?? ""
    let others = ["time": "from", "empty": "to", "exclusions": "exclude", "naming": "by"]
    return field(others[word] ?? word)?.name
  }
}

extension QuestionForm.Field {
  /// Whether the field takes several values in an order.
  var isList: Bool { if case .list = input { true } else { false } }
}

extension String {
  /// The text without blank ends.
  var trimmed: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }

  /// Whether nothing is there but blanks.
  var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
