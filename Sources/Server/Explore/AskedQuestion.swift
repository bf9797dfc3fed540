import Engine
import Events
import Experience
import Pages

/// What an address of Explore asks: by the text in `q`, or by the fields of its form.
struct AskedQuestion: Sendable {
  /// What is to be shown.
  enum Wish: Sendable, Equatable {
    /// The answer to the text.
    case answer
    /// The page of the text that the form makes.
    case address
    /// The form alone, after one of its buttons changed it.
    case form
  }

  var wish: Wish
  /// The question as text; empty where there is none.
  var text: String
  /// The question as the form shows it; nil where it can't.
  var draft: QuestionDraft?
  /// What is wrong with fields of the form, by their names.
  var problems: [String: String] = [:]
  /// What is wrong with the question as a whole.
  var problem: String?

  /// Reads an address.
  init(_ visit: Visit) {
    let fields = visit.queryFields
    guard var draft = QuestionDraft(form: fields) else {
      // A browser ends lines in its own way.
      text = visit.query("q")?.replacing("\r\n", with: "\n") ?? ""
      wish = .answer
      self.draft = text.isEmpty ? QuestionDraft(.funnel) : Self.draft(of: text)
      return
    }
    let button = visit.query("do") ?? ""
    if let change = QuestionDraft.Change(button) { draft.apply(change) }
    problems = draft.problems
    wish = button == "ask" && problems.isEmpty ? .address : .form
    text = draft.text
    self.draft = draft
  }

  private static func draft(of text: String) -> QuestionDraft? {
    guard let written = read(text) else { return nil }
    return QuestionDraft(written)
  }

  /// The fields of a text; nil where it is not one question.
  private static func read(_ text: String) -> WrittenFields? {
    // Why it can't be read is said by whoever answers it.
    try? WrittenFields(reading: text, file: "question", largest: Question.largestText)
  }

  /// Takes down what is wrong, at the field that it is about.
  mutating func note(_ diagnostic: Diagnostic) {
    var message = "\(diagnostic.problem) \(diagnostic.remedy)"
    if diagnostic.code == "yaml.value", let form = draft?.fields,
      let field = Self.read(text)?.field(atLine: diagnostic.line),
      let known = form.first(where: { $0.name == field.name })
    {
      // What a decoder says of a value is not for people.
      message = "“\(field.value.line)” can't stand here. It takes \(known.takes)."
    }
    if put(message, diagnostic.code, line: diagnostic.line) { return }
    problem = "Line \(diagnostic.line), column \(diagnostic.column): \(message)"
  }

  /// Takes down what is wrong, at the field that it is about.
  mutating func note(_ refusal: Refusal) {
    if put("\(refusal.problem) \(refusal.remedy)", refusal.code, line: nil) { return }
    problem = refusal.description
  }

  private mutating func put(_ message: String, _ code: String, line: Int?) -> Bool {
    guard let draft, let written = Self.read(text),
      let field = draft.field(concernedBy: code, atLine: line, of: written)
    else { return false }
    problems[field] = message
    let name = field.replacing("_", with: " ")
    problem = (line.map { "Line \($0), " } ?? "") + "“\(name)”: \(message)"
    return true
  }
}
