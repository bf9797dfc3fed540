import Events
import Experience
import Stories

extension Stories {
  /// A journey measured by the cases that a scope asks for.
  ///
  /// A population that is a condition is judged by the story before each case; of a saved set, all
  /// cases count.
  /// - Throws: `question.unit`, or what measuring throws.
  public func measured(
    _ journey: Journey, of experience: Experience, in scope: Scope
  ) async throws -> MeasuredJourney {
    try scope.refuseOtherUnits(for: "A map")
    let fold = JourneyFold(JourneyQuestion(journey, scope), of: experience)
    var measured = try await members(of: scope.population).answer(fold)
    measured.population = scope.population?.name
    return measured
  }

  /// The customers behind a number of that measured journey.
  ///
  /// - Throws: `customers.row`, or what measuring throws.
  public func customers(
    behind place: JourneyPlace, of journey: Journey, of experience: Experience, in scope: Scope
  ) async throws -> JourneyCustomers {
    try scope.refuseOtherUnits(for: "A map")
    let fold = JourneyCustomersFold(JourneyQuestion(journey, scope), of: experience, at: place)
    return try await members(of: scope.population).answer(fold)
  }

  /// The stories of a saved set alone; all, where a condition is judged by cases.
  private func members(of population: Population?) throws(Refusal) -> Stories {
    guard let population, population.rule == nil else { return self }
    return try restricted(to: population, at: nil)
  }
}
