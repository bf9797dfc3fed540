import Experience

/// What the results of a survey are: questions of the catalogue, which Explore shows as well.
public struct SurveyReport: Sendable {
  /// One of its questions.
  public struct Part: Sendable, Equatable {
    public var title: String
    /// The question as YAML.
    public var question: String
  }

  public let parts: [Part]
  /// More than this are compared under Explore.
  private static let mostSegments = 8

  /// Says what is asked of the answers to a survey: the first part sums them up.
  public init(_ survey: Survey, in experience: Experience) {
    let name = Self.quoted(survey.name)
    var parts: [Part] = []
    func scores(_ title: String, _ more: String = "") {
      parts.append(Part(title: title, question: "question: scores\nsurvey: \(name)\n\(more)"))
    }
    func trends(_ title: String, of property: String) {
      parts.append(
        Part(
          title: title,
          question:
            "question: trends\nevents: \(name)\ninterval: none\n"
            + "breakdown: \(Self.quoted("properties." + property))\n"))
    }
    if survey.kind.isScored {
      scores("Score")
      scores("Score by week", "interval: week\n")
      if survey.kind != .nps { scores("Best answers", "metric: top_box\n") }
    } else {
      parts.append(
        Part(
          title: "Answers by week",
          question: "question: trends\nevents: \(name)\ninterval: week\n"))
    }
    if survey.kind == .choice { trends("What was chosen", of: SurveyEvent.choice) }
    if !survey.elements.isEmpty {
      scores("Elements", "by: element\n")
      if survey.kind.isScored, survey.elements.count > 1 {
        parts.append(
          Part(
            title: "What drives the score", question: "question: drivers\nsurvey: \(name)\n"))
      }
    }
    for question in survey.questions {
      switch question.form {
      case .text: continue
      case .choice, .rating:
        trends(question.ask.text(in: nil), of: SurveyEvent.answer(question.name))
      }
    }
    if survey.kind.isScored {
      scores("By channel", "by: channel\n")
      for journey in survey.journeys(of: experience) where journey.starts.count > 1 {
        scores(
          "By starting point of “\(journey.title)”",
          "by: start\njourney: \(Self.quoted(journey.name))\n")
      }
      let segments = experience.segments.prefix(Self.mostSegments).map { Self.quoted($0.name) }
      if !segments.isEmpty {
        scores("By segment", "breakdown: {who: [\(segments.joined(separator: ", "))]}\n")
      }
    }
    if survey.respondents == .employees, survey.kind.isScored,
      experience.touchpoints.contains(where: { $0.owner != nil })
    {
      parts.append(
        Part(
          title: "Beside what customers score", question: "question: linkage\nemployees: \(name)\n")
      )
    }
    if survey.hasWords {
      parts.append(
        Part(title: "In their words", question: "question: words\nevent: \(name)\n"))
    }
    self.parts = parts
  }

  /// A name as YAML has it, whatever it holds.
  private static func quoted(_ name: String) -> String {
    WrittenFields([.init("x", .one(name))]).yaml.dropFirst(3).trimmingSuffix(while: \.isNewline)
  }
}

extension Survey {
  /// The journeys that it is about: those with its touchpoint, or at whose cases people are asked.
  fileprivate func journeys(of experience: Experience) -> [Journey] {
    experience.journeys.filter { journey in
      if let about {
        return journey.starts.contains(about) || journey.ends.contains(about)
          || journey.stepsToGoal.contains { $0.touchpoints.contains(about) }
      }
      return switch occasion {
      case .outcome(let name, _), .late(let name, _): name == journey.name
      case .touchpoint, .every, nil: false
      }
    }
  }

  /// Whether people answer it in words of their own.
  var hasWords: Bool { kind == .text || questions.contains { $0.form == .text } }
}

extension Substring {
  fileprivate func trimmingSuffix(while isDropped: (Character) -> Bool) -> String {
    var rest = self
    while let last = rest.last, isDropped(last) { rest.removeLast() }
    return String(rest)
  }
}
