import Answers
import Engine
import Maps
import Words

/// What people wrote of a theme, or with a feeling: the latest texts, each with who wrote it.
public struct TextsPage: Sendable {
  public var choice: WordsChoice
  /// What the page is called: the theme's title, or the words.
  public var title: String
  public var verbatims: [WordsAnswer.Verbatim]
  /// When each was written, as people read it.
  public var times: [String]
  public var style: AnswerStyle
  /// The model that sums texts up; nil: none is set.
  public var model: String?

  /// Makes a page.
  public init(
    _ choice: WordsChoice, title: String, verbatims: [WordsAnswer.Verbatim], times: [String],
    style: AnswerStyle, model: String?
  ) {
    self.model = model
    self.choice = choice
    self.title = title
    self.verbatims = verbatims
    self.times = times
    self.style = style
  }

  /// Writes the page.
  public func render(_ frame: Frame) -> Markup {
    let query = "?q=" + choice.listing.urlEncoded
    let count: Markup =
      verbatims.count < WordsQuestion.usualVerbatims
      ? "<span>\(verbatims.count) texts</span>"
      : "<span>the latest \(verbatims.count) texts</span>"
    let list: Markup =
      verbatims.isEmpty
      ? "<div class=\"card empty\"><h2>No such text</h2></div>"
      : VerbatimList(verbatims, times: times, style: style).markup
    return frame.document(
      title: title,
      main: """
        <div class="head"><div><div class="over"><a href="/words\(lines: choice.whole.query)">Words</a></div>
        <h1><bdi>\(title)</bdi></h1><p class="facts">\(count)</p></div>
        <div class="actions">\(verbatims.isEmpty ? nil : SummaryPage.offer(choice, model, frame))\
        <a class="button quiet" href="/explore.csv\(lines: query)">CSV</a>\
        <a class="button quiet" href="/explore.json\(lines: query)">JSON</a></div></div>
        <nav class="tabs" aria-label="Feelings">\(tabs)</nav>
        \(list)
        """)
  }

  private var tabs: [Markup] {
    ([""] + Sentiment.Tone.allCases.map(\.rawValue)).map { feeling in
      let isHere = feeling == choice.feeling
      return """
        <a href="/words/texts\(lines: choice.of(feeling: feeling).query)"\
        \(isHere ? " aria-current=\"page\"" : Markup.none)>\(feeling.isEmpty ? "All" : feeling.asTitle)</a>
        """
    }
  }
}
