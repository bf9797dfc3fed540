import ArgumentParser
import Engine
import Statistics

/// Says what answers on a scale come to.
struct ScoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Say what answers on a scale come to: NPS, CSAT, effort, with their error.",
    discussion: """
      An answer is an event, or an interaction with a touchpoint, that has a number: the touchpoint's \
      score, the property `score`, or what --score names. A survey of the experience says itself what \
      it measures. The same as `waymark ask scores`, which \
      can do more.

      Examples:
        waymark score parcel
        waymark score parcel --by element
        waymark score "Survey Answered" --score recommend
        waymark score delivery help --metric csat --by touchpoint
        waymark score --journey first_order --by step
        waymark score "Survey Answered" --interval month --from 2026-01-01 --compare
        waymark score "Survey Answered" --asked "Survey Sent" --weight plan
        waymark score "Survey Answered" --customers answer=detractors --save unhappy
      """)

  @Argument(help: "A survey, or events or touchpoints that are answers; not needed with --journey.")
  var events: [String] = []
  @OptionGroup var options: AnswerOptions
  @Option(
    help: """
      What is made of the answers (default: what the survey measures, csat of touchpoints' own scores, \
      else nps).
      """)
  var metric: ScoreMetric?
  @Option(help: "The element of the survey whose ratings are meant.") var element: String?
  @Option(help: "The number that was answered: a property or an expression.") var score: String?
  @Option(help: ArgumentHelp("The lowest and the highest answer: 1-7.", valueName: "low-high"))
  var scale: String?
  @Option(help: "Which answers are the good ones (default: the survey's, else higher).")
  var direction: ScoreDirection?
  @Option(help: "How many of the best answers are the top.") var top: Int?
  @Option(help: "Every answer, or the latest one of each customer.")
  var count = ScoresQuestion.Counted.answers
  @Option(
    help: """
      Divide the answers: by touchpoint, stage, journey, step, start, team, partner, element, event or a \
      property.
      """)
  var by: String?
  @Option(help: "The journey whose steps or starting points divide the answers.")
  var journey: String?
  @Option(help: "A score for each hour, day, week, month, quarter or year.") var interval: String?
  @Flag(help: "Compare with the range before; needs --from.") var compare = false
  @Option(help: "Divide the customers by a property.") var breakdown: String?
  @Option(help: "Weight the kinds of customers that a property tells by how many there are.")
  var weight: String?
  @Option(help: "The event by which customers are asked, for the response rate.") var asked: String?
  @Option(help: "How many people there are in all, where a good part of them answered.")
  var people: Int?

  func run() async throws {
    var fields = QuestionArguments()
    if !events.isEmpty { try fields.add("event", events) }
    try fields.add("element", element)
    try fields.add("metric", metric?.rawValue)
    try fields.add("score", score)
    try fields.add(scale: scale)
    try fields.add("direction", direction?.rawValue)
    try fields.add("top", top)
    if count != .answers { try fields.add("count", count.rawValue) }
    try fields.add("by", by)
    try fields.add("journey", journey)
    try fields.add("interval", interval)
    // A comparison is refused without a beginning already when it is read.
    if compare {
      try fields.add("from", options.question.from)
      try fields.add("compare", TrendsQuestion.Comparison.previous.rawValue)
    }
    try fields.add("breakdown", breakdown)
    try fields.add("weight", weight)
    try fields.add("asked", asked)
    try fields.add("people", people)
    try await options.answer(fields, of: .scores)
  }
}

extension ScoreMetric: ExpressibleByArgument {}
extension ScoreDirection: ExpressibleByArgument {}
extension ScoresQuestion.Counted: ExpressibleByArgument {}
