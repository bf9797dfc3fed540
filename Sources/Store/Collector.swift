import Events
import Foundation
import Stories
import Synchronization

/// Takes events from many callers at once: those who wait for the disk at the same time share one
/// transaction, and the log becomes parts in the background.
public final class Collector: Sendable {
  /// When the log becomes parts.
  public struct SealingPolicy: Sendable {
    /// After so many events.
    public var events: Int
    /// After so many seconds, where there are any events.
    public var seconds: Double
    /// After a failure, once more after so many seconds.
    public var secondsAfterFailure: Double

    /// Makes a policy.
    public init(
      events: Int = 1_000_000, seconds: Double = 60, secondsAfterFailure: Double = 10
    ) {
      self.events = events
      self.seconds = seconds
      self.secondsAfterFailure = secondsAfterFailure
    }
  }

  /// How much a collector holds at most; beyond it events are turned away.
  public struct Limits: Sendable {
    /// How many events wait for the disk: some seconds of the fastest disk's work.
    public var waitingEvents = 200_000
    /// How many bytes they have, in the form of the log.
    public var waitingBytes = 67_108_864
    /// How many events the log holds: they are in memory, at about 150 bytes each, until they
    /// become parts.
    public var loggedEvents = 10_000_000

    /// The usual limits.
    public init() {}
  }

  /// What a collector has done since it was made.
  public struct Figures: Sendable, Equatable {
    /// Events that were taken.
    public var taken = 0
    /// Events that the store had already.
    public var repeated = 0
    /// Events that were refused for what they say.
    public var refused = 0
    /// Events that nobody took because too many waited.
    public var turnedAway = 0
    /// Events that wait for the disk.
    public var waiting = 0
    /// Transactions that took events.
    public var commits = 0
    /// Transactions that failed.
    public var failures = 0
    /// How long the last transaction took, in seconds.
    public var lastCommitSeconds = 0.0
    /// How often the log became parts.
    public var seals = 0
    /// How often that failed.
    public var sealFailures = 0
    /// Events that wait in the log to become parts.
    public var logged = 0
  }

  /// How many bytes of the log one transaction takes before the next begins.
  static let largestCommit = 4_194_304

  let store: Store
  let sealing: SealingPolicy
  private let limits: Limits
  let onFailure: @Sendable (any Error) -> Void
  let state = Mutex(State())
  /// Counted up when there is something to commit.
  private let work = DispatchSemaphore(value: 0)
  /// Counted up when there may be something to seal.
  let sealingWork = DispatchSemaphore(value: 0)
  private let ended = DispatchGroup()

  /// One caller's events.
  fileprivate struct Call: Sendable {
    var events: CheckedEvents
    var answer: CheckedContinuation<[Verdict], any Error>
    var size: Int { events.chunk.size }
  }

  struct State: Sendable {
    fileprivate var calls: [Call] = []
    fileprivate var waitingBytes = 0
    var figures = Figures()
    var isStopping = false
    var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
    var nextListener = 0
  }

  /// Makes a collector of a store that is open for writing; the store has one at a time.
  ///
  /// Its threads run until it is stopped.
  /// - Parameter onFailure: told of failures of sealing, which is tried again later.
  public init(
    _ store: Store, sealing: SealingPolicy = SealingPolicy(), limits: Limits = Limits(),
    onFailure: @escaping @Sendable (any Error) -> Void = { _ in }
  ) {
    self.store = store
    self.sealing = sealing
    self.limits = limits
    self.onFailure = onFailure
    begin { $0.commitUntilStopped() }
    begin { $0.sealUntilStopped() }
  }

  private func begin(_ work: @escaping @Sendable (Collector) -> Void) {
    ended.enter()
    Thread { [self] in
      work(self)
      ended.leave()
    }.start()
  }

  /// What it has done, and what waits.
  public var figures: Figures {
    var figures = state.withLock { $0.figures }
    figures.logged = store.loggedEvents
    return figures
  }

  /// Takes events into the durable log; what is taken survives a loss of power when this returns.
  ///
  /// - Returns: one verdict for each event, in the same order.
  /// - Throws: `collect.busy` where too many events wait, `collect.stopped`, `events.append` where
  ///   these are too many at once; faults of the disk. Then none of these events was taken.
  public func take(_ events: [Event]) async throws -> [Verdict] {
    try admit(events.count)
    let checked = try store.check(events)
    return try await withCheckedThrowingContinuation { answer in
      do {
        try enqueue(Call(events: checked, answer: answer))
        work.signal()
      } catch {
        answer.resume(throwing: error)
      }
    }
  }

