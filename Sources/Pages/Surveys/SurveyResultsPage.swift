import Events
import Experience

/// What the answers to one survey come to.
public struct SurveyResultsPage: Sendable {
  public var survey: Survey
  public var experience: Experience
  public var picker: MapPicker
  /// What the parts of the report are called.
  public var titles: [TileView.Title]
  /// The version of the stories, or the one before.
  public var seen: Int
  /// The tiles themselves, where they are wanted with the page.
  public var shown: [TileView]?

  /// Makes a page.
  public init(
    _ survey: Survey, in experience: Experience, picker: MapPicker, titles: [TileView.Title],
    seen: Int
  ) {
    self.survey = survey
    self.experience = experience
    self.picker = picker
    self.titles = titles
    self.seen = seen
  }

  private var path: String { "/surveys/\(survey.name.urlEncoded)" }

  /// Writes the page.
  public func render(_ frame: Frame) -> Markup {
    var grid = TileGrid(titles, at: path, query: picker.choice.alone.query, seen: seen)
    grid.shown = shown
    let words = SurveyWords(survey: survey, experience: experience)
    return frame.document(
      title: survey.title,
      main: """
        <div class="head"><div><div class="over"><a href="/surveys">Surveys</a></div>\
        <h1><bdi>\(survey.title)</bdi></h1></div>
        <div class="actions"><span class="live" data-state="off"></span>\
        <button class="quiet" type="button" data-print>Print / PDF</button></div></div>
        <p>“\(survey.ask.text(in: nil))” <span class="muted">\(words.line)</span></p>
        \(picker.form(path, range: "Answers of", comparing: .nothing))
        \(grid.markup)
        """)
  }
}
