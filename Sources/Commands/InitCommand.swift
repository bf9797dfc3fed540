import ArgumentParser
import Events
import Experience
import Foundation

/// Writes a first experience to change.
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a first experience, with comments, to change into your own.",
    discussion: """
      Examples:
        waymark init
        waymark init maps/shop.yaml
      """)

  @Argument(help: "The file to write.", completion: .file(extensions: ["yaml", "yml"]))
  var path = WorkspaceOptions.usualExperience
  @Flag(help: "Write over a file that is there.") var force = false

  func run() throws {
    try writeText(
      ExperienceLoader.starterExperience, to: path, over: force ? .existing : .nothing)
    Terminal.print("Wrote \(path). Change it, then run `waymark check`.")
  }
}

/// What a file may be written over.
enum Overwriting { case nothing, existing }

/// Writes a text file whole, or nothing of it.
///
/// - Throws: `file.exists` as a refusal, `file.write` as a fault.
func writeText(_ text: String, to path: String, over overwriting: Overwriting) throws {
  if overwriting == .nothing, FileManager.default.fileExists(atPath: path) {
    throw Refusal(
      "file.exists", problem: "There is a file \(path.printable) already.",
      remedy: "Name another file, or write over it with --force.")
  }
  do {
    let folder = (path as NSString).deletingLastPathComponent
    if !folder.isEmpty {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    }
    try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
  } catch {
    throw Fault(
      "file.write", subject: path.printable,
      problem: "The file cannot be written: \(error.localizedDescription)",
      remedy: "Make room, or choose a folder that you may write to.")
  }
}
