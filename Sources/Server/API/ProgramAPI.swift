import Accounts
import Events
import Hummingbird
import Store

/// The program itself: who asks, how it is, who did what, settings.
enum ProgramAPI {
  static let all: [Route] = [
    .api(
      .get, "/me", .read,
      Operation("readMe", .program, "Who asks", "The member or token, and what it may do."),
      giving: me),
    .api(
      .patch, "/me", .read,
      Operation(
        "renameMe", .program, "Change one's own name",
        "For a member in a session; a token needs leave to manage members."), taking: rename),
    .api(
      .get, "/me/sessions", .read,
      Operation("listSessions", .program, "Where the member who asks is signed in"),
      giving: sessions),
    .api(
      .delete, "/me/sessions/{session}", .read,
      Operation("endSession", .program, "Sign a browser out"), doing: endSession),
    .api(
      .get, "/status", .manageSettings,
      Operation("readStatus", .program, "How much there is, and how the program is"),
      giving: status),
    .api(
      .get, "/settings", .manageSettings,
      Operation("readSettings", .program, "The settings", "Values that are secrets are masked."),
      giving: settings),
    .api(
      .get, "/audit", .readAudit,
      Operation(
        "listAudit", .program, "Who did what, the latest first",
        parameters: [
          .query(
            "kind", .word("Only what this kind of caller did.", Principal.Kind.self).plain),
          .query(
            "area",
            .text("Only actions whose part before the dot is this.", 1...40, example: "member")
              .plain
          ),
        ] + Operation.Parameter.page), giving: audit),
  ]

  private static func me(_ call: Call) throws -> Caller { Caller(try call.principal()) }

  private static func rename(_ call: Call, _ draft: NameDraft) throws -> MemberForm {
    let principal = try call.principal()
    let number = principal.member ?? 0
    try call.store.renameMember(number, to: draft.name, by: principal)
    return try MemberAPI.member(number, call)
  }

  private static func sessions(_ call: Call) throws -> Page<SessionForm> {
    let member = try call.principal().member ?? 0
    return Page(items: try call.store.sessions(ofMember: member).map(SessionForm.init))
  }

  private static func endSession(_ call: Call) throws {
    try call.store.endSession(call.number("session"), by: call.principal())
  }

  private static func status(_ call: Call) throws -> StatusForm {
    StatusForm(try call.store.status(), started: call.workspace.metrics.startedAt)
  }

  private static func settings(_ call: Call) throws -> SettingsForm {
    let settings = try call.store.settings()
    return SettingsForm(
      settings: Dictionary(
        settings.map { ($0, Masking.isSecret($0) ? Masking.mask : $1) }, uniquingKeysWith: { $1 }))
  }

  private static func audit(_ call: Call) throws -> Page<AuditForm> {
    let filter = AuditFilter(
      kind: call.visit.query("kind").flatMap(Principal.Kind.init), area: call.visit.query("area"))
    let lines = try call.store.auditLog(
      filter, before: try call.numberedPlace(), limit: call.limit + 1)
    return call.page(lines, at: { "\($0.id)" }, AuditForm.init)
  }
}

/// Who asks.
private struct Caller: Given {
  var kind: String
  var id: Int?
  var name: String
  var permissions: [String]

  init(_ principal: Principal) {
    kind = principal.kind.rawValue
    id = principal.id
    name = principal.name
    permissions = principal.permissions.map(\.rawValue).sorted()
  }

  static let meaning = "Who asks."
  static let fields: [Schema.Field] = [
    .init("kind", .word("What kind of caller it is.", Principal.Kind.self, example: .token)),
    .optional("id", .integer("The number of the member or token.", example: 1)),
    .init("name", .text("The name.", example: "Weekly report of Ada Admin")),
    .init(
      "permissions", .list("What it may do.", .word("A permission.", Permission.self))),
  ]
}

private struct NameDraft: Taken {
  var name: String

  init(_ body: JSONValue) { name = body["name"]?.text ?? "" }

