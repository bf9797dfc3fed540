import Accounts
import Events
import Foundation
import Hummingbird
import Pages
import Store

/// How long events are kept, and what collection makes of consent.
enum RetentionRoutes {
  static let all: [Route] = [
    Route(.get, "/settings/retention", .permitted(.manageSettings)) { visit in
      try await retention(visit)
    },
    Route(.post, "/settings/retention", .permitted(.manageSettings)) { visit in
      try await keep(visit)
    },
    Route(.get, "/settings/consent", .permitted(.manageSettings)) { visit in
      try consent(visit)
    },
    Route(.post, "/settings/consent", .permitted(.manageSettings)) { visit in
      try await setConsent(visit)
    },
  ]

  /// What has to be typed before anything is removed.
  private static let word = "remove"

  private static func retention(_ visit: Visit) async throws -> Response {
    if visit.wantsPart == RetentionPage.part {
      return .page(RetentionPage.removal(visit.workspace.retention.state))
    }
    guard let months = visit.query("months") else { return try await retention(visit, nil, nil) }
    do {
      let lines = visit.query("named") ?? ""
      return try await retention(visit, try RetentionRule(months: months, lines: lines), nil)
    } catch let refusal as Refusal {
      return try await retention(visit, nil, refusal)
    }
  }

  /// The page: with a draft of another rule, also what that would remove.
  private static func retention(
    _ visit: Visit, _ draft: RetentionRule?, _ problem: Refusal?
  ) async throws -> Response {
    let store = visit.workspace.store
    let seen = visit.workspace.changes.version
    let expired = try await draft.asyncMap { draft in
      try await visit.workspace.onCountingThreads { try store.expiredEvents(by: draft) }
    }
    var frame = visit.frame(.settings)
    frame.notice = problem == nil ? visit.done : nil
    let page = RetentionPage(
      rule: try store.retentionRule(), draft: draft, expired: expired,
      removed: try store.removedEvents(), state: visit.workspace.retention.state,
      word: word, seen: seen)
    return .page(
      page.render(problem, of: visit.permissions, in: frame),
      problem == nil ? .ok : .unprocessableContent)
  }

  private static func keep(_ visit: Visit) async throws -> Response {
    let form = try await visit.form()
    let workspace = visit.workspace
    let principal = try visit.principal()
    let rule: RetentionRule
    do {
      rule = try RetentionRule(months: form["months"] ?? "", lines: form["named"] ?? "")
    } catch {
      return try await retention(visit, nil, error)
    }
    let expired = try await workspace.onCountingThreads {
      try workspace.store.expiredEvents(by: rule)
    }
    guard expired.count == 0 || form["confirm"]?.trimmingCharacters(in: .whitespaces) == word else {
      let refusal = Refusal(
        "retention.confirm", problem: "Nothing was changed: \(expired.count) events would go.",
        remedy: "Type “\(word)” if that is what you want.")
      return try await retention(visit, rule, refusal)
    }
    try workspace.store.keep(rule, by: principal)
    if expired.count > 0 { workspace.retention.ask(principal) }
    return .goTo("/settings/retention?done=\(Done.kept.rawValue)")
  }

  private static func consent(
    _ visit: Visit, _ draft: ConsentRule? = nil, problem: Refusal? = nil
  ) throws -> Response {
    let store = visit.workspace.store
    var frame = visit.frame(.settings)
    frame.notice = problem == nil ? visit.done : nil
    let page = ConsentPage.render(
      try draft ?? store.consentRule(), denials: try store.denialCount(), problem: problem,
      of: visit.permissions, in: frame)
    return .page(page, problem == nil ? .ok : .unprocessableContent)
  }

  private static func setConsent(_ visit: Visit) async throws -> Response {
    let form = try await visit.form()
    let categories = (form["categories"] ?? "").split(separator: ",")
      .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    let required = ConsentRule.Requirement(rawValue: form["required"] ?? "")
    let rule = ConsentRule(required: required ?? .no, categories: categories)
    do {
      guard required != nil else {
        throw Refusal(
          "consent.required", problem: "Nothing says whether consent is required.",
          remedy: "Choose one of the two.")
      }
      try visit.workspace.store.set(rule, by: visit.principal())
      return .goTo("/settings/consent?done=\(Done.consent.rawValue)")
    } catch let refusal as Refusal where refusal.code.hasPrefix("consent.") {
      return try consent(visit, rule, problem: refusal)
    }
  }
}

extension Optional where Wrapped: Sendable {
  /// What a value becomes by work that waits; nil where there is none.
  fileprivate func asyncMap<Value>(
    _ work: (Wrapped) async throws -> Value
  ) async throws -> Value? {
    guard let self else { return nil }
    return try await work(self)
  }
}
