import Accounts
import Foundation
import HTTPTypes
import Hummingbird
import Pages

/// The API: all that pages can do, for programs.
enum APIRoutes {
  static let operations: [Route] =
    JourneyAPI.all + AskAPI.all + SummaryAPI.all + BoardAPI.all + SetAPI.all + CustomerAPI.all
    + ExperienceAPI.all
    + InvitationAPI.all + TicketAPI.all + SourceAPI.all + MemberAPI.all + KeyAPI.all + RuleAPI.all
    + ProgramAPI.all

  static let all: [Route] =
    operations + [
      Route(.get, "/api/openapi.json", .open) { _ in
        try Reply(text: text.get(), "application/json").response
      },
      Route(.get, "/api", .open) { visit in
        .page(APIPage.render(guide, in: visit.frame(nil)))
      },
    ]

  /// The document, which depends on nothing but the program.
  static let document = APIDocument.document(of: operations)

  private static let text = Result { try document.json }

  /// What the page shows.
  private static let guide = APIPage.Guide(
    introduction: APIDocument.introduction,
    topics: Operation.Topic.allCases.map { topic in
      .init(
        title: topic.title,
        operations: operations.compactMap { route in
          route.operation.flatMap { $0.topic == topic ? $0.shown(at: route) : nil }
        })
    })
}

extension Operation {
  /// The operation as the page shows it.
  fileprivate func shown(at route: Route) -> APIPage.Operation {
    var shown = APIPage.Operation(
      name: name, method: route.method.rawValue, path: route.path, summary: summary,
      needs: route.access.words, status: status.code)
    shown.meaning = meaning
    shown.parameters = parameters.map {
      [$0.name, $0.place.rawValue, $0.schema.words, $0.schema.meaning]
    }
    shown.body = takes.flatMap { pretty($0.sample) }
    shown.types = gives.map(\.type)
    shown.answer = gives.first { $0.type == "application/json" }.flatMap {
      pretty($0.schema.sample)
    }
    shown.problems = allProblems.sorted()
    return shown
  }

  /// A value as JSON for people.
  private func pretty(_ value: JSONValue) -> String? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    // Examples are finite, so that they can always be written.
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension Route.Access {
  /// Who may call it, in words that follow “needs”.
  fileprivate var words: String {
    guard case .permitted(let permission) = self else { return "nothing" }
    let scope = Scope.allCases.first { $0.permissions.contains(permission) } ?? .admin
    return
      "the role “\(permission.leastRole.rawValue)”, or a token with the scope “\(scope.rawValue)”"
  }
}
