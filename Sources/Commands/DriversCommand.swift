import ArgumentParser
import Engine
import Events

/// Says what drives a score, a return or spending.
struct DriversCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drivers",
    abstract: "Say what drives a score, a return or spending, and what to work on first.",
    discussion: """
      Drivers are numbers of the answers, such as ratings of elements, and with --fact what the story \
      was before them. What is explained is a number of the answer (--outcome), whether an event \
      follows (--follows, --within), or how much of it (--sum). The same as `waymark ask drivers`.

      Examples:
        waymark drivers "Survey Answered" --outcome recommend design delivery service
        waymark drivers Survey --outcome rating --fact 'called=count("Call") > 0'
        waymark drivers "Survey Answered" --follows order --within 90d design delivery
      """)

  @Argument(help: "The event or touchpoint of the answers, and the ratings that may be drivers.")
  var words: [String]
  @OptionGroup var options: AnswerOptions
  @Option(help: "The number that is explained: a property or an expression.") var outcome: String?
  @Option(help: "The event of which it is explained whether it follows.") var follows: String?
  @Option(help: "The number of that event of which the sum is explained.") var sum: String?
  @Option(help: "In what time it may follow.") var within = "90d"
  @Option(
    help: ArgumentHelp(
      "A driver that is a fact: a name and an expression on the story before.",
      valueName: "name=expression"))
  var fact: [String] = []
  @Option(help: ArgumentHelp("The scale of ratings: 1-5.", valueName: "low-high")) var scale:
    String?
  @Option(help: "Divide the customers by a property.") var breakdown: String?

  func validate() throws {
    guard (outcome == nil) != (follows == nil) else {
      throw ValidationError("Say what is explained: --outcome, or --follows.")
    }
    if sum != nil, follows == nil { throw ValidationError("--sum needs --follows.") }
  }

  func run() async throws {
    var fields = QuestionArguments()
    try fields.add("event", words.first)
    if let follows {
      try fields.add(
        "outcome", ["event": follows, "sum": sum, "within": within].compactMapValues(\.self))
    } else {
      try fields.add("outcome", outcome)
    }
    try fields.add("drivers", words.dropFirst().map(Driver.rating) + (try fact.map(Self.fact)))
    try fields.add(scale: scale)
    try fields.add("breakdown", breakdown)
    try await options.answer(fields, of: .drivers)
  }

  /// A driver as a question has it.
  private enum Driver: Encodable {
    case rating(String)
    case fact([String: String])

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .rating(let name): try container.encode(name)
      case .fact(let fields): try container.encode(fields)
      }
    }
  }

  private static func fact(_ text: String) throws(Refusal) -> Driver {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw Refusal(
        "drivers.fact", problem: "“\(text.brief)” is no name and expression.",
        remedy: "Write name=expression, as in --fact 'called=count(\"Support Call\") > 0'.")
    }
    return .fact(["name": parts[0], "fact": parts[1]])
  }
}
