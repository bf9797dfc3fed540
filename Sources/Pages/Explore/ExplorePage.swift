import Answers
import Engine
import Events
import Maps

/// The page where any question of the catalogue is asked.
public struct ExplorePage: Sendable {
  /// The question as it is written; empty where none is asked yet.
  public var text: String
  /// What is wrong with it.
  public var problem: String?
  public var answers: [Answered] = []
  /// Questions that make sense with this experience: what they ask, and how they are written.
  public var suggestions: [(title: String, text: String)]
  public var style: AnswerStyle

  /// Makes a page.
  public init(
    text: String, problem: String? = nil, answers: [Answered] = [],
    suggestions: [(title: String, text: String)], style: AnswerStyle
  ) {
    self.text = text
    self.problem = problem
    self.answers = answers
    self.suggestions = suggestions
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
        can be sent to others.</p>
        \(form)
        \(text.isEmpty ? ideas : results)
        """)
  }

  private var form: Markup {
    let kinds = QuestionKind.allCases.map { kind -> Markup in
      """
      <li><a href="/explore?q=\(url: kind.form.example)">\(kind.rawValue.replacing("_", with: " "))\
      </a> <span class="muted">\(kind.form.asks)</span></li>
      """
    }
    return """
      <form class="card ask" action="/explore" method="get">
      \(problem.map { "<p class=\"notice problem\" role=\"alert\">\($0)</p>" })
      <label class="field">The question, as YAML<textarea name="q" rows="\(rows)" spellcheck="false" \
      required>\(lines: text)</textarea></label>
      <div class="actions"><button>Ask</button>\
      <details class="catalogue"><summary>All kinds of questions</summary><ul>\(kinds)</ul></details>\
      </div></form>
      \(fields)
      """
  }

  private var rows: Int { min(16, max(5, text.split(separator: "\n").count + 1)) }

  /// What the kind of the question takes.
  private var fields: Markup? {
    let said = text.split(separator: "\n").first { $0.hasPrefix("question:") }?
      .dropFirst("question:".count).filter { $0 != " " }
    guard let kind = said.flatMap({ QuestionKind(rawValue: String($0)) }) else { return nil }
    let rows = (kind.form.fields + Scope.fields).map { field -> Markup in
      """
      <tr><th scope="row"><code>\(field.name)</code></th><td class="text">\(field.meaning)</td>\
      <td class="text">\(field.takes)</td><td class="text">\(field.standard ?? "must be there")</td></tr>
      """
    }
    return """
      <details><summary>What \(kind.rawValue.replacing("_", with: " ")) takes</summary>
      <div class="card scroll" tabindex="0" role="region" aria-label="Fields"><table><thead><tr>\
      <th scope="col">Field</th><th scope="col" class="text">Means</th>\
      <th scope="col" class="text">Takes</th><th scope="col" class="text">Standard</th></tr></thead>\
      <tbody>\(rows)</tbody></table></div></details>
      """
  }

  private var ideas: Markup {
    let items = suggestions.map { idea -> Markup in
      "<li><a href=\"/explore?q=\(url: idea.text)\">\(idea.title)</a></li>"
    }
    guard !items.isEmpty else {
      return """
        <section class="card empty"><h2>Nothing to ask about yet</h2>
        <p>Send events, or import a file with <code>waymark import</code>; then describe touchpoints \
        and journeys under Experience.</p></section>
        """
    }
    return "<section><h2>To begin with</h2><ul class=\"ideas\">\(items)</ul></section>"
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
