import Accounts
import Answers
import Engine
import Events
import Experience
import Hummingbird
import Pages
import Store

/// Questions under a name: their list, their answers, and changing them.
enum SavedQuestionRoutes {
  static let all: [Route] = [
    Route(.get, "/questions", .permitted(.read)) { visit in try list(visit) },
    Route(.post, "/questions", .permitted(.save)) { visit in try await save(visit) },
    Route(.get, "/questions/{question}", .permitted(.read)) { visit in
      try await visit.untilLeft { try await show(visit) }
    },
    Route(.post, "/questions/{question}", .permitted(.save)) { visit in try await change(visit) },
    Route(.post, "/questions/{question}/delete", .permitted(.save)) { visit in
      try await delete(visit)
    },
    Route(.post, "/questions/{question}/board", .permitted(.save)) { visit in
      try await putOnBoard(visit)
    },
  ]

  private static func list(_ visit: Visit) throws -> Response {
    let questions = try visit.workspace.store.savedQuestions()
    let page = SavedQuestionsPage(
      questions: questions.map { ($0, written($0)) }, mayAsk: visit.visitor.may(.ask))
    return .page(page.render(visit.frameAfterDeleting(part(visit))))
  }

  /// Who may not ask questions of their own finds saved ones beside boards.
  private static func part(_ visit: Visit) -> Frame.Part {
    visit.visitor.may(.ask) ? .explore : .boards
  }

  /// The question's fields; none where it can't be read, which its answer says.
  private static func written(_ question: SavedQuestion) -> WrittenFields {
    (try? WrittenFields(
      reading: question.question, file: question.name, largest: Question.largestText))
      ?? WrittenFields([])
  }

  private static func show(_ visit: Visit, problem: Refusal? = nil) async throws -> Response {
    let workspace = visit.workspace
    let saved = try workspace.store.savedQuestion(visit.number("question"))
    let choice = MapChoice(
      range: visit.query("range") ?? "", from: visit.query("from") ?? "",
      to: visit.query("to") ?? "")
    var page = SavedQuestionPage(
      saved, text: written(saved).yaml, choice: choice, style: workspace.answerStyle())
    page.mayAsk = visit.visitor.may(.ask)
    page.maySave = visit.visitor.may(.save)
    page.problem = problem
    if page.maySave { page.boards = try workspace.store.boards().map { ($0.id, $0.name) } }
    let reading = workspace.experience().reading
    do {
      page.answer = .answered(try await visit.answer(to: saved, choice, reading: reading))
    } catch let refusal as Refusal {
      page.answer = .refused(refusal)
    } catch let diagnostic as Diagnostic {
      page.answer = .refused(
        Refusal(diagnostic.code, problem: diagnostic.problem, remedy: diagnostic.remedy))
    }
    var frame = visit.frame(part(visit))
    if visit.query("done") != nil { frame.notice = "The question is saved." }
    return .page(page.render(frame), problem == nil ? .ok : .unprocessableContent)
  }

  /// Saves a question of Explore under a new name.
  private static func save(_ visit: Visit) async throws -> Response {
    let form = try await visit.form()
    let question = try visit.workspace.store.saveQuestion(
      name: form["name"] ?? "", question: try json(form["q"] ?? "", visit),
      by: try visit.principal())
    return .goTo("/questions/\(question.id)?done=saved")
  }

  /// Changes the name, or what is asked.
  private static func change(_ visit: Visit) async throws -> Response {
    let form = try await visit.form()
    let store = visit.workspace.store
    let saved = try store.savedQuestion(visit.number("question"))
    do {
      try store.saveQuestion(
        saved.id, name: form["name"] ?? saved.name,
        question: try form["q"].map { try json($0, visit) } ?? saved.question,
        by: try visit.principal())
      return .goTo("/questions/\(saved.id)?done=saved")
    } catch let refusal as Refusal where refusal.code.hasPrefix("question.") {
      return try await show(visit, problem: refusal)
    }
  }

  private static func delete(_ visit: Visit) async throws -> Response {
    let (store, principal) = (visit.workspace.store, try visit.principal())
    let saved = try store.savedQuestion(visit.number("question"))
    do { try store.deleteQuestion(saved.id, by: principal) } catch let refusal as Refusal
      where refusal.code == "question.shown"
    {
      return try await show(visit, problem: refusal)
    }
    let number = visit.workspace.undo.keep(.question(saved), of: principal)
    return .goTo("/questions?deleted=\(number)")
  }

  private static func putOnBoard(_ visit: Visit) async throws -> Response {
    let form = try await visit.form()
    let store = visit.workspace.store
    let saved = try store.savedQuestion(visit.number("question"))
    let board = try store.board(form["board"].flatMap { Int($0) } ?? 0)
    try store.saveBoard(
      board.id, name: board.name, range: board.range,
      tiles: board.tiles + [.init(.question(saved.id))], seen: board.changed,
      by: try visit.principal())
    return .goTo("/boards/\(board.id)#tile-\(board.tiles.count + 1)")
  }

  /// The text of one question as it is kept, once it was read as one.
  private static func json(_ text: String, _ visit: Visit) throws -> String {
    let text = text.replacing("\r\n", with: "\n")
    let questions = try Question.read(text, file: "question", in: try visit.workspace.context())
    guard questions.count == 1 else {
      throw Refusal(
        "question.several", problem: "These are \(questions.count) questions.",
        remedy: "Save each by itself.")
    }
    return try WrittenFields.json(of: text, file: "question", largest: Question.largestText)
  }
}
