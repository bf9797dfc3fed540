import Accounts
import Events
import Experience
import HTTPTypes
import Hummingbird
import Pulling
import Store
import Wire

/// Where other programs send signed requests: `POST /hooks/{name}`.
///
/// What is answered as taken is on the disk.
enum HookRoutes {
  static let all: [Route] = [
    Route(.post, "/hooks/{source}", .writeKey) { visit in try await take(visit) }
  ]

  /// What became of a request's items.
  private struct Answer: Encodable {
    struct Item: Encodable {
      var index: Int
      var outcome: String
      var code: String?
      var field: String?
      var problem: String?
      var remedy: String?
    }

    var taken = 0
    var repeated = 0
    var refused = 0
    /// Items whose names are not among those that are taken.
    var nothing = 0
    /// The items that were not taken, the first hundred of them.
    var items: [Item] = []

    static let mostItems = 100

    mutating func add(_ outcome: String, at index: Int, _ refusal: ItemRefusal) {
      guard items.count < Self.mostItems else { return }
      items.append(
        Item(
          index: index, outcome: outcome, code: refusal.code, field: refusal.field,
          problem: refusal.problem, remedy: refusal.remedy))
    }
  }

  private static func take(_ visit: Visit) async throws -> Response {
    let workspace = visit.workspace
    let file = workspace.experience()
    let sources = workspace.pulling.sources(file)
    let name = visit.parameter("source")
    guard let source = sources.first(where: { $0.name == name }),
      let reader = WebhookReader(source)
    else {
      throw Problem(
        .notFound,
        Refusal(
          "hook.unknown", problem: "There is no webhook of this name.",
          remedy: "Look at the sources of the experience."))
    }
    workspace.pulling.settle(sources)
    let room = workspace.collection.room
    let body: [UInt8]
    do { body = try await ArrivingBody.read(visit, into: room) } catch { throw Problem(error) }
    defer { room.giveBack(body.count) }
    let now = Instant.now
    func header(_ name: String) -> String? {
      HTTPField.Name(name).flatMap { visit.request.headers[$0] }
    }
    try check(body, reader, source, now, header, visit)
    let items: [WebhookReader.Item]
    do throws(ItemRefusal) {
      items = try reader.read(body, received: now, header: header)
    } catch { throw Problem(error) }
    return try await answer(items, source, visit)
  }

  /// Refuses a request of somebody who doesn't know the secret.
  private static func check(
    _ body: [UInt8], _ reader: WebhookReader, _ source: EventSource, _ now: Instant,
    _ header: (String) -> String?, _ visit: Visit
  ) throws(Problem) {
    let pulling = visit.workspace.pulling
    let secret: String
    do throws(Refusal) { secret = try pulling.environment.address(of: source) } catch {
      throw Problem(.serviceUnavailable, error, retryAfter: 60)
    }
    do throws(Refusal) {
      try reader.check(body, secret: secret, now: now, header: header)
    } catch {
      pulling.turnAway(source, at: now)
      throw Problem(.unauthorized, error)
    }
  }

  /// Stores the events, and tells what became of each item.
  private static func answer(
    _ items: [WebhookReader.Item], _ source: EventSource, _ visit: Visit
  ) async throws -> Response {
    var answer = Answer()
    var batch = PulledBatch()
    var events: [(event: Event, index: Int)] = []
    func refuse(_ refusal: ItemRefusal, at index: Int, text: String) {
      answer.refused += 1
      answer.add("refused", at: index, refusal)
      batch.refused.append(RefusedRow(refusal, at: "item \(index)", text: text))
    }
    for (index, item) in items.enumerated() {
      switch item {
      case .event(let event, let leftOut):
        events.append((event, index))
        for refusal in leftOut {
          batch.refused.append(
            RefusedRow(refusal, of: .value, at: "item \(index)", text: event.name))
        }
      case .refused(let refusal, let text): refuse(refusal, at: index, text: text)
      case .nothing: answer.nothing += 1
      }
    }
    let workspace = visit.workspace
    let verdicts = try await workspace.collection.take(events.map(\.event))
    for ((event, index), verdict) in zip(events, verdicts) {
      switch verdict {
      case .taken: answer.taken += 1
      case .repeated: answer.repeated += 1
      case .refused(let refusal):
        refuse(
          ItemRefusal(refusal.code, problem: refusal.problem, remedy: refusal.remedy), at: index,
          text: event.name)
        continue
      }
      batch.events.append((event, verdict))
    }
    workspace.tell(batch, of: source, as: try workspace.store.pulledSource(source.name))
    if answer.refused > 0, answer.refused == items.count, let first = batch.refused.first {
      throw Problem(first.refusal)
    }
    return .json(answer)
  }
}

extension Problem {
  /// An item, or a whole body, that can't be read.
  fileprivate init(_ refusal: ItemRefusal) {
    let status: HTTPResponse.Status =
      switch refusal.code {
      case "body.count", "body.values": .contentTooLarge
      case "json.syntax", "text.encoding": .badRequest
      default: .unprocessableContent
      }
    self.init(
      status, Refusal(refusal.code, problem: refusal.problem, remedy: refusal.remedy))
  }

  /// A body that did not arrive.
  fileprivate init(_ failure: CollectionFailure) {
    self.init(
      HTTPResponse.Status(code: failure.status),
      Refusal(failure.code, problem: failure.problem, remedy: failure.remedy),
      retryAfter: failure.retryAfter)
  }
}
