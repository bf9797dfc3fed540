import Accounts

/// The pages of settings: what they have in common.
public enum SettingsPage {
  /// One page of settings.
  public enum Tab: String, CaseIterable, Sendable {
    case account, members, keys, tokens, retention, consent, audit, health

    /// The word on the tab.
    var title: String {
      switch self {
      case .account: "Your account"
      case .members: "Members"
      case .keys: "Write keys"
      case .tokens: "API tokens"
      case .retention: "Retention"
      case .consent: "Consent"
      case .audit: "Audit log"
      case .health: "Health"
      }
    }

    /// Where it lies.
    public var path: String { "/settings/\(rawValue)" }

    /// What somebody needs to see it.
    public var permission: Permission {
      switch self {
      case .account, .tokens: .read
      case .members: .manageMembers
      case .keys: .manageKeys
      case .audit: .readAudit
      case .retention, .consent, .health: .manageSettings
      }
    }
  }

  /// A page of settings for somebody who may see those tabs.
  static func document(
    _ tab: Tab, of permissions: Set<Permission>, lead: Markup, in frame: Frame, _ main: Markup
  ) -> Markup {
    let links = Tab.allCases.filter { permissions.contains($0.permission) }.map { each -> Markup in
      let current: Markup = each == tab ? " aria-current=\"page\"" : ""
      return "<a href=\"\(each.path)\"\(current)>\(each.title)</a>"
    }
    return frame.document(
      title: "\(tab.title) · Settings",
      main: """
        <h1>\(tab.title)</h1>
        <nav class="tabs" aria-label="Settings">\(links)</nav>
        <p class="intro muted">\(lead)</p>
        \(main)
        """)
  }

  /// A form that is one button.
  static func button(
    _ words: String, to path: String, kind: Kind = .quiet, confirm: String? = nil,
    of subject: String = "", in frame: Frame
  ) -> Markup {
    let question: Markup? = confirm.map { " data-confirm=\"\($0)\"" }
    let label: Markup = subject.isEmpty ? "" : " aria-label=\"\(words): \(subject)\""
    return """
      <form method="post" action="\(path)"\(question)>\(frame.formField)\
      <button class="\(kind.rawValue) small"\(label)>\(words)</button></form>
      """
  }

  /// How a button looks.
  enum Kind: String { case quiet, danger }

  /// A secret that is shown once, with a button that copies it.
  static func shownOnce(_ title: String, _ secret: String, _ below: Markup) -> Markup {
    """
    <section class="card once" aria-label="\(title)"><h2>\(title)</h2>
    <p>Copy it now: it is shown once and can't be seen again.</p>
    <div class="secret"><code id="secret">\(secret)</code>
    <button type="button" class="quiet" data-copy="secret">Copy</button></div>\(below)</section>
    """
  }
}
