import Answers
import Events
import Store

extension StoryFile.Row: Given {
  static let title = "Event"
  static let meaning = "Something that a customer did."
  static let fields: [Schema.Field] = [
    .init("time", .moment("When it happened.")),
    .init("event", .text("The name of the event.", example: "Order Completed")),
    .init("identity", .text("The identity that it came with.", example: "user:c0000001")),
    .init(
      "properties",
      .map(
        "What else is known: texts, numbers, truth values.", .anything(""),
        example: ["channel": "web", "revenue": .number(39.9)])),
  ]
}

struct CustomerForm: Given {
  var identity: String
  var identities: [String]
  var events: Int
  var first: Instant?
  var last: Instant?
  var links: [LinkForm]

  init(_ identity: Identity, _ events: [Event], links: [IdentityLink]) {
    self.identity = identity.description
    var known: Set<Identity> = []
    identities = events.map(\.identity).filter { known.insert($0).inserted }.map(\.description)
    self.events = events.count
    (first, last) = (events.first?.time, events.last?.time)
    self.links = links.map(LinkForm.init)
  }

  static let title = "CustomerInFull"
  static let meaning = "One customer."
  static let fields: [Schema.Field] = [
    .init("identity", .text("The identity that was asked for.", example: "user:c0000001")),
    .init(
      "identities",
      .list("All that events came with.", .text("An identity.", example: "user:c0000001"))),
    .init("events", .integer("How many events they have.", example: 23)),
    .optional("first", .moment("When they were seen first.")),
    .optional("last", .moment("When they were seen last.")),
    .init("links", .list("Why these identities are one person.", .of(LinkForm.self))),
  ]
}

struct LinkForm: Given {
  var id: Int64
  var first: String
  var second: String
  var source: String
  var rule: String
  var said: Instant
  var removed: Instant?

  init(_ link: IdentityLink) {
    (id, first, second) = (link.id, link.first.description, link.second.description)
    (source, rule, said) = (link.source.rawValue, link.rule, link.said)
    removed = link.removed
  }

  static let title = "Link"
  static let meaning = "Somebody said that two identities are one person."
  static let fields: [Schema.Field] = [
    .init("id", .integer("The number.", example: 1)),
    .init("first", .text("One of the identities.", example: "user:c0000001")),
    .init("second", .text("The other.", example: "anonymous:3f9a")),
    .init("source", .word("Who said so.", IdentityLink.Source.self)),
    .init("rule", .text("By which rule, or for what reason.", example: "by Eve Editor")),
    .init("said", .moment("When it was said.")),
    .optional("removed", .moment("When it was taken back.")),
  ]
}

struct LinkDraft: Taken {
  var other: String
  var reason: String?

  init(_ body: JSONValue) {
    other = body["other"]?.text ?? ""
    reason = body["reason"]?.text
  }

  static let meaning = "Another identity of the person."
  static let fields: [Schema.Field] = [
    .init(
      "other",
      .text(
        "`user:c17`, `anonymous:3f9a`, or a bare id of a user.", 1...600, example: "anonymous:3f9a")
    ),
    .optional(
      "reason", .text("Why, for those who read it later.", 1...200, example: "by phone")),
  ]
}

struct LinkReport: Given {
  var isNew: Bool

  static let meaning = "What became of a link."
  static let fields: [Schema.Field] = [
    .init("isNew", .boolean("Whether nobody had said so before."))
  ]
}

struct ErasureWish: Taken {
  var confirm: String

  init(_ body: JSONValue) { confirm = body["confirm"]?.text ?? "" }

  static let meaning = "A confirmation."
  static let fields: [Schema.Field] = [
    .init("confirm", .text("The id in the address, once more.", 1...600, example: "user:c0000001"))
  ]
}

struct ErasureForm: Given {
  struct Trace: Given {
    var file: String
    var place: String

    static let title = "Trace"
    static let meaning = "A place where something of the customer is left."
    static let fields: [Schema.Field] = [
      .init("file", .text("The file.", example: "waymark.sqlite")),
      .init("place", .text("Where in it.", example: "table log")),
    ]
  }

  var identities: Int
  var events: Int
  var links: Int
  var refusedItems: Int
  var filesSearched: Int
  var bytesSearched: Int
  var isProven: Bool
  var traces: [Trace]

  init(_ report: ErasureReport) {
    (identities, events) = (report.identities, report.events + report.loggedEvents)
    (links, refusedItems) = (report.links, report.refusedItems)
    (filesSearched, bytesSearched) = (report.filesSearched, report.bytesSearched)
    isProven = report.isProven
    traces = report.traces.map { Trace(file: $0.file, place: $0.place) }
  }

  static let title = "Erasure"
  static let meaning = "What was removed, and what a search found afterwards."
  static let fields: [Schema.Field] = [
    .init("identities", .integer("Identities that were removed.", example: 2)),
    .init("events", .integer("Events that were removed.", example: 23)),
    .init("links", .integer("Links that were removed.", example: 1)),
    .init("refusedItems", .integer("Refused items that were removed.", example: 0)),
    .init("filesSearched", .integer("Files that were searched.", example: 12)),
    .init("bytesSearched", .integer("Bytes of them.", example: 43_000_000)),
    .init("isProven", .boolean("Whether nothing is left.")),
    .init("traces", .list("What is left.", .of(Trace.self))),
  ]
}
