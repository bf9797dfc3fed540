import Answers
import Engine
import Events
import Maps
import Store

/// A saved question with its answer.
public struct SavedQuestionPage: Sendable {
  /// What was counted.
  public enum Answer: Sendable {
    case answered(Answered)
    /// It has no answer by now, for this reason.
    case refused(Refusal)
  }

  public var question: SavedQuestion
  /// The question as YAML.
  public var text: String
  /// The range that is shown instead of the question's own.
  public var choice: MapChoice
  public var style: AnswerStyle
  public var answer: Answer?
  public var mayAsk = false
  public var maySave = false
  /// Boards by number, for who may put it on one.
  public var boards: [(id: Int, name: String)] = []
  /// What is wrong with what was to be changed.
  public var problem: Refusal?

  /// Makes a page.
  public init(_ question: SavedQuestion, text: String, choice: MapChoice, style: AnswerStyle) {
    self.question = question
    self.text = text
    self.choice = choice
    self.style = style
  }

  private var path: String { "/questions/\(question.id)" }

  /// Writes the page.
  public func render(_ frame: Frame) -> Markup {
    let ask: Markup? =
      mayAsk
      ? """
      <a class="button quiet" href="/explore?q=\(url: text)&amp;saved=\(question.id)">Open in Explore</a>
      """ : nil
    let range: Markup? =
      choice.query.isEmpty
      ? nil : "<p class=\"muted\">In the range of the board. <a href=\"\(path)\">In its own</a></p>"
    return frame.document(
      title: question.name,
      main: """
        <div class="head"><div><div class="over"><a href="/questions">Saved questions</a></div>\
        <h1><bdi>\(question.name)</bdi></h1>
        <p class="facts"><span>saved by <bdi>\(question.author)</bdi></span> \
        <span>\(Markup.moment(question.changed))</span></p></div><div class="actions">\(ask)</div></div>
        \(Markup.problem(problem))
        \(range)\(answer.map(shown))
        <details><summary>The question as YAML</summary><pre>\(lines: text)</pre></details>
        \(maySave ? changes(frame) : nil)
        """)
  }

  private func shown(_ answer: Answer) -> Markup {
    switch answer {
    case .answered(let answered):
      // The customers of another range are behind another question.
      let isOpen = mayAsk && choice.query.isEmpty
      let query = "?q=\(text.urlEncoded)"
      return AnswerView(
        answered: answered, style: style,
        customers: isOpen ? { "/explore/customers\(query)&row=\($0.urlEncoded)" } : nil
      ).markup
    case .refused(let refusal):
      return Markup.problem(refusal) ?? .none
    }
  }

  private func changes(_ frame: Frame) -> Markup {
    let offered = boards.map { "<option value=\"\($0.id)\">\($0.name)</option>" as Markup }
    let put: Markup? =
      boards.isEmpty
      ? nil
      : """
      <form class="inline" method="post" action="\(path)/board">\(frame.formField)\
      <label class="field">Put it on a board<select name="board">\(offered)</select></label>\
      <button class="quiet">Put</button></form>
      """
    return """
      <section class="card changing" aria-label="Change this question">\(put)
      <form class="inline" method="post" action="\(path)">\(frame.formField)\
      <label class="field">Name<input name="name" required maxlength="100" value="\(question.name)">\
      </label><button class="quiet">Rename</button></form>
      <form method="post" action="\(path)/delete">\(frame.formField)\
      <button class="danger">Delete this question</button></form></section>
      """
  }
}
