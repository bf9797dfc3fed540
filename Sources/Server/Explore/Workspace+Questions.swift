import Answers
import Engine
import Events
import Experience
import Hummingbird
import Pages
import Store
import Stories

/// What an answer depends on besides the stories.
struct AnswerKey: Hashable, Sendable {
  /// Which reading of the experience.
  var reading: Int
  /// The question as it was understood.
  var json: String
  /// Its saved sets with their customers, of which the text has only the names.
  var scope: Engine.Scope
  var populations: [Population]
}

extension Workspace {
  /// How answers are written for people.
  func answerStyle() -> AnswerStyle {
    let experience = experience().experience
    return AnswerStyle(
      currency: experience?.currency ?? "", timezone: experience?.timezone ?? "UTC")
  }

  /// The names that a question may speak of.
  func vocabulary() async throws -> Vocabulary {
    let stories = try await stories()
    return Vocabulary(
      experience().experience, events: stories.names.names.sorted(),
      properties: stories.propertyNames, savedSets: try store.savedSetNames())
  }

  /// The answer to a question that many look at: what was counted of the same stories before is not
  /// counted again.
  func answer(
    _ question: Question, in context: QuestionContext, of stories: Stories, reading: Int
  ) async throws -> Answered {
    let key = AnswerKey(
      reading: reading, json: try question.json, scope: question.scope,
      populations: question.subject.populations)
    return try await answers.take(key, of: stories) {
      try await self.onCountingThreads {
        let answers = try await Stories.ask([question], in: context) { asOf in
          try asOf.map { try self.store.snapshot(identity: .asOf($0)) } ?? stories
        }
        guard let answer = answers.first else { throw CancellationError() }
        return answer
      }
    }
  }
}

extension Visit {
  /// Answers by long work that is cancelled when the browser leaves or takes its request back, by which
  /// it closes the connection. Listening for that uses the connection up.
  ///
  /// - Throws: what the work for a form throws; other failures are answered here.
  func untilLeft(
    _ work: @escaping @Sendable () async throws -> Response
  ) async throws -> Response {
    // The body of a form was read already, and with it what tells of a browser that leaves.
    guard request.method == .get else { return try await work() }
    var response: Response
    do {
      response = try await request.body.consumeWithCancellationOnInboundClose { _ in
        try await work()
      }
    } catch {
      // A failure uses the connection up as well, and has to say so.
      response = Gate(workspace: workspace).refuse(request, context, error)
    }
    response.headers[.connection] = "close"
    return response
  }
}
