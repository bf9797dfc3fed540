import Events
import Experience
import Foundation
import Testing

@testable import Companies

/// The example that belongs to a company, as it was loaded.
func loaded(_ company: Company) throws -> ExperienceLoader.Loaded {
  let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  return try ExperienceLoader.load(
    path: package.appending(path: "Examples/\(company.rawValue)/experience.yaml").path)
}

func example(_ company: Company) throws -> Experience { try loaded(company).experience }

@Suite
struct `An example` {
  @Test(arguments: Company.allCases)
  func `passes the check`(company: Company) throws {
    let loaded = try loaded(company)
    #expect(loaded.diagnostics.filter { $0.severity != .note }.map(\.description) == [])
    #expect(loaded.experience.title == company.title)
    #expect(loaded.experience.journeys.count == company.planned.count)
  }

  @Test(arguments: Company.allCases)
  func `is what its customers are made for`(company: Company) throws {
    let experience = try example(company)
    for plan in company.planned {
      let journey = try #require(experience.journey(plan.name))
      #expect(journey.starts == plan.starts)
      #expect(journey.goal == plan.goal)
      #expect(journey.ends == plan.ends)
      #expect(journey.window == .days(plan.windowDays))
      #expect((journey.again == .once) == (plan.again == .once))
      #expect((journey.caseKey != nil) == plan.keyed)
      #expect(
        journey.stepsToGoal.map { Set($0.touchpoints) } == plan.steps.map { Set($0.touchpoints) })
      #expect(journey.stepsToGoal.map(\.mayBeEmpty) == plan.steps.map(\.optional))
      for promise in plan.steps.compactMap(\.promise) {
        let expects = try #require(experience.touchpoint(promise.touchpoint)?.expects)
        #expect(expects.of == promise.of)
        #expect(expects.within == TimeSpan(milliseconds: promise.within))
      }
    }
  }

  @Test(arguments: Company.allCases)
  func `reads every event as what it was made to be`(company: Company) throws {
    let experience = try example(company)
    var seen: Set<String> = []
    var touched: Set<String> = []
    _ = try CompanyWorld(company, seed: 4, customers: 1_500).visit { made in
      seen.insert(made.event.name)
      let touchpoint = experience.touchpoints.first {
        $0.rule.map { made.event.meets($0) } ?? false
      }
      #expect(touchpoint?.name == made.touchpoint, "\(made.event)")
      guard let touchpoint else { return }
      touched.insert(touchpoint.name)
      guard case .string(let channel) = made.event.properties["channel"] else { return }
      let isDesigned = touchpoint.channels.isEmpty || touchpoint.channels.contains(channel)
      #expect(isDesigned == !made.offChannel, "\(made.event)")
      #expect(experience.channels.contains(channel))
      // What the ledger adds up is what the example adds up.
      #expect(made.cents == 0 || touchpoint.value == .property("revenue"))
      #expect(made.score == nil || touchpoint.score == .property("rating"))
    }
    #expect(touched == Set(experience.touchpoints.map(\.name)))
    let named = Set(experience.touchpoints.flatMap { $0.rule?.namedEvents ?? [] })
    #expect(seen == named.union(company.offMapEvents).union([Event.identify]))
  }
}
