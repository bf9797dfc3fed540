import Answers
import Engine
import Experience
import Maps
import Statistics
import Words

/// What people wrote, at a glance: feelings over time, themes and what they do to scores.
public struct WordsPage: Sendable {
  /// The figures of the whole range, and those of its intervals.
  public struct Figures: Sendable {
    public var whole: Answered
    public var trend: Answered

    /// Takes both.
    public init(whole: Answered, trend: Answered) {
      self.whole = whole
      self.trend = trend
    }
  }

  public var choice: WordsChoice
  /// nil where there is no text yet, or the choice is refused.
  public var figures: Figures?
  /// What is wrong with the choice.
  public var problem: String?
  public var themes: [Theme]
  public var vocabulary: Vocabulary
  public var style: AnswerStyle
  /// The model that sums texts up; nil: none is set.
  public var model: String?

  /// Makes a page.
  public init(
    _ choice: WordsChoice, figures: Figures?, problem: String?, themes: [Theme],
    vocabulary: Vocabulary, style: AnswerStyle, model: String?
  ) {
    self.model = model
    self.choice = choice
    self.figures = figures
    self.problem = problem
    self.themes = themes
    self.vocabulary = vocabulary
    self.style = style
  }

  /// Writes the page.
  public func render(_ frame: Frame) -> Markup {
    frame.document(
      title: "Words",
      main: """
        <div class="head"><h1>Words</h1>\(files(frame))</div>
        <p class="muted intro">What people wrote beside their answers: how they feel, of what they speak, and \
        what that does to the score.</p>
        \(form)
        \(problem.map { "<p class=\"notice problem\" role=\"alert\">\($0)</p>" })
        \(content)
        """)
  }

  private var form: Markup {
    """
    <form class="inline" action="/words" method="get" aria-label="Which texts">
    \(field("event", "Events", choice.event, SurveyEvent.answered, list: "event"))\
    \(field("text", "Text", choice.text, SurveyEvent.comment, list: "property"))\
    \(field("score", "Score", choice.score, SurveyEvent.score, list: "property"))\
    \(field("from", "From", choice.from, "the beginning", list: nil))\
    \(field("to", "Before", choice.to, "the end", list: nil))\
    \(field("for", "Of whom", choice.population, "everybody", list: "population"))\
    <button>Show</button></form>
    \(vocabulary.markup)
    """
  }

  private func field(
    _ name: String, _ title: String, _ value: String, _ standard: String, list: String?
  ) -> Markup {
    let list: Markup? = list.map { " list=\"offer-\($0)\"" }
    return """
      <label class="field">\(title)<input name="\(name)" value="\(value)" placeholder="\(standard)"\
      \(list)></label>
      """
  }

  private var content: Markup? {
    guard problem == nil else { return nil }
    guard let figures, case .words(let answer) = figures.whole.answer,
      let figure = answer.figures.first, figure.texts.texts > 0
    else { return Self.nothing }
    return """
      <p class="facts"><span>\(figure.events.count) answers</span>\
      <span>\(figure.texts.texts) with words</span><span>\(figure.texts.customers) customers</span></p>
      <section aria-labelledby="feelings"><h2 id="feelings">How they feel</h2>\
      \(feelings(figure))\(trend(figures.trend))</section>
      <section aria-labelledby="themes"><h2 id="themes">Of what they speak</h2>\
      \(themeTable(figure))</section>
      \(proposals(answer))
      <section aria-labelledby="languages"><h2 id="languages">Languages</h2>\
      \(languages(figure))</section>
      <p class="muted">\(style.brief(figures.whole.receipt))</p>
      """
  }

  /// The page before anybody wrote anything.
  private static let nothing: Markup = """
    <div class="card empty"><h2>Nobody wrote anything yet</h2>
    <p>Texts are a property of events. A survey asks for them with a question of the kind \
    <code>text</code>; reviews, complaints and calls can be imported or sent, and named above.</p>
    <pre tabindex="0">surveys:
      delivery:
        kind: csat
        ask: How was your delivery?
        after: parcel_received
        questions:
          reason: {kind: text, ask: What made you say so?}</pre>
    <p><a class="button quiet" href="/experience/text">Write a survey</a> \
    <a class="button quiet" href="/sources">Send events</a></p></div>
    """

  private static func hasTexts(_ figures: Figures) -> Bool {
    guard case .words(let answer) = figures.whole.answer else { return false }
    return (answer.figures.first?.texts.texts ?? 0) > 0
  }

  private func feelings(_ figure: WordsAnswer.Figure) -> Markup {
    let rows = figure.feelings.reversed().map { part -> Markup in
      row(
        part, title: part.name.asTitle, link: choice.of(feeling: part.name),
        cells: score(part.score))
    }
    let unjudged: Markup? =
      figure.unjudged == 0
      ? nil
      : """
      <p class="muted">\(figure.unjudged) more are in languages whose words Waymark doesn't know, and \
      were not judged.</p>
      """
    return """
      \(table("Feelings", heads: ["Feeling", "Texts", "Share", "Mean score"], rows))\(unjudged)
      """
  }

