import Engine
import Experience
import Pages

extension Visit {
  /// What was measured of journeys over all time, with their conformance by week.
  ///
  /// - Parameter reading: which reading of the experience they are of.
  func health(of journeys: [Journey], reading: Int) async throws -> [JourneysPage.Row] {
    let context = try workspace.context()
    let stories = try await storiesShown()
    var rows: [JourneysPage.Row] = []
    for journey in journeys {
      let measured = try await workspace.measured(
        journey, Engine.Scope(), in: context, of: stories, reading: reading)
      let weeks = try await workspace.weeks(
        of: journey, in: context, of: stories, reading: reading)
      rows.append(.init(journey: journey, measured: measured, weeks: weeks))
    }
    return rows
  }
}
