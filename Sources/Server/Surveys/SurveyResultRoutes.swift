import Accounts
import Answers
import Engine
import Events
import Experience
import Hummingbird
import Pages
import Statistics
import Stories

/// What surveys' answers come to: all surveys, and the report of one.
enum SurveyResultRoutes {
  static let all: [Route] = [
    Route(.get, "/surveys", .permitted(.read)) { visit in
      visit.query("inline") == nil
        ? try await list(visit) : try await visit.untilLeft { try await list(visit) }
    },
    Route(.get, "/surveys/tiles/{tile}", .permitted(.read)) { visit in
      try await visit.untilLeft {
        let survey = try await SurveyRequest(visit, number: visit.number("tile"))
        return .page(try await survey.summary().markup)
      }
    },
    Route(.get, "/surveys/{survey}", .permitted(.read)) { visit in
      visit.query("inline") == nil
        ? try await show(visit) : try await visit.untilLeft { try await show(visit) }
    },
    Route(.get, "/surveys/{survey}/tiles/{tile}", .permitted(.read)) { visit in
      try await visit.untilLeft {
        let request = try await SurveyRequest(visit)
        let number = try visit.number("tile")
        let parts = SurveyReport(request.survey, in: request.experience).parts
        guard parts.indices.contains(number - 1) else {
          throw Refusal(
            "survey.part", problem: "The report has no part \(number).",
            remedy: "It has \(parts.count); load it again.")
        }
        return .page(try await request.view(of: parts[number - 1]).markup)
      }
    },
  ]

  private static func list(_ visit: Visit) async throws -> Response {
    let seen = visit.workspace.changes.version
    let experience: Experience
    do { experience = try visit.workspace.experience().usable() } catch {
      return .page(JourneysPage.withoutExperience(error, visit.frame(.surveys)))
    }
    var shown: [TileView]?
    if visit.query("inline") != nil {
      shown = []
      for number in experience.surveys.indices {
        shown?.append(try await SurveyRequest(visit, number: number + 1).summary())
      }
    }
    return .page(
      SurveysPage.render(experience, seen: seen, shown: shown, visit.frame(.surveys)))
  }

  private static func show(_ visit: Visit) async throws -> Response {
    let request = try await SurveyRequest(visit)
    let parts = SurveyReport(request.survey, in: request.experience).parts
    var page = SurveyResultsPage(
      request.survey, in: request.experience, picker: request.picker,
      titles: try parts.map { try request.title(of: $0) }, seen: request.seen)
    if visit.query("inline") != nil {
      var shown: [TileView] = []
      for part in parts {
        shown.append(try await request.view(of: part))
      }
      page.shown = shown
    }
    return .page(page.render(visit.frame(.surveys)))
  }
}

/// The answers to a survey as an address asks for them: their range and population.
struct SurveyRequest: Sendable {
  let survey: Survey
  let experience: Experience
  let picker: MapPicker
  /// The version of the stories, or the one before.
  let seen: Int
  private let workspace: Workspace
  private let stories: Stories
  private let context: QuestionContext
  private let reading: Int

  /// Reads the address of a visit.
  ///
  /// - Throws: `survey.unknown`, and what keeps the experience from being measured.
  init(_ visit: Visit) async throws {
    let name = visit.parameter("survey")
    try await self.init(visit) { $0.survey(name) }
  }

  /// Takes a survey by its place in the text, from 1.
  ///
  /// - Throws: as for a visit.
  init(_ visit: Visit, number: Int) async throws {
    try await self.init(visit) {
      $0.surveys.indices.contains(number - 1) ? $0.surveys[number - 1] : nil
    }
  }

  private init(_ visit: Visit, _ find: (Experience) -> Survey?) async throws {
    workspace = visit.workspace
    seen = workspace.changes.version
    let file = workspace.experience()
    experience = try file.usable()
    reading = file.reading
    guard let survey = find(experience) else {
      throw Refusal(
        "survey.unknown", problem: "There is no such survey in the experience.",
        remedy: "Look at the list of surveys, or write it under Experience.")
    }
    self.survey = survey
    context = try workspace.context()
    stories = try await visit.storiesShown()
    picker = MapPicker(MapChoice(visit), offer: .init(experience, context))
  }

  /// The survey's score in the last days, at a glance.
  func summary() async throws -> TileView {
    guard let first = SurveyReport(survey, in: experience).parts.first else {
      throw CancellationError()
    }
    let scope = try MapChoice(range: String(SurveysPage.days)).scope(in: context, of: stories)
    var tile = try await view(of: first, scope, under: SurveysPage.title(survey))
    tile.lead = lead(of: tile)
    return tile
  }

  /// The score in figures; nil where there is none.
  private func lead(of tile: TileView) -> String? {
    guard case .answer(let answered, let style) = tile.content,
      case .scores(let scores) = answered.answer, let figure = scores.figures.first,
      let value = figure.value.value
    else { return nil }
    let measure: AnswerTable.Measure = scores.metric == .csat ? .share : .number
    func text(_ number: Double) -> String { style.text(.number(number), measure) }
    var words = text(value)
    if let low = figure.value.low, let high = figure.value.high {
      words += " (\(text(low)) to \(text(high)))"
    }
    return words + " · \(style.text(.count(figure.answers), .count)) answers"
  }

  /// A part of the report with what was counted for it; what can't be counted says why.
  ///
  /// - Throws: `map.range`, `question.for`; faults, and `CancellationError`.
  func view(of part: SurveyReport.Part) async throws -> TileView {
    var tile = try await view(
      of: part, try picker.choice.scope(in: context, of: stories), under: try title(of: part))
    if case .answer(let answered, _) = tile.content, case .linkage(let linkage) = answered.answer {
      tile.lead = linkage.summary
    }
    return tile
  }

  private func view(
    of part: SurveyReport.Part, _ scope: Engine.Scope, under title: TileView.Title
  ) async throws -> TileView {
    try await TileView.counting(title) {
      guard var question = try Question.read(part.question, file: part.title, in: context).first
      else { throw CancellationError() }
      question.scope = scope
      let answered = try await workspace.answer(
        question, in: context, of: stories, reading: reading)
      return .answer(answered, workspace.answerStyle())
    }
  }

  /// What a part is called, and its address in Explore, where its range can be changed.
  func title(of part: SurveyReport.Part) throws -> TileView.Title {
    let scope = try picker.choice.scope(in: context, of: stories)
    var fields: [WrittenFields.Field] = []
    if let from = scope.from { fields.append(.init("from", .one(day(of: from)))) }
    if let to = scope.to { fields.append(.init("to", .one(day(of: to)))) }
    if let population = scope.population {
      fields.append(.init("for", .one(population.name)))
    }
    let text = part.question + WrittenFields(fields).yaml
    return .init(text: part.title, address: "/explore?q=" + text.urlEncoded)
  }

  private func day(of instant: Instant) -> String { context.calendar.day(instant).description }
}
