import Accounts
import Events
import Logging
import Pages
import Store
import Synchronization

/// Removes events that are older than they are kept: every day, and when somebody asks for it.
final class RetentionDesk: Sendable {
  /// How often it is looked whether a new day has begun; what failed is tried again then.
  static let span = Duration.seconds(1800)

  private let current = Mutex(RetentionPage.State.idle)
  private let requests: AsyncStream<Principal>
  private let request: AsyncStream<Principal>.Continuation

  init() { (requests, request) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(4)) }

  /// How far the latest removal is.
  var state: RetentionPage.State {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }

  /// Asks for a removal, which happens soon.
  func ask(_ principal: Principal) {
    state = .running(done: 0, of: 0)
    request.yield(principal)
  }

  /// What is asked for, from now on.
  var asked: AsyncStream<Principal> { requests }
}

extension Workspace {
  /// Removes expired events until the server stops; what was begun is finished.
  func removeExpiredEvents() async {
    let desk = retention
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        var removed: Horizon?
        while !Task.isCancelled {
          let horizon = try? self.store.retentionRule().horizon(at: .now)
          if horizon != removed, await self.removeExpiredEvents(by: .folderOwner) {
            removed = horizon
          }
          // The only thing that ends the wait early is the end.
          try? await Task.sleep(for: RetentionDesk.span)
        }
      }
      group.addTask {
        for await principal in desk.asked { _ = await self.removeExpiredEvents(by: principal) }
      }
    }
  }

  /// Removes them once; whether that went well.
  private func removeExpiredEvents(by principal: Principal) async -> Bool {
    let (desk, changes, store) = (retention, changes, store)
    do {
      let report = try await onCountingThreads {
        guard try !store.retentionRule().keepsAll else { return RetentionReport() }
        return try store.removeExpired(by: principal) { done, of in
          desk.state = .running(done: done, of: of)
          changes.happened()
        }
      }
      if report.events > 0 {
        desk.state = .done(events: report.events, at: .now)
      } else if case .running = desk.state {
        desk.state = .idle
      }
      changes.happened()
      return true
    } catch let refusal as Refusal {
      desk.state = .failed("\(refusal.problem) It is tried again later.")
    } catch {
      desk.state = .failed("It failed, and is tried again later; the server's log says why.")
      logger.error(
        "Expired events could not be removed; it is tried again.", metadata: ["error": "\(error)"])
    }
    changes.happened()
    return false
  }
}
