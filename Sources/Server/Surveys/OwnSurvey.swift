import Accounts
import Events
import Experience
import Foundation
import Hummingbird
import Logging
import Pages
import Store

/// A survey that is answered by a link of one's own, which is good for one answer.
struct OwnSurvey {
  let visit: Visit
  let invitation: Invitation
  let survey: Survey
  let company: String

  private var workspace: Workspace { visit.workspace }

  /// Finds the invitation of the address.
  ///
  /// - Throws: `invitation.unknown`, `survey.often`, those of an invitation that has ended,
  ///   `survey.gone`.
  init(_ visit: Visit) throws {
    self.visit = visit
    let token = visit.parameter("token")
    let store = visit.workspace.store
    guard let id = SurveyKey.invitation(namedBy: token), let found = try store.invitation(id),
      try store.surveyKey().accepts(token, ofInvitation: id, to: found.subject.survey)
    else { throw visit.refuseSurveyLink() }
    try found.requireOpen(at: .now)
    let experience = try visit.workspace.surveys.experience(visit.workspace.experience())
    guard let survey = experience.survey(found.subject.survey) else { throw Refusal.surveyGone }
    invitation = found
    self.survey = survey
    company = experience.title
  }

  /// The page with what was filled in before, or chosen in the mail.
  func page() throws -> Response {
    let chosen = visit.chosen(in: survey)
    let kept = draft.filter { field in !chosen.contains { $0.name == field.name } }
    let language = visit.language(of: survey, trait: invitation.subject.language)
    return .page(form(.taking(kept + chosen, to: survey), language).render())
  }

  /// Takes what was sent.
  func take() async throws -> Response {
    let form = try await SurveyForm(visit)
    let language = visit.language(
      of: survey, form: form.own, trait: invitation.subject.language)
    let answer: SurveyAnswer
    do throws(Refusal) { answer = try SurveyAnswer(form.fields, to: survey) } catch {
      return again(.taking(form.fields, to: survey), language, error)
    }
    switch form.deed {
    case nil:
      return .page(self.form(answer, language).render())
    case .keep:
      try keep(form.fields)
      return Response(status: .noContent)
    case .later:
      try keep(form.fields)
      return notice(\.kept, language)
    case .dismiss:
      try await end(.dismissed, [:], language)
      return notice(\.dismissed, language)
    case .send:
      return try await send(answer, form.fields, language)
    }
  }

  private func send(
    _ answer: SurveyAnswer, _ fields: [(name: String, value: String)], _ language: String
  ) async throws -> Response {
    let whole: [String: PropertyValue]
    do throws(Refusal) { whole = try answer.whole(of: survey) } catch {
      return again(answer, language, error)
    }
    guard answer.unseen(of: survey).isEmpty else {
      try keep(fields)
      var page = form(answer, language)
      page.goesOn = true
      return .page(page.render())
    }
    try await end(.answered, whole, language)
    return .page(SurveyNoticePage.thanks(survey, for: whole, company: company, in: language))
  }

  /// Ends the invitation and tells the story of it; what could not be told yet is told later.
  private func end(
    _ state: Invitation.State, _ answer: [String: PropertyValue], _ language: String
  ) async throws {
    try noteArrival()
    let event = invitation.event(
      state, at: .now, answer, language: language,
      consent: try workspace.store.consentRule())
    try workspace.store.end(invitation.id, as: state, telling: event)
    let refused: Bool
    do {
      refused = try await workspace.tellStories(of: invitation.id).contains(.answered)
    } catch {
      visit.context.logger.warning(
        "An answer is kept and will be told later.",
        metadata: ["request": "\(visit.context.requestID)"])
      return
    }
    if refused { throw Refusal.answerNotKept }
  }

  /// Notes that the mail is out where that isn't noted yet: who has its link has got it.
  private func noteArrival() throws {
    guard invitation.isOnItsWay else { return }
    let event = invitation.event(.sent, at: .now, consent: try workspace.store.consentRule())
    try workspace.store.noteSent(invitation.id, telling: event)
  }

  private func again(
    _ answer: SurveyAnswer, _ language: String, _ problem: Refusal
  ) -> Response {
    var page = form(answer, language)
    page.problem = problem
    return .page(page.render(), .unprocessableContent)
  }

  private func form(_ answer: SurveyAnswer, _ language: String) -> SurveyPage {
    SurveyPage(
      survey: survey, company: company, language: language, answer: answer,
      action: "/s/\(visit.parameter("token"))", keeping: .kept)
  }

  private func notice(
    _ which: KeyPath<SurveyPhrases, SurveyPhrases.Notice>, _ language: String
  ) -> Response {
    let notice = SurveyPhrases.phrases(in: language)[keyPath: which]
    return .page(SurveyNoticePage.render(notice, company: company, in: language))
  }
}

extension OwnSurvey {
  /// What was filled in, as names and values one after another.
  private var draft: [(name: String, value: String)] {
    guard let text = invitation.draft,
      let pairs = try? JSONDecoder().decode([[String]].self, from: Data(text.utf8))
    else { return [] }
    return pairs.compactMap { $0.count == 2 ? ($0[0], $0[1]) : nil }
  }

  private func keep(_ fields: [(name: String, value: String)]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    let pairs = fields.filter { !$0.value.isEmpty }.map { [$0.name, $0.value] }
    let text = String(decoding: try encoder.encode(pairs), as: UTF8.self)
    try noteArrival()
    try workspace.store.keepDraft(text, of: invitation.id)
  }
}
