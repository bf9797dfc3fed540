import Answers
import Engine
import Events
import Maps
import Store

/// The page where any question of the catalogue is asked, by form or as text.
public struct ExplorePage: Sendable {
  /// The question as it is written; empty where none is asked yet.
  public var text: String
  /// What is wrong with it as a whole.
  public var problem: String?
  public var answers: [Answered] = []
  public var form: AskForm
  public var vocabulary: Vocabulary
  /// Questions that make sense with this experience: what they ask, and how they are written.
  public var suggestions: [(title: String, text: String)]
  /// The saved question that is being changed.
  public var saved: SavedQuestion?
  /// Whether the question may be saved.
  public var maySave: Bool
  public var style: AnswerStyle

  /// Makes a page.
  public init(
    text: String, form: AskForm, vocabulary: Vocabulary,
    suggestions: [(title: String, text: String)], saved: SavedQuestion?, maySave: Bool,
    style: AnswerStyle
  ) {
    self.text = text
    self.form = form
    self.vocabulary = vocabulary
    self.suggestions = suggestions
    self.saved = saved
    self.maySave = maySave
    self.style = style
  }

  private var query: String { "?q=\(text.urlEncoded)" }

  /// Writes the page.
  public func render(_ frame: Frame) -> Markup {
    frame.document(
      title: "Explore",
      main: """
        <div class="head"><h1>Explore</h1>\(files)</div>
        <p class="muted">Ask anything of the same stories. The address holds the question, so an answer \
        can be sent to others. <a href="/questions">Saved questions</a></p>
        \(saved.map(changing))
        \(problem.map { "<p class=\"notice problem\" role=\"alert\">\($0)</p>" })
        <div class="asking">
        <form class="card ask" action="/explore#answer" method="get" id="\(AskForm.part)" data-ask \
        aria-label="The question, field by field">\(form.markup)</form>
        <div><form class="card ask" action="/explore#answer" method="get" id="question-text" data-ask>
        <label class="field">The question, as YAML<textarea name="q" rows="\(rows)" \
        spellcheck="false" required>\(lines: text)</textarea></label>
        \(saved.map { "<input type=\"hidden\" name=\"saved\" value=\"\($0.id)\">" })
        <div class="actions"><button>Ask</button></div></form>
        \(text.isEmpty ? ideas : nil)\(catalogue)</div>
        </div>
        \(vocabulary.markup)
        \(answers.isEmpty ? nil : "<div id=\"answer\" tabindex=\"-1\">\(results)\(saving(frame))</div>")
        """)
  }

  private func changing(_ question: SavedQuestion) -> Markup {
    """
    <p class="notice">You are changing <a href="/questions/\(question.id)">\(question.name)</a>. Ask, \
    then save it below.</p>
    """
  }

  private var rows: Int { min(24, max(8, text.split(separator: "\n").count + 1)) }

  private var catalogue: Markup {
    let kinds = QuestionKind.allCases.map { kind -> Markup in
      """
      <li><a href="/explore?q=\(url: kind.form.example)">\(kind.rawValue.replacing("_", with: " "))\
      </a> <span class="muted">\(kind.form.asks)</span></li>
      """
    }
    return """
      <details class="catalogue"><summary>All kinds of questions</summary><ul>\(kinds)</ul></details>
      """
  }

  private var ideas: Markup {
    let items = suggestions.map { idea -> Markup in
      "<li><a href=\"/explore?q=\(url: idea.text)\">\(idea.title)</a></li>"
    }
    let advice: Markup? =
      vocabulary.events.isEmpty
      ? """
      <p class="muted">There are no events yet: send some, or import a file with \
      <code>waymark import</code>.</p>
      """ : nil
    return "<section><h2>To begin with</h2>\(advice)<ul class=\"ideas\">\(items)</ul></section>"
  }

  /// One question that was answered can be kept under a name.
  private func saving(_ frame: Frame) -> Markup? {
    guard maySave, answers.count == 1 else { return nil }
    let hidden: Markup = """
      \(frame.formField)<input type="hidden" name="q" value="\(lines: text)">
      """
    let change: Markup? = saved.map { question in
      """
      <form class="inline" method="post" action="/questions/\(question.id)">\(hidden)\
      <input type="hidden" name="name" value="\(lines: question.name)">\
      <button>Save as “\(question.name)”</button></form>
      """
    }
    return """
      <div class="keep">\(change)<form class="inline" method="post" action="/questions">\(hidden)\
      <label class="field">Save this question as<input name="name" required maxlength="100"></label>\
      <button class="quiet">Save</button></form></div>
      """
  }

  private var results: Markup {
    answers.map { answered in
      let heading = answered.receipt.question.kind.rawValue.replacing("_", with: " ")
      let view = AnswerView(
        answered: answered, style: style,
        customers: answers.count == 1
          ? { "/explore/customers\(query)&row=\($0.urlEncoded)" } : nil)
      return "<section><h2>\(heading.asTitle)</h2>\(view.markup)</section>"
    }.joined()
  }

  private var files: Markup? {
    guard answers.count == 1 else { return nil }
    return """
      <div class="actions"><a class="button quiet" href="/explore.csv\(lines: query)">CSV</a>\
      <a class="button quiet" href="/explore.json\(lines: query)">JSON</a>\
      <a class="button quiet" href="/explore.svg\(lines: query)">SVG</a></div>
      """
  }
}
