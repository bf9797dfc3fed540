import ArgumentParser
import Server
import Store

/// Serves.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Collect events over HTTP, and show the live maps in the browser.",
    usage: "waymark serve [<options>]",
    discussion: """
      Listens on this machine only unless --host says otherwise; put a proxy with TLS in front to \
      be reached from elsewhere. Ends on SIGTERM or Ctrl-C, once what was begun is finished.

      Examples:
        waymark serve
        waymark serve --port 9000 --data /var/lib/waymark
      """)

  @OptionGroup var workspace: WorkspaceOptions
  @Option(help: "The address to listen on.") var host = "127.0.0.1"
  @Option(help: "The port to listen on; 0 takes a free one.") var port = 8080
  @Option(help: .hidden) var sealAfter: Int?

  func run() async throws {
    var configuration = ServerConfiguration(
      folder: workspace.folder, experience: workspace.experiencePath)
    configuration.host = host
    configuration.port = port
    if let sealAfter { configuration.sealing.events = max(1, sealAfter) }
    try await WaymarkServer(configuration).run { address, setUp in
      Terminal.note("Waymark serves \(address)")
      guard let setUp else { return }
      Terminal.note("Nobody is a member yet. Make the first one here; the link is good once:")
      Terminal.note("  \(setUp)")
    }
  }
}
