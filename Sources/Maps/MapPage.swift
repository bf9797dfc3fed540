import Engine
import Events
import Experience
import Statistics

/// A measured map as one self-contained page of HTML: no script, nothing fetched from anywhere.
public enum MapPage {
  /// Writes a measured journey as a page that reads in print, in the dark, and on a telephone.
  ///
  /// Every name is cleaned and escaped; the page's own policy forbids scripts and requests.
  /// - Parameters:
  ///   - language: the BCP 47 tag of the language that names are written in.
  public static func render(
    _ measured: MeasuredJourney, of journey: Journey, in experience: Experience,
    language: String = "en", tickets: WaitingTickets = WaitingTickets()
  ) -> String {
    let chart = Chart(measured, of: journey, in: experience, tickets: tickets)
    let head = header(chart)
    guard !chart.isEmpty else {
      return document(
        title: chart.title, language: language, header: head, main: empty(chart) + making(chart))
    }
    return document(
      title: chart.title, language: language, header: head, main: sections(chart))
  }

  /// All that was measured, section by section.
  static func sections(_ chart: Chart) -> String {
    [
      tiles(chart), starts(chart), map(chart), pair(attention(chart), targets(chart)),
      pair(wentNext(chart), offMap(chart)), conformance(chart), making(chart),
    ].joined(separator: "\n")
  }

  /// Two sections side by side where there is room.
  static func pair(_ left: String, _ right: String) -> String {
    "<div class=\"pair\">\(left)\(right)</div>"
  }

  /// A whole document around its parts, which are markup.
  static func document(title: String, language: String, header: String, main: String) -> String {
    let theme = ["auto", "light", "dark"].map { name in
      "<label><input type=\"radio\" name=\"theme\" id=\"theme-\(name)\""
        + (name == "auto" ? " checked" : "") + ">\(name.asTitle)</label>"
    }.joined()
    return """
      <!doctype html>
      <html lang="\(language.cleaned.escaped)">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="generator" content="Waymark">
      <title>\(title.shortened(to: 120).escaped)</title>
      <style>
      \(MapStyle.page)
      </style>
      </head>
      <body>
      <header class="top"><div>\(header)</div>
      <form class="theme" role="radiogroup" aria-label="Theme">\(theme)</form></header>
      <main>
      \(main)
      </main>
      <footer>Measured by Waymark. Intervals are 95 %.</footer>
      </body>
      </html>

      """
  }

  /// A name that people wrote, safe to set anywhere: isolated from the direction of its
  /// surroundings, and cut with the whole name in its hint where it is long.
  static func name(_ text: String, _ length: Int = 60) -> String {
    let whole = text.cleaned
    let shown = whole.shortened(to: length)
    guard shown != whole else { return "<bdi>\(shown.escaped)</bdi>" }
    return "<bdi title=\"\(whole.escaped)\">\(shown.escaped)</bdi>"
  }

  /// A figure that stays on one line.
  static func figure(_ text: String, _ classes: String = "") -> String {
    "<span class=\"figure \(classes)\">\(text.escaped)</span>"
  }

  static func header(_ chart: Chart) -> String {
    heading(chart) + facts(chart)
  }

  static func facts(_ chart: Chart) -> String {
    let facts = [
      chart.range, chart.dataUntil, "for " + chart.population.shortened(to: 60),
      chart.figures.count(chart.measured.cases.total, "case", "cases"),
    ]
    return "<p class=\"facts\">" + facts.map { "<span>\($0.escaped)</span>" }.joined() + "</p>"
  }

  static func heading(_ chart: Chart) -> String {
    "<div class=\"over\">\(name(chart.experience.title)) · journey map</div>"
      + "<h1>\(name(chart.title, 90))</h1>"
  }

  static func section(
    _ id: String, _ title: String, lead: String = "", _ content: String
  ) -> String {
    "<section aria-labelledby=\"\(id)\"><h2 id=\"\(id)\">\(title.escaped)</h2>"
      + (lead.isEmpty ? "" : "<p class=\"lead\">\(lead.escaped)</p>") + content + "</section>"
  }

  static func empty(_ chart: Chart) -> String {
    section(
      "empty", "Nothing to show yet",
      "<div class=\"card\"><ul class=\"rules\">"
        + chart.emptyAdvice.map { "<li>\($0.escaped)</li>" }.joined() + "</ul></div>")
  }
}
