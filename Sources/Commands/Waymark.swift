import ArgumentParser
import Events
import Experience
import Foundation

/// The command line.
///
/// Exit codes: 0 done; 1 the world broke, or a check found faults; 64 asked wrongly.
public struct Waymark: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "waymark",
    abstract: "Draw the journey you designed. See the one your customers walk.",
    discussion: """
      A first map from a file of events takes three commands:

        waymark import events.csv     read what customers did
        waymark infer                 propose an experience from it, as text
        waymark map                   measure the journey, and draw it

      Or look at a made-up company: waymark demo
      """,
    version: VersionCommand.text,
    subcommands: [
      InitCommand.self, CheckCommand.self, InferCommand.self, ImportCommand.self, MapCommand.self,
      FunnelCommand.self, ScoreCommand.self, DriversCommand.self, WordsCommand.self,
      AskCommand.self,
      QuestionsCommand.self, SegmentsCommand.self, CustomersCommand.self, InboxCommand.self,
      LinkCommand.self,
      UnlinkCommand.self, EraseCommand.self, RetainCommand.self, ServeCommand.self,
      MailCommand.self, SurveyCommand.self, PullCommand.self, BackupCommand.self,
      RestoreCommand.self,
      VerifyCommand.self,
      DoctorCommand.self, ExportCommand.self, DemoCommand.self, VersionCommand.self,
    ])

  /// Makes the command with nothing parsed.
  public init() {}

  /// Runs what the process's arguments say, and ends the process.
  public static func start() async {
    do {
      try recogniseCommand(CommandLine.arguments.dropFirst())
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let refusal as Refusal {
      // Messages quote files, whose control characters must not reach a terminal.
      Terminal.note("waymark: \(refusal.problem.printable)\n  \(refusal.remedy.printable)")
      Foundation.exit(64)
    } catch let diagnostic as Diagnostic {
      Terminal.note("waymark: \(diagnostic.description.printable)")
      Foundation.exit(64)
    } catch let fault as Fault {
      let problem = "\(fault.subject): \(fault.problem)".printable
      Terminal.note("waymark: \(problem)\n  \(fault.remedy.printable)")
      Foundation.exit(1)
    } catch {
      exit(withError: error)
    }
  }

  /// Refuses a command that there is none of, with the one that was meant perhaps.
  private static func recogniseCommand(_ arguments: ArraySlice<String>) throws(Refusal) {
    let words = arguments.first == "help" ? arguments.dropFirst() : arguments
    guard let word = words.first, !word.hasPrefix("-") else { return }
    let known = configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    guard !known.contains(word) else { return }
    throw Refusal(
      "command.unknown", problem: "There is no command “\(word.printable)”.",
      remedy: nearest(to: word, among: known).map { "Did you mean `waymark \($0)`?" }
        ?? "`waymark --help` lists the commands.")
  }
}
