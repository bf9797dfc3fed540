import Engine
import Events
import Experience
import Stories

/// What a measured map depends on besides the stories.
struct MapKey: Hashable, Sendable {
  /// Which reading of the experience.
  var reading: Int
  var journey: String
  var scope: Scope
}

/// What the customers behind a number depend on besides the stories.
struct MapCustomersKey: Hashable, Sendable {
  var map: MapKey
  var place: JourneyPlace
}

extension Workspace {
  /// How many weeks a trend on the page of all journeys goes back.
  private static let weeksShown = 12

  /// A measured journey; what was measured of the same stories before is not measured again.
  func measured(
    _ journey: Journey, _ scope: Scope, in context: QuestionContext, of stories: Stories,
    reading: Int
  ) async throws -> MeasuredJourney {
    let experience = try context.journey(journey.name).1
    let key = MapKey(reading: reading, journey: journey.name, scope: scope)
    return try await maps.take(key, of: stories) {
      try await self.onCountingThreads {
        try await stories.measured(journey, of: experience, in: scope)
      }
    }
  }

  /// Conformance in the last weeks, all customers together; nil where there are no events.
  func weeks(
    of journey: Journey, in context: QuestionContext, of stories: Stories, reading: Int
  ) async throws -> ConformanceTrend? {
    guard let watermark = stories.watermark else { return nil }
    var question = ConformanceQuestion(journey: journey.name, interval: .week)
    let first = watermark - .days(7 * Int64(Self.weeksShown))
    question.scope.from = context.calendar.start(of: .week, at: first)
    let asked = Question.conformance(question)
    let key = MapKey(reading: reading, journey: journey.name, scope: question.scope)
    return try await mapWeeks.take(key, of: stories) {
      try await self.onCountingThreads {
        let answers = try await Stories.ask([asked], in: context) { _ in stories }
        guard case .conformance(let trend)? = answers.first?.answer else { return nil }
        return trend
      }
    }
  }

  /// The customers behind a number of a map.
  func customers(
    at place: JourneyPlace, of journey: Journey, _ scope: Scope, in context: QuestionContext,
    of stories: Stories, reading: Int
  ) async throws -> JourneyCustomers {
    let experience = try context.journey(journey.name).1
    let map = MapKey(reading: reading, journey: journey.name, scope: scope)
    return try await mapCustomers.take(MapCustomersKey(map: map, place: place), of: stories) {
      try await self.onCountingThreads {
        try await stories.customers(behind: place, of: journey, of: experience, in: scope)
      }
    }
  }
}
