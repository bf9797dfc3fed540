import Accounts
import Events
import Hummingbird
import Store

/// Rules: how long events are kept, and whether they need consent.
enum RuleAPI {
  static let all: [Route] = [
    .api(
      .get, "/retention", .manageSettings,
      Operation(
        "readRetention", .program, "How long events are kept",
        "With the number of events that are older by now, and go with the next removal."),
      giving: retention),
    .api(
      .put, "/retention", .manageSettings,
      Operation(
        "setRetention", .program, "Say how long events are kept",
        "What is older goes, soon and for good: `removing` says that this is meant. Where it is less "
          + "than the number of events that would go, nothing is changed, and the answer says how "
          + "many they are."), taking: keep),
    .api(
      .get, "/consent", .manageSettings,
      Operation("readConsent", .program, "Whether events have to say that their customer consents"),
      giving: consent),
    .api(
      .put, "/consent", .manageSettings,
      Operation("setConsent", .program, "Say whether they have to"), taking: setConsent),
  ]

  private static func retention(_ call: Call) async throws -> RetentionForm {
    let store = call.store
    return try await call.workspace.onCountingThreads {
      let rule = try store.retentionRule()
      return RetentionForm(rule, expired: try store.expiredEvents(by: rule).count)
    }
  }

  private static func keep(_ call: Call, _ draft: RetentionDraft) async throws -> RetentionForm {
    let rule = try draft.rule()
    let (store, principal) = (call.store, try call.principal())
    let expired = try await call.workspace.onCountingThreads {
      try store.expiredEvents(by: rule).count
    }
    guard expired <= draft.removing else {
      throw Refusal(
        "retention.confirm", problem: "Nothing was changed: \(expired) events would go.",
        remedy: "Say “removing”: \(expired), if that is what you want.")
    }
    try store.keep(rule, by: principal)
    if expired > 0 { call.workspace.retention.ask(principal) }
    return RetentionForm(rule, expired: expired)
  }

  private static func consent(_ call: Call) throws -> ConsentForm {
    ConsentForm(try call.store.consentRule())
  }

  private static func setConsent(_ call: Call, _ draft: ConsentDraft) throws -> ConsentForm {
    try call.store.set(draft.rule, by: call.principal())
    return ConsentForm(draft.rule)
  }
}

/// How long events are kept.
private struct RetentionForm: Given {
  var months: Int?
  var named: [String]
  var expired: Int

  init(_ rule: RetentionRule, expired: Int) {
    months = rule.months
    named = rule.lines.split(separator: "\n").map(String.init)
    self.expired = expired
  }

  static let title = "Retention"
  static let meaning = "How long events are kept."
  static let fields: [Schema.Field] = [
    RetentionDraft.months, .init("named", RetentionDraft.named),
    .init("expired", .integer("How many events are older.", example: 0)),
  ]
}

private struct RetentionDraft: Taken {
  private let term: Int?
  private let lines: [String]
  let removing: Int

  init(_ body: JSONValue) {
    term = body["months"]?.whole
    lines = body["named"]?.items.compactMap(\.text) ?? []
    removing = body["removing"]?.whole ?? 0
  }

  func rule() throws(Refusal) -> RetentionRule {
    try RetentionRule(
      months: term.map(String.init) ?? "", lines: lines.joined(separator: "\n"))
  }

  static let months = Schema.Field.optional(
    "months", .integer("After how many months events go; for ever where it is missing.", 1...1200))
  static let named = Schema.list(
    "Other terms for events of some names.",
    .text("The name, a colon, and months or `keep`.", 1...400, example: "Page Viewed: 6"), 0...1000)

  static let meaning = "How long events are kept from now on."
  static let fields: [Schema.Field] = [
    months, .optional("named", named),
    .optional(
      "removing", .integer("How many events go with it, at most.", 0...1_000_000_000_000)),
  ]
}

/// Whether events need consent.
private struct ConsentForm: Given {
  var required: ConsentRule.Requirement
  var categories: [String]

  init(_ rule: ConsentRule) { (required, categories) = (rule.required, rule.categories) }

  static let title = "Consent"
  static let meaning = "Whether events have to say that their customer consents."
  static let fields: [Schema.Field] = [
    .init("required", .word("Whether they have to.", ConsentRule.Requirement.self)),
    .init(
      "categories",
      .list(
        "The categories that have to be granted; none: consent as a whole.",
        .text("A category.", 1...60, example: "analytics"), 0...20)),
  ]
}

private struct ConsentDraft: Taken {
  let rule: ConsentRule

  init(_ body: JSONValue) {
    rule = ConsentRule(
      required: body["required"]?.word() ?? .no,
      categories: body["categories"]?.items.compactMap(\.text) ?? [])
  }

  static let meaning = ConsentForm.meaning
  static let fields = ConsentForm.fields
}
