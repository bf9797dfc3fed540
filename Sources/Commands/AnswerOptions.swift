import Answers
import ArgumentParser
import Engine
import Events
import Experience
import Store
import Stories

/// How questions of the catalogue are answered: of whom, in which form, and where to.
struct AnswerOptions: ParsableArguments {
  @OptionGroup var workspace: WorkspaceOptions
  @OptionGroup var question: QuestionOptions
  @Option(
    help: ArgumentHelp(
      "What is counted: customer, session 30m, account <property>, case <journey>.",
      valueName: "unit"))
  var unit: String?
  @Option(help: "The form of the answer.") var format = AnswerForm.text
  @Option(
    name: [.long, .customShort("o")],
    help: "Where to write; CSV and SVG of several questions get a number.", completion: .file())
  var output: String?
  @Flag(help: "Show all that the answer rests on.") var receipt = false
  @Option(
    help: ArgumentHelp(
      "List the customers behind a row of the table: step=cart.", valueName: "row"))
  var customers: String?
  @Option(help: "How many customers to list (default: 200 as text, otherwise all).")
  var limit: Int?
  @Option(
    help: ArgumentHelp("Save the customers of --customers under a name.", valueName: "name"))
  var save: String?
  @Option(help: .hidden) var timing = 0

  /// The forms of an answer.
  enum AnswerForm: String, CaseIterable, ExpressibleByArgument { case text, json, csv, svg }

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit is 1 or more.") }
    guard customers == nil else { return }
    if save != nil { throw ValidationError("--save needs --customers: whose names to save.") }
    if limit != nil { throw ValidationError("--limit needs --customers.") }
  }

  /// Answers questions, or lists the customers behind a number.
  func answer(_ texts: [QuestionText]) async throws {
    let progress = ProgressLine("ask")
    defer { progress.clear() }
    let experience = try workspace.loadExperienceIfThere()
    if let save { try Self.check(savedName: save, in: experience) }
    let store = try workspace.store(save == nil ? .reading : .writing)
    let (questions, context) = try read(texts, experience, store)
    progress.update("reading events")
    let stories = try store.stories()
    let known = { (asOf: Instant?) in
      asOf == nil ? stories : try store.stories(asOf.map { .asOf($0) } ?? .latest)
    }
    progress.update("counting over \(counted(stories.eventCount, "event"))")
    if let customers {
      let keys = try await Self.customers(customers, behind: questions, in: context, of: known)
      progress.clear()
      try list(keys, of: known(questions[0].scope.identityAsOf), context.calendar)
      try keep(keys, of: questions[0], in: context, store)
    } else {
      let answers = try await Timing.measure(timing, over: stories) {
        try await Stories.ask(questions, in: context, of: known)
      }
      progress.clear()
      try show(answers, experience)
    }
  }

  /// The questions, with the context in which they were read.
  func read(
    _ texts: [QuestionText], _ experience: Experience?, _ store: Store
  ) throws -> ([Question], QuestionContext) {
    let context = try Self.context(experience, store, .latest)
    let questions = try texts.map { text in
      let questions = try self.questions(text, in: context)
      guard !context.savedSets.isEmpty else { return questions }
      return try questions.enumerated().map { position, question in
        // The customers of a set have the keys of the links that apply.
        guard let asOf = question.scope.identityAsOf else { return question }
        return try self.questions(
          text, in: Self.context(experience, store, .asOf(asOf)))[position]
      }
    }
    return (questions.flatMap(\.self), context)
  }

  /// The questions of a text, in the scope that the options say.
  private func questions(_ text: QuestionText, in context: QuestionContext) throws -> [Question] {
    try text.questions(in: context).map { written in
      var asked = written
      try question.change(&asked.scope, unit: unit, in: context)
      return asked
    }
  }

  private static func context(
    _ experience: Experience?, _ store: Store, _ view: IdentityView
  ) throws -> QuestionContext {
    var context = try QuestionContext(experience)
    for set in try store.savedSets(view) { context.savedSets[set.name] = set.members }
    return context
  }
}
