import Engine
import Events
import Experience
import Maps

/// One journey as a live map.
public struct JourneyMapPage: Sendable {
  /// What the map shows.
  public enum Content: Sendable {
    case map(MeasuredJourney)
    case comparison(MapComparison)
    /// The choice has no map, for this reason.
    case refused(Refusal)
  }

  public var journey: Journey
  public var experience: Experience
  public var picker: MapPicker
  public var content: Content
  /// The tickets that wait at touchpoints.
  public var tickets = WaitingTickets()

  /// Makes a page.
  public init(
    _ journey: Journey, in experience: Experience, picker: MapPicker, content: Content
  ) {
    self.journey = journey
    self.experience = experience
    self.picker = picker
    self.content = content
  }

  /// The name of the live part.
  public static let part = "measured"

  private var path: String { "/journeys/" + journey.name.urlEncoded }

  private var parts: MapPage.Parts? {
    let links = MapLinks(journey: journey.name, picker.choice)
    return switch content {
    case .map(let measured):
      MapPage.parts(measured, of: journey, in: experience, links: links, tickets: tickets)
    case .comparison(let comparison):
      MapPage.parts(comparison, of: journey, in: experience, links: links)
    case .refused: nil
    }
  }

  /// The live part alone.
  public var measured: Markup {
    guard let parts else {
      guard case .refused(let refusal) = content else { return .none }
      return "<p class=\"notice problem\" role=\"alert\">\(refusal.problem) \(refusal.remedy)</p>"
    }
    return Markup(safe: parts.facts + parts.sections)
  }

  /// The whole page.
  ///
  /// - Parameter seen: the version of the stories that it shows.
  public func render(seen: Int, _ frame: Frame) -> Markup {
    let heading: Markup =
      parts.map { Markup(safe: $0.heading) } ?? "<h1>\(journey.title)</h1>"
    return frame.document(
      title: journey.title,
      main: """
        <div class="head map-head"><div>\(heading)</div>
        <div class="actions"><span class="live" data-state="off"></span>\(files)</div></div>
        \(picker.form(path))
        <div id="\(Self.part)" data-live="\(path)/live" data-seen="\(seen)">\(measured)</div>
        """)
  }

  /// What the map may be kept as; a comparison is printed only.
  private var files: Markup {
    let print: Markup = "<button class=\"quiet\" type=\"button\" data-print>Print / PDF</button>"
    guard case .map = content else { return print }
    let query = picker.choice.query
    return """
      <a class="button quiet" href="\(path).svg\(lines: query)" download="\(journey.name).svg">SVG</a>
      <button class="quiet" type="button" data-picture="\(path).svg\(lines: query)" \
      data-name="\(journey.name).png">PNG</button>
      <a class="button quiet" href="\(path).html\(lines: query)">HTML</a>
      <a class="button quiet" href="\(path).json\(lines: query)" download="\(journey.name).json">JSON</a>
      \(print)
      """
  }
}
