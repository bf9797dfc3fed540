import Answers
import Engine
import Words

/// What people wrote, word for word, each text with who wrote it, when, and what was found in it.
///
/// Texts are hostile until shown so: cleaned, escaped, isolated in their direction, and not endless.
public struct VerbatimList: Sendable {
  public var verbatims: [WordsAnswer.Verbatim]
  /// When each was written, as people read it.
  public var times: [String]
  public var style: AnswerStyle

  /// Makes a list.
  public init(_ verbatims: [WordsAnswer.Verbatim], times: [String], style: AnswerStyle) {
    self.verbatims = verbatims
    self.times = times
    self.style = style
  }

  /// The list.
  var markup: Markup { "<ol class=\"verbatims\">\(zip(verbatims, times).map(item))</ol>" }

  private func item(_ verbatim: WordsAnswer.Verbatim, _ time: String) -> Markup {
    let text = style.text(.text(verbatim.text), .words)
    let score: Markup? = verbatim.score.map {
      "<span>Score \(style.text(.number($0), .number))</span>"
    }
    let feeling: Markup? = verbatim.feeling.map {
      "<span class=\"badge \(Self.kind($0))\">\($0.rawValue)</span>"
    }
    let language: Markup? = verbatim.language.map { "<span>\($0)</span>" }
    let cut: Markup? =
      verbatim.isCut
      ? "<p class=\"muted\">It goes on; the customer's story has all of it.</p>" : nil
    let themes = verbatim.themes.map { "<span class=\"chip\">\($0)</span> " as Markup }
    return """
      <li class="card"><blockquote><p dir="auto"><bdi>\(lines: text)</bdi></p></blockquote>\(cut)
      <p class="facts">\(feeling)\(score)<span><a href="/customers/\(url: verbatim.customer)">\
      <bdi>\(verbatim.customer)</bdi></a></span><span>\(time)</span>\(language)\
      <span>\(verbatim.event)</span>\(themes)</p></li>
      """
  }

  private static func kind(_ tone: Sentiment.Tone) -> Markup {
    switch tone {
    case .negative: "missed"
    case .neutral: "even"
    case .positive: "met"
    }
  }
}
