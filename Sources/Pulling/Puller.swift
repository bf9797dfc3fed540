import Events
import Experience
import Store

/// Fetches from sources: tables and folders. Webhooks come by themselves.
public struct Puller: Sendable {
  private let store: Store
  private let environment: SourceEnvironment
  private let sink: PullSink

  /// Makes it.
  public init(
    _ store: Store, environment: SourceEnvironment = SourceEnvironment(), into sink: PullSink
  ) {
    self.store = store
    self.environment = environment
    self.sink = sink
  }

  /// Looks once at a source.
  ///
  /// It blocks its thread while it waits for the database or the disk.
  /// - Parameter bad: the files of its folder that are not read again until they change.
  /// - Throws: `source.…`, faults of the store, `CancellationError`.
  public func pull(
    _ source: EventSource, bad: BadFiles = BadFiles()
  ) async throws -> PullReport {
    switch source.kind {
    case .postgresql(let query):
      return try await TablePull(
        source: source, query: query, address: environment.address(of: source),
        store: store, sink: sink
      ).run()
    case .folder:
      return try await FolderPull(
        source: source, folder: environment.address(of: source), store: store,
        sink: sink, bad: bad
      ).run()
    case .webhook: throw Self.sentOnly(source)
    }
  }

  static func sentOnly(_ source: EventSource) -> Refusal {
    Refusal(
      "source.webhook", problem: "“\(source.name)” is a webhook: its sender sends by itself.",
      remedy: "Serve, and let it send to /hooks/\(source.name); or see what a body becomes with "
        + "`waymark pull \(source.name) --dry-run --body <file>`.")
  }
}
