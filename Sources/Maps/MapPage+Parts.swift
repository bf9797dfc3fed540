import Engine
import Experience

extension MapPage {
  /// A map in parts, to stand in a page of the program. All are markup.
  package struct Parts: Sendable {
    /// The experience's title, and the journey's as the page's heading.
    package let heading: String
    /// The range, how far the data reach, the population and the cases.
    package let facts: String
    /// All sections.
    package let sections: String
  }

  /// The parts of a measured map.
  package static func parts(
    _ measured: MeasuredJourney, of journey: Journey, in experience: Experience,
    links: MapLinks, tickets: WaitingTickets = WaitingTickets()
  ) -> Parts {
    let chart = Chart(measured, of: journey, in: experience, links: links, tickets: tickets)
    return Parts(
      heading: heading(chart), facts: facts(chart),
      sections: chart.isEmpty ? empty(chart) + making(chart) : sections(chart))
  }

  /// The parts of a comparison.
  package static func parts(
    _ comparison: MapComparison, of journey: Journey, in experience: Experience,
    links: MapLinks
  ) -> Parts {
    let chart = Chart(comparison.left, of: journey, in: experience, links: links)
    return Parts(
      heading: heading(chart), facts: facts(comparison, of: journey, in: experience),
      sections: sections(comparison, chart))
  }
}
