import Events
import Experience
import Statistics
import Stories

/// Finds who is due for which survey; `Stories.occasions` says what counts.
struct OccasionFold: Fold {
  let surveys: [Survey]
  let experience: Experience
  let range: Range<Instant>
  let after: SurveyOccasion?
  let most: Int

  /// What a section has found.
  struct Partial: Sendable {
    var occasions: [SurveyOccasion] = []
    var room: [CaseFinder.Room]
  }

  /// What would be an occasion for anybody.
  private struct Moment {
    var time: Int64
    /// The audience is judged by the story before this row.
    var row: Int
    var touchpoint: String?
    var journey: String?
    var caseStart: Int64?
  }

  /// The customer who is looked at.
  private struct Place {
    let index: Int
    let segment: StorySegment
    let customer: Int
    let rows: Range<Int>
    /// By journey, of those that were asked for.
    var cases: [Int: [CaseFinder.Case]] = [:]

    /// The first row that is not before a time.
    func row(at time: Int64) -> Int {
      rows.lowerBound + segment.times[rows].prefixCount { $0 < time }
    }
  }

  func plan(for stories: Stories) throws(Refusal) -> OccasionPlan {
    try OccasionPlan(surveys, experience, stories)
  }

  func begin(_ plan: OccasionPlan) -> Partial {
    Partial(room: plan.journeys.map { $0.room() })
  }

  func visit(
    _ customers: Range<Int>, ofSegment index: Int, in stories: Stories, by plan: OccasionPlan,
    into partial: inout Partial
  ) {
    let segment = stories.segments[index]
    for customer in customers {
      let rows = segment.rows(of: customer)
      guard !rows.isEmpty else { continue }
      var place = Place(index: index, segment: segment, customer: customer, rows: rows)
      for asked in plan.surveys where asked.survey.asks(segment.customers[customer]) {
        let moments = moments(of: asked, &place, in: stories, by: plan, &partial.room)
        add(moments, of: asked, place, in: stories, by: plan, to: &partial.occasions)
      }
    }
    trim(&partial.occasions, to: 2 * (most + 1))
  }

  func merge(_ later: consuming Partial, into partial: inout Partial) {
    partial.occasions += later.occasions
    trim(&partial.occasions, to: 2 * (most + 1))
  }

  func finish(_ partial: consuming Partial, by plan: OccasionPlan) -> SurveyOccasions {
    let found = partial.occasions.sorted { $0.isBefore($1) }
    return SurveyOccasions(occasions: Array(found.prefix(most)), isCut: found.count > most)
  }

  /// Forgets those that can't be among the first, where there are more than said.
  private func trim(_ occasions: inout [SurveyOccasion], to enough: Int) {
    guard occasions.count > enough else { return }
    occasions.sort { $0.isBefore($1) }
    occasions.removeLast(occasions.count - most - 1)
  }

  /// Keeps the moments that lie in the range and at which the customer is of the audience.
  private func add(
    _ moments: [Moment], of asked: OccasionPlan.Asked, _ place: Place, in stories: Stories,
    by plan: OccasionPlan, to occasions: inout [SurveyOccasion]
  ) {
    let survey = asked.survey
    let key = place.segment.customers[place.customer]
    var taken: Set<Int64> = []
    for moment in moments {
      guard
        asked.audience?[place.index].holds(
          story: place.rows, before: moment.row, at: moment.time) ?? true,
        taken.insert(moment.time).inserted
      else { continue }
      let columns = plan.segments[place.index]
      let occasion = SurveyOccasion(
        survey: survey.name,
        customer: stories.identity(of: key) ?? Identity(.user, String(key, radix: 16)), key: key,
        moment: Instant(milliseconds: moment.time), due: due(moment.time, survey),
        touchpoint: survey.about ?? moment.touchpoint, journey: moment.journey,
        caseStart: moment.caseStart.map(Instant.init(milliseconds:)),
        address: columns.address.latestText(in: place.rows),
        language: columns.language.latestText(in: place.rows))
      if let after, !after.isBefore(occasion) { continue }
      occasions.append(occasion)
    }
  }

  private func due(_ moment: Int64, _ survey: Survey) -> Instant {
    Instant(milliseconds: moment.addingSaturating(survey.wait.milliseconds))
  }

  private func isAsked(_ moment: Int64, _ survey: Survey) -> Bool {
    range.contains(due(moment, survey))
  }

