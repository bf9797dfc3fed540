import Events
import Foundation
import GRDB
import Parts
import Stories
import Synchronization

/// What appending knows by heart: see `Store.findRepeated` and `Store.arrivalRules`.
final class AppendMemory: Sendable {
  /// What the events of the log and of covered parts are recognised by.
  let messages = KnownMessages()
  /// The parts of the base; nil after a change.
  let base = Mutex<[ManifestPart]?>(nil)
  /// What new events have to pass, and how often it has changed; no rules: to be read anew.
  let rules = Mutex<(known: ArrivalRules?, revision: Int)>((nil, 0))
  /// Whether a thread learns what the base holds, and whether it should stop.
  let learning = Mutex<(isBusy: Bool, isClosed: Bool)>((false, false))
  /// Held by whoever learns it.
  let learner = Mutex(())

  /// Forgets what new events have to pass, since that changed.
  func forgetRules() {
    rules.withLock { $0 = (nil, $0.revision + 1) }
  }
}

extension Store {
  /// Reads what the log holds and what every event is recognised by, so that the first events are
  /// taken as quickly as later ones.
  ///
  /// Without this call the first `append` begins it, and looks at the events of the base meanwhile.
  /// About 100 ns of processor time and 6 bytes of memory for each event of the base.
  public func prepareToAppend() throws {
    guard access == .writing else { throw Fault.readingOnly(folder) }
    _ = try view { _, _ in }
    try learnBase()
  }

  /// Marks the events that the store has, or that come earlier in the groups.
  ///
  /// The caller holds `appending`.
  func findRepeated(in groups: inout [CheckedEvents]) throws {
    let pieces = try tailPieces()
    let (base, uncovered) = try appendBase()
    let known = memory.messages
    var suspects: Set<UInt64> = []
    for group in groups {
      for message in group.messages where !known.insert(message) { suspects.insert(message) }
    }
    var found: Set<UInt64> = []
    if !suspects.isEmpty {
      let filter = MessageFilter(suspects)
      for piece in pieces { piece.contains(filter, into: &found) }
      for part in base where found.count < suspects.count {
        filter.find(in: try parts.part(part, in: folder).segment, into: &found)
      }
    }
    if !uncovered.isEmpty {
      let filter = MessageFilter(Set(groups.flatMap(\.messages)).subtracting(suspects))
      for part in uncovered {
        filter.find(in: try parts.part(part, in: folder).segment, into: &found)
      }
    }
    guard !suspects.isEmpty || !found.isEmpty else { return }
    var seen = found
    for index in groups.indices {
      var repeated: Set<Int> = []
      for (place, message) in groups[index].messages.enumerated()
      where suspects.contains(message) || found.contains(message) {
        if !seen.insert(message).inserted { repeated.insert(place) }
      }
      groups[index].leaveOut(repeated)
    }
  }

  /// The parts of the base, and those of them whose events are not known yet.
  private func appendBase() throws -> (base: [ManifestPart], uncovered: [ManifestPart]) {
    let base = try memory.base.withLock { known in
      if let known { return known }
      let base = try read { try ManifestPart.base($0) }
      known = base
      return base
    }
    let covered = memory.messages.covered
    let uncovered = base.filter { !covered.contains($0.number) }
    if !uncovered.isEmpty { learnBaseInBackground() }
    return (base, uncovered)
  }

  /// The log's events in memory.
  private func tailPieces() throws -> [LogPiece] {
    if let pieces = tail.state.withLock({ $0.pieces }) { return pieces }
    return try view { _, log in log.pieces }
  }

  /// What the events of the base are recognised by; the work is shared by a few threads.
  private func learnBase() throws {
    try memory.learner.withLock { _ in try learnBaseAlone() }
  }

  private func learnBaseAlone() throws {
    let base = try read { try ManifestPart.base($0) }
    let known = memory.messages
    let covered = known.covered
    let new = base.filter { !covered.contains($0.number) }
    guard !new.isEmpty else { return }
    known.keep(Set(base.map(\.number)))
    known.reserve(new.reduce(0) { $0 + $1.rows })
    try Background.run(new.count) { [self] index in
      guard !memory.learning.withLock({ $0.isClosed }) else { return }
      known.insert(messagesOf: try parts.part(new[index], in: folder).segment)
      known.cover([new[index].number])
    }
  }

  /// The same without waiting for it, once at a time.
  private func learnBaseInBackground() {
    let isBusy = memory.learning.withLock { learning in
      defer { learning.isBusy = true }
      return learning.isBusy
    }
    guard !isBusy else { return }
    Thread { [self] in
      do { try learnBase() } catch {
        // A part that can't be read, or is replaced meanwhile, is looked at by each `append`,
        // which says what is wrong with it.
      }
      memory.learning.withLock { $0.isBusy = false }
    }.start()
  }
}
