/// What a survey's mail says besides the survey's own texts, in the languages that the program knows.
struct SurveyMailPhrases: Sendable {
  /// The code of the language.
  let language: String
  /// Leads to a survey that is answered in words.
  let answer: String
  /// Leads to the page, where a button says that one isn't asked about this again.
  let notNow: String
  /// Says that a tap on an answer is not yet all.
  let counts: String
  /// Says why somebody is asked; “%” stands for who asks.
  private let reason: String

  /// Why somebody gets the mail.
  func why(_ company: String) -> String { reason.replacing("%", with: company) }

  /// The phrases for a language, with or without its region; English where there are none.
  static func phrases(in language: String?) -> SurveyMailPhrases {
    let short = (language ?? "").lowercased().prefix { $0 != "-" && $0 != "_" }
    return all.first { $0.language == short } ?? english
  }

  static let all = [
    english,
    SurveyMailPhrases(
      language: "de", answer: "Antworten", notNow: "Jetzt nicht",
      counts: "Tippen Sie eine Antwort an; auf der Seite dahinter schicken Sie sie ab.",
      reason: "% fragt Sie, weil Sie vor Kurzem mit uns zu tun hatten."),
    SurveyMailPhrases(
      language: "fr", answer: "Répondre", notNow: "Pas maintenant",
      counts: "Touchez une réponse ; vous l’enverrez sur la page qui s’ouvre.",
      reason: "% vous pose cette question parce que vous avez eu affaire à nous récemment."),
    SurveyMailPhrases(
      language: "es", answer: "Responder", notNow: "Ahora no",
      counts: "Toque una respuesta y envíela en la página que se abre.",
      reason: "% le pregunta porque ha tenido trato con nosotros hace poco."),
    SurveyMailPhrases(
      language: "it", answer: "Rispondi", notNow: "Non ora",
      counts: "Tocchi una risposta e la invii dalla pagina che si apre.",
      reason: "% glielo chiede perché di recente ha avuto a che fare con noi."),
    SurveyMailPhrases(
      language: "nl", answer: "Antwoorden", notNow: "Nu niet",
      counts: "Tik op een antwoord en verstuur het op de pagina die opengaat.",
      reason: "% vraagt u dit omdat u kort geleden met ons te maken had."),
  ]

  static let english = SurveyMailPhrases(
    language: "en", answer: "Answer", notNow: "Not now",
    counts: "Tap an answer; you send it on the page that opens.",
    reason: "% asks you because you had to do with us lately.")
}
