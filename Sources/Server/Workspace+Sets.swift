import Accounts
import Events
import Experience
import Store

extension Workspace {
  /// Keeps customers under a name that questions may use.
  ///
  /// - Throws: `set.taken` where a segment, a persona or a set has the name, what the store throws.
  func save(_ set: SavedSet, by principal: Principal) throws {
    let experience = experience().experience
    let taken =
      (experience?.segments.map(\.name) ?? []) + (experience?.personas.map(\.name) ?? [])
      + (try store.savedSets().map(\.name))
    guard !taken.contains(set.name) else {
      throw Refusal(
        "set.taken",
        problem: "There is a segment, persona or saved set “\(set.name.prefix(80))” already.",
        remedy: "Choose another name.")
    }
    try store.save(set, by: principal)
  }
}
