import Experience
import Maps

/// The mail by which somebody is asked: the main question, to be answered by one tap.
///
/// Each answer is a link to the survey's page with that answer chosen, where it is sent; the link by
/// itself counts nothing, since programs that look for viruses follow all links. There are no pictures
/// and nothing that tells who opened it.
public struct SurveyMail: Sendable, Equatable {
  /// What it is about: the question.
  public let subject: String
  /// For those who read plain text.
  public let text: String
  /// The same in HTML; its styles are its own, since many programs take no others.
  public let html: String

  /// The longest subject in characters; programs show less.
  public static let longestSubject = 120

  /// Writes a mail.
  ///
  /// - Parameters:
  ///   - survey: the survey.
  ///   - language: the code of the language of whoever is asked; nil: the survey's first.
  ///   - link: where it is answered.
  ///   - company: who asks.
  public init(_ survey: Survey, in language: String?, link: String, from company: String) {
    let letter = Letter(survey: survey, language: language, link: link, company: company)
    let question = letter.question
    subject =
      question.count <= Self.longestSubject
      ? question : question.prefix(Self.longestSubject - 1) + "…"
    text = letter.text
    html = letter.html.text
  }
}

/// A survey and all that a mail says of it.
private struct Letter {
  let survey: Survey
  let language: String?
  let link: String
  let company: String
  let phrases: SurveyMailPhrases

  init(survey: Survey, language: String?, link: String, company: String) {
    (self.survey, self.language, self.link, self.company) = (survey, language, link, company)
    phrases = .phrases(in: Self.nearest(language, among: survey.ask.codes))
  }

  /// The language in which the question is shown, so that all of the mail is in it; nil where it is in
  /// none that is named.
  private static func nearest(_ language: String?, among codes: [String]) -> String? {
    let wanted = language?.lowercased() ?? ""
    let short = String(wanted.prefix { $0 != "-" && $0 != "_" })
    return codes.first { $0 == wanted } ?? codes.first { $0 == short } ?? codes.first
  }

  /// The question in one line.
  var question: String { survey.ask.text(in: language).cleaned }

  /// An answer of the main question: where its link leads, and what it says.
  private struct Answer {
    let link: String
    let says: String
  }

  private func link(_ field: String, _ value: String) -> String {
    "\(link)\(link.contains("?") ? "&" : "?")\(field)=\(value.urlEncoded)"
  }

  private var answers: [Answer] {
    switch survey.kind {
    case .text: []
    case .choice:
      survey.options.map {
        Answer(link: link(SurveyEvent.choice, $0.name), says: $0.say.text(in: language).cleaned)
      }
    case .nps, .csat, .ces, .rating:
      survey.scale.map { Answer(link: link(SurveyEvent.score, "\($0)"), says: "\($0)") }
    }
  }

  /// What stands at the two ends, where there is a scale and something stands there.
  private var ends: (low: String, high: String)? {
    guard survey.kind.isScored, let ends = survey.ends else { return nil }
    return (
      "\(survey.scale.lowerBound): \(ends.low.text(in: language).cleaned)",
      "\(survey.scale.upperBound): \(ends.high.text(in: language).cleaned)"
    )
  }

  // MARK: Plain text

  var text: String {
    var lines = [question, ""]
    if let ends { lines += [ends.low, ends.high, ""] }
    if answers.isEmpty {
      lines += ["\(phrases.answer): \(link)", ""]
    } else {
      lines += answers.map { "\($0.says) – \($0.link)" } + ["", phrases.counts, ""]
    }
    lines += ["\(phrases.notNow): \(link)", "", phrases.why(company.cleaned), ""]
    return lines.joined(separator: "\n")
  }

  // MARK: HTML

  var html: Markup {
    """
    <!DOCTYPE html>
    <html lang="\(phrases.language)">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="supported-color-schemes" content="light dark">
    <title>\(question)</title>
    \(Self.styles)
    </head>
    <body class="page" style="margin:0;padding:0;background:#f2f4f7">
    <table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" \
    style="background:#f2f4f7"><tr><td align="center" style="padding:16px 8px">
    <table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" border="0" \
    style="max-width:600px;background:#ffffff;border-radius:8px"><tr>
    <td class="ink" dir="auto" style="padding:24px 16px;color:#1c2733;\(Self.font)">
    <p class="quiet" style="margin:0 0 8px;font-size:14px;line-height:20px;color:#56616e">\(company)</p>
    <h1 style="margin:0 0 16px;font-size:22px;line-height:30px;font-weight:bold">\(question)</h1>
    \(deeds)
    <p class="quiet" style="margin:20px 0 0;font-size:14px;line-height:20px;color:#56616e">\
    \(phrases.why(company))</p>
    <p style="margin:12px 0 0;font-size:14px;line-height:20px">\
    <a class="link" href="\(lines: link)" style="color:#0b57a4">\(phrases.notNow)</a></p>
    </td></tr></table>
    </td></tr></table>
    </body>
    </html>

    """
  }

  private var deeds: Markup {
    guard !answers.isEmpty else { return stacked([Answer(link: link, says: phrases.answer)]) }
    let counts: Markup = """
      <p class="quiet" style="margin:8px 0 0;font-size:14px;line-height:20px;color:#56616e">\
      \(phrases.counts)</p>
      """
    return (survey.kind == .choice ? stacked(answers) : scale) + counts
  }

  /// Answers of words, one below the other.
  private func stacked(_ answers: [Answer]) -> Markup {
    let rows = answers.map { answer -> Markup in
      """
      <tr><td style="padding:4px 0"><a class="answer" href="\(lines: answer.link)" \
      style="display:block;padding:10px 16px;border-radius:6px;background:#e3ecf7;color:#0d3561;\
      font-size:16px;line-height:24px;text-decoration:none">\(answer.says)</a></td></tr>
      """
    }
    return Self.table(rows.joined(separator: "\n"))
  }

  /// Numbers in a row, which goes on below where the screen is narrow; a program that knows tables
  /// alone shows one row.
  private var scale: Markup {
    let cells = answers.map { answer -> Markup in
      """
      <td style="display:inline-block;padding:2px 4px 2px 0"><a class="answer" \
      href="\(lines: answer.link)" style="display:block;width:44px;border-radius:6px;\
      background:#e3ecf7;color:#0d3561;font-size:18px;line-height:44px;font-weight:bold;\
      text-align:center;text-decoration:none">\(answer.says)</a></td>
      """
    }
    let shown = ends.map { ends -> Markup in
      """
      <p class="quiet" style="margin:8px 0 0;font-size:14px;line-height:20px;color:#56616e">\
      \(ends.low)<br>\(ends.high)</p>
      """
    }
    return Self.table("<tr>\(cells.joined(separator: "\n"))</tr>") + (shown ?? .none)
  }

  private static func table(_ rows: Markup) -> Markup {
    """
    <table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
    \(rows)
    </table>
    """
  }

  private static let font: Markup = "font-family:system-ui,-apple-system,Segoe UI,Arial,sans-serif"

  /// What programs that know of dark screens show there; the others keep to the light colours.
  private static let styles: Markup = """
    <style>
    :root { color-scheme: light dark; supported-color-schemes: light dark; }
    @media (prefers-color-scheme: dark) {
    .page { background: #11161c !important; }
    .card { background: #1c232b !important; }
    .ink { color: #e8edf2 !important; }
    .quiet { color: #aab4bf !important; }
    .answer { background: #27405c !important; color: #eaf2fb !important; }
    .link { color: #8ec2ff !important; }
    }
    </style>
    """
}
