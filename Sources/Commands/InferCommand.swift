import ArgumentParser
import Engine
import Events
import Experience
import Foundation
import Store
import Stories

/// Proposes an experience from what was imported.
struct InferCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "infer",
    abstract: "Propose an experience from what was imported: touchpoints, stages and a journey.",
    usage: "waymark infer [<options>]",
    discussion: """
      The proposal is a text to change, not a truth: it passes `waymark check` and can be measured \
      at once with `waymark map`.

      Examples:
        waymark infer
        waymark infer --output - | less
      """)

  @OptionGroup var workspace: WorkspaceOptions
  @Option(help: "What the experience is called.") var title = "Proposed experience"
  @Option(
    name: [.long, .customShort("o")],
    help: "The file to write, or - for standard output (default: experience.yaml).",
    completion: .file(extensions: ["yaml", "yml"]))
  var output: String?
  @Flag(help: "Write over a file that is there.") var force = false

  func run() async throws {
    let stories = try workspace.store(.reading).stories()
    let summary = try await stories.answer(SummaryQuestion())
    let text = inferExperience(from: summary, title: title)
    guard output != "-" else { return Terminal.write(text) }
    let path = output ?? workspace.experiencePath
    try writeText(text, to: path, over: force ? .existing : .nothing)
    let (experience, _) = ExperienceLoader.load(text: text, file: path)
    Terminal.print(
      "Wrote \(path): \(counted(experience.touchpoints.count, "touchpoint")) from "
        + "\(counted(summary.events.count, "event name")).")
    for journey in experience.journeys {
      Terminal.print(
        "  \(journey.title): \(journey.starts.joined(separator: " or ")) → … → \(journey.goal)")
    }
    Terminal.print("Read it, change it, then run `waymark map`.")
  }
}
