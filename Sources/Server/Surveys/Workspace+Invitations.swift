import Events
import Store

extension Workspace {
  /// How many events of invitations are handed to the log at a time.
  private static let mostTold = 200

  /// Hands what stories are to be told of invitations to the log.
  ///
  /// It is noted as told once it is on the disk. Where the program ends in between it is handed over
  /// once more, and the log knows it by its name.
  /// - Parameter id: of one invitation; nil: of all.
  /// - Returns: the states of which the log took nothing, since it may not be kept.
  @discardableResult
  func tellStories(of id: Int64? = nil) async throws -> Set<Invitation.State> {
    var refused: Set<Invitation.State> = []
    while true {
      let events = try store.untoldEvents(of: id, limit: Self.mostTold)
      guard !events.isEmpty else { return refused }
      let verdicts = try await collection.take(events.map(\.event))
      try store.noteTold(zip(events, verdicts).map { (event: $0, verdict: $1) })
      for (event, verdict) in zip(events, verdicts) {
        if case .refused = verdict { refused.insert(event.state) }
      }
    }
  }
}
