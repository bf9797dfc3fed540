import Accounts
import HTTPTypes
import Pages

/// Who asks: somebody who was recognised, or nobody in particular.
struct Visitor: Sendable {
  /// Who it is and what they may do; nil for nobody in particular.
  var principal: Principal?
  /// The session of a browser; nil for programs.
  var session: Secret?
  /// The role of the member who asks, or for whom a program asks; nil for nobody in particular.
  var role: Role?

  static let nobody = Visitor()

  /// Whether they may do something.
  func may(_ permission: Permission) -> Bool {
    principal?.permissions.contains(permission) == true
  }

  /// The parts of the product that they find in the bar: those whose first page they may open.
  var parts: [Frame.Part] {
    Frame.Part.allCases.filter { part in Self.needed[part].map(may) == true }
  }

  /// What the first page of each part needs, as its route says.
  private static let needed: [Frame.Part: Permission] = {
    var needed: [Frame.Part: Permission] = [:]
    for route in WaymarkServer.routes where route.method == .get {
      guard case .permitted(let permission) = route.access,
        let part = Frame.Part.allCases.first(where: { $0.path == route.path })
      else { continue }
      needed[part] = permission
    }
    return needed
  }()

  /// What a form of theirs has to send.
  var formToken: String { session?.pageToken() ?? "" }
}
