import Events
import Experience
import Stories

/// Surveys made ready for finding who is due for them in some stories.
struct OccasionPlan: Sendable {
  /// What makes an occasion.
  enum Trigger: Sendable {
    /// An interaction with the touchpoint at a position.
    case touchpoint(Int)
    /// A case of the journey at a position that came out so.
    case outcome(journey: Int, Outcome)
    case late(journey: Int, JourneyPlan.Promise)
    /// So many milliseconds.
    case every(Int64)
  }

  /// A survey, compiled.
  struct Asked: Sendable {
    let survey: Survey
    let trigger: Trigger
    /// By segment; nil: everybody.
    let audience: [StoryRule]?
  }

  /// Of one segment: what events are, and where addresses are.
  struct Columns: Sendable {
    let touchpoints: TouchpointTable
    let address: PropertyColumns
    let language: PropertyColumns
  }

  let surveys: [Asked]
  let journeys: [CaseFinder]
  /// By touchpoint: the positions of the journeys in which an interaction is looked for.
  let journeysOfTouchpoint: [Int: [Int]]
  let segments: [Columns]
  let touchpoints: [String]

  /// Compiles surveys.
  ///
  /// - Throws: `survey.occasion`, and what is wrong with a journey or a condition.
  init(_ surveys: [Survey], _ experience: Experience, _ stories: Stories) throws(Refusal) {
    touchpoints = experience.touchpoints.map(\.name)
    var journeys: [CaseFinder] = []
    var ofTouchpoint: [Int: [Int]] = [:]
    func finder(_ name: String, _ survey: Survey) throws(Refusal) -> Int {
      if let known = journeys.firstIndex(where: { $0.journey.name == name }) { return known }
      guard let journey = experience.journey(name) else {
        throw survey.refusal("There is no journey “\(name)” in the experience.")
      }
      journeys.append(try CaseFinder(journey, of: experience, in: stories))
      return journeys.count - 1
    }
    var asked: [Asked] = []
    for survey in surveys {
      guard let occasion = survey.occasion else { continue }
      let trigger: Trigger
      switch occasion {
      case .touchpoint(let name):
        guard let position = touchpoints.firstIndex(of: name) else {
          throw survey.refusal("There is no touchpoint “\(name)” in the experience.")
        }
        if ofTouchpoint[position] == nil {
          var found: [Int] = []
          for journey in experience.journeys where journey.touchpoints.contains(name) {
            found.append(try finder(journey.name, survey))
          }
          ofTouchpoint[position] = found
        }
        trigger = .touchpoint(position)
      case .outcome(let journey, let outcome):
        trigger = .outcome(journey: try finder(journey, survey), Outcome(outcome))
      case .late(let journey, let touchpoint):
        let journey = try finder(journey, survey)
        trigger = .late(
          journey: journey, try Self.promise(of: touchpoint, in: journeys[journey], survey))
      case .every(let span):
        guard span >= Survey.shortestSchedule else {
          throw survey.refusal("Every \(span) is too often to ask anybody.")
        }
        trigger = .every(span.milliseconds)
      }
      var audience: [StoryRule]?
      if let rule = survey.audience {
        var rules: [StoryRule] = []
        for segment in stories.segments {
          rules.append(try StoryRule(rule, of: segment, names: stories.names))
        }
        audience = rules
      }
      asked.append(Asked(survey: survey, trigger: trigger, audience: audience))
    }
    self.surveys = asked
    self.journeys = journeys
    journeysOfTouchpoint = ofTouchpoint
    var segments: [Columns] = []
    for segment in stories.segments {
      segments.append(
        Columns(
          touchpoints: try TouchpointTable(
            experience.touchpoints, of: segment, names: stories.names),
          address: PropertyColumns("traits.\(experience.asking.address)", of: segment),
          language: PropertyColumns("traits.\(experience.asking.language)", of: segment)))
    }
    self.segments = segments
  }

  private static func promise(
    of touchpoint: String, in finder: CaseFinder, _ survey: Survey
  ) throws(Refusal) -> JourneyPlan.Promise {
    let plan = finder.plan.journey
    let promise = plan.promises.first {
      plan.experience.touchpoints[plan.touchpoints[$0.symbol]].name == touchpoint
    }
    guard let promise else {
      throw survey.refusal(
        "“\(finder.journey.name)” promises no time for “\(touchpoint)”.",
        remedy: "Make it one of the journey's steps, and give the touchpoint an `expects:`.")
    }
    return promise
  }
}

extension Survey {
  /// A day: nobody is asked more often, and all schedules since 1900 fit into memory.
  static let shortestSchedule = TimeSpan.days(1)

  fileprivate func refusal(
    _ problem: String, remedy: String = "Correct the survey's `after:` or `every:`."
  ) -> Refusal {
    Refusal("survey.occasion", problem: "Survey “\(name)”: \(problem)", remedy: remedy)
  }
}

extension Outcome {
  fileprivate init(_ outcome: Survey.CaseOutcome) {
    self =
      switch outcome {
      case .completed: .completed
      case .ended: .ended
      case .abandoned: .abandoned
      }
  }
}

extension Journey {
  /// The touchpoints that stand in it.
  var touchpoints: [String] { starts + stepsToGoal.flatMap(\.touchpoints) + ends }
}
