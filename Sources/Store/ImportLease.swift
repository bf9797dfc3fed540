import Events
import Synchronization

/// How many imports of this process hold events that no part names yet.
final class RunningImports: Sendable {
  let count = Mutex(0)
}

/// The right of an import to hold events that are in no part yet: while it lasts nobody is erased,
/// since nobody would find those events.
final class ImportLease: Sendable {
  private let imports: RunningImports
  private let isOver = Mutex(false)

  /// Begins; the caller holds `Store.changing`.
  init(_ imports: RunningImports) {
    self.imports = imports
    imports.count.withLock { $0 += 1 }
  }

  /// Ends: everything is in parts, or given up.
  func end() {
    isOver.withLock { isOver in
      guard !isOver else { return }
      isOver = true
      imports.count.withLock { $0 -= 1 }
    }
  }

  deinit { end() }
}

extension Store {
  /// Refuses what has to find every event while an import of this process holds some.
  ///
  /// The caller holds `changing`. Another process can't import meanwhile.
  func refuseBesideImport() throws(Refusal) {
    guard imports.count.withLock({ $0 }) > 0 else { return }
    throw Refusal(
      "store.importing", problem: "A file is being imported, whose events nobody can find yet.",
      remedy: "Wait until its import has ended, then do this again.")
  }
}
