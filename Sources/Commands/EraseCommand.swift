import ArgumentParser
import Events
import Foundation
import Store

/// Removes a customer, and proves it.
struct EraseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase",
    abstract: "Remove a customer: every identity, event and trace; then prove that none is left.",
    usage: "waymark erase [<options>] <identity>",
    discussion: """
      The customer disappears from all answers at once; then their bytes are removed and every file \
      of the store is searched for them. This cannot be undone.

      Example:
        waymark erase user:c17 --yes
      """)

  @Argument(help: "An id of the customer.") var identity: Identity
  @OptionGroup var workspace: WorkspaceOptions
  @Flag(help: "Do not ask.") var yes = false
  @Option(help: "The form of the answer.") var format = PlainFormat.text

  func run() throws {
    let store = try workspace.store(.writing)
    if !yes {
      guard isatty(STDIN_FILENO) == 1 else {
        throw Refusal(
          "erase.confirm", problem: "Erasing cannot be undone, and nobody is there to ask.",
          remedy: "Say --yes.")
      }
      Terminal.write("Erase \(identity) for good? Type the id to confirm: ")
      guard let answer = readLine(), answer == identity.id else {
        throw Refusal("erase.confirm", problem: "Nothing was erased.", remedy: "Type the id.")
      }
    }
    let report = try store.erase(identity)
    switch format {
    case .json: try writeJSON(Answer(report))
    case .text:
      Terminal.print(
        "Erased \(report.identities == 1 ? "1 identity" : "\(grouped(report.identities)) identities") "
          + "with \(counted(report.events, "event")) and \(counted(report.links, "link")).")
      Terminal.print(
        "Searched \(counted(report.filesSearched, "file")) "
          + "(\(grouped(report.bytesSearched)) bytes): "
          + (report.isProven ? "no trace is left." : "traces are left:"))
      for trace in report.traces { Terminal.print("  \(trace.file): \(trace.place)".printable) }
    }
    if !report.isProven { throw ExitCode(1) }
  }

  private struct Answer: Encodable {
    var identities: Int
    var events: Int
    var links: Int
    var filesSearched: Int
    var bytesSearched: Int
    var proven: Bool
    var traces: [String]

    init(_ report: ErasureReport) {
      identities = report.identities
      events = report.events
      links = report.links
      filesSearched = report.filesSearched
      bytesSearched = report.bytesSearched
      proven = report.isProven
      traces = report.traces.map { "\($0.file): \($0.place)" }
    }
  }
}