  private func trend(_ answered: Answered) -> Markup? {
    guard case .words(let answer) = answered.answer, answer.figures.count > 1 else { return nil }
    return AnswerView(answered: answered, style: style, customers: nil).glance
  }

  private func themeTable(_ figure: WordsAnswer.Figure) -> Markup {
    guard !themes.isEmpty else { return Self.withoutThemes }
    let rows = figure.themes.map { part -> Markup in
      let theme = themes.first { $0.name == part.name }
      let effect =
        part.effect.low == nil
        ? "–"
        : style.text(.optional(part.effect.value), .number) + " ("
          + style.text(.optional(part.effect.low), .number) + " to "
          + style.text(.optional(part.effect.high), .number) + ")"
      let isClear = part.effect.leavesZero
      let words: Markup =
        isClear ? "<b>\(effect)</b>" : "<span class=\"muted\">\(effect)</span>"
      return row(
        part, title: theme?.title ?? "Of none of them",
        link: theme == nil ? nil : choice.of(theme: part.name),
        cells: score(part.score) + "<td class=\"figure\">\(words)</td>"
          + "<td class=\"figure\">\(style.text(.optional(part.mood.value), .number))</td>")
    }
    return """
      \(table(
        "Themes",
        heads: ["Theme", "Texts", "Share", "Mean score", "Score against others", "Mood −1 to 1"],
        rows))
      <p class="muted">In bold where the 95 % interval leaves 0. Those who speak of a theme may differ from \
      others in more than that.</p>
      """
  }

  private static let withoutThemes: Markup = """
    <div class="card empty"><h2>No theme yet</h2><p>A theme is a name and its words, in the experience:</p>
    <pre tabindex="0">themes:
      price: [expensive, price*, "too much"]
      waiting: [wait*, late, "too long"]</pre>
    <p><a class="button quiet" href="/experience/text">Write themes</a></p></div>
    """

  private func proposals(_ answer: WordsAnswer) -> Markup? {
    guard !answer.proposals.isEmpty else { return nil }
    let rows = answer.proposals.map { proposal -> Markup in
      """
      <tr><th scope="row" class="text"><a href="/words/texts\(lines: choice.of(theme: proposal.term).query)">\
      <bdi>\(proposal.term)</bdi></a></th><td class="figure">\(proposal.texts)</td>\
      \(share(proposal.share))<td class="figure">\(proposal.low)</td></tr>
      """
    }
    return """
      <section aria-labelledby="proposals"><h2 id="proposals">Worth a theme?</h2>
      <p class="muted">Words that stand out in texts with a low score against those with a high one, or the \
      other way round, and are of no theme yet.</p>
      \(table("Proposals", heads: ["Words", "Texts", "Share", "With a low score"], rows))</section>
      """
  }

  private func languages(_ figure: WordsAnswer.Figure) -> Markup {
    table(
      "Languages", heads: ["Language", "Texts", "Share", "Mean score"],
      figure.languages.map { row($0, link: nil, cells: score($0.score)) })
  }

  private func table(_ name: String, heads: [String], _ rows: [Markup]) -> Markup {
    let heads = heads.enumerated().map { place, head -> Markup in
      let kind: Markup? = place == 0 ? " class=\"text\"" : nil
      return "<th scope=\"col\"\(kind)>\(head)</th>"
    }
    return """
      <div class="card scroll" tabindex="0" role="region" aria-label="\(name)"><table>
      <thead><tr>\(heads)</tr></thead><tbody>\(rows)</tbody></table></div>
      """
  }

  private func row(
    _ part: WordsAnswer.Part, title: String? = nil, link: WordsChoice?, cells: Markup
  ) -> Markup {
    let name = title ?? part.name
    let head: Markup =
      part.texts > 0
      ? link.map { "<a href=\"/words/texts\(lines: $0.query)\"><bdi>\(name)</bdi></a>" }
        ?? "<bdi>\(name)</bdi>" : "<bdi>\(name)</bdi>"
    return """
      <tr><th scope="row" class="text">\(head)</th><td class="figure">\(part.texts)</td>\
      \(share(part.share))\(cells)</tr>
      """
  }

  /// A share as a bar with its interval in words.
  private func share(_ share: Estimate) -> Markup {
    let percent = Int((100 * (share.value ?? 0)).rounded())
    let low = style.text(.optional(share.low), .share)
    let high = style.text(.optional(share.high), .share)
    return """
      <td class="figure share" title="\(low) to \(high)"><span class="bar" \
      style="width:\(max(1, percent))%"></span>\(style.text(.optional(share.value), .share))</td>
      """
  }

  private func score(_ score: Estimate) -> Markup {
    "<td class=\"figure\">\(style.text(.optional(score.value), .number))</td>"
  }

  private func files(_ frame: Frame) -> Markup? {
    guard let figures else { return nil }
    let query = "?q=" + choice.question().urlEncoded
    return """
      <div class="actions">\(Self.hasTexts(figures) ? SummaryPage.offer(choice, model, frame) : nil)\
      <a class="button quiet" href="/explore\(lines: query)">Ask more</a>\
      <a class="button quiet" href="/explore.csv\(lines: query)">CSV</a>\
      <a class="button quiet" href="/explore.json\(lines: query)">JSON</a></div>
      """
  }
}
