import ArgumentParser
import Events
import Outbound
import Server

/// Sends a mail, to see that the settings are right.
struct MailCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mail",
    abstract: "Send a mail to see that mail works.",
    usage: "waymark mail [<options>] <address>",
    discussion: """
      Sends by the server of the settings mail.…, as `waymark serve` with the same settings would, \
      and says what that server answers. docs/running.md lists the settings.

      Examples:
        waymark mail you@example.com --config /etc/waymark/waymark.yaml
      """)

  @Argument(help: "Where the mail goes.") var address: String
  @OptionGroup var settingsOptions: SettingsOptions
  @Option(help: "What it is about.") var subject = "Mail from Waymark works"
  @Option(help: "What it says.")
  var text = """
    Somebody sent this with `waymark mail`, to see that Waymark can send mail. Nothing has to be \
    done.
    """

  func run() async throws {
    let settings = try settingsOptions.read().configuration.mail
    let server = try MailServer(settings)
    let message = try MailMessage(
      from: server.from, to: MailAddress(address), subject: subject, text: text)
    try await server.send(message)
    Terminal.print("\(settings.description) took the mail to \(message.to.address).".printable)
  }
}
