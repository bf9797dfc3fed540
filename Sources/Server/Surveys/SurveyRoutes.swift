import Accounts
import Events
import Experience
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Pages
import Store

/// Where people answer surveys: by a link of their own, or by an open one.
///
/// The link is all that they need. Looking at a page changes nothing, for scanners of mail look at
/// everything; what changes something is sent by the page's form.
enum SurveyRoutes {
  static let all: [Route] = [
    Route(.get, "/s/{token}", .open) { visit in
      await kindly(visit) { try OwnSurvey(visit).page() }
    },
    Route(.post, "/s/{token}", .open) { visit in
      await kindly(visit) { try await OwnSurvey(visit).take() }
    },
    Route(.get, "/survey/{survey}", .open) { visit in
      await framed(visit, kindly(visit) { try OpenSurvey(visit).page() })
    },
    Route(.post, "/survey/{survey}", .open) { visit in
      await framed(visit, kindly(visit) { try await OpenSurvey(visit).take() })
    },
    Route(.get, "/survey.js", .open) { _ in .script(Assets.asker) },
    Route(.get, "/surveys/{survey}/qr.svg", .permitted(.read)) { visit in try picture(visit) },
  ]

  /// The open link of a survey as a QR code, for print.
  private static func picture(_ visit: Visit) throws -> Response {
    let name = visit.parameter("survey")
    guard let survey = try visit.workspace.usableExperience().survey(name) else {
      throw Refusal(
        "survey.unknown", problem: "There is no survey “\(name.prefix(60))”.",
        remedy: "The experience names those that there are, under “surveys”.")
    }
    let link = try visit.workspace.store.surveyKey()
      .openLink(of: survey.name, at: visit.address, via: .print)
    return .text(try QRCode(link).svg(title: survey.title), "image/svg+xml")
      .named("\(survey.name).svg")
  }

  /// Lets the configured origins show a page that one of theirs asked for.
  private static func framed(_ visit: Visit, _ response: Response) -> Response {
    let origins = visit.workspace.configuration.surveyOrigins
    guard visit.query("via") == SurveyKey.Via.page.rawValue, !origins.isEmpty else {
      return response
    }
    var response = response
    response.allowFrames(in: origins)
    return response
  }

  /// The longest form, in bytes: all texts of an answer with every byte as `%XX`.
  static let longestForm = 3 * SurveyAnswer.mostBytes + 65_536

  /// Answers a request; what goes wrong becomes a page in the visitor's language that says so without
  /// a word of the program.
  private static func kindly(
    _ visit: Visit, _ body: () async throws -> Response
  ) async -> Response {
    var response: Response
    do { response = try await body() } catch {
      let problem = Problem(error)
      if problem.status >= 500 {
        visit.context.logger.error(
          "\(error)", metadata: ["request": "\(visit.context.requestID)"])
      }
      let language = visit.language(of: nil)
      let (notice, status) = notice(
        problem.code, status: problem.status, .phrases(in: language))
      response = .page(
        SurveyNoticePage.render(notice, company: "", in: language), .init(code: status))
      if status == 429 || status == 503 { response.headers[.retryAfter] = "60" }
    }
    response.headers[.robots] = "noindex, nofollow"
    response.headers[.cacheControl] = "no-store"
    return response
  }

  /// What somebody reads of a problem, and the status that programs see.
  private static func notice(
    _ code: String, status: Int, _ phrases: SurveyPhrases
  ) -> (SurveyPhrases.Notice, Int) {
    switch code {
    case "invitation.answered": (phrases.answered, 409)
    case "invitation.dismissed": (phrases.dismissed, 410)
    case "invitation.expired": (phrases.expired, 410)
    case "invitation.closed", "survey.gone": (phrases.closed, 410)
    case "invitation.kept": (phrases.notKept, 403)
    case "invitation.unknown": (phrases.unknown, 404)
    case "survey.often": (phrases.often, 429)
    case "survey.unavailable", "invitation.early": (phrases.early, 503)
    case "body.length": (phrases.long, 413)
    default: status < 500 ? (phrases.unknown, status) : (phrases.early, 503)
    }
  }
}

extension HTTPField.Name {
  fileprivate static let robots = HTTPField.Name("X-Robots-Tag").unsafelyUnwrapped
}

extension Refusal {
  /// A link that this program didn't make, or of what is gone.
  static let unknownSurveyLink = Refusal(
    "invitation.unknown", problem: "The link leads to no survey.",
    remedy: "Open the whole link as it was sent.")
  /// The experience doesn't have the survey any more.
  static let surveyGone = Refusal(
    "survey.gone", problem: "The survey is closed.", remedy: "There is nothing left to do.")
  static let surveyOften = Refusal(
    "survey.often", problem: "There were too many attempts.", remedy: "Try again in a minute.")
  /// What was answered may not be kept.
  static let answerNotKept = Refusal(
    "invitation.kept", problem: "The answer may not be kept.",
    remedy: "There is nothing left to do.")
}

/// A form of a survey's page as it was sent.
struct SurveyForm {
  /// The page's own fields.
  var own: [String: String] = [:]
  /// The survey's.
  var fields: [(name: String, value: String)] = []
  /// What its button asks for; nil: another language.
  var deed: SurveyPage.Deed?

  init(_ visit: Visit) async throws {
    let body = try await visit.body(upTo: SurveyRoutes.longestForm)
    for pair in String(decoding: body, as: UTF8.self).formPairs {
      if SurveyPage.ownFields.contains(pair.name) {
        own[pair.name] = pair.value
      } else {
        fields.append(pair)
      }
    }
    deed =
      own[SurveyPage.sayField] == nil
      ? SurveyPage.Deed(rawValue: own[SurveyPage.deedField] ?? "") ?? .send : nil
  }
}

extension Visit {
  /// Notes a link that this program didn't make.
  ///
  /// - Returns: why it is refused. Who guesses is told to wait after a few; who has a good link never
  ///   is.
  func refuseSurveyLink() -> Refusal {
    let answer = workspace.surveys.guess(from: context.clientAddress, at: .now)
    return answer == .proceed ? .unknownSurveyLink : .surveyOften
  }

  /// What the address says of the main question: a click on the scale in a mail, which is shown and
  /// counts once it is sent.
  func chosen(in survey: Survey) -> [(name: String, value: String)] {
    query(survey.mainField).map { [(survey.mainField, $0)] } ?? []
  }
}
