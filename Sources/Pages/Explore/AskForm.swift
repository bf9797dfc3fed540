import Engine
import Experience
import Maps

/// The form by which a question is written field by field.
public struct AskForm: Sendable {
  /// Nil where the text is none that a form can show.
  public var draft: QuestionDraft?
  /// What is wrong with fields, by their names.
  public var problems: [String: String]
  /// The saved question that is being changed.
  public var saved: Int?

  /// Makes a form.
  public init(_ draft: QuestionDraft?, problems: [String: String] = [:], saved: Int? = nil) {
    self.draft = draft
    self.problems = problems
    self.saved = saved
  }

  /// The name of the part that the page's script asks for.
  public static let part = "question-form"

  /// Everything inside the form.
  public var markup: Markup {
    guard let draft else {
      return """
        <p class="muted">The form can't show this text: it is not one question with its fields. Mend \
        it on the right, or begin anew here.</p>
        \(kinds(.funnel))
        """
    }
    let scope = Set(Engine.Scope.fields.map(\.name))
    let own = draft.fields.filter { !scope.contains($0.name) }
    let usual = Self.usual(draft.kind)
    let first = own.filter { usual.contains($0.name) }
    let rest = own.filter { !usual.contains($0.name) }
    let range = draft.fields.filter { scope.contains($0.name) }
    let strange = draft.strange.map { name -> Markup in
      let field = QuestionForm.Field(
        name, takes: "nothing: it is no field of this kind", standard: nil, meaning: "",
        input: .text)
      return """
        <input type="hidden" name="strange" value="\(lines: name)">\(self.field(field, draft))
        """
    }
    // What Enter in a field presses: the first button of the form.
    return """
      <button class="unseen" name="do" value="ask" tabindex="-1" aria-hidden="true">Ask</button>
      \(saved.map { "<input type=\"hidden\" name=\"saved\" value=\"\($0)\">" })
      \(kinds(draft.kind))
      <p class="muted">\(draft.kind.form.asks)</p>
      <div class="fields">\(first.map { field($0, draft) })\(strange)</div>
      \(folded("More about it", rest, draft))
      \(folded("When, whose, and what is counted", range, draft))
      <div class="actions"><button name="do" value="ask">Ask</button></div>
      """
  }

  /// Fields that must be there, and those that the example shows.
  private static func usual(_ kind: QuestionKind) -> Set<String> {
    let form = kind.form
    let example = example(of: kind).fields.map(\.name)
    return Set(form.fields.filter { $0.standard == nil }.map(\.name) + example)
  }

  /// The fields of a kind's example.
  private static func example(of kind: QuestionKind) -> WrittenFields {
    // Examples of the catalogue are questions that can be read; a test says so.
    (try? WrittenFields(
      reading: kind.form.example, file: "example", largest: Question.largestText))
      ?? WrittenFields([])
  }

  private func kinds(_ chosen: QuestionKind) -> Markup {
    let options = QuestionKind.allCases.map { kind -> Markup in
      """
      <option value="\(kind.rawValue)"\(if: kind == chosen, "selected")>\
      \(kind.rawValue.replacing("_", with: " ").asTitle)</option>
      """
    }
    return """
      <div class="inline kind"><label class="field">What do you want to know?\
      <select name="kind">\(options)</select></label>\
      <button class="quiet" name="do" value="kind">Choose</button></div>
      """
  }

  private func folded(
    _ title: String, _ fields: [QuestionForm.Field], _ draft: QuestionDraft
  ) -> Markup? {
    guard !fields.isEmpty else { return nil }
    let isOpen = fields.contains {
      draft.has($0.name) || problems[$0.name] != nil || draft.place?.field == $0.name
    }
    return """
      <details\(if: isOpen, "open")><summary>\(title)</summary>\
      <div class="fields">\(fields.map { field($0, draft) })</div></details>
      """
  }

  private func field(_ field: QuestionForm.Field, _ draft: QuestionDraft) -> Markup {
    let hint: Markup = """
      <small id="hint-\(field.name)">\(field.meaning) <span class="takes">\(takes(field))</span></small>
      """
    if field.isList { return rows(field, draft, hint) }
    let value = draft.rows(field.name).first ?? ""
    return """
      <div class="field"><label for="field-\(field.name)">\(label(field))</label>\
      \(input(field, value, draft, id: "field-\(field.name)"))\(problem(field))\(hint)</div>
      """
  }

