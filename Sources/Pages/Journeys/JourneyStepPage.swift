import Engine
import Experience
import Maps

/// All about one step of a journey.
public enum JourneyStepPage {
  /// Writes the page.
  ///
  /// - Parameter index: the step's index, which the journey has.
  public static func render(
    _ index: Int, _ measured: MeasuredJourney, of journey: Journey, in experience: Experience,
    picker: MapPicker, words: StepWords, _ frame: Frame
  ) -> Markup {
    let links = MapLinks(journey: journey.name, picker.choice)
    let title = MapPage.title(ofStep: index, measured, of: journey, in: experience)
    let path = "/journeys/" + journey.name.urlEncoded
    let (query, last) = (picker.choice.query, measured.steps.count - 1)
    func neighbour(_ other: Int, _ word: Markup) -> Markup? {
      guard (0...last).contains(other) else { return nil }
      return
        "<a class=\"button quiet\" href=\"\(path)/steps/\(other + 1)\(lines: query)\">\(word)</a>"
    }
    return frame.document(
      title: title,
      main: """
        <div class="head"><div><div class="over"><a href="\(path)\(lines: query)">\(journey.title)</a> · \
        step \(index + 1) of \(last + 1)</div><h1>\(title)</h1></div>
        <div class="actions">\(neighbour(index - 1, "← Step before"))\
        \(neighbour(index + 1, "Next step →"))</div></div>
        <div class="map-figures">\
        \(Markup(safe: MapPage.step(index, measured, of: journey, in: experience, links: links)))\
        </div>
        \(words.markup(frame))
        """)
  }
}
