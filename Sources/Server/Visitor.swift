import Accounts
import Pages

/// Who asks: somebody who was recognised, or nobody in particular.
struct Visitor: Sendable {
  /// Who it is and what they may do; nil for nobody in particular.
  var principal: Principal?
  /// The session of a browser; nil for programs.
  var session: Secret?

  static let nobody = Visitor()

  /// Whether they may do something.
  func may(_ permission: Permission) -> Bool {
    principal?.permissions.contains(permission) == true
  }

  /// The parts of the product that they find in the bar.
  var parts: [Frame.Part] { may(.read) ? Frame.Part.allCases : [] }

  /// What a form of theirs has to send.
  var formToken: String { session?.pageToken() ?? "" }
}
