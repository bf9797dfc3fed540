import ArgumentParser
import Events
import Store

/// Looks at everything in a store.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the store: every file, checksum, order and setting.",
    usage: "waymark doctor [<options>]",
    discussion: """
      Exit code 1 where something is wrong.

      Example:
        waymark doctor --format json
      """)

  @OptionGroup var workspace: WorkspaceOptions
  @Option(help: "The form of the answer.") var format = PlainFormat.text

  private struct Answer: Encodable {
    var severity: Finding.Severity
    var subject: String
    var problem: String
    var remedy: String
  }

  func run() throws {
    let store = try workspace.store(.reading)
    let findings = try store.doctor()
    switch format {
    case .json:
      try writeJSON(
        findings.map {
          Answer(
            severity: $0.severity, subject: $0.subject, problem: $0.problem, remedy: $0.remedy)
        })
    case .text:
      let status = try store.status()
      Terminal.print(
        "\(store.folder): \(counted(status.events, "event")) of "
          + "\(counted(status.customers, "customer")) in \(counted(status.parts, "part")), "
          + "\(grouped(status.bytes)) bytes")
      for finding in findings {
        let problem = "\(finding.severity.rawValue): \(finding.subject): \(finding.problem)"
        Terminal.print("\(problem.printable)\n  \(finding.remedy.printable)")
      }
      if !findings.contains(where: { $0.severity != .note }) {
        Terminal.print("All is well: every part is whole and in order, and commits are durable.")
      }
    }
    if findings.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
  }
}
