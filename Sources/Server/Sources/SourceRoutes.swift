import Accounts
import Events
import Experience
import Foundation
import HTTPTypes
import Hummingbird
import Pages
import Pulling
import Store

/// Where events come from, what was refused, and what comes in right now.
enum SourceRoutes {
  static let all: [Route] = [
    Route(.get, "/sources", .permitted(.read)) { visit in try overview(visit) },
    Route(.get, "/sources/refused", .permitted(.collect)) { visit in try refused(visit) },
    Route(.get, "/sources/live", .permitted(.collect)) { visit in
      .page(SourcesPage.live(in: visit.frame(.sources)))
    },
    Route(.get, "/sources/live/events", .permitted(.collect)) { visit in try live(visit) },
  ]

  private static func overview(_ visit: Visit) throws -> Response {
    let store = visit.workspace.store
    let records = try store.collectionRecords()
    return .page(
      SourcesPage.overview(
        try named(records, store), fetched: try fetched(records, visit.workspace),
        imports: try store.importRecords(),
        permissions: visit.permissions, now: .now, in: visit.frame(.sources)))
  }

  /// The sources of the experience, and how they stand.
  private static func fetched(
    _ records: [CollectionRecord], _ workspace: Workspace
  ) throws -> [SourcesPage.Fetched] {
    let known = Dictionary(
      try workspace.store.pulledSources().map { ($0.name, $0) },
      uniquingKeysWith: { first, _ in first })
    let pulling = workspace.pulling
    return pulling.all(pulling.sources(workspace.experience())).map { standing in
      let source = standing.source
      var fetched = SourcesPage.Fetched(
        source, isRunning: standing.isRunning,
        last: standing.last?.at ?? known[source.name]?.pulled, report: standing.last?.report,
        next: standing.next, problem: standing.problem, turnedAway: standing.turnedAway)
      if case .webhook = source.kind {
        let sender = known[source.name].map { CollectionSource($0.principal) }
        fetched.last = records.first { $0.source == sender }?.last
        do throws(Refusal) { _ = try pulling.environment.address(of: source) } catch {
          fetched.problem = error
        }
      }
      return fetched
    }
  }

  private static func refused(_ visit: Visit) throws -> Response {
    let store = visit.workspace.store
    let sources = try named(try store.collectionRecords(), store)
    let code = visit.query("code")
    let wanted = visit.query("source")
    var items: [SourcesPage.Refused] = []
    for source in sources where wanted == nil || wanted == source.key {
      items += try store.refusedItems(of: source.record.source).map {
        .init(source: source.name, item: $0)
      }
    }
    let codes = Set(items.map(\.item.code)).sorted()
    items = items.filter { code == nil || $0.item.code == code }
      .sorted { $0.item.at > $1.item.at }
    return .page(
      SourcesPage.refused(
        Array(items.prefix(SourcesPage.mostRefused)), sources: sources, codes: codes,
        source: wanted, code: code, permissions: visit.permissions, in: visit.frame(.sources)))
  }

  /// Sources with the names that people know them by.
  static func named(
    _ records: [CollectionRecord], _ store: Store
  ) throws -> [SourcesPage.Source] {
    let keys = Dictionary(
      try store.writeKeys().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let tokens = Dictionary(
      try store.tokens().map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    let members = Dictionary(
      try store.members().map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    let pulled = Dictionary(
      try store.pulledSources().map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    var sources = records.map { record -> SourcesPage.Source in
      let id = record.source.id
      let name =
        switch record.source.kind {
        case .writeKey: keys[id]?.name
        case .token: tokens[id]
        case .member: members[id]
        case .source: pulled[id]
        case .owner: "the command line"
        }
      return .init(name: name ?? "removed", record: record)
    }
    let silent = keys.values.filter { key in
      key.revoked == nil && !records.contains { $0.source == CollectionSource(.writeKey, key.id) }
    }
    sources += silent.sorted { $0.id < $1.id }.map { .init(name: $0.name, silent: $0.id) }
    return sources
  }

  /// The stream of items, as server-sent events.
  private static func live(_ visit: Visit) throws -> Response {
    guard let items = visit.workspace.tap.watch() else {
      throw Problem(
        .serviceUnavailable,
        Refusal(
          "sources.watchers", problem: "\(EventTap.mostWatchers) people look on already.",
          remedy: "Close such a page, and load this one again."), retryAfter: 30)
    }
    return .events(
      opening: ": begun\n\n", mostWaiting: EventTap.mostWaiting,
      while: visit.standing(.collect)
    ) { say in
      for await item in items { say(item.line) }
    }
  }
}

extension EventTap.Seen {
  /// The item as an event of the stream.
  fileprivate var line: String {
    let fields = [
      ("at", at), ("source", source), ("event", event), ("customer", customer),
      ("fate", fate.rawValue), ("detail", detail),
    ]
    let text = fields.map { "\($0.0.quoted):\($0.1.quoted)" }.joined(separator: ",")
    return "event: item\ndata: {\(text)}\n\n"
  }
}
