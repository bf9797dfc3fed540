import Events

/// What somebody answered to a survey, as far as it goes: checked against the survey as it is.
///
/// A field of a form has the name of the property that holds its answer: `score`, `choice`,
/// `comment`, `elements.speed`, `answers.reason`. A field that is empty is not answered.
public struct SurveyAnswer: Sendable, Equatable {
  /// The answers by their properties' names; of several options, the texts joined.
  public private(set) var properties: [String: PropertyValue] = [:]
  /// The further questions that were shown, by name; what isn't among them is shown if its conditions
  /// come to hold.
  public private(set) var seen: Set<String> = []

  /// The field that names further questions that were shown.
  public static let seenField = "seen"
  /// The longest text of one answer, in Unicode scalars; nobody reads more.
  public static let longestText = 10_000
  /// The most bytes that all texts of an answer have together: the answer is one event.
  public static let mostBytes = 100_000

  /// An answer to nothing.
  public init() {}

  /// Reads the fields of a form, in whatever order.
  ///
  /// - Parameter fields: those of the survey only; the caller has taken its own out.
  /// - Throws: `survey.field` for a name that the survey doesn't have, `survey.twice` for two answers
  ///   to what takes one, `survey.number` for one that isn't on the scale, `survey.option`,
  ///   `survey.text` for one that is too long.
  public init(
    _ fields: [(name: String, value: String)], to survey: Survey
  ) throws(Refusal) {
    var options: [String: [String]] = [:]
    var bytes = 0
    for (name, value) in fields {
      if name == Self.seenField {
        guard survey.questions.contains(where: { $0.name == value }) else {
          throw .unknownField(value)
        }
        seen.insert(value)
        continue
      }
      guard let form = survey.form(ofField: name) else { throw .unknownField(name) }
      guard let text = value.asAnswer else { continue }
      guard options[name] == nil || form.takesSeveral else {
        throw Refusal(
          "survey.twice", problem: "“\(name)” is answered twice.", remedy: "Answer it once.")
      }
      options[name, default: []].append(text)
      properties[name] = try form.value(of: text, name)
      bytes += text.utf8.count
    }
    guard bytes <= Self.mostBytes else { throw .longText }
    for (name, chosen) in options where chosen.count > 1 {
      guard Set(chosen).count == chosen.count else {
        throw Refusal(
          "survey.twice", problem: "An option of “\(name)” is chosen twice.",
          remedy: "Choose it once.")
      }
      properties[name] = .string(chosen.joined(separator: SurveyEvent.betweenOptions))
    }
  }

  /// What can be taken of fields of which some can't: what a page shows again.
  public static func taking(
    _ fields: [(name: String, value: String)], to survey: Survey
  ) -> SurveyAnswer {
    var good = SurveyAnswer()
    var taken: [(name: String, value: String)] = []
    for field in fields {
      guard let longer = try? SurveyAnswer(taken + [field], to: survey) else { continue }
      taken.append(field)
      good = longer
    }
    return good
  }

  /// The further questions that are asked after these answers, in their order.
  ///
  /// An answer to a question that isn't asked doesn't count for those that depend on it.
  public func asked(by survey: Survey) -> [Survey.FollowUp] {
    var counted = properties.filter { !$0.key.hasPrefix(SurveyEvent.answer("")) }
    var asked: [Survey.FollowUp] = []
    for question in survey.questions where survey.holds(question.when, of: counted) {
      asked.append(question)
      let name = SurveyEvent.answer(question.name)
      counted[name] = properties[name]
    }
    return asked
  }

  /// The further questions that are asked and were not shown yet.
  public func unseen(of survey: Survey) -> [Survey.FollowUp] {
    asked(by: survey).filter { !seen.contains($0.name) }
  }

