import ArgumentParser

/// What this program is.
struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Say which version this is.")

  /// The version of the program.
  static let text = "0.1.0"

  @Option(help: "The form of the answer.") var format = PlainFormat.text

  private struct Answer: Encodable {
    var name = "waymark"
    var version = VersionCommand.text
  }

  func run() throws {
    switch format {
    case .text: Terminal.print("waymark \(Self.text)")
    case .json: try writeJSON(Answer())
    }
  }
}

/// The forms of a plain answer.
enum PlainFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json
}
