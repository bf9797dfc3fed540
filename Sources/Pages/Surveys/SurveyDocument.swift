import Events
import Experience

/// What stands around every page of a survey: the company's name, and nothing of the program itself.
enum SurveyDocument {
  /// A whole document, which search engines leave out.
  static func render(
    title: String, company: String, language: String, _ main: Markup
  ) -> Markup {
    """
    <!doctype html>
    <html lang="\(language)" dir="\(direction(of: language))">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex, nofollow">
    <title>\(title)</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="\(Assets.answeringStyle.path)">
    <script src="\(Assets.answeringScript.path)" defer></script>
    </head>
    <body>
    <main>
    <p class="company">\(company)</p>
    \(main)
    </main>
    </body>
    </html>

    """
  }

  private static func direction(of language: String) -> String {
    let short = language.prefix { $0 != "-" && $0 != "_" }
    return ["ar", "fa", "he", "ur"].contains(short) ? "rtl" : "ltr"
  }
}

/// What somebody reads who can't answer a survey, or has.
public enum SurveyNoticePage {
  /// A notice.
  ///
  /// - Parameters:
  ///   - company: whose survey it is; empty where nobody knows which one is meant.
  ///   - link: where they may go from there, with `https:`.
  public static func render(
    _ notice: SurveyPhrases.Notice, company: String, in language: String, link: String? = nil
  ) -> Markup {
    let phrases = SurveyPhrases.phrases(in: language)
    let further: Markup? = link.flatMap { link in
      guard link.hasPrefix("https://") else { return nil }
      return """
        <p><a class="button" href="\(lines: link)" rel="noreferrer noopener">\(phrases.goOn)</a></p>
        """
    }
    return SurveyDocument.render(
      title: notice.title, company: company, language: language,
      """
      <section class="card notice" role="status"><h1>\(notice.title)</h1>
      <p>\(lines: notice.text)</p>\(further)</section>
      """)
  }

  /// What is said to whom who answered.
  public static func thanks(
    _ survey: Survey, for properties: [String: PropertyValue], company: String, in language: String
  ) -> Markup {
    var notice = SurveyPhrases.phrases(in: language).thanks
    let own = survey.thanks(for: properties)
    if let own { notice.text = own.say.text(in: language) }
    return render(notice, company: company, in: language, link: own?.link)
  }
}
