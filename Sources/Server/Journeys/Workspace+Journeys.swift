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
  /// Whether conformance by week is wanted too.
  var detail: MeasuredMap.Detail
}

/// A measured map, and what is shown beside it.
struct MeasuredMap: Sendable {
  enum Detail: Sendable { case map, mapAndWeeks }

  var measured: MeasuredJourney
  /// Conformance by week.
  var weeks: ConformanceTrend?
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
    reading: Int, detail: MeasuredMap.Detail = .map
  ) async throws -> MeasuredMap {
    let experience = try context.journey(journey.name).1
    let key = MapKey(reading: reading, journey: journey.name, scope: scope, detail: detail)
    return try await maps.take(key, of: stories) {
      try await self.onCountingThreads {
        let measured = try await stories.measured(journey, of: experience, in: scope)
        guard detail == .mapAndWeeks else { return MeasuredMap(measured: measured) }
        return MeasuredMap(
          measured: measured,
          weeks: try await Self.weeks(of: journey, in: context, of: stories))
      }
    }
  }

  /// Conformance in the last weeks, all customers together; nil where there are no events.
  private static func weeks(
    of journey: Journey, in context: QuestionContext, of stories: Stories
  ) async throws -> ConformanceTrend? {
    guard let watermark = stories.watermark else { return nil }
    var question = ConformanceQuestion(journey: journey.name, interval: .week)
    let first = Instant(
      milliseconds: watermark.milliseconds - Int64(weeksShown) * 7 * 86_400_000)
    question.scope.from = context.calendar.start(of: .week, at: first)
    let answers = try await Stories.ask([.conformance(question)], in: context) { _ in stories }
    guard case .conformance(let trend)? = answers.first?.answer else { return nil }
    return trend
  }

  /// The customers behind a number of a map.
  func customers(
    at place: JourneyPlace, of journey: Journey, _ scope: Scope, in context: QuestionContext,
    of stories: Stories, reading: Int
  ) async throws -> JourneyCustomers {
    let experience = try context.journey(journey.name).1
    let map = MapKey(reading: reading, journey: journey.name, scope: scope, detail: .map)
    return try await mapCustomers.take(MapCustomersKey(map: map, place: place), of: stories) {
      try await self.onCountingThreads {
        try await stories.customers(behind: place, of: journey, of: experience, in: scope)
      }
    }
  }
}
