import ArgumentParser
import Engine
import Foundation

/// Answers questions of the catalogue.
struct AskCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ask",
    abstract: "Answer questions: how far, which way, how long, who comes back, what earned it.",
    discussion: """
      A question is a file of YAML or JSON, or a kind and its fields as key=value. Several are \
      answered in one pass. `waymark questions` lists the kinds; the options below go before what \
      the questions say of themselves.

      Examples:
        waymark ask funnel 'steps=[cart, payment_done]' window=7d
        waymark ask march.yaml april.yaml --for regulars
        waymark ask march.yaml --format svg --output march.svg
        waymark ask march.yaml --customers step=cart --save stopped_at_cart
      """)

  @Argument(
    help: "Files of questions (- reads standard input), or a kind and key=value pairs.",
    completion: .custom { _, _, prefix in AskCommand.completions(prefix) })
  var words: [String]
  @OptionGroup var options: AnswerOptions

  func run() async throws { try await options.answer(try QuestionText.read(words)) }

  /// The kinds of questions and the files that a word may become.
  private static func completions(_ prefix: String) -> [String] {
    let kinds = QuestionKind.allCases.map(\.rawValue)
    let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
    // A folder that cannot be read has nothing to complete.
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder + ".")) ?? []
    return (kinds + files.filter(Self.mayHoldQuestions).map { folder + $0 })
      .filter { $0.hasPrefix(prefix) }.sorted()
  }

  private static func mayHoldQuestions(_ file: String) -> Bool {
    [".yaml", ".yml", ".json"].contains(where: file.hasSuffix)
  }
}
