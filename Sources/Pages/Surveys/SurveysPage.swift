import Events
import Experience

/// All surveys, with what each scores.
public enum SurveysPage {
  /// The days that the figures are of.
  public static let days = 30

  /// Writes the page; surveys stand in the order of the text.
  ///
  /// - Parameters:
  ///   - seen: the version of the stories, or the one before.
  ///   - shown: the surveys' tiles, where they are wanted with the page.
  public static func render(
    _ experience: Experience, seen: Int, shown: [TileView]? = nil, _ frame: Frame
  ) -> Markup {
    guard !experience.surveys.isEmpty else { return withoutSurveys(frame) }
    var grid = TileGrid(
      experience.surveys.map(title), at: "/surveys", query: "", seen: seen)
    grid.shown = shown
    grid.controls = { place, _ in
      let words = SurveyWords(survey: experience.surveys[place], experience: experience)
      return "<p class=\"muted\">\(words.line)</p>"
    }
    return frame.document(
      title: "Surveys",
      main: """
        <div class="head"><div><div class="over">\(experience.title)</div><h1>Surveys</h1></div>\
        <span class="live" data-state="off"></span></div>
        <p class="muted">What was answered in the last \(days) days.</p>
        \(grid.markup)
        """)
  }

  /// What a survey's tile is called.
  public static func title(_ survey: Survey) -> TileView.Title {
    .init(text: survey.title, address: "/surveys/\(survey.name.urlEncoded)?range=\(days)")
  }

  private static func withoutSurveys(_ frame: Frame) -> Markup {
    frame.document(
      title: "Surveys",
      main: """
        <h1>Surveys</h1><div class="card empty"><h2>Nobody is asked yet</h2>
        <p>A survey asks customers at a moment of their journey, and its answers lie in their \
        stories. Write one under <a href="/experience">Experience</a>, such as:</p>
        <pre>surveys:
          delivery:
            kind: csat
            ask: How was your delivery?
            after: parcel_received
            wait: 1d
            questions:
              reason: {kind: text, ask: What made you say so?}</pre></div>
        """)
  }
}
