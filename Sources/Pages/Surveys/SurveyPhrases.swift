/// What the program itself says on the pages of surveys, in the languages that it knows.
///
/// A survey in another language has these in English; its own texts are in its own.
public struct SurveyPhrases: Sendable {
  /// A heading and what stands below it.
  public struct Notice: Sendable {
    public var title: String
    public var text: String

    init(_ title: String, _ text: String) {
      self.title = title
      self.text = text
    }
  }

  /// The code of the language.
  public let language: String
  let send: String
  let later: String
  let notNow: String
  let optional: String
  let rate: String
  let languages: String
  /// Said where further questions follow from the answers.
  let more: String
  let goOn: String
  let missing: String
  let tooLong: String
  let wrong: String
  let privacy: String
  let openPrivacy: String
  public let thanks: Notice
  public let kept: Notice
  public let answered: Notice
  public let dismissed: Notice
  public let expired: Notice
  public let closed: Notice
  public let early: Notice
  public let long: Notice
  public let unknown: Notice
  public let often: Notice
  public let notKept: Notice

  /// The phrases for a language, with or without its region; English where there are none.
  public static func phrases(in language: String?) -> SurveyPhrases {
    let short = (language ?? "").lowercased().prefix { $0 != "-" && $0 != "_" }
    return all.first { $0.language == short } ?? english
  }

  static let all = [english, german, french, spanish, italian, dutch]

  static let english = SurveyPhrases(
    language: "en", send: "Send", later: "Finish later", notNow: "No, thanks",
    optional: "optional", rate: "How were these?", languages: "Language",
    more: "Your answer leads to another question.", goOn: "Go on",
    missing: "Please answer the first question.", tooLong: "That is too long; please write less.",
    wrong: "One of the answers can’t be taken; please look at them again.",
    privacy: "Your answer is kept with what we know of you as our customer, and read by those who "
      + "work on it. Please write no passwords and nothing about other people.",
    openPrivacy: "Your answer is kept without your name. Please write no passwords and nothing "
      + "about other people.",
    thanks: .init("Thank you!", "Your answer has arrived."),
    kept: .init("Kept for you", "Open the same link to go on where you stopped."),
    answered: .init("Answered already", "We have your answer. Thank you!"),
    dismissed: .init("All right", "You won’t be asked about this again."),
    expired: .init("This survey has ended", "Thank you for looking in."),
    closed: .init("This survey is closed", "Thank you for looking in."),
    early: .init("Not open yet", "Please try again in a minute."),
    long: .init("Too long", "Please go back and write less."),
    unknown: .init(
      "This link doesn’t work", "Perhaps it was cut. Please open the whole link as it was sent."),
    often: .init("Too many attempts", "Please try again in a minute."),
    notKept: .init(
      "Your answer was not kept", "You asked us not to keep anything of you, so we didn’t."))

  static let german = SurveyPhrases(
    language: "de", send: "Absenden", later: "Später fertig machen", notNow: "Nein, danke",
    optional: "freiwillig", rate: "Wie war …?", languages: "Sprache",
    more: "Zu Ihrer Antwort gibt es noch eine Frage.", goOn: "Weiter",
    missing: "Bitte beantworten Sie die erste Frage.",
    tooLong: "Das ist zu lang; bitte schreiben Sie weniger.",
    wrong: "Eine der Antworten passt nicht; bitte sehen Sie noch einmal nach.",
    privacy:
      "Ihre Antwort wird zusammen mit dem gespeichert, was wir über Sie als Kundin oder Kunden "
      + "wissen, und von denen gelesen, die daran arbeiten. Bitte schreiben Sie keine Passwörter "
      + "und nichts über andere.",
    openPrivacy: "Ihre Antwort wird ohne Ihren Namen gespeichert. Bitte schreiben Sie keine "
      + "Passwörter und nichts über andere.",
    thanks: .init("Vielen Dank!", "Ihre Antwort ist angekommen."),
    kept: .init("Gespeichert", "Öffnen Sie denselben Link, um dort weiterzumachen."),
    answered: .init("Schon beantwortet", "Ihre Antwort ist da. Vielen Dank!"),
    dismissed: .init("In Ordnung", "Wir fragen Sie dazu nicht noch einmal."),
    expired: .init("Diese Umfrage ist beendet", "Danke, dass Sie vorbeigeschaut haben."),
    closed: .init("Diese Umfrage ist geschlossen", "Danke, dass Sie vorbeigeschaut haben."),
    early: .init("Noch nicht offen", "Bitte versuchen Sie es in einer Minute noch einmal."),
    long: .init("Zu lang", "Bitte gehen Sie zurück und schreiben Sie weniger."),
    unknown: .init(
      "Dieser Link geht nicht",
      "Vielleicht ist er abgeschnitten. Bitte öffnen Sie den ganzen Link, so wie er kam."),
    often: .init("Zu viele Versuche", "Bitte versuchen Sie es in einer Minute noch einmal."),
    notKept: .init(
      "Ihre Antwort wurde nicht gespeichert",
      "Sie haben uns gebeten, nichts über Sie zu speichern; daran haben wir uns gehalten."))

