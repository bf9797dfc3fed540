import ArgumentParser
import Engine
import Events
import Foundation
import Words

/// Says what people wrote: feelings, languages, themes.
struct WordsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "words",
    abstract: "Say what people wrote: feelings, languages, themes and what they do to scores.",
    discussion: """
      A text is the property `comment` of the answers to surveys, or what --text names of other events. \
      Themes are those of the experience. The same as `waymark ask words`. With --judge the lines of a \
      file (- for standard input) are judged one by one, as JSON, and nothing else is asked.

      Examples:
        waymark words
        waymark words "Review Posted" --text body --score stars --interval month
        waymark words --theme price --feeling negative
        waymark words --theme "too late" --verbatims 200 --format csv
        echo "Fast, but the box was broken." | waymark words --judge -
      """)

  @Argument(help: "Events or touchpoints that hold texts (default: Survey Answered).")
  var events: [String] = []
  @OptionGroup var options: AnswerOptions
  @Option(help: "The property that holds what was written (default: comment).") var text: String?
  @Option(help: "The number that was answered beside it (default: score).") var score: String?
  @Option(help: "Divide the texts: by touchpoint, event or a property of theirs.") var by: String?
  @Option(help: "Figures for each hour, day, week, month, quarter or year.") var interval: String?
  @Option(help: "Only texts that speak of a theme of the experience, or have these words.")
  var theme: String?
  @Option(help: "Only texts with this feeling: negative, neutral or positive.")
  var feeling: Sentiment.Tone?
  @Option(help: "List the latest texts, so many (default: 50 of a theme or a feeling).")
  var verbatims: Int?
  @Option(help: "Divide the customers by a property.") var breakdown: String?
  @Option(
    help: ArgumentHelp("Judge each line of a file instead.", valueName: "file"),
    completion: .file())
  var judge: String?

  func run() async throws {
    if let judge { return try Self.judge(linesOf: judge) }
    var fields = QuestionArguments()
    if !events.isEmpty { try fields.add("event", events) }
    try fields.add("text", text)
    try fields.add("score", score)
    try fields.add("by", by)
    try fields.add("interval", interval)
    try fields.add("theme", theme)
    try fields.add("feeling", feeling?.rawValue)
    try fields.add("verbatims", verbatims)
    try fields.add("breakdown", breakdown)
    try await options.answer(fields, of: .words)
  }

  /// What is found in a line.
  private struct Judgement: Encodable {
    var language: String?
    var sentiment: Double?
    var feeling: Sentiment.Tone?
  }

  private static func judge(linesOf path: String) throws {
    let data: Data
    if path == "-" {
      data = FileHandle.standardInput.readDataToEndOfFile()
    } else {
      do { data = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
        throw Fault(
          "words.file", subject: path, problem: "It cannot be read.",
          remedy: "Name a file of texts, one a line.")
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    for line in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if line.isEmpty, line.endIndex == data.endIndex { break }
      let text = WrittenText(String(decoding: line, as: UTF8.self))
      let language = Language(of: text)
      let sentiment = text.isEmpty ? nil : Sentiment(of: text, in: language)
      let judgement = Judgement(
        language: language?.rawValue, sentiment: sentiment?.score, feeling: sentiment?.tone)
      Terminal.write(String(decoding: try encoder.encode(judgement), as: UTF8.self) + "\n")
    }
  }
}

extension Sentiment.Tone: ExpressibleByArgument {}
