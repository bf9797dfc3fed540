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
        waymark words --theme price --show-sent         what a model would be given
        waymark words --theme price --summarise --config waymark.yaml
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
  @Option(help: "Which texts are listed: the latest, or a sample drawn evenly (default: latest).")
  var pick: WordsQuestion.Pick?
  @Option(help: "Divide the customers by a property.") var breakdown: String?
  @Flag(
    help: ArgumentHelp(
      "Send a sample of the texts to the model of the settings, and print its summary.",
      discussion: "docs/words.md says how they are chosen, and what is taken out of them before."))
  var summarise = false
  @Flag(help: "Print what the model is sent; without --summarise nothing is.")
  var showSent = false
  @OptionGroup var settingsOptions: SettingsOptions
  @Option(
    help: ArgumentHelp("Judge each line of a file instead.", valueName: "file"),
    completion: .file())
  var judge: String?

  func validate() throws {
    guard summarise || showSent else {
      guard settingsOptions.config == nil, settingsOptions.set.isEmpty else {
        throw ValidationError("--config and --set are for --summarise and --show-sent.")
      }
      return
    }
    guard judge == nil, verbatims == nil, pick == nil, options.customers == nil else {
      throw ValidationError(
        "A summary goes without --judge, --verbatims, --pick and --customers.")
    }
    guard options.format == .text || options.format == .json else {
      throw ValidationError("A summary is text or json.")
    }
  }

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
    try fields.add("pick", pick?.rawValue)
    try fields.add("breakdown", breakdown)
    guard summarise || showSent else { return try await options.answer(fields, of: .words) }
    try await sum(up: fields)
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
extension WordsQuestion.Pick: ExpressibleByArgument {}
