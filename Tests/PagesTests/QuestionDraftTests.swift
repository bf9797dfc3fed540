import Engine
import Events
import Experience
import Testing

@testable import Pages

@Suite struct `A question's draft` {
  private static let experience = """
    touchpoints:
      cart: {on: Product Added}
      order: {on: Order Completed}
    segments:
      buyers: count("Order Completed") > 0
      lookers: count("Order Completed") == 0
    journeys:
      first_order: {starts: [cart], steps: [cart], goal: order}
    """

  private func context() throws -> QuestionContext {
    try QuestionContext(
      ExperienceLoader.load(text: Self.experience, file: "experience.yaml").experience)
  }

  private func written(_ text: String) throws -> WrittenFields {
    try WrittenFields(reading: text, file: "question", largest: 1 << 20)
  }

  private func draft(_ text: String) throws -> QuestionDraft {
    try #require(QuestionDraft(try written(text)))
  }

  @Test(arguments: QuestionKind.allCases)
  func `asks what its text asks`(kind: QuestionKind) throws {
    let context = try context()
    let draft = try draft(kind.form.example)
    #expect(draft.kind == kind)
    #expect(draft.strange.isEmpty)
    let asked = try Question.read(kind.form.example, file: "example", in: context)
    #expect(try Question.read(draft.text, file: "form", in: context) == asked)
    #expect(try self.draft(draft.text) == draft)
    // What the page of the draft sends is the draft.
    let sent = draft.written.fields.dropFirst().flatMap { field in
      field.value.lines.map { (name: "f.\(field.name)", value: $0) }
    }
    #expect(QuestionDraft(form: [("kind", kind.rawValue)] + sent)?.text == draft.text)
  }

  /// The problem of a question in which a field holds something, where it is that it can't be read.
  private func misreading(_ kind: QuestionKind, _ field: String, _ value: WrittenFields.Value)
    throws
    -> Diagnostic?
  {
    let example = try written(kind.form.example)
    let fields = example.fields.filter { $0.name != field } + [.init(field, value)]
    do {
      _ = try Question.read(WrittenFields(fields).yaml, file: "form", in: try context())
      return nil
    } catch let error as Diagnostic {
      return error.code == "yaml.value" ? error : nil
    }
  }

  @Test(arguments: QuestionKind.allCases)
  func `offers words that its question takes, and lists where it takes lists`(
    kind: QuestionKind
  ) throws {
    for field in kind.form.fields {
      switch field.input {
      case .choice(let words):
        for word in words {
          #expect(try misreading(kind, field.name, .one(word)) == nil, "\(field.name): \(word)")
        }
        // What holds may depend on what is asked about: “the survey's, else higher”.
        let standard = field.standard ?? "none"
        #expect(standard == "none" || words.contains { standard.contains($0) }, "\(field.name)")
      case .list(.choice(let words)):
        #expect(try misreading(kind, field.name, .list(words)) == nil, "\(field.name)")
      case .list(.population):
        #expect(try misreading(kind, field.name, .list(["buyers", "lookers"])) == nil)
      case .list:
        #expect(try misreading(kind, field.name, .list(["A", "B"])) == nil, "\(field.name)")
      case .number: #expect(try misreading(kind, field.name, .one("3")) == nil, "\(field.name)")
      case .span: #expect(try misreading(kind, field.name, .one("7d")) == nil, "\(field.name)")
      case .population: #expect(try misreading(kind, field.name, .one("buyers")) == nil)
      case .event, .naming, .division, .survey, .property, .journey, .unit, .moment, .text: break
      }
    }
  }

  private static let changes: [(button: String, rows: [String], place: Int?)] = [
    ("add.steps", ["a", "b", "c", ""], 3), ("remove.steps.0", ["b", "c"], 0),
    ("remove.steps.2", ["a", "b"], 1), ("up.steps.2", ["a", "c", "b"], 1),
    ("down.steps.0", ["b", "a", "c"], 1), ("up.steps.0", ["a", "b", "c"], nil),
    ("down.steps.2", ["a", "b", "c"], nil), ("remove.steps.9", ["a", "b", "c"], nil),
    ("up.steps.-1", ["a", "b", "c"], nil),
  ]

  @Test(arguments: changes)
  func `changes its rows`(button: String, rows: [String], place: Int?) throws {
    var draft = try draft("question: funnel\nsteps: [a, b, c]\n")
    draft.apply(try #require(QuestionDraft.Change(button)))
    #expect(draft.rows("steps") == rows)
    #expect(draft.place?.row == place)
  }

  @Test(arguments: ["", "ask", "add", "up.steps", "sideways.steps.1", "up.steps.x", "add.a.b.c"])
  func `knows what is no change`(button: String) {
    #expect(QuestionDraft.Change(button) == nil)
  }

  @Test func `writes no empty rows, and no more than a hundred`() {
    let sent = [("kind", "funnel"), ("f.window", " ")] + (0..<300).map { _ in ("f.steps", " ") }
    var draft = QuestionDraft(form: sent)
    #expect(draft?.rows("steps").count == 100)
    #expect(draft?.text == "question: funnel\n")
    draft?.apply(.add(field: "steps"))
    #expect(draft?.rows("steps").count == 100)
  }

  @Test func `keeps what another kind has too, and what is strange until it is mended`() throws {
    let funnel = [("kind", "flow"), ("f.steps", "a"), ("f.window", "7d"), ("f.from", "2026-01-01")]
    #expect(QuestionDraft(form: funnel)?.text == "question: flow\nwindow: 7d\nfrom: 2026-01-01\n")
    let strange = try draft("question: flow\nbegin: [a, b]\nstart: x\n")
    #expect(strange.strange == ["begin"])
    #expect(strange.text == "question: flow\nstart: x\nbegin: [a, b]\n")
    let sent = [("kind", "flow"), ("strange", "begin"), ("f.begin", "[a, b]"), ("f.start", "x")]
    #expect(QuestionDraft(form: sent)?.text == strange.text)
  }

  @Test func `is none of a text without a kind`() throws {
    #expect(QuestionDraft(try written("steps: [a]")) == nil)
    #expect(QuestionDraft(try written("question: fun")) == nil)
    #expect(QuestionDraft(form: [("kind", "fun")]) == nil)
    #expect(QuestionDraft(form: [("q", "question: funnel")]) == nil)
  }

  private static let remarks: [(code: String, line: Int?, field: String?)] = [
    ("yaml.value", 3, "window"), ("question.field", 2, "steps"), ("funnel.steps", 1, "steps"),
    ("funnel.window", nil, "window"), ("question.for", nil, "for"), ("range.empty", nil, "to"),
    ("funnel.options", nil, nil), ("question.naming", nil, nil),
  ]

  @Test(arguments: remarks)
  func `finds the field that a remark is about`(code: String, line: Int?, field: String?) throws {
    let text = "question: funnel\nsteps: [a, b]\nwindow: 7d\n"
    #expect(
      try draft(text).field(concernedBy: code, atLine: line, of: try written(text)) == field)
  }

  @Test func `shows names as text, whatever they hold`() throws {
    let hostile = #"x"><script>alert(1)</script>"#
    let draft = try #require(
      QuestionDraft(form: [("kind", "flow"), ("f.start", hostile), ("f.only", "\u{202E}x")]))
    let markup = AskForm(draft, problems: ["start": hostile]).markup.text
    #expect(!markup.contains("<script"))
    #expect(markup.contains("&lt;script&gt;"))
    #expect(try self.draft(draft.text) == draft)
  }
}