  /// The moments of a survey in the range, in the order of the story.
  private func moments(
    of asked: OccasionPlan.Asked, _ place: inout Place, in stories: Stories,
    by plan: OccasionPlan, _ room: inout [CaseFinder.Room]
  ) -> [Moment] {
    let survey = asked.survey
    let wait = survey.wait.milliseconds
    let first = range.lowerBound.milliseconds.addingSaturating(-wait)
    switch asked.trigger {
    case .touchpoint(let touchpoint):
      let table = plan.segments[place.index].touchpoints
      var moments: [Moment] = []
      for row in place.row(at: first)..<place.rows.upperBound {
        guard isAsked(place.segment.times[row], survey) else { break }
        guard table.touchpoint(at: row) == touchpoint else { continue }
        var moment = Moment(
          time: place.segment.times[row], row: row, touchpoint: plan.touchpoints[touchpoint])
        for journey in plan.journeysOfTouchpoint[touchpoint] ?? [] {
          let found = cases(of: journey, &place, in: stories, by: plan, &room)
            .first { $0.contains(row) }
          guard let found else { continue }
          moment.journey = plan.journeys[journey].journey.name
          moment.caseStart = found.start
          break
        }
        moments.append(moment)
      }
      return moments
    case .outcome(let journey, let outcome):
      guard mayHaveCases(journey, place, since: first, by: plan) else { return [] }
      return cases(of: journey, &place, in: stories, by: plan, &room)
        .filter { $0.outcome == outcome && isAsked($0.end, survey) }
        .map { found in
          let last = found.rows[found.rows.count - 1]
          let touchpoint = plan.segments[place.index].touchpoints.touchpoint(at: last)
          let isEvent = outcome != .abandoned
          return Moment(
            time: found.end, row: isEvent ? last : place.row(at: found.end),
            touchpoint: isEvent ? plan.touchpoints[Int(touchpoint)] : nil,
            journey: plan.journeys[journey].journey.name, caseStart: found.start)
        }
    case .late(let journey, let promise):
      guard mayHaveCases(journey, place, since: first, by: plan) else { return [] }
      let finder = plan.journeys[journey]
      return cases(of: journey, &place, in: stories, by: plan, &room).flatMap { found in
        let broken = LatePromise(promise, finder, index: place.index, stories)
          .broken(in: found, story: place.rows, wait: wait)
        return broken.filter { isAsked($0, survey) }.map { time in
          Moment(
            time: time, row: place.row(at: time),
            touchpoint: plan.touchpoints[finder.plan.journey.touchpoints[promise.symbol]],
            journey: finder.journey.name, caseStart: found.start)
        }
      }
    case .every(let span):
      return schedule(every: span, survey, place)
    }
  }

  /// Whole spans after the first event.
  private func schedule(every span: Int64, _ survey: Survey, _ place: Place) -> [Moment] {
    let begin = place.segment.times[place.rows.lowerBound]
    let wait = survey.wait.milliseconds
    let first = max(range.lowerBound, after?.due ?? .earliest, .earliest).milliseconds - wait
    let end = min(range.upperBound, .tooLate).milliseconds - wait
    var time = begin + max(1, (first - begin) / span) * span
    var moments: [Moment] = []
    while time < end {
      if time >= first { moments.append(Moment(time: time, row: place.row(at: time))) }
      time += span
    }
    return moments
  }

  /// Whether a case may be of a moment that late: it lies inside the case's window.
  private func mayHaveCases(
    _ journey: Int, _ place: Place, since moment: Int64, by plan: OccasionPlan
  ) -> Bool {
    let window = plan.journeys[journey].journey.window.milliseconds
    return place.segment.times[place.rows.upperBound - 1].addingSaturating(window) >= moment
  }

  /// The customer's cases of a journey, found once.
  private func cases(
    of journey: Int, _ place: inout Place, in stories: Stories, by plan: OccasionPlan,
    _ room: inout [CaseFinder.Room]
  ) -> [CaseFinder.Case] {
    if let known = place.cases[journey] { return known }
    let found = plan.journeys[journey].cases(
      of: place.customer, ofSegment: place.index, in: stories, &room[journey])
    place.cases[journey] = found
    return found
  }
}

/// When a promise is broken and nothing has mended it before somebody is asked.
private struct LatePromise {
  private let promise: JourneyPlan.Promise
  private let finder: CaseFinder
  private let index: Int
  private let stories: Stories

  init(_ promise: JourneyPlan.Promise, _ finder: CaseFinder, index: Int, _ stories: Stories) {
    self.promise = promise
    self.finder = finder
    self.index = index
    self.stories = stories
  }

  /// The ends of the time promised that passed in vain.
  func broken(in found: CaseFinder.Case, story: Range<Int>, wait: Int64) -> [Int64] {
    let times = stories.segments[index].times
    // From when on the promise counts; a later time takes the place of the one before.
    var references = promise.of == nil ? [found.start] : []
    var kept: Int64?
    for row in found.rows {
      let symbol = finder.symbol(row, ofSegment: index, in: stories)
      if symbol == promise.symbol, !references.isEmpty {
        kept = times[row]
        break
      }
      if symbol == promise.of { references.append(times[row]) }
    }
    let closed = found.outcome == .abandoned ? nil : found.end
    return references.indices.compactMap { place in
      let moment = references[place].addingSaturating(promise.within)
      let due = moment.addingSaturating(wait)
      let next = place + 1 < references.count ? references[place + 1] : nil
      for mended in [kept, closed, next] {
        if let mended, mended <= due { return nil }
      }
      guard moment <= found.deadline, !comes(after: found, by: due, story) else { return nil }
      return moment
    }
  }

  /// Whether the touchpoint comes when the case is over.
  private func comes(after found: CaseFinder.Case, by due: Int64, _ story: Range<Int>) -> Bool {
    guard due > found.deadline, let last = found.rows.last else { return false }
    let segment = stories.segments[index]
    let caseKey = finder.plan.rules[index].caseKey
    let key = caseKey?.key(of: last)
    return ((last + 1)..<story.upperBound).lazy.prefix { segment.times[$0] <= due }.contains {
      row in
      finder.symbol(row, ofSegment: index, in: stories) == promise.symbol
        && caseKey?.key(of: row) == key
    }
  }
}

extension PropertyColumns {
  /// The latest value, where it is a text.
  fileprivate func latestText(in rows: Range<Int>) -> String? {
    guard case .string(let text)? = latest(in: rows), !text.isEmpty else { return nil }
    return text
  }
}
