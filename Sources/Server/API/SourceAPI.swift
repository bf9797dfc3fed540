import Accounts
import Events
import Hummingbird
import Pages
import Store

/// Where events come from, and what was refused.
enum SourceAPI {
  static let all: [Route] = [
    .api(
      .get, "/sources", .read,
      Operation("listSources", .sources, "Who sends events", "The one that sent last first."),
      giving: list),
    .api(
      .get, "/sources/{source}/refused", .collect,
      Operation(
        "listRefused", .sources, "The latest items of a source that were refused",
        "At most \(RefusedItem.most), the latest first."), giving: refused),
    .api(
      .get, "/imports", .read,
      Operation("listImports", .sources, "The files that were imported", "The latest 100."),
      giving: imports),
  ]

  private static func list(_ call: Call) throws -> Page<SourceForm> {
    Page(
      items: try SourceRoutes.named(try call.store.collectionRecords(), call.store)
        .map(SourceForm.init))
  }

  private static func refused(_ call: Call) throws -> Page<RefusedForm> {
    let name = call.visit.parameter("source")
    let sources = try SourceRoutes.named(try call.store.collectionRecords(), call.store)
    guard let source = sources.first(where: { $0.key == name }) else {
      throw Problem(
        .notFound,
        Refusal(
          "source.unknown", problem: "There is no source “\(name.prefix(80))”.",
          remedy: "Look at the list of sources."))
    }
    return Page(items: try call.store.refusedItems(of: source.record.source).map(RefusedForm.init))
  }

  private static func imports(_ call: Call) throws -> Page<ImportForm> {
    Page(items: try call.store.importRecords().map(ImportForm.init))
  }
}

private struct SourceForm: Given {
  struct Name: Given {
    var event: String
    var taken: Int
    var last: Instant

    static let title = "CollectedName"
    static let meaning = "What happened to events of one name."
    static let fields: [Schema.Field] = [
      .init(
        "event",
        .text("The name; empty: all beyond the first thousand.", example: "Order Completed")),
      .init("taken", .integer("How many were taken, or known already.", example: 120)),
      .init("last", .moment("When the last one came.")),
    ]
  }

  var source: String
  var kind: String
  var name: String
  var taken: Int
  var refused: Int
  var last: Instant?
  var names: [Name]

  init(_ source: SourcesPage.Source) {
    let record = source.record
    (self.source, kind, name) = (source.key, record.source.kind.rawValue, source.name)
    (taken, refused) = (record.taken, record.refused)
    last = source.hasSent ? record.last : nil
    names = record.names.map { Name(event: $0.event, taken: $0.taken, last: $0.last) }
  }

  static let title = "Source"
  static let meaning = "Somebody or something that sends events."
  static let fields: [Schema.Field] = [
    .init("source", .text("What it is called in addresses.", example: "write-key-1")),
    .init("kind", .word("What kind of caller it is.", Principal.Kind.self, example: .writeKey)),
    .init("name", .text("The name of the key, token or member.", example: "website")),
    .init("taken", .integer("Events that were taken, or known already.", example: 1200)),
    .init("refused", .integer("Items that were refused.", example: 3)),
    .optional("last", .moment("When it last sent something.")),
    .init("names", .list("Its events by name, the latest first.", .of(Name.self))),
  ]
}

private struct RefusedForm: Given {
  var at: Instant
  var dialect: String
  var code: String
  var problem: String
  var field: String?
  var item: String

  init(_ item: RefusedItem) {
    (at, dialect, code) = (item.at, item.dialect, item.code)
    (problem, field, self.item) = (item.problem, item.field, item.item)
  }

  static let title = "RefusedItem"
  static let meaning = "An item that was sent and not taken."
  static let fields: [Schema.Field] = [
    .init("at", .moment("When it was sent.")),
    .init("dialect", .text("In whose words.", example: "segment")),
    .init("code", .text("Why, for programs.", example: "time.unreadable")),
    .init("problem", .text("Why, for people.", example: "The time can't be read.")),
    .optional("field", .text("Which field is wrong.", example: "timestamp")),
    .init("item", .text("Its beginning, with secrets masked.", example: "{…")),
  ]
}

private struct ImportForm: Given {
  var file: String
  var state: String
  var started: Instant
  var ended: Instant?
  var records: Int
  var rejected: Int
  var added: Int
  var repeated: Int

  init(_ record: ImportRecord) {
    (file, state) = (record.source, record.state.rawValue)
    (started, ended, records) = (record.started, record.ended, record.records)
    (rejected, added, repeated) = (record.rejected, record.added, record.repeated)
  }

  static let title = "Import"
  static let meaning = "A file that was imported, or is being imported."
  static let fields: [Schema.Field] = [
    .init("file", .text("The file as it was named.", example: "events.jsonl")),
    .init("state", .word("Where it stands.", ["running", "finished", "discarded"])),
    .init("started", .moment("When it was begun.")),
    .optional("ended", .moment("When it ended.")),
    .init("records", .integer("Records that were read.", example: 5000)),
    .init("rejected", .integer("Those that are no events.", example: 2)),
    .init("added", .integer("Events that were new.", example: 4998)),
    .init("repeated", .integer("Events that were known.", example: 0)),
  ]
}