  static let french = SurveyPhrases(
    language: "fr", send: "Envoyer", later: "Terminer plus tard", notNow: "Non, merci",
    optional: "facultatif", rate: "Qu’en pensez-vous ?", languages: "Langue",
    more: "Votre réponse appelle une autre question.", goOn: "Continuer",
    missing: "Veuillez répondre à la première question.",
    tooLong: "C’est trop long ; veuillez raccourcir.",
    wrong: "Une des réponses ne convient pas ; veuillez les vérifier.",
    privacy:
      "Votre réponse est conservée avec ce que nous savons de vous en tant que client, et lue "
      + "par ceux qui y travaillent. N’écrivez ni mot de passe ni rien sur d’autres personnes.",
    openPrivacy:
      "Votre réponse est conservée sans votre nom. N’écrivez ni mot de passe ni rien sur "
      + "d’autres personnes.",
    thanks: .init("Merci !", "Votre réponse est bien arrivée."),
    kept: .init("C’est enregistré", "Ouvrez le même lien pour reprendre où vous en étiez."),
    answered: .init("Déjà répondu", "Nous avons votre réponse. Merci !"),
    dismissed: .init("Très bien", "Nous ne vous poserons plus cette question."),
    expired: .init("Cette enquête est terminée", "Merci de votre visite."),
    closed: .init("Cette enquête est fermée", "Merci de votre visite."),
    early: .init("Pas encore ouverte", "Veuillez réessayer dans une minute."),
    long: .init("Trop long", "Veuillez revenir en arrière et raccourcir."),
    unknown: .init(
      "Ce lien ne fonctionne pas",
      "Il a peut-être été coupé. Veuillez ouvrir le lien entier, tel que vous l’avez reçu."),
    often: .init("Trop d’essais", "Veuillez réessayer dans une minute."),
    notKept: .init(
      "Votre réponse n’a pas été conservée",
      "Vous nous avez demandé de ne rien conserver sur vous ; nous l’avons respecté."))

  static let spanish = SurveyPhrases(
    language: "es", send: "Enviar", later: "Terminar más tarde", notNow: "No, gracias",
    optional: "opcional", rate: "¿Qué le pareció?", languages: "Idioma",
    more: "Su respuesta lleva a otra pregunta.", goOn: "Continuar",
    missing: "Responda a la primera pregunta, por favor.",
    tooLong: "Es demasiado largo; escriba menos, por favor.",
    wrong: "Una de las respuestas no es válida; revíselas, por favor.",
    privacy: "Su respuesta se guarda con lo que sabemos de usted como cliente, y la leen quienes "
      + "trabajan en ello. No escriba contraseñas ni nada sobre otras personas.",
    openPrivacy: "Su respuesta se guarda sin su nombre. No escriba contraseñas ni nada sobre otras "
      + "personas.",
    thanks: .init("¡Gracias!", "Su respuesta ha llegado."),
    kept: .init("Guardado", "Abra el mismo enlace para seguir donde lo dejó."),
    answered: .init("Ya respondida", "Tenemos su respuesta. ¡Gracias!"),
    dismissed: .init("De acuerdo", "No volveremos a preguntarle sobre esto."),
    expired: .init("Esta encuesta ha terminado", "Gracias por su visita."),
    closed: .init("Esta encuesta está cerrada", "Gracias por su visita."),
    early: .init("Aún no está abierta", "Inténtelo de nuevo en un minuto, por favor."),
    long: .init("Demasiado largo", "Vuelva atrás y escriba menos, por favor."),
    unknown: .init(
      "Este enlace no funciona",
      "Quizá esté cortado. Abra el enlace entero, tal como lo recibió."),
    often: .init("Demasiados intentos", "Inténtelo de nuevo en un minuto, por favor."),
    notKept: .init(
      "Su respuesta no se ha guardado",
      "Nos pidió que no guardáramos nada sobre usted, y así lo hemos hecho."))

