import ArgumentParser
import Events
import Foundation
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
      be reached from elsewhere. Ends on SIGTERM or Ctrl-C, once what was begun is finished; a \
      second one ends it at once, and nothing that was acknowledged is lost.

      Every setting can stand in a file, in the environment as WAYMARK_…, or here, which is the \
      strongest; docs/running.md lists them.

      Examples:
        waymark serve
        waymark serve --port 9000 --data /var/lib/waymark
        waymark serve --config /etc/waymark/waymark.yaml --set log.level=debug
      """)

  @OptionGroup var workspace: WorkspaceOptions
  @Option(help: ArgumentHelp(Setting.host)) var host: String?
  @Option(help: ArgumentHelp(Setting.port)) var port: String?
  @OptionGroup var settingsOptions: SettingsOptions
  @Flag(help: "Show all settings and where they come from, and serve nothing.")
  var showConfiguration = false

  func run() async throws {
    let settings = try settings()
    guard !showConfiguration else { return Terminal.write(settings.text) }
    var configuration = settings.configuration
    configuration.openID = try OpenIDSettings(
      environment: ProcessInfo.processInfo.environment)
    OpenFiles.allowMany()
    let server = try WaymarkServer(configuration)
    let secondSignal = SecondSignal()
    let reached = configuration.publicAddress.map { " as \($0)" } ?? ""
    try await server.run { address, setUp in
      Terminal.note("Waymark serves \(address)\(reached)")
      guard let setUp else { return }
      Terminal.note("Nobody is a member yet. Make the first one here; the link is good once:")
      Terminal.note("  \(setUp)")
    }
    withExtendedLifetime(secondSignal) {}
  }

  private func settings() throws -> SettingsReading {
    let options = [
      ("data", workspace.data), ("experience", workspace.experience), ("host", host),
      ("port", port),
    ]
    return try settingsOptions.read(
      options.compactMap { name, value in
        value.map { SettingsReading.Argument(name, $0, origin: "--\(name)") }
      })
  }
}

extension ArgumentHelp {
  /// What the table of settings says of one.
  fileprivate init(_ setting: Setting) {
    self.init("\(setting.meaning.dropLast()) (default: \(setting.usual)).", valueName: setting.name)
  }
}