  private func label(_ field: QuestionForm.Field) -> Markup {
    let name = field.name.replacing("_", with: " ").asTitle
    return field.standard == nil ? "\(name) <b class=\"needed\">needed</b>" : "\(name)"
  }

  /// What may be typed, where the choices do not say it, and what holds if nothing is.
  private func takes(_ field: QuestionForm.Field) -> String {
    let standard = field.standard.map { "Otherwise \($0)." } ?? ""
    if case .choice = field.input { return standard }
    return "\(field.takes.asTitle). \(standard)".trimmed
  }

  private func problem(_ field: QuestionForm.Field) -> Markup? {
    problems[field.name].map {
      "<span class=\"wrong\" id=\"wrong-\(field.name)\">\($0)</span>"
    }
  }

  private func described(_ field: QuestionForm.Field) -> Markup {
    problems[field.name] == nil
      ? " aria-describedby=\"hint-\(field.name)\""
      : " aria-invalid=\"true\" aria-describedby=\"wrong-\(field.name) hint-\(field.name)\""
  }

  private func input(
    _ field: QuestionForm.Field, _ value: String, _ draft: QuestionDraft, id: String,
    row: Int = 0, label: Markup? = nil, focused: Bool = false
  ) -> Markup {
    let attributes: Markup = """
       id="\(id)" name="\(QuestionDraft.prefix)\(field.name)"\(described(field))\(label)\
      \(if: focused, "autofocus")
      """
    let item = if case .list(let item) = field.input { item } else { field.input }
    if case .choice(let words) = item { return choice(words, value, attributes) }
    let examples = Self.example(of: draft.kind)[field.name].map { $0.lines } ?? []
    let example = examples.indices.contains(row) ? "such as \(examples[row])" : ""
    let list = Vocabulary.list(for: item).map { name -> Markup in " list=\"offer-\(name)\"" }
    return """
      <input\(attributes) value="\(lines: value)" placeholder="\(lines: example)"\(list) \
      autocomplete="off" spellcheck="false">
      """
  }

  /// A word that is none of the choices stays, for the message about it.
  private func choice(_ words: [String], _ value: String, _ attributes: Markup) -> Markup {
    let others = value.isEmpty || words.contains(value) ? [] : [value]
    let options = (words + others).map { word -> Markup in
      """
      <option value="\(lines: word)"\(if: word == value, "selected")>\
      \(word.replacing("_", with: " "))</option>
      """
    }
    return """
      <select\(attributes)><option value="">as usual</option>\(options)</select>
      """
  }

  /// A list: a row for each value, with buttons that move it and take it out.
  private func rows(
    _ field: QuestionForm.Field, _ draft: QuestionDraft, _ hint: Markup
  ) -> Markup {
    let typed = draft.rows(field.name)
    let least = field.standard == nil ? 2 : 1
    let rows = typed + Array(repeating: "", count: max(0, least - typed.count))
    let items = rows.enumerated().map { row, value -> Markup in
      let word = "\(field.name.replacing("_", with: " ").asTitle), row \(row + 1)"
      let isPlace = draft.place == .init(field: field.name, row: row)
      let label: Markup = " aria-label=\"\(word)\""
      let input = input(
        field, value, draft, id: "field-\(field.name)-\(row)", row: row, label: label,
        focused: isPlace)
      let buttons = [("up", "↑", "Move up"), ("down", "↓", "Move down"), ("remove", "×", "Remove")]
        .map { change, sign, deed -> Markup in
          let isIdle = change == "up" && row == 0 || change == "down" && row == rows.count - 1
          return """
            <button class="quiet small" name="do" value="\(change).\(field.name).\(row)" \
            aria-label="\(deed): \(word)" title="\(deed)"\(if: isIdle, "disabled")>\(sign)</button>
            """
        }
      return "<li>\(input)\(buttons)</li>"
    }
    return """
      <fieldset class="field rows wide"><legend>\(label(field))</legend><ol>\(items)</ol>\
      <button class="quiet small" name="do" value="add.\(field.name)">Add a row</button>\
      \(problem(field))\(hint)</fieldset>
      """
  }
}
