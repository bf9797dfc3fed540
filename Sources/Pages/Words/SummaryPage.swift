import Answers
import Maps

/// What a model made of what people wrote, and exactly what it was given.
public struct SummaryPage: Sendable {
  /// A summary, and when it came as people read it.
  public struct Made: Sendable {
    public var summary: Summary
    public var time: String

    /// Takes both.
    public init(_ summary: Summary, time: String) {
      self.summary = summary
      self.time = time
    }
  }

  public var choice: WordsChoice
  /// What the texts are called.
  public var title: String
  public var brief: SummaryBrief
  /// The body of the request.
  public var sent: String
  public var host: String
  public var model: String
  /// nil where nobody has asked for it.
  public var summary: Made?
  /// Why there is no new one.
  public var problem: String?

  /// Makes a page.
  public init(
    _ choice: WordsChoice, title: String, brief: SummaryBrief, sent: String, host: String,
    model: String, summary: Made?, problem: String?
  ) {
    self.choice = choice
    self.title = title
    self.brief = brief
    self.sent = sent
    self.host = host
    self.model = model
    self.summary = summary
    self.problem = problem
  }

  /// The way to a summary of chosen texts; nil where no model is set.
  static func offer(_ choice: WordsChoice, _ model: String?, _ frame: Frame) -> Markup? {
    guard model != nil else { return nil }
    return """
      \(form(choice, frame, "<button>Summarise</button>"))\
      <a class="button quiet" href="\(path)\(lines: choice.query)">What would be sent</a>
      """
  }

  private static let path: Markup = "/words/summary"

  private static func form(_ choice: WordsChoice, _ frame: Frame, _ button: Markup) -> Markup {
    """
    <form method="post" action="\(path)">\(frame.formField)\(choice.hidden)\(button)</form>
    """
  }

  /// Writes the page.
  public func render(_ frame: Frame) -> Markup {
    let button: Markup =
      summary == nil
      ? "<button>Summarise</button>"
      : "<button class=\"quiet\" name=\"again\" value=\"yes\">Ask the model again</button>"
    return frame.document(
      title: "Summary",
      main: """
        <div class="head"><div><div class="over"><a href="/words\(lines: choice.whole.query)">Words</a> · \
        <a href="/words/texts\(lines: choice.query)"><bdi>\(title)</bdi></a></div>
        <h1>Summary</h1><p class="facts"><span>\(brief.given) of \(brief.total) texts</span>\
        <span>model <bdi>\(model)</bdi></span><span>at <bdi>\(host)</bdi></span>\
        \(summary.map { "<span>\($0.time)</span>" })</p></div>
        <div class="actions">\(Self.form(choice, frame, button))</div></div>
        \(problem.map { "<p class=\"notice problem\" role=\"alert\">\(lines: $0.cleaned(upTo: 1000))</p>" })
        \(summary.map(words) ?? (problem == nil ? unasked : nil))
        \(given)
        """)
  }

  private var unasked: Markup {
    """
    <p class="muted intro">The button sends what stands below to <b><bdi>\(host)</bdi></b>, and nothing \
    else. Without it nothing is sent.</p>
    """
  }

  private func words(_ made: Made) -> Markup {
    let lines = made.summary.text.withoutUnseen.split(whereSeparator: \.isNewline)
      .map { String($0).cleaned(upTo: Self.longestLine) }.filter { !$0.isEmpty }
      .map { "<p dir=\"auto\">\(lines: $0)</p>" as Markup }
    let cut: Markup? =
      made.summary.isCut ? "<p class=\"muted\">It was cut here: it grew too long.</p>" : nil
    return """
      <div class="card summary" role="region" aria-label="Summary">\(lines)\(cut)</div>
      <p class="muted intro">A model wrote this, and models err: look at \
      <a href="/words/texts\(lines: choice.query)">the texts</a> before you act on it.</p>
      """
  }

  /// As much as a whole summary may have.
  private static let longestLine = 12_000

  private var given: Markup {
    let title: Markup =
      summary != nil
      ? "What was sent" : problem == nil ? "What would be sent" : "What was sent, or was to be"
    return """
      <details class="sent"\(if: summary == nil, "open")><summary>\(title)</summary>
      <p class="muted intro">\(lines: brief.rule)</p>
      <h2>What the model is told</h2>
      <pre tabindex="0" dir="auto">\(lines: brief.instructions)</pre>
      <h2>The texts</h2>
      <pre tabindex="0" dir="auto">\(lines: brief.texts)</pre>
      <details><summary>The body of the request, byte for byte</summary>
      <pre tabindex="0" class="body">\(lines: sent)</pre></details></details>
      """
  }
}
