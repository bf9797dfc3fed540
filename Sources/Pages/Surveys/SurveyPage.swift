import Events
import Experience
import Foundation

/// The page on which somebody answers a survey, by thumb, with or without a script.
///
/// Further questions whose conditions don't hold yet are in the page, hidden and switched off: a
/// script shows them as soon as they hold; without one they are shown when the form was sent.
public struct SurveyPage: Sendable {
  /// Whether what is filled in can be kept and gone on with.
  public enum Keeping: Sendable { case kept, lost }

  public var survey: Survey
  /// Whose survey it is.
  public var company: String
  /// The code of the language.
  public var language: String
  /// What is filled in.
  public var answer: SurveyAnswer
  /// Where the form is sent to.
  public var action: String
  public var keeping: Keeping
  /// Who it is that opened an open link; nil on a link of one's own.
  public var visitor: String?
  public var problem: Refusal?
  /// Whether it is shown again since further questions follow from what was sent.
  public var goesOn = false

  /// Makes a page.
  public init(
    survey: Survey, company: String, language: String, answer: SurveyAnswer = SurveyAnswer(),
    action: String, keeping: Keeping, visitor: String? = nil
  ) {
    self.survey = survey
    self.company = company
    self.language = language
    self.answer = answer
    self.action = action
    self.keeping = keeping
    self.visitor = visitor
  }

  /// What a button of the form asks for.
  public enum Deed: String, Sendable, CaseIterable {
    case send
    /// Keep it, and show a page that says so.
    case later
    /// Keep it while it is being filled in, and answer with nothing.
    case keep
    case dismiss
  }

  /// The names of the form's own fields.
  public static let deedField = "do"
  public static let languageField = "lang"
  public static let sayField = "say"
  public static let visitorField = "visitor"
  public static let ownFields = [deedField, languageField, sayField, visitorField]

  /// What the program itself says on it.
  public var phrases: SurveyPhrases { .phrases(in: language) }

  /// Writes the page.
  public func render() -> Markup {
    SurveyDocument.render(
      title: survey.ask.text(in: language), company: company, language: language,
      """
      \(alert)
      <form method="post" action="\(lines: action)" data-answering\(if: keeping == .kept, "data-keeps")>
      <input type="hidden" name="\(Self.languageField)" value="\(language)">\(visitorInput)
      \(main)
      \(elements)
      \(survey.questions.map(further))
      <div class="deeds"><button name="\(Self.deedField)" value="\(Deed.send.rawValue)">\
      \(phrases.send)</button>\(laterButton)
      <button class="quiet" name="\(Self.deedField)" value="\(Deed.dismiss.rawValue)" formnovalidate>\
      \(phrases.notNow)</button></div>
      \(languageSwitch)
      </form>
      <p class="small">\(lines: visitor == nil ? phrases.privacy : phrases.openPrivacy)</p>
      """)
  }

  private var alert: Markup? {
    if let problem {
      let words =
        switch problem.code {
        case "survey.missing": phrases.missing
        case "survey.text": phrases.tooLong
        default: phrases.wrong
        }
      return "<p class=\"alert\" role=\"alert\">\(words)</p>"
    }
    return goesOn ? "<p class=\"more\" role=\"status\">\(phrases.more)</p>" : nil
  }

  private var visitorInput: Markup? {
    visitor.map { "<input type=\"hidden\" name=\"\(Self.visitorField)\" value=\"\($0)\">" }
  }

  private var laterButton: Markup? {
    guard keeping == .kept else { return nil }
    return """
      <button class="quiet" name="\(Self.deedField)" value="\(Deed.later.rawValue)" formnovalidate>\
      \(phrases.later)</button>
      """
  }

  private var languageSwitch: Markup? {
    let others = survey.languages.filter { $0 != language }
    guard !others.isEmpty else { return nil }
    let buttons = others.map { code -> Markup in
      """
      <button class="quiet small" name="\(Self.sayField)" value="\(code)" lang="\(code)" \
      formnovalidate>\(Self.name(of: code))</button>
      """
    }
    return
      "<div class=\"languages\" role=\"group\" aria-label=\"\(phrases.languages)\">\(buttons)</div>"
  }

  /// A language's name in itself: “Deutsch”.
  private static func name(of code: String) -> String {
    let name = Locale(identifier: code).localizedString(forIdentifier: code) ?? code
    return name.prefix(1).uppercased() + name.dropFirst()
  }

  private var main: Markup {
    let question: Markup = "<h1>\(lines: survey.ask.text(in: language))</h1>"
    let name = survey.mainField
    guard survey.mainForm != .text else {
      return """
        <div class="card main"><label for="main">\(question)</label>\
        \(text(name, id: "main", required: true))</div>
        """
    }
    return """
      <fieldset class="card main"><legend>\(question)</legend>\
      \(choices(survey.mainForm, name, ends: survey.ends, required: true))</fieldset>
      """
  }

