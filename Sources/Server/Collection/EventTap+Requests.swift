import Accounts
import Events
import Store
import Wire

extension EventTap {
  /// Shows the items of a request, with what became of each.
  func show(_ request: CollectedRequest, _ outcomes: [ItemOutcome], from principal: Principal) {
    guard isWatched else { return }
    let now = "\(Instant.now)"
    var next = outcomes.makeIterator()
    for item in request.items {
      switch item {
      case .nothing: continue
      case .refused(let refusal):
        show(
          Seen(
            at: now, source: principal.name, event: "", customer: "", fate: .refused,
            detail: refusal.problem))
      case .event(let event):
        let (fate, detail): (Fate, String) =
          switch next.next() {
          case .taken: (.taken, "")
          case .repeated: (.duplicate, "")
          case .refused(let refusal): (.refused, refusal.problem)
          case nil: (.refused, "")
          }
        show(
          Seen(
            at: now, source: principal.name, event: event.name,
            customer: event.identity.description, fate: fate, detail: detail))
      }
    }
  }
}
