import Events
import Outbound

extension Setting {
  /// How mail is sent.
  static let mail: [Setting] = [
    Setting(
      "mail.server", "The server that sends mail; without one none is sent.",
      allowed: "smtp:// or smtps://, a name and perhaps a port, such as smtp://mail.example.com:587"
    ) {
      [$0.mail.server?.address].compactMap(\.self)
    } change: { configuration, texts in
      guard let place = texts.first.flatMap(MailSettings.Place.init) else { return false }
      configuration.mail.server = place
      return true
    },
    Setting(
      "mail.from", "Whom mail comes from.",
      allowed: "an address, such as Example Shop <hello@example.com>"
    ) {
      [$0.mail.from?.written].compactMap(\.self)
    } change: { configuration, texts in
      guard let text = texts.first, let address = try? MailAddress(text) else { return false }
      configuration.mail.from = address
      return true
    },
    optional("mail.user", \.mail.user, "The name to sign in with at that server.", "a text"),
    optional(
      "mail.password", \.mail.password, "The password for it.",
      "it in the environment or in a file that only the server reads", secrecy: .secret),
    .choice(
      "mail.tls", \.mail.encryption,
      "When mail has to be sent encrypted: also to this machine, to every other one, or never."),
    optional(
      "mail.certificates", \.mail.certificates,
      "Certificates to believe instead of the system's.", "the path of a file in PEM"),
  ]
}
