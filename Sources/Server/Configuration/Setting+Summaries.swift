import Answers
import Outbound

extension Setting {
  /// Which model sums up what people wrote.
  static let summaries: [Setting] = [
    Setting(
      "summaries.url",
      "A server with OpenAI's API for chats, which sums texts up when somebody asks for it; without one "
        + "nothing is sent.",
      allowed: "http:// or https:// and what stands before /chat/completions, such as "
        + "http://127.0.0.1:11434/v1"
    ) {
      [$0.summaries.place?.address].compactMap(\.self)
    } change: { configuration, texts in
      guard let place = texts.first.flatMap(ChatSettings.Place.init) else { return false }
      configuration.summaries.place = place
      return true
    },
    optional("summaries.model", \.summaries.model, "The model's name there.", "a text"),
    optional(
      "summaries.key", \.summaries.key, "The API key for it.",
      "it in the environment or in a file that only the server reads", secrecy: .secret),
    .whole(
      "summaries.texts", \.summaryTexts, 1...SummaryBrief.mostTexts,
      "How many texts the model is given at most."),
    .whole(
      "summaries.seconds", \.summaries.seconds, 5...600, "How long an answer may take, in seconds."),
    .choice(
      "summaries.tls", \.summaries.encryption,
      "When the server has to be reached by https: also on this machine, on every other one, or never."
    ),
    optional(
      "summaries.certificates", \.summaries.certificates,
      "Certificates to believe instead of the system's.", "the path of a file in PEM"),
  ]
}
