import Events
import Foundation
import Stories
import Synchronization

/// Takes events from many callers at once: those who wait for the disk at the same time share one
/// transaction, and the log becomes parts in the background.
public final class Collector: Sendable {
  /// How many bytes of the log one transaction takes before the next begins.
  static let largestCommit = 4_194_304
  /// How long a transaction waits at most for calls that come soon, in seconds.
  static let longestGathering = 0.002

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
    /// With so many calls the thread that commits is told.
    fileprivate var enough = 1
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
      if state.calls.count == state.enough { work.signal() }
      return nil
    }
    if let refusal { throw refusal }
  }

  private func refusal(of count: Int, size: Int, _ state: inout State) -> Refusal? {
    guard !state.isStopping else { return .stopped }
    let logged = store.loggedEvents
    if logged + count > limits.loggedEvents {
      state.figures.turnedAway += count
      return .busy("The log holds \(logged) events that are not in parts yet, and no more.")
    }
    if state.figures.waiting + count > limits.waitingEvents
      || state.waitingBytes + size > limits.waitingBytes
    {
      state.figures.turnedAway += count
      return .busy("\(state.figures.waiting) events wait to be written, and more can't.")
    }
    return nil
  }

  /// Commits what waits, again and again, until it is stopped and nothing waits.
  private func commitUntilStopped() {
    var last = 0
    while true {
      if last > 0 { waitForAsMany(last) }
      let calls = next()
      last = calls.count
      guard calls.isEmpty else {
        commit(calls)
        continue
      }
      if state.withLock({ $0.isStopping && $0.calls.isEmpty }) { return }
      work.wait()
    }
  }

  /// Waits shortly for as many calls, beside those that wait already, as were answered last.
  ///
  /// Callers who were answered send their next events at once; a transaction that begins without
  /// them makes them wait for two. A caller alone never waits for others.
  private func waitForAsMany(_ count: Int) {
    let seconds: Double? = state.withLock { state in
      let isFull = state.figures.waiting >= Store.longestAppend || state.isStopping
      guard !isFull, count > 1 || state.calls.isEmpty else { return nil }
      state.enough = state.calls.count + count
      return min(state.figures.lastCommitSeconds / 4, Self.longestGathering)
    }
    guard let seconds else { return }
    _ = work.wait(timeout: .now() + seconds)
    state.withLock { $0.enough = 1 }
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

extension Refusal {
  fileprivate static func busy(_ problem: String) -> Refusal {
    Refusal(
      "collect.busy", problem: problem,
      remedy: "Send these events again in a few seconds; none of them was taken.")
  }

  fileprivate static let stopped = Refusal(
    "collect.stopped", problem: "The collector is being stopped.",
    remedy: "Send these events again when it is back; none of them was taken.")
}