  private var elements: Markup? {
    guard !survey.elements.isEmpty else { return nil }
    let ends = survey.elementScale == survey.scale && survey.kind.isScored ? survey.ends : nil
    let rated = survey.elements.map { element -> Markup in
      """
      <fieldset><legend>\(lines: element.ask.text(in: language))</legend>\
      \(scale(survey.elementScale, SurveyEvent.element(element.name), ends: ends))</fieldset>
      """
    }
    return """
      <section class="card"><h2>\(phrases.rate) \(optional)</h2>\(rated)</section>
      """
  }

  private var optional: Markup { "<small>(\(phrases.optional))</small>" }

  private func further(_ question: Survey.FollowUp) -> Markup {
    let name = SurveyEvent.answer(question.name)
    let isAsked = answer.asked(by: survey).contains { $0.name == question.name }
    let isNew = goesOn && isAsked && answer.unseen(of: survey).first?.name == question.name
    let when: Markup? =
      question.when.isEmpty ? nil : " data-when=\"\(lines: script(question.when))\""
    let ask: Markup = "\(lines: question.ask.text(in: language)) \(optional)"
    let form: Markup
    let label: Markup
    switch question.form {
    case .text:
      let id = "question-\(question.name)"
      label = "<legend><label for=\"\(id)\">\(ask)</label></legend>"
      form = text(name, id: id, focused: isNew)
    case .choice, .rating:
      label = "<legend>\(ask)</legend>"
      form = choices(question.form, name, ends: nil, focused: isNew)
    }
    return """
      <fieldset class="card"\(when)\(if: !isAsked, "hidden disabled")>\(label)\
      <input type="hidden" name="\(SurveyAnswer.seenField)" value="\(question.name)">\(form)</fieldset>
      """
  }

  /// Conditions as the script reads them.
  private func script(_ conditions: [Survey.Condition]) -> String {
    struct Condition: Encodable {
      var field: String
      var from: Int?
      var to: Int?
      var options: [String]?
    }
    let all = conditions.map { condition in
      let field = survey.property(of: condition.question) ?? ""
      return switch condition.values {
      case .within(let range):
        Condition(field: field, from: range.lowerBound, to: range.upperBound)
      case .oneOf(let options): Condition(field: field, options: options)
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // Texts and whole numbers can always be written.
    return (try? encoder.encode(all)).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
  }
}

extension SurveyPage {
  private func given(_ name: String) -> [String] {
    guard let value = answer.properties[name]?.shown else { return [] }
    return value.split(separator: SurveyEvent.betweenOptions).map(String.init)
  }

  private func text(
    _ name: String, id: String, required: Bool = false, focused: Bool = false
  ) -> Markup {
    """
    <textarea name="\(name)" id="\(id)" rows="4" maxlength="\(SurveyAnswer.longestText)" \
    dir="auto"\(if: required, "required")\(if: focused, "autofocus")>
    \(lines: answer.properties[name]?.shown ?? "")</textarea>
    """
  }

  private func choices(
    _ form: Survey.FollowUp.Form, _ name: String, ends: Survey.Ends?, required: Bool = false,
    focused: Bool = false
  ) -> Markup {
    switch form {
    case .text: return .none
    case .rating(let range):
      return scale(range, name, ends: ends, required: required, focused: focused)
    case .choice(let options, let several):
      let given = given(name)
      let kind = several ? "checkbox" : "radio"
      let labels = options.enumerated().map { place, option -> Markup in
        """
        <label class="option"><input type="\(kind)" name="\(name)" value="\(lines: option.name)"\
        \(if: given.contains(option.name), "checked")\(if: required, "required")\
        \(if: focused && place == 0, "autofocus")>\
        <span>\(lines: option.say.text(in: language))</span></label>
        """
      }
      return "<div class=\"options\">\(labels)</div>"
    }
  }

  private func scale(
    _ range: ClosedRange<Int>, _ name: String, ends: Survey.Ends?, required: Bool = false,
    focused: Bool = false
  ) -> Markup {
    let given = given(name)
    let (low, high) = (ends?.low.text(in: language), ends?.high.text(in: language))
    let points = range.map { point -> Markup in
      let end = point == range.lowerBound ? low : point == range.upperBound ? high : nil
      let spoken: Markup? = end.map { "<span class=\"unseen\">: \(lines: $0)</span>" }
      return """
        <label><input type="radio" name="\(name)" value="\(point)"\
        \(if: given == ["\(point)"], "checked")\(if: required, "required")\
        \(if: focused && point == range.lowerBound, "autofocus")>\
        <span class="point">\(point)\(spoken)</span></label>
        """
    }
    let below: Markup? = ends.map { _ in
      """
      <p class="ends" aria-hidden="true"><span>\(lines: low ?? "")</span>\
      <span>\(lines: high ?? "")</span></p>
      """
    }
    // Each point is wide enough for a thumb, in a row or two.
    let kind: Markup = range.count <= 6 ? "short" : range.count <= 8 ? "middle" : "long"
    return "<div class=\"scale \(kind)\">\(points)</div>\(below)"
  }
}
