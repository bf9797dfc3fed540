import ArgumentParser
import Engine
import Events
import Experience
import Foundation
import Store
import Stories

/// Answers questions of the catalogue.
struct AskCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ask", abstract: "Answer questions that are written in files.")

  @Argument(help: "Files of questions.", completion: .file(extensions: ["yaml", "yml", "json"]))
  var files: [String]
  @OptionGroup var workspace: WorkspaceOptions
  @Option(help: .hidden) var timing = 0

  func run() async throws {
    let context = try QuestionContext(workspace.loadExperienceIfThere())
    var questions: [Question] = []
    for file in files {
      let text = try String(contentsOfFile: file, encoding: .utf8)
      questions += try Question.read(text, file: file, in: context)
    }
    let store = try workspace.store(.reading)
    let stories = try store.stories()
    let answers = try await Timing.measure(timing, over: stories) {
      try await Stories.ask(questions, in: context) { asOf in
        asOf == nil ? stories : try store.stories(asOf.map { .asOf($0) } ?? .latest)
      }
    }
    try writeJSON(answers)
  }
}
