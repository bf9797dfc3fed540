/// What a member may do, from the least to the most; each role may do all that the one before may.
public enum Role: String, Sendable, CaseIterable, Codable, Comparable {
  /// Reads maps, answers and customers' stories.
  case viewer
  /// Asks own questions; saves questions, boards and sets; sees to tickets.
  case analyst
  /// Changes the experience, links and erases customers, sends events.
  case editor
  /// Manages members, keys, retention and settings; reads the audit log.
  case admin

  /// Whether the left role may do less than the right one.
  public static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .viewer: 0
    case .analyst: 1
    case .editor: 2
    case .admin: 3
    }
  }

  /// All that the role may do.
  public var permissions: Set<Permission> {
    Set(Permission.allCases.filter { $0.leastRole <= self })
  }
}

/// One kind of deed that needs leave.
public enum Permission: String, Sendable, CaseIterable, Codable {
  /// Read maps, answers, boards and customers' stories.
  case read
  /// Ask a question that nobody saved.
  case ask
  /// Save, change and delete questions, boards and sets.
  case save
  /// Take, note, close and reopen tickets.
  case seeToTickets
  /// Send events, and see those that were refused.
  case collect
  /// Save a version of the experience.
  case editExperience
  /// Link and unlink identities.
  case linkCustomers
  /// Erase a customer.
  case eraseCustomers
  /// Add, change and remove members.
  case manageMembers
  /// Add and revoke write keys; see and revoke everybody's API tokens.
  case manageKeys
  /// Change retention and settings.
  case manageSettings
  /// Read who did what.
  case readAudit

  /// The least role that grants it.
  public var leastRole: Role {
    switch self {
    case .read: .viewer
    case .ask, .save, .seeToTickets: .analyst
    case .collect, .editExperience, .linkCustomers, .eraseCustomers: .editor
    case .manageMembers, .manageKeys, .manageSettings, .readAudit: .admin
    }
  }

  /// The deed in words that follow "may not".
  var words: String {
    switch self {
    case .read: "read maps and answers"
    case .ask: "ask own questions"
    case .save: "save questions, boards and sets"
    case .seeToTickets: "see to tickets"
    case .collect: "send events"
    case .editExperience: "change the experience"
    case .linkCustomers: "link customers"
    case .eraseCustomers: "erase customers"
    case .manageMembers: "manage members"
    case .manageKeys: "manage keys"
    case .manageSettings: "change settings"
    case .readAudit: "read the audit log"
    }
  }
}

/// What an API token was made for; it may never do more than the member who made it.
public enum Scope: String, Sendable, CaseIterable, Codable, Comparable {
  /// Read maps and answers.
  case read
  /// Read, ask, save, see to tickets.
  case ask
  /// Send events, and nothing else.
  case collect
  /// Read, ask, save, change the experience, link and erase customers.
  case edit
  /// Everything.
  case admin

  /// In the order of the cases.
  public static func < (left: Scope, right: Scope) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .read: 0
    case .ask: 1
    case .collect: 2
    case .edit: 3
    case .admin: 4
    }
  }

  /// What a token with this scope may do where its member may do it.
  public var permissions: Set<Permission> {
    switch self {
    case .read: [.read]
    case .ask: [.read, .ask, .save, .seeToTickets]
    case .collect: [.collect]
    case .edit: Role.editor.permissions.subtracting([.collect])
    case .admin: Set(Permission.allCases)
    }
  }

  /// What a token with these scopes may do while its member has that role.
  public static func permissions(of scopes: Set<Scope>, role: Role) -> Set<Permission> {
    scopes.reduce(into: Set<Permission>()) { $0.formUnion($1.permissions) }
      .intersection(role.permissions)
  }
}