  /// Finishes what was accepted, and ends. The log stays as it is; later calls are refused.
  public func stop() async {
    state.withLock { $0.isStopping = true }
    work.signal()
    sealingWork.signal()
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      ended.notify(queue: .global()) { done.resume() }
    }
    let listeners = state.withLock { state in
      defer { state.listeners = [:] }
      return state.listeners.values
    }
    for listener in listeners { listener.finish() }
  }

  /// Tells that there are new events; changes that nobody waited for are told as one.
  public func changes() -> AsyncStream<Void> {
    let (stream, listener) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let number: Int? = state.withLock { state in
      guard !state.isStopping else { return nil }
      defer { state.nextListener += 1 }
      state.listeners[state.nextListener] = listener
      return state.nextListener
    }
    guard let number else {
      listener.finish()
      return stream
    }
    listener.onTermination = { [weak self] _ in
      self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
    }
    return stream
  }
}

extension Collector {
  /// Refuses events for which there is no room, before any work is done for them.
  private func admit(_ count: Int) throws(Refusal) {
    if let refusal = state.withLock({ refusal(of: count, size: 0, &$0) }) { throw refusal }
  }

  private func enqueue(_ call: Call) throws(Refusal) {
    let (count, size) = (call.events.events.count, call.size)
    let refusal: Refusal? = state.withLock { state in
      if let refusal = self.refusal(of: count, size: size, &state) { return refusal }
      state.calls.append(call)
      state.figures.waiting += count
      state.waitingBytes += size
      return nil
    }
    if let refusal { throw refusal }
  }

  private func refusal(of count: Int, size: Int, _ state: inout State) -> Refusal? {
    guard !state.isStopping else { return .stopped }
    guard state.figures.waiting + count <= limits.waitingEvents,
      state.waitingBytes + size <= limits.waitingBytes,
      store.loggedEvents + count <= limits.loggedEvents
    else {
      state.figures.turnedAway += count
      return .busy(waiting: state.figures.waiting)
    }
    return nil
  }

  /// Commits what waits, again and again, until it is stopped and nothing waits.
  private func commitUntilStopped() {
    while true {
      work.wait()
      while case let calls = next(), !calls.isEmpty { commit(calls) }
      if state.withLock({ $0.isStopping && $0.calls.isEmpty }) { return }
    }
  }

  /// The calls of the next transaction, in the order in which they came.
  private func next() -> [Call] {
    state.withLock { state in
      var (count, bytes, end) = (0, 0, 0)
      for call in state.calls {
        count += call.events.events.count
        bytes += call.size
        if end > 0, count > Store.longestAppend || bytes > Self.largestCommit { break }
        end += 1
      }
      defer { state.calls.removeFirst(end) }
      return Array(state.calls[..<end])
    }
  }

  private func commit(_ calls: [Call]) {
    let start = ContinuousClock.now
    let result = Result { try store.append(calls.map(\.events)) }
    if case .failure(let error) = result, error is Refusal, calls.count > 1 {
      // One of the calls is refused as a whole; the others shall not bear it.
      for call in calls { commit([call]) }
      return
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    var listeners: [AsyncStream<Void>.Continuation] = []
    state.withLock { state in
      for call in calls {
        state.figures.waiting -= call.events.events.count
        state.waitingBytes -= call.size
      }
      state.figures.lastCommitSeconds = seconds
      guard case .success(let verdicts) = result else {
        state.figures.failures += 1
        return
      }
      state.figures.commits += 1
      if state.figures.count(verdicts) { listeners = Array(state.listeners.values) }
    }
    for (index, call) in calls.enumerated() { call.answer.resume(with: result.map { $0[index] }) }
    for listener in listeners { listener.yield() }
    if store.loggedEvents >= sealing.events { sealingWork.signal() }
  }
}

extension Collector.Figures {
  /// Counts verdicts; whether any event was taken.
  fileprivate mutating func count(_ verdicts: [[Verdict]]) -> Bool {
    let before = taken
    for verdict in verdicts.joined() {
      switch verdict {
      case .taken: taken += 1
      case .repeated: repeated += 1
      case .refused: refused += 1
      }
    }
    return taken > before
  }
}

extension Refusal {
  fileprivate static func busy(waiting: Int) -> Refusal {
    Refusal(
      "collect.busy", problem: "\(waiting) events wait to be written, and more can't.",
      remedy: "Send these events again in a few seconds; none of them was taken.")
  }

  fileprivate static let stopped = Refusal(
    "collect.stopped", problem: "The collector is being stopped.",
    remedy: "Send these events again when it is back; none of them was taken.")
}
