import Accounts
import Answers
import Engine
import Events
import Experience
import Stories

extension MCPTool {
  private static let question = Parameter(
    name: "question", kind: .question, presence: .required,
    meaning: "One question as YAML or JSON, in the form that list_questions shows: "
      + "{\"question\": \"funnel\", \"steps\": [\"cart\", \"order\"]}.")

  static let questionTools = [
    MCPTool(
      name: "list_questions", title: "List questions",
      about: "What ask can answer. With a kind, all its fields and an example.",
      parameters: [
        Parameter(
          name: "kind", kind: .choice(QuestionKind.allCases.map(\.rawValue)),
          meaning: "The kind of question whose form is wanted.")
      ]
    ) { arguments, _ in
      if let kind = QuestionKind(rawValue: arguments.text("kind")) {
        return try QuestionGuide.json(of: [kind])
      }
      return try MCPArguments.json(
        QuestionKind.allCases.map { ["kind": $0.rawValue, "asks": $0.form.asks] })
    },
    MCPTool(
      name: "ask", title: "Ask a question",
      about: "Answers a question of the catalogue over all customers' events: funnels, flows, "
        + "retention, trends, attribution and more.",
      parameters: [question, format], needed: .ask
    ) { arguments, visit in
      let (asked, context) = try read(arguments, visit)
      let answers = try await visit.workspace.ask([asked], in: context)
      if arguments.text("format") == "json" { return try AnswerJSON.render(answers) }
      let experience = visit.workspace.experience().experience
      let style = AnswerStyle(
        width: width, currency: experience?.currency ?? "",
        timezone: experience?.timezone ?? "UTC")
      return try answers.map { try AnswerText.render($0, style: style) }.joined(separator: "\n")
    },
  ]

  /// The one question of a call.
  ///
  /// - Throws: `mcp.argument` where there are several.
  static func read(
    _ arguments: MCPArguments, _ visit: Visit
  ) throws -> (Question, QuestionContext) {
    let context = try visit.workspace.context()
    let questions = try Question.read(
      try arguments.question("question"), file: "question", in: context)
    guard questions.count == 1, let asked = questions.first else {
      throw Refusal(
        "mcp.argument", problem: "These are \(questions.count) questions.",
        remedy: "Ask one at a time.")
    }
    return (asked, context)
  }
}
