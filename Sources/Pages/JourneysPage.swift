import Engine
import Experience
import Maps

/// The page of all journeys, with the health of each.
public enum JourneysPage {
  /// A journey with what was measured of it.
  public struct Row: Sendable {
    public var journey: Journey
    public var measured: MeasuredJourney

    /// Makes a row.
    public init(journey: Journey, measured: MeasuredJourney) {
      self.journey = journey
      self.measured = measured
    }
  }

  /// Writes the page.
  public static func render(_ rows: [Row], in experience: Experience, _ frame: Frame) -> Markup {
    let cards = rows.map { row -> Markup in
      "<li><a href=\"/journeys/\(url: row.journey.name)\">\(row.measured.title)</a> \(row.measured.cases.total)</li>"
    }
    return frame.document(
      title: "Journeys", main: "<h1>\(experience.title)</h1><ul>\(cards)</ul>")
  }
}