  static let meaning = "A name."
  static let fields: [Schema.Field] = [
    .init("name", .text("The name.", 1...100, example: "Ada Admin"))
  ]
}

private struct SessionForm: Given {
  var id: Int
  var browser: String
  var began: Instant
  var used: Instant

  init(_ session: Session) {
    (id, browser, began, used) = (session.id, session.browser, session.began, session.used)
  }

  static let title = "Session"
  static let meaning = "A member in one browser."
  static let fields: [Schema.Field] = [
    .init("id", .integer("The number.", example: 1)),
    .init("browser", .text("What the browser calls itself.", example: "Mozilla/5.0")),
    .init("began", .moment("When it began.")),
    .init("used", .moment("When it was last used, to the minute.")),
  ]
}

private struct StatusForm: Given {
  var version = ProgramRoutes.version
  var started: Instant
  var format: Int
  var events: Int
  var customers: Int
  var unsealedEvents: Int
  var parts: Int
  var bytes: Int
  var imports: Int
  var runningImport: String?
  var first: Instant?
  var last: Instant?

  init(_ status: StoreStatus, started: Instant) {
    self.started = started
    (format, events, customers) = (status.format, status.events, status.customers)
    unsealedEvents = status.loggedEvents
    (parts, bytes, imports) = (status.parts, status.bytes, status.imports)
    (runningImport, first, last) = (status.runningImport, status.first, status.last)
  }

  static let title = "Status"
  static let meaning = "How much there is, and how the program is."
  static let fields: [Schema.Field] = [
    .init("version", .text("The program's version.", example: ProgramRoutes.version)),
    .init("started", .moment("When the program was started.")),
    .init("format", .integer("The version of the store's format.", example: 5)),
    .init("events", .integer("Events in the store.", example: 1_200_345)),
    .init("customers", .integer("Customers with sealed events.", example: 50_000)),
    .init("unsealedEvents", .integer("Events that no part holds yet.", example: 345)),
    .init("parts", .integer("Parts.", example: 8)),
    .init("bytes", .integer("Their size.", example: 43_000_000)),
    .init("imports", .integer("Imports that were finished.", example: 1)),
    .optional(
      "runningImport", .text("The file of an import that isn't finished.", example: "may.csv")),
    .optional("first", .moment("When the earliest event happened.")),
    .optional("last", .moment("When the latest event happened.")),
  ]
}

private struct SettingsForm: Given {
  var settings: [String: String]

  static let title = "Settings"
  static let meaning = "All settings that were set."
  static let fields: [Schema.Field] = [
    .init(
      "settings",
      .map("Values by name.", .text("A value.", example: "13"), example: [:]))
  ]
}

private struct AuditForm: Given {
  var id: Int
  var at: Instant
  var kind: String
  var actor: Int?
  var name: String
  var action: String
  var subject: String
  var detail: String
  var request: String?

  init(_ entry: AuditEntry) {
    (id, at, kind, actor) = (entry.id, entry.at, entry.kind.rawValue, entry.actor)
    (name, action, subject) = (entry.name, entry.action, entry.subject)
    (detail, request) = (entry.detail, entry.request)
  }

  static let title = "AuditEntry"
  static let meaning = "One line of the audit log."
  static let fields: [Schema.Field] = [
    .init("id", .integer("Its number; later lines have higher ones.", example: 17)),
    .init("at", .moment("When it was done.")),
    .init("kind", .word("What kind of caller did it.", Principal.Kind.self)),
    .optional(
      "actor", .integer("The number of the caller; missing for the folder's owner.", example: 1)),
    .init("name", .text("Their name as of then.", example: "Ada Admin")),
    .init("action", .text("What was done.", example: "member.add")),
    .init("subject", .text("What it was done to.", example: "eve@example.com")),
    .init("detail", .text("How, in words.", example: "as editor")),
    .optional("request", .text("The name of the request.", example: "4f1a")),
  ]
}
