import Engine
import Experience
import Testing

@testable import Maps

extension Sample {
  /// Tickets that wait at every touchpoint of a map, one of each three overdue.
  static func tickets(of map: MeasuredJourney) -> WaitingTickets {
    let names =
      map.starts.map(\.touchpoint) + map.steps.flatMap { $0.touchpoints.map(\.name) }
    return WaitingTickets(
      Dictionary(names.map { ($0, WaitingTickets.Count(open: 3, overdue: 1)) }) { first, _ in
        first
      })
  }
}

@Suite
struct `Tickets on a map` {
  private let map = Sample.shopMap
  private let links = MapLinks(
    customers: { _ in "/customers" }, step: { "/steps/\($0)" },
    tickets: { "/inbox?touchpoint=\($0)" })

  private func sections(_ tickets: WaitingTickets) -> String {
    MapPage.parts(map, of: Sample.shopJourney, in: Sample.shop, links: links, tickets: tickets)
      .sections
  }

  @Test
  func `stand at their step, and lead to the inbox of the touchpoint`() throws {
    let name = try #require(map.steps.first?.touchpoints.first?.name)
    let tickets = WaitingTickets([name: .init(open: 2, overdue: 1), "elsewhere": .init(open: 9)])
    let page = sections(tickets)
    let words = "2\(Figures.space)tickets, 1 overdue"
    #expect(page.contains("<a href=\"/inbox?touchpoint=\(name)\">\(words)</a>"))
    #expect(!page.contains("elsewhere"))
    let json = try MapJSON.render(
      map, of: Sample.shopJourney, in: Sample.shop, tickets: tickets)
    #expect(json.contains("\"overdue\" : 1"))
    #expect(!json.contains("elsewhere"))
    let text = MapText.render(map, of: Sample.shopJourney, in: Sample.shop, tickets: tickets)
    #expect(text.contains("2 tickets"))
    let picture = MapSVG.render(map, of: Sample.shopJourney, in: Sample.shop, tickets: tickets)
    #expect(picture.contains("2\(Figures.space)tickets"))
    #expect(Markup(picture).problems == [])
  }

  @Test
  func `take no room where there are none`() throws {
    let none = WaitingTickets([map.starts[0].touchpoint: .init()])
    #expect(!sections(none).contains("Tickets"))
    #expect(sections(none) == sections(WaitingTickets()))
    let json = try MapJSON.render(map, of: Sample.shopJourney, in: Sample.shop, tickets: none)
    #expect(!json.contains("tickets"))
  }

  @Test
  func `close what they open, on every map`() {
    for (map, journey, experience) in Sample.all {
      let parts = MapPage.parts(
        map, of: journey, in: experience, links: links, tickets: Sample.tickets(of: map))
      #expect(Markup(parts.sections).problems == [])
    }
  }
}
