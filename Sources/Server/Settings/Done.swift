/// What was just done, told once on the page that follows.
///
/// The address carries only its name, so that nobody can put words of their own on a page.
enum Done: String {
  case name, password, session, sessions, role, disabled, enabled, removed, revoked, saved,
    restored, kept, consent

  var words: String {
    switch self {
    case .name: "Your name is changed."
    case .password: "Your password is changed. Your other browsers are signed out."
    case .session: "That browser is signed out."
    case .sessions: "Your other browsers are signed out."
    case .role: "The role is changed."
    case .disabled: "The member is disabled and signed out."
    case .enabled: "The member may sign in again."
    case .removed: "It is removed."
    case .revoked: "It is revoked."
    case .saved: "Saved: the experience runs as you see it."
    case .kept: "Events are kept by this rule from now on."
    case .consent: "Saved: what comes in from now on is judged by it."
    case .restored: "Restored: the experience runs as it was then."
    }
  }
}

extension Visit {
  /// What was just done, from the address.
  var done: String? { query("done").flatMap(Done.init)?.words }
}
