import ArgumentParser

/// The command line.
public struct Waymark: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "waymark", abstract: "Draw the journey you designed. See the one they walk.")

  /// Makes the command with nothing parsed.
  public init() {}

  /// Runs what the process's arguments say and ends the process.
  public static func start() async { await main() }
}
