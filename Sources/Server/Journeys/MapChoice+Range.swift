import Engine
import Events
import Experience
import Pages
import Stories

extension MapChoice {
  /// Reads the address of a visit.
  init(_ visit: Visit) {
    self.init(
      range: visit.query("range") ?? "", from: visit.query("from") ?? "",
      to: visit.query("to") ?? "", population: visit.query("for") ?? "",
      compare: visit.query("compare") ?? "")
  }

  /// The range and the population as a scope.
  ///
  /// - Throws: `map.range`, `range.time`, `range.empty`, `question.for`.
  func scope(in context: QuestionContext, of stories: Stories) throws(Refusal) -> Engine.Scope {
    var scope = try scope(context.calendar, watermark: stories.watermark)
    if !population.isEmpty { scope.population = try Population(population, in: context) }
    try scope.validate()
    return scope
  }

  /// A hundred years.
  private static let mostDays = 36_525

  /// The range as a scope of everybody.
  ///
  /// Days are counted back from the latest event, so that the same events give the same map.
  /// - Throws: `map.range`, and what is wrong with a day.
  func scope(_ calendar: LocalCalendar, watermark: Instant?) throws(Refusal) -> Engine.Scope {
    switch range {
    case "": return Engine.Scope()
    case Self.own:
      return Engine.Scope(
        from: from.isEmpty ? nil : try calendar.instant(from),
        to: to.isEmpty ? nil : calendar.day(-1, before: try calendar.instant(to)))
    default:
      guard let days = Int(range), (1...Self.mostDays).contains(days) else {
        throw Refusal(
          "map.range", problem: "“\(range.prefix(40))” is no range.",
          remedy: "Choose a number of days from 1 to \(Self.mostDays), or own dates.")
      }
      guard let watermark else { return Engine.Scope() }
      return Engine.Scope(from: calendar.day(days - 1, before: watermark))
    }
  }
}

extension LocalCalendar {
  /// The first moment of the day so many days before that of an instant.
  func day(_ days: Int, before instant: Instant) -> Instant {
    let today = start(of: .day, at: instant) ?? instant
    // From noon, for a day may have 23 or 25 hours.
    let noon = today.milliseconds + 43_200_000 - Int64(days) * 86_400_000
    let moment = Instant(milliseconds: noon)
    return start(of: .day, at: moment) ?? moment
  }
}

extension MapPicker.Offer {
  /// All that a scope's population can be called by.
  init(_ experience: Experience, _ context: QuestionContext) {
    self.init(
      segments: experience.segments.map(\.name),
      personas: experience.personas.filter { $0.rule != nil }.map(\.name),
      sets: context.savedSets.keys.sorted())
  }
}
