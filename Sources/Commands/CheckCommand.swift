import ArgumentParser
import Engine
import Events
import Experience
import Foundation
import Store
import Stories

/// Says everything that is wrong with an experience.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check an experience: every problem with its place and its remedy.",
    usage: "waymark check [<options>] [<path>]",
    discussion: """
      With data in the folder, events that were never seen and rules that never match are found too. \
      Exit code 1 where there are errors; with --strict also where there are warnings.

      Examples:
        waymark check
        waymark check maps/ --format json
      """)

  @Argument(help: "The file or folder (default: experience.yaml).", completion: .file())
  var path: String?
  @OptionGroup var workspace: WorkspaceOptions
  @Flag(help: "Take warnings for errors.") var strict = false
  @Option(help: "The form of the answer.") var format = PlainFormat.text

  func run() async throws {
    let path = path ?? workspace.experiencePath
    let loaded = try ExperienceLoader.load(path: path)
    var diagnostics = loaded.diagnostics
    if !diagnostics.contains(where: { $0.severity == .error }),
      FileManager.default.fileExists(atPath: workspace.folder)
    {
      let stories = try workspace.store(.reading).snapshot()
      if stories.customerCount > 0 {
        let log = try await stories.answer(SummaryQuestion(checking: loaded.experience))
        diagnostics += loaded.experience.diagnostics(against: log)
      }
    }
    let errors = diagnostics.count { $0.severity == .error }
    let warnings = diagnostics.count { $0.severity == .warning }
    switch format {
    case .text:
      for diagnostic in diagnostics { Terminal.print(diagnostic.description.printable) }
      let experience = loaded.experience
      Terminal.print(
        "\(path): \(counted(errors, "error")), \(counted(warnings, "warning")); "
          + "\(counted(experience.touchpoints.count, "touchpoint")), "
          + counted(experience.journeys.count, "journey"))
    case .json: try writeJSON(diagnostics.map(Answer.init))
    }
    if errors > 0 || strict && warnings > 0 { throw ExitCode(1) }
  }

  private struct Answer: Encodable {
    var file: String
    var line: Int
    var column: Int
    var severity: Diagnostic.Severity
    var code: String
    var problem: String
    var remedy: String

    init(_ diagnostic: Diagnostic) {
      file = diagnostic.file
      line = diagnostic.line
      column = diagnostic.column
      severity = diagnostic.severity
      code = diagnostic.code
      problem = diagnostic.problem
      remedy = diagnostic.remedy
    }
  }
}
