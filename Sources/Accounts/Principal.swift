import Events

/// Who asks for something: named in the audit log, with what they may do.
public struct Principal: Sendable, Equatable {
  /// What kind of caller it is.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    /// A member who signed in.
    case member
    /// A program with an API token.
    case token
    /// A program with a write key.
    case writeKey = "write-key"
    /// A source of the experience, which the program fetches from or which signs what it sends.
    case source
    /// Whoever has the folder: the command line and the program itself.
    case owner
  }

  /// What kind of caller it is.
  public let kind: Kind
  /// The number of the member, token, write key or source; nil for the folder's owner.
  public let id: Int?
  /// The number of the member who acts, by themselves or through a token.
  public let member: Int?
  /// Their name at the time.
  public let name: String
  /// What they may do.
  public let permissions: Set<Permission>
  /// The id of the request that they act in; nil outside of one.
  public var request: String?

  private init(
    _ kind: Kind, id: Int?, member: Int?, name: String, permissions: Set<Permission>,
    request: String?
  ) {
    self.kind = kind
    self.id = id
    self.member = member
    self.name = name
    self.permissions = permissions
    self.request = request
  }

  /// A member who signed in.
  public static func member(
    _ id: Int, name: String, role: Role, request: String? = nil
  ) -> Principal {
    Principal(
      .member, id: id, member: id, name: name, permissions: role.permissions, request: request)
  }

  /// A program that acts for a member, within the scopes of its token and the member's role now.
  public static func token(
    _ id: Int, name: String, scopes: Set<Scope>, member: Int, role: Role, request: String? = nil
  ) -> Principal {
    Principal(
      .token, id: id, member: member, name: name,
      permissions: Scope.permissions(of: scopes, role: role), request: request)
  }

  /// A program that may only send events.
  public static func writeKey(_ id: Int, name: String, request: String? = nil) -> Principal {
    Principal(
      .writeKey, id: id, member: nil, name: name, permissions: [.collect], request: request)
  }

  /// A source of the experience, which may only bring events.
  public static func source(_ id: Int, name: String) -> Principal {
    Principal(.source, id: id, member: nil, name: name, permissions: [.collect], request: nil)
  }

  /// Whoever has the store's folder, and so everything in it.
  public static func owner(_ name: String) -> Principal {
    Principal(
      .owner, id: nil, member: nil, name: name, permissions: Set(Permission.allCases),
      request: nil)
  }

  /// The command line, and what happens without anybody's asking.
  public static let folderOwner = owner("the owner of the folder")

  /// Refuses a deed that they may not do.
  ///
  /// - Throws: `access.denied`, naming what is missing and who can help.
  public func require(_ permission: Permission) throws(Refusal) {
    guard !permissions.contains(permission) else { return }
    let remedy =
      switch kind {
      case .member, .owner:
        "Ask an admin for the role “\(permission.leastRole.rawValue)” or a higher one."
      case .token:
        "Use a token whose scopes include it, made by a member who is "
          + "“\(permission.leastRole.rawValue)” or higher."
      case .writeKey, .source: "It can only send events; make an API token for this."
      }
    throw Refusal(
      "access.denied", problem: "“\(name.prefix(80))” may not \(permission.words).", remedy: remedy)
  }
}
