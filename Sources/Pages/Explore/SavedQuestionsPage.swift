import Engine
import Events
import Experience
import Maps
import Store

/// The list of saved questions.
public struct SavedQuestionsPage: Sendable {
  public var questions: [(question: SavedQuestion, written: WrittenFields)]
  public var mayAsk: Bool

  /// Makes a page.
  public init(questions: [(question: SavedQuestion, written: WrittenFields)], mayAsk: Bool) {
    self.questions = questions
    self.mayAsk = mayAsk
  }

  /// Writes the page.
  public func render(_ frame: Frame) -> Markup {
    let rows = questions.map { question, written -> Markup in
      let kind = written["question"]?.line.replacing("_", with: " ") ?? ""
      return """
        <tr><th scope="row" class="text"><a href="/questions/\(question.id)">\
        <bdi>\(question.name)</bdi></a></th><td class="text">\(kind)</td>\
        <td class="text"><bdi>\(question.author)</bdi></td>\
        <td class="text">\(Markup.moment(question.changed))</td></tr>
        """
    }
    let advice: Markup =
      mayAsk
      ? "Ask something under <a href=\"/explore\">Explore</a>, and save it under a name."
      : "An analyst can save them."
    let list: Markup =
      rows.isEmpty
      ? "<div class=\"card empty\"><h2>No question is saved yet</h2><p>\(advice)</p></div>"
      : """
      <div class="card scroll" tabindex="0" role="region" aria-label="Saved questions">\
      <table class="list"><thead><tr><th scope="col" class="text">Name</th>\
      <th scope="col" class="text">Kind</th><th scope="col" class="text">Saved by</th>\
      <th scope="col" class="text">When</th></tr></thead><tbody>\(rows)</tbody></table></div>
      """
    return frame.document(
      title: "Saved questions",
      main: "<div class=\"head\"><h1>Saved questions</h1></div>\(list)")
  }
}
