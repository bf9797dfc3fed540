import Answers
import Engine
import Events
import Experience
import Store
import Stories

extension AnswerOptions {
  /// How many customers are listed for people unless they say otherwise.
  private static let usualLimit = 200

  /// The canonical keys of the customers behind a row of the one question's answer.
  static func customers(
    _ row: String, behind questions: [Question], in context: QuestionContext,
    of stories: (Instant?) throws -> Stories
  ) async throws -> [UInt64] {
    guard questions.count == 1, let question = questions.first else {
      throw Refusal(
        "ask.customers",
        problem: "--customers asks one question, and there are \(questions.count).",
        remedy: "Name the question whose row is meant alone.")
    }
    return try await Stories.customers(
      behind: try AnswerRowKey(row), of: question, in: context, stories: stories)
  }

  /// Lists customers, with how many there are on standard error.
  func list(_ keys: [UInt64], of stories: Stories, _ clock: LocalCalendar) throws {
    let limit = limit ?? (format == .text ? Self.usualLimit : keys.count)
    let rows = stories.customers(keys.prefix(limit))
    var text = ""
    switch format {
    case .json: text = try jsonText(rows) + "\n"
    case .csv:
      text = AnswerCSV.customers(rows)
    case .text: text = Self.table(rows, clock)
    case .svg:
      throw Refusal(
        "ask.customers", problem: "Customers are not drawn as svg.",
        remedy: "Choose text, csv or json.")
    }
    try put(text, to: output)
    Terminal.note(
      counted(keys.count, "customer")
        + (keys.count > rows.count ? ", of whom \(grouped(rows.count)) are listed" : ""))
  }

  private static func table(_ rows: [SeenCustomer], _ clock: LocalCalendar) -> String {
    var table = TextTable([
      ("customer", .left), ("events", .right), ("first", .left), ("last", .left),
    ])
    for row in rows {
      table.add([
        row.identity, grouped(row.events), "\(clock.day(row.first))", "\(clock.day(row.last))",
      ])
    }
    return table.lines().map { $0 + "\n" }.joined()
  }

  /// Saves customers under the name of `--save`, if there is one.
  func keep(
    _ keys: [UInt64], of question: Question, in context: QuestionContext, _ store: Store
  ) throws {
    guard let save else { return }
    try store.save(
      SavedSet(
        name: save, question: try question.json, place: customers ?? "", members: keys))
    Terminal.note("Saved as \(save): use it with --for \(save) or `for: \(save)`.")
  }

  /// Refuses a name under which a question would find something else.
  static func check(savedName name: String, in experience: Experience?) throws(Refusal) {
    let taken =
      (experience?.segments.map(\.name) ?? []) + (experience?.personas.map(\.name) ?? [])
    guard taken.contains(name) else { return }
    throw Refusal(
      "ask.save", problem: "The experience has a segment or persona “\(name.brief)” already.",
      remedy: "Choose another name.")
  }
}