  /// The whole answer, as the properties of its event.
  ///
  /// Answers to questions that aren't asked after these are left out: they were given before an
  /// earlier answer was changed. The first words of their own are `comment` too.
  /// - Throws: `survey.missing` where the main question isn't answered.
  public func whole(of survey: Survey) throws(Refusal) -> [String: PropertyValue] {
    guard properties[survey.mainField] != nil else {
      throw Refusal(
        "survey.missing", problem: "The first question is not answered.", remedy: "Answer it.")
    }
    let asked = asked(by: survey)
    let names = Set(asked.map { SurveyEvent.answer($0.name) })
    var whole = properties.filter {
      !$0.key.hasPrefix(SurveyEvent.answer("")) || names.contains($0.key)
    }
    let words = asked.first { question in
      question.form == .text && whole[SurveyEvent.answer(question.name)] != nil
    }
    if let words, whole[SurveyEvent.comment] == nil {
      whole[SurveyEvent.comment] = whole[SurveyEvent.answer(words.name)]
    }
    return whole
  }
}

extension Survey {
  /// The field that answers the main question.
  public var mainField: String {
    switch kind {
    case .nps, .csat, .ces, .rating: SurveyEvent.score
    case .choice: SurveyEvent.choice
    case .text: SurveyEvent.comment
    }
  }

  /// How the main question is answered.
  public var mainForm: FollowUp.Form {
    switch kind {
    case .nps, .csat, .ces, .rating: .rating(scale)
    case .choice: .choice(options, several: false)
    case .text: .text
    }
  }

  /// How a field is answered; nil where the survey doesn't have it.
  func form(ofField name: String) -> FollowUp.Form? {
    if name == mainField { return mainForm }
    if elements.contains(where: { SurveyEvent.element($0.name) == name }) {
      return .rating(elementScale)
    }
    return questions.first { SurveyEvent.answer($0.name) == name }?.form
  }

  /// What is said to whom who answered so: the first that holds; nil where none does.
  public func thanks(for properties: [String: PropertyValue]) -> Thanks? {
    thanks.first { holds($0.when, of: properties) }
  }

  /// The codes of the languages that the main question has, in the order written.
  public var languages: [String] { ask.codes }
}

extension Survey.FollowUp.Form {
  fileprivate var takesSeveral: Bool {
    if case .choice(_, several: true) = self { true } else { false }
  }

  /// The value that an answer has.
  fileprivate func value(of text: String, _ name: String) throws(Refusal) -> PropertyValue {
    switch self {
    case .text:
      guard text.unicodeScalars.count <= SurveyAnswer.longestText else { throw .longText }
      return .string(text)
    case .choice(let options, _):
      guard options.contains(where: { $0.name == text }) else {
        throw Refusal(
          "survey.option", problem: "“\(text.prefix(80))” is no option of “\(name)”.",
          remedy: "Choose one of those that are shown.")
      }
      return .string(text)
    case .rating(let scale):
      guard text.utf8.count <= 6, let number = Int(text), scale.contains(number) else {
        throw Refusal(
          "survey.number", problem: "“\(text.prefix(80))” is not on the scale of “\(name)”.",
          remedy: "Choose a number from \(scale.lowerBound) to \(scale.upperBound).")
      }
      return .number(Double(number))
    }
  }
}

extension Refusal {
  fileprivate static func unknownField(_ name: String) -> Refusal {
    Refusal(
      "survey.field", problem: "The survey doesn't ask for “\(name.prefix(80))”.",
      remedy: "Load the page again: the survey may have changed.")
  }

  fileprivate static let longText = Refusal(
    "survey.text", problem: "The text is longer than \(SurveyAnswer.longestText) characters.",
    remedy: "Write less.")
}

extension String {
  /// The text without white space around it and without what no keyboard types, lines ending as they
  /// do here; nil where nothing is left.
  fileprivate var asAnswer: String? {
    var scalars = String.UnicodeScalarView()
    let lines = replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    for scalar in lines.unicodeScalars
    where scalar.properties.generalCategory != .control || scalar == "\n" || scalar == "\t" {
      scalars.append(scalar)
    }
    let text = scalars.trimmed
    return text.isEmpty ? nil : text
  }
}

extension String.UnicodeScalarView {
  fileprivate var trimmed: String {
    var rest = self[...]
    while rest.first?.properties.isWhitespace == true { rest.removeFirst() }
    while rest.last?.properties.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}
