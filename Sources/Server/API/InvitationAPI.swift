import Accounts
import Events
import Experience
import Hummingbird
import Logging
import Store

/// Who is asked by surveys.
enum InvitationAPI {
  static let all: [Route] = [
    .api(
      .get, "/invitations", .read,
      Operation(
        "listInvitations", .surveys, "Who is asked, the latest invitation first",
        parameters: [
          .query("survey", .text("Those of a survey.", 1...200, example: "delivery").plain),
          .query("state", .word("Those in a state.", Invitation.State.self)),
          .query(
            "customer",
            .text(
              "Those of a customer, under any of their identities.", 1...600, example: "user:c17"
            )
            .plain),
        ] + Operation.Parameter.page), giving: list),
    .api(
      .post, "/invitations", .save,
      Operation(
        "addInvitation", .surveys, "Invite a customer to a survey",
        "For a link that somebody hands them: it is in this answer and nowhere else. The invitation "
          + "counts for how often they are asked, and isn't held back by that."
      ).making(), taking: add),
    .api(
      .get, "/invitations/{invitation}", .read,
      Operation("readInvitation", .surveys, "One invitation"), giving: read),
  ]

  private static func list(_ call: Call) throws -> Page<InvitationForm> {
    let filter = InvitationFilter(
      survey: call.visit.query("survey"),
      state: call.visit.query("state").flatMap(Invitation.State.init),
      identity: call.visit.query("customer").map { Identity($0) })
    let found = try call.store.invitations(
      filter, before: try call.numberedPlace().map(Int64.init), limit: call.limit + 1)
    let shown = found.prefix(call.limit)
    let next = found.count > call.limit ? shown.last.map { "\($0.id)" } : nil
    return call.page(shown.map { InvitationForm($0) }, next: next)
  }

  private static func read(_ call: Call) throws -> InvitationForm {
    let number = try call.number("invitation")
    guard let invitation = try call.store.invitation(Int64(number)) else {
      throw Refusal(
        "invitation.unknown", problem: "There is no invitation with the number \(number).",
        remedy: "Look at the list of invitations.")
    }
    return InvitationForm(invitation)
  }

  private static func add(_ call: Call, _ draft: InvitationDraft) async throws -> InvitationForm {
    let (workspace, now) = (call.workspace, Instant.now)
    let experience = try workspace.usableExperience()
    guard let survey = experience.survey(draft.survey) else {
      throw Refusal(
        "survey.unknown",
        problem: "The experience has no survey “\(draft.survey.prefix(80))”.",
        remedy: "Its surveys are \(experience.surveys.map(\.name).joined(separator: ", ")).")
    }
    let identity = Identity(draft.customer)
    let story = try await workspace.story(of: identity)
    let language = "traits." + experience.asking.language
    let subject = Invitation.Subject(
      survey: survey.name, identity: identity, moment: now, due: now,
      touchpoint: survey.usualTouchpoint,
      language: story.last { $0.properties[language] != nil }?.properties[language]?.shown,
      openFor: survey.expires)
    let sent = Invitation.sending(subject, at: now, consent: try call.store.consentRule())
    let invitation = try call.store.invite(subject, telling: sent, by: call.principal())
    do { try await workspace.tellStories(of: invitation.id) } catch {
      // It is kept, and told with the next look.
      workspace.logger.warning(
        "An invitation will be told later.", metadata: ["code": "\(Problem(error).code)"])
    }
    let token = try call.store.surveyKey().token(ofInvitation: invitation.id, to: survey.name)
    return InvitationForm(invitation, link: "\(call.visit.address)/s/\(token)")
  }
}

private struct InvitationForm: Given {
  var id: Int64
  var survey: String
  var customer: String
  var state: Invitation.State
  var channel: Invitation.Channel
  var moment: Instant
  var touchpoint: String?
  var journey: String?
  var due: Instant
  var sent: Instant?
  var expires: Instant?
  var ended: Instant?
  var reason: String?
  var link: String?

  init(_ invitation: Invitation, link: String? = nil) {
    let subject = invitation.subject
    (id, survey, customer) = (invitation.id, subject.survey, subject.identity.description)
    (state, channel, moment) = (invitation.state, invitation.channel, subject.moment)
    (touchpoint, journey, due) = (subject.touchpoint, subject.journey, subject.due)
    (sent, expires, ended) = (invitation.sent, invitation.expires, invitation.ended)
    (reason, self.link) = (invitation.error, link)
  }

  var location: String? { link.map { _ in "\(Route.apiRoot)/invitations/\(id)" } }
  var kept: Self {
    var kept = self
    kept.link = nil
    return kept
  }

  static let title = "SurveyInvitation"
  static let meaning = "One person who is asked one survey about one moment."
  static let fields: [Schema.Field] = [
    .init("id", .integer("The number.", example: 1)),
    .init("survey", .text("The survey's name.", example: "delivery")),
    .init("customer", .text("Who is asked.", example: "user:c17")),
    .init("state", .word("How far it is.", Invitation.State.self)),
    .init("channel", .word("How it reaches them.", Invitation.Channel.self)),
    .init("moment", .moment("When that happened which is spoken of.")),
    .optional("touchpoint", .text("The touchpoint that is spoken of.", example: "parcel_received")),
    .optional("journey", .text("The journey that it belongs to.", example: "first_order")),
    .init("due", .moment("From when on they are to be asked.")),
    .optional("sent", .moment("When they were asked.")),
    .optional("expires", .moment("From when on it can't be answered.")),
    .optional("ended", .moment("When it was answered, or ended otherwise.")),
    .optional(
      "reason", .text("Why it was not sent, as a code.", example: Suppression.often.rawValue)),
    .optional(
      "link",
      .text(
        "Where it is answered, in the answer to making it only.",
        example: "https://journeys.example.com/s/…")),
  ]
}

private struct InvitationDraft: Taken {
  var survey: String
  var customer: String

  init(_ body: JSONValue) {
    survey = body["survey"]?.text ?? ""
    customer = body["customer"]?.text ?? ""
  }

  static let meaning = "Who is to be asked what."
  static let fields: [Schema.Field] = [
    .init("survey", .text("The survey's name.", 1...200, example: "delivery")),
    .init("customer", .text("Who is asked.", 1...600, example: "user:c17")),
  ]
}
