import Answers
import ArgumentParser
import Engine
import Events
import Experience

/// Lists what can be asked.
struct QuestionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "questions",
    abstract: "List the questions that can be asked, or show how one is written.",
    usage: "waymark questions [<options>] [<kind>]",
    discussion: """
      Examples:
        waymark questions
        waymark questions funnel
        waymark questions --format json
      """)

  @Argument(
    help: "The kind of question.", completion: .list(QuestionKind.allCases.map(\.rawValue)))
  var kind: String?
  @Option(help: ArgumentHelp("The form of the list: text or json.", valueName: "format"))
  var format = Form.text

  /// The forms of the catalogue; Markdown is for the project's own pages.
  enum Form: String, ExpressibleByArgument { case text, json, markdown }

  func run() throws {
    let kind = try kind.map(Self.find)
    switch format {
    case .text:
      Terminal.write(
        kind.map { QuestionGuide.sheet(of: $0, width: Terminal.width) }
          ?? QuestionGuide.list(width: Terminal.width))
    case .json:
      Terminal.write(try QuestionGuide.json(of: kind.map { [$0] } ?? QuestionKind.allCases))
    case .markdown: Terminal.write(QuestionGuide.markdown)
    }
  }

  private static func find(_ name: String) throws(Refusal) -> QuestionKind {
    if let kind = QuestionKind(rawValue: name) { return kind }
    throw Refusal(
      "question.kind", problem: "There is no question “\(name.brief)”.",
      remedy: nearest(to: name, among: QuestionKind.allCases.map(\.rawValue))
        .map { "Did you mean “\($0)”?" } ?? "`waymark questions` lists them.")
  }
}
