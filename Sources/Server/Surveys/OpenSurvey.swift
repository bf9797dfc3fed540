import Accounts
import Events
import Experience
import Foundation
import Hummingbird
import Pages
import Store

/// A survey that is answered by an open link, as it is printed or put into pages: without a name,
/// once for each browser.
struct OpenSurvey {
  let visit: Visit
  let survey: Survey
  let company: String
  private let key: SurveyKey

  private static let cookie = "waymark_survey"
  /// What stands behind the visitor's token once they have answered.
  private static let done = ".done"

  /// Finds the survey of the address.
  ///
  /// - Throws: `invitation.unknown`, `survey.often`, `survey.gone`, `invitation.answered`.
  init(_ visit: Visit) throws {
    self.visit = visit
    let name = visit.parameter("survey")
    key = try visit.workspace.store.surveyKey()
    guard key.accepts(visit.query("t") ?? "", openTo: name) else { throw visit.refuseSurveyLink() }
    let experience = try visit.workspace.surveys.experience(visit.workspace.experience())
    guard let survey = experience.survey(name) else { throw Refusal.surveyGone }
    self.survey = survey
    company = experience.title
    if let cookie = visit.cookie(Self.cookie), cookie.hasSuffix(Self.done),
      key.visitor(String(cookie.dropLast(Self.done.count)), to: name) != nil
    {
      throw Refusal(
        "invitation.answered", problem: "This survey was answered already.",
        remedy: "There is nothing left to do.")
    }
  }

  /// The page, on which the visitor gets a name that says nothing.
  func page() throws -> Response {
    let visitor = known ?? key.newVisitor(to: survey.name)
    let page = form(
      .taking(visit.chosen(in: survey), to: survey), visit.language(of: survey), visitor)
    var response = Response.page(page.render())
    response.setCookie(cookie(visitor))
    return response
  }

  /// Takes what was sent.
  func take() async throws -> Response {
    let form = try await SurveyForm(visit)
    let language = visit.language(of: survey, form: form.own)
    guard let visitor = known ?? form.own[SurveyPage.visitorField],
      let name = key.visitor(visitor, to: survey.name)
    else { throw visit.refuseSurveyLink() }
    var page = self.form(.taking(form.fields, to: survey), language, visitor)
    switch form.deed {
    case nil, .keep, .later:
      return .page(page.render())
    case .dismiss:
      try await tell(.dismissed, [:], language, name)
      return .page(
        SurveyNoticePage.render(page.phrases.dismissed, company: company, in: language))
    case .send:
      let whole: [String: PropertyValue]
      do throws(Refusal) {
        let answer = try SurveyAnswer(form.fields, to: survey)
        whole = try answer.whole(of: survey)
        guard answer.unseen(of: survey).isEmpty else {
          page.goesOn = true
          return .page(page.render())
        }
      } catch {
        page.problem = error
        return .page(page.render(), .unprocessableContent)
      }
      try await tell(.answered, whole, language, name)
      var response = Response.page(
        SurveyNoticePage.thanks(survey, for: whole, company: company, in: language))
      response.setCookie(cookie(visitor + Self.done))
      return response
    }
  }

  /// Tells the visitor's story, once however often it is sent.
  private func tell(
    _ state: Invitation.State, _ answer: [String: PropertyValue], _ language: String,
    _ visitor: String
  ) async throws {
    let workspace = visit.workspace
    guard workspace.surveys.admitsOpenAnswer(from: visit.context.clientAddress, at: .now) else {
      throw Refusal.surveyOften
    }
    let via = visit.query("via").flatMap(SurveyKey.Via.init) ?? .link
    var properties = answer
    properties[SurveyEvent.survey] = .string(survey.name)
    properties[SurveyEvent.touchpoint] = survey.usualTouchpoint.map(PropertyValue.string)
    properties[SurveyEvent.language] = .string(language)
    properties[SurveyEvent.askedBy] = .string(via == .page ? "page" : "link")
    properties["channel"] = .string(via == .print ? "print" : "web")
    let event = Event(
      state.eventName, at: .now, by: Identity(.anonymous, "survey-\(visitor)"),
      messageID: "survey/\(survey.name)/\(visitor)/\(state.rawValue)",
      properties: properties.granting(try workspace.store.consentRule()))
    switch try await workspace.collection.take([event]).first {
    case .repeated where state == .answered:
      throw Refusal(
        "invitation.answered", problem: "This survey was answered already.",
        remedy: "There is nothing left to do.")
    case .refused: throw Refusal.answerNotKept
    case .taken, .repeated, nil: return
    }
  }

  /// The token of a visitor who was here before.
  private var known: String? {
    visit.cookie(Self.cookie).flatMap { key.visitor($0, to: survey.name) == nil ? nil : $0 }
  }

  private func cookie(_ value: String) -> Cookie {
    Cookie(
      name: Self.cookie, value: value, maxAge: Int(survey.expires.milliseconds / 1000),
      path: "/survey/\(survey.name.urlEncoded)",
      secure: visit.workspace.configuration.isPublicSecure, httpOnly: true, sameSite: .lax)
  }

  private func form(
    _ answer: SurveyAnswer, _ language: String, _ visitor: String
  ) -> SurveyPage {
    let via = visit.query("via").flatMap(SurveyKey.Via.init) ?? .link
    return SurveyPage(
      survey: survey, company: company, language: language, answer: answer,
      action: key.openLink(of: survey.name, at: "", via: via),
      keeping: .lost, visitor: visitor)
  }
}
