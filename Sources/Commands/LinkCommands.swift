import ArgumentParser
import Events
import Store
import Stories

/// Says that two identities are one customer.
struct LinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link",
    abstract: "Say that two identities are one customer; their histories become one.",
    usage: "waymark link [<options>] <first> <second>",
    discussion: """
      Examples:
        waymark link anonymous:3f9a user:c17
        waymark link c17 c18 --reason "called and told us"
      """)

  @Argument(help: "An identity: c17, user:c17 or anonymous:3f9a.") var first: Identity
  @Argument(help: "The other.") var second: Identity
  @OptionGroup var workspace: WorkspaceOptions
  @Option(help: "Why, for those who read it later.") var reason = "by hand"

  func run() throws {
    let store = try workspace.store(.writing)
    let stories = try store.stories()
    let isNew = try store.link(first, second, reason: reason)
    Terminal.print(
      isNew
        ? "\(first) and \(second) are one customer. `waymark unlink` takes it back."
        : "\(first) and \(second) are linked already.")
    for identity in [first, second] where stories.canonicalKey(of: identity) == nil {
      Terminal.note("Nobody is known as \(identity.description.printable) up to now.")
    }
  }
}

/// Takes a link back.
struct UnlinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unlink",
    abstract: "Take back that two identities are one customer.",
    usage: "waymark unlink [<options>] <first> <second>",
    discussion: """
      Example:
        waymark unlink anonymous:3f9a user:c17
      """)

  @Argument(help: "An identity.") var first: Identity
  @Argument(help: "The other.") var second: Identity
  @OptionGroup var workspace: WorkspaceOptions

  func run() throws {
    try workspace.store(.writing).unlink(first, second)
    Terminal.print("\(first) and \(second) are linked no more. `waymark link` ties them again.")
  }
}
