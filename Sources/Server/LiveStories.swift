import Stories

/// The stories that live parts of pages show: while events keep coming, the same for all pages that
/// watch, and new ones once a second at most, so that a map is measured once for all of them.
actor LiveStories {
  /// New stories are taken at most once in this time.
  private let pause: Duration
  private var taken: ContinuousClock.Instant?
  private var shown: (version: Int, stories: Stories)?
  private var next: Task<Void, any Error>?

  init(pause: Duration = .seconds(1)) { self.pause = pause }

  /// The stories with all changes up to now, though they may be some moments in coming.
  ///
  /// - Parameters:
  ///   - version: the version of the stories now; what has a higher one is newer.
  ///   - take: takes the stories as they are.
  func stories(
    version: @escaping @Sendable () -> Int, take: @escaping @Sendable () async throws -> Stories
  ) async throws -> Stories {
    let now = version()
    while true {
      if let shown, shown.version >= now { return shown.stories }
      // Those that are being taken may lack the last change: then they are taken once more.
      try await (next ?? taking(version, take)).value
    }
  }

  private func taking(
    _ version: @escaping @Sendable () -> Int, _ take: @escaping @Sendable () async throws -> Stories
  ) -> Task<Void, any Error> {
    let earliest = taken.map { $0 + pause } ?? .now
    let task = Task {
      defer { next = nil }
      try await Task.sleep(until: earliest)
      let version = version()
      taken = .now
      let stories = try await take()
      shown = (version, stories)
    }
    next = task
    return task
  }
}

extension Visit {
  /// The stories that the answer shows: as they are now; for live parts, which are asked for by many
  /// pages at the same time, as `LiveStories` has it.
  func storiesShown() async throws -> Stories {
    let workspace = workspace
    guard wantsPart != nil else { return try await workspace.stories() }
    return try await workspace.live.stories(version: { workspace.changes.version }) {
      try await workspace.stories()
    }
  }
}
