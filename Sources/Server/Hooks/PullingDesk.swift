import Events
import Experience
import Pulling
import Synchronization

/// What is known of the sources of the experience since the server was started: which of them are
/// looked at now, which failed, and when each is looked at next.
final class PullingDesk: Sendable {
  /// How many sources are looked at at a time: each holds a thread while it waits.
  static let mostAtOnce = 4
  /// The longest that a source that fails waits for its next look.
  private static let longestPause = TimeSpan(milliseconds: 300_000)

  /// How one source stands.
  struct Standing: Sendable {
    var source: EventSource
    var isRunning = false
    var next: Instant?
    var last: (at: Instant, report: PullReport)?
    /// Why the last look failed, and how many did since one that was well.
    var problem: Refusal?
    var failures = 0
    /// How many requests to it were turned away, and when the last one was.
    var turnedAway: (count: Int, last: Instant)?
    let bad = BadFiles()

    init(_ source: EventSource) { self.source = source }
  }

  private let standings = Mutex<[String: Standing]>([:])
  let environment: SourceEnvironment

  init(environment: SourceEnvironment = SourceEnvironment()) { self.environment = environment }

  /// How all sources stand, in the order of the experience.
  func all(_ sources: [EventSource]) -> [Standing] {
    standings.withLock { standings in sources.map { standings[$0.name] ?? Standing($0) } }
  }

  /// The sources of the experience as it is now.
  ///
  /// While its text has errors, those of before go on that can't be read from it: a mistake in a
  /// journey loses nobody's requests.
  func sources(_ file: ExperienceFile) -> [EventSource] {
    let now = file.experience?.sources ?? []
    guard !file.errors.isEmpty || file.fault != nil else { return now }
    return standings.withLock { standings in
      now
        + standings.values.map(\.source).filter { old in
          !now.contains { $0.name == old.name }
        }.sorted { $0.name < $1.name }
    }
  }

  /// Notes which sources there are; those that changed are looked at anew at once.
  func settle(_ sources: [EventSource]) {
    standings.withLock { standings in
      for source in sources
      where standings[source.name]?.source.says(theSameAs: source) != true {
        let isRunning = standings[source.name]?.isRunning ?? false
        standings[source.name] = Standing(source)
        standings[source.name]?.isRunning = isRunning
      }
      standings = standings.filter { each in
        each.value.isRunning || sources.contains { $0.name == each.key }
      }
    }
  }

  /// The sources that are due, which count as running from now on; one folder at a time, since a
  /// store has one import at a time.
  func begin(_ sources: [EventSource], at now: Instant) -> [EventSource] {
    standings.withLock { standings in
      var running = standings.values.filter(\.isRunning).map(\.source)
      var begun: [EventSource] = []
      for source in sources where source.isFetched {
        guard running.count < Self.mostAtOnce, let standing = standings[source.name],
          !standing.isRunning, standing.next ?? now <= now,
          source.kind != .folder || !running.contains(where: { $0.kind == .folder })
        else { continue }
        standings[source.name]?.isRunning = true
        running.append(source)
        begun.append(source)
      }
      return begun
    }
  }

  /// Notes how a look ended.
  func end(_ source: EventSource, _ result: Result<PullReport, any Error>, at now: Instant) {
    standings.withLock { standings in
      guard var standing = standings[source.name] else { return }
      standing.isRunning = false
      defer { standings[source.name] = standing }
      // What was found of a source that is another meanwhile says nothing of it.
      guard standing.source.says(theSameAs: source) else { return }
      switch result {
      case .success(let report):
        standing.last = (now, report)
        standing.problem = nil
        standing.failures = 0
        standing.next = report.hasMore ? now : now + source.every
      case .failure(let error):
        standing.problem = Refusal(telling: error)
        standing.failures += 1
        standing.next = now + Self.pause(after: standing.failures)
      }
    }
  }

  /// How long a source waits after so many failures: 2 s, 4 s, up to five minutes.
  static func pause(after failures: Int) -> TimeSpan {
    min(longestPause, TimeSpan(milliseconds: 1000 << min(failures, 20)))
  }

  /// Notes a request that was turned away because of its signature.
  func turnAway(_ source: EventSource, at now: Instant) {
    standings.withLock { standings in
      let count = standings[source.name]?.turnedAway?.count ?? 0
      standings[source.name]?.turnedAway = (count + 1, now)
    }
  }
}

extension EventSource {
  /// Whether the program fetches from it.
  fileprivate var isFetched: Bool { if case .webhook = kind { false } else { true } }
}

extension Refusal {
  /// What people are told of a failure.
  fileprivate init(telling error: any Error) {
    switch error {
    case let refusal as Refusal: self = refusal
    case let fault as Fault: self.init(fault.code, problem: fault.problem, remedy: fault.remedy)
    default:
      self.init(
        "source.error", problem: "Something unforeseen went wrong.",
        remedy: "The server's log says more.")
    }
  }
}
