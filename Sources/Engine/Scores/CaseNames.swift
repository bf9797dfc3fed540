import Events
import Experience
import Statistics
import Stories

/// By what one segment's answers name the case that they belong to.
struct CaseNames: Sendable {
  private let journey: PropertyColumns
  private let start: PropertyColumns
  private let occasion: PropertyColumns

  init(_ segment: StorySegment) {
    journey = PropertyColumns(SurveyEvent.journey, of: segment)
    start = PropertyColumns(SurveyEvent.caseStart, of: segment)
    occasion = PropertyColumns(SurveyEvent.occasion, of: segment)
  }

  /// The journey that a row's answer names, and the start of its case; nil where it doesn't name both.
  func named(_ row: Int) -> (journey: String, start: Int64)? {
    guard case .string(let name)? = journey.value(at: row), let start = start.moment(at: row)
    else { return nil }
    return (name, start)
  }

  /// The case of a journey that the answer of a row belongs to, of some of its customer.
  ///
  /// It is the case whose start the answer names; else the latest one in which the moment lies that it
  /// speaks of; else the latest one that began before that moment (the answer's own where it speaks of
  /// none), at most a window ago.
  func belonging(
    of row: Int, at time: Int64, to journey: Journey, among cases: [JourneyCases.Entry]
  ) -> JourneyCases.Entry? {
    func latest(_ belongs: (JourneyCases.Entry) -> Bool) -> JourneyCases.Entry? {
      cases.filter(belongs).max { ($0.start, $0.firstRow) < ($1.start, $1.firstRow) }
    }
    if let named = named(row), named.journey == journey.name {
      return latest { $0.start == named.start }
    }
    let occasion = occasion.moment(at: row)
    if let occasion, let found = latest({ $0.start <= occasion && occasion <= $0.end }) {
      return found
    }
    let moment = occasion ?? time
    return latest {
      $0.start <= moment && moment <= $0.start.addingSaturating(journey.window.milliseconds)
    }
  }
}

extension PropertyColumns {
  /// The moment that a row's text says, in milliseconds.
  fileprivate func moment(at row: Int) -> Int64? {
    guard case .string(let text)? = value(at: row) else { return nil }
    return Instant(iso8601: text)?.milliseconds
  }
}