  static let italian = SurveyPhrases(
    language: "it", send: "Invia", later: "Finisci più tardi", notNow: "No, grazie",
    optional: "facoltativo", rate: "Che cosa ne pensa?", languages: "Lingua",
    more: "La sua risposta porta a un’altra domanda.", goOn: "Continua",
    missing: "Risponda alla prima domanda, per favore.",
    tooLong: "È troppo lungo; scriva di meno, per favore.",
    wrong: "Una delle risposte non va bene; le riveda, per favore.",
    privacy:
      "La sua risposta è conservata con ciò che sappiamo di lei come cliente, e letta da chi "
      + "se ne occupa. Non scriva password né nulla su altre persone.",
    openPrivacy: "La sua risposta è conservata senza il suo nome. Non scriva password né nulla su "
      + "altre persone.",
    thanks: .init("Grazie!", "La sua risposta è arrivata."),
    kept: .init("Salvato", "Apra lo stesso link per continuare da qui."),
    answered: .init("Già risposto", "Abbiamo la sua risposta. Grazie!"),
    dismissed: .init("Va bene", "Non glielo chiederemo di nuovo."),
    expired: .init("Questo sondaggio è terminato", "Grazie della visita."),
    closed: .init("Questo sondaggio è chiuso", "Grazie della visita."),
    early: .init("Non ancora aperto", "Riprovi tra un minuto, per favore."),
    long: .init("Troppo lungo", "Torni indietro e scriva di meno, per favore."),
    unknown: .init(
      "Questo link non funziona",
      "Forse è stato tagliato. Apra il link intero, così come l’ha ricevuto."),
    often: .init("Troppi tentativi", "Riprovi tra un minuto, per favore."),
    notKept: .init(
      "La sua risposta non è stata conservata",
      "Ci ha chiesto di non conservare nulla di lei, e così abbiamo fatto."))

  static let dutch = SurveyPhrases(
    language: "nl", send: "Versturen", later: "Later afmaken", notNow: "Nee, bedankt",
    optional: "niet verplicht", rate: "Hoe vond u dit?", languages: "Taal",
    more: "Bij uw antwoord hoort nog een vraag.", goOn: "Verder",
    missing: "Beantwoord alstublieft de eerste vraag.",
    tooLong: "Dat is te lang; schrijf alstublieft minder.",
    wrong: "Een van de antwoorden klopt niet; kijk ze alstublieft na.",
    privacy:
      "Uw antwoord wordt bewaard bij wat wij van u als klant weten, en gelezen door wie eraan "
      + "werkt. Schrijf geen wachtwoorden en niets over anderen.",
    openPrivacy:
      "Uw antwoord wordt zonder uw naam bewaard. Schrijf geen wachtwoorden en niets over "
      + "anderen.",
    thanks: .init("Dank u wel!", "Uw antwoord is aangekomen."),
    kept: .init("Bewaard", "Open dezelfde link om hier verder te gaan."),
    answered: .init("Al beantwoord", "Wij hebben uw antwoord. Dank u wel!"),
    dismissed: .init("In orde", "Wij vragen u dit niet nog eens."),
    expired: .init("Deze enquête is afgelopen", "Bedankt voor uw bezoek."),
    closed: .init("Deze enquête is gesloten", "Bedankt voor uw bezoek."),
    early: .init("Nog niet open", "Probeer het over een minuut opnieuw."),
    long: .init("Te lang", "Ga alstublieft terug en schrijf minder."),
    unknown: .init(
      "Deze link werkt niet",
      "Misschien is hij afgebroken. Open de hele link zoals u hem kreeg."),
    often: .init("Te veel pogingen", "Probeer het over een minuut opnieuw."),
    notKept: .init(
      "Uw antwoord is niet bewaard",
      "U vroeg ons niets van u te bewaren, en daar houden wij ons aan."))
}
