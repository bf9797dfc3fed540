import Answers
import Engine
import Events
import Experience
import Hummingbird
import Pages
import Store
import Stories

/// Tiles of a board, for a range.
struct TileRequest: Sendable {
  private let visit: Visit
  private let choice: MapChoice
  private let file: ExperienceFile

  init(_ visit: Visit, _ choice: MapChoice) {
    self.visit = visit
    self.choice = choice
    file = visit.workspace.experience()
  }

  private var workspace: Workspace { visit.workspace }

  /// What a tile is called and where all of it stands.
  func title(of tile: Board.Tile) throws -> TileView.Title {
    switch tile.content {
    case .question(let id):
      let question = try workspace.store.savedQuestion(id)
      return .init(
        text: tile.title.isEmpty ? question.name : tile.title,
        address: "/questions/\(id)\(choice.query)")
    case .map(let name):
      let title = file.experience?.journey(name)?.title ?? name
      return .init(
        text: tile.title.isEmpty ? title : tile.title,
        address: "/journeys/\(name.urlEncoded)\(choice.query)")
    }
  }

  /// A tile with what was counted for it; what can't be counted says why.
  ///
  /// - Throws: faults, and `CancellationError`.
  func view(of tile: Board.Tile) async throws -> TileView {
    try await TileView.counting(try title(of: tile)) { try await content(of: tile) }
  }

  private func content(of tile: Board.Tile) async throws -> TileView.Content {
    switch tile.content {
    case .question(let id):
      let answered = try await visit.answer(
        to: workspace.store.savedQuestion(id), choice, reading: file.reading)
      return .answer(answered, workspace.answerStyle())
    case .map(let name):
      let experience = try file.usable()
      let context = try workspace.context()
      let journey = try context.journey(name).0
      let stories = try await visit.storiesShown()
      let scope = try choice.scope(context.calendar, watermark: stories.watermark)
      let measured = try await workspace.measured(
        journey, scope, in: context, of: stories, reading: file.reading)
      let weeks = try await workspace.weeks(
        of: journey, in: context, of: stories, reading: file.reading)
      return .journey(
        .init(journey: journey, measured: measured, weeks: weeks), experience, choice)
    }
  }
}

extension TileView {
  /// A tile with what is counted for it; what can't be counted says why.
  ///
  /// - Throws: faults, and `CancellationError`.
  static func counting(_ title: Title, _ count: () async throws -> Content) async throws -> TileView
  {
    do {
      return TileView(title, try await count())
    } catch let refusal as Refusal {
      return TileView(title, .refused(refusal))
    } catch let diagnostic as Diagnostic {
      return TileView(
        title,
        .refused(
          Refusal(diagnostic.code, problem: diagnostic.problem, remedy: diagnostic.remedy)))
    }
  }
}

extension Visit {
  /// The answer to a saved question, in a range where one is chosen.
  ///
  /// - Throws: what is wrong with the question, as by now.
  func answer(
    to saved: SavedQuestion, _ choice: MapChoice, reading: Int
  ) async throws -> Answered {
    let context = try workspace.context()
    let questions = try Question.read(saved.question, file: saved.name, in: context)
    guard questions.count == 1, var question = questions.first else {
      throw Refusal(
        "question.several", problem: "“\(saved.name)” is \(questions.count) questions.",
        remedy: "Save each by itself.")
    }
    let stories = try await storiesShown()
    let range = try choice.scope(context.calendar, watermark: stories.watermark)
    if range.from != nil || range.to != nil {
      question.scope.from = range.from
      question.scope.to = range.to
      try question.scope.validate()
    }
    return try await workspace.answer(question, in: context, of: stories, reading: reading)
  }
}
