import Engine
import Testing

@testable import Maps

@Suite
struct `A map with links` {
  private static let links = MapLinks(
    customers: { "/customers?at=\($0.text)&range=30" }, step: { "/steps/\($0 + 1)" },
    tickets: { "/inbox?touchpoint=\($0)" })

  static let parts: [String] = Sample.all.map {
    let parts = MapPage.parts($0.map, of: $0.journey, in: $0.experience, links: links)
    return parts.heading + parts.facts + parts.sections
  }

  @Test(arguments: parts.indices)
  func `closes what it opens`(index: Int) {
    #expect(Markup(Self.parts[index]).problems == [])
  }

  @Test func `leads from every number to those behind it, and from steps to their pages`() {
    let map = Sample.shopMap
    let page = MapPage.parts(map, of: Sample.shopJourney, in: Sample.shop, links: Self.links)
      .sections
    for place in ["figure=cases", "figure=completed", "figure=open", "figure=late"] {
      #expect(page.contains("/customers?at=\(place)&amp;range=30"), "\(place)")
    }
    for step in map.steps {
      let number = step.index + 1
      #expect(page.contains("<a href=\"/steps/\(number)\">"))
      #expect(step.reached == 0 || page.contains("figure=reached,step=\(number)&amp;"))
      #expect(step.dropOff == 0 || page.contains("figure=dropped_off,step=\(number)&amp;"))
      #expect(step.skipped == 0 || page.contains("figure=skipped,step=\(number)&amp;"))
    }
    #expect(page.contains("<svg role=\"group\""))
  }

  @Test(arguments: Sample.shopMap.steps.indices)
  func `tells all about a step`(index: Int) {
    let page = MapPage.step(
      index, Sample.shopMap, of: Sample.shopJourney, in: Sample.shop, links: Self.links)
    #expect(Markup(page).problems == [])
    #expect(page.contains("figure=reached,step=\(index + 1)&amp;"))
  }

  @Test func `is summed up, also where nothing was measured`() {
    for sample in Sample.all {
      let summary = JourneySummary(
        sample.map, of: sample.journey, in: sample.experience, weeks: nil, links: Self.links)
      let whole =
        summary.title + summary.completion + summary.figures + summary.targets
        + summary.attention
      #expect(Markup(whole).problems == [])
      #expect(summary.isEmpty == (sample.map.cases.total == 0))
    }
  }
}
