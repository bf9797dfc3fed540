import Events
import Foundation
import GRDB
import Glibc
import Parts
import Stories
import Synchronization

/// Everything that a workspace knows, in one folder: the log, the parts, who is who.
///
/// SQLite is the only authority: a part counts when the manifest names it, and it is named in the
/// same transaction that takes what it replaces out. A process that ends at any moment leaves the
/// state before or after a transaction, and files that nobody names, which the next writer sweeps.
public final class Store: Sendable {
  /// What a store is opened for.
  public enum Access: Sendable {
    /// Snapshots and reports; any number of processes at a time.
    case reading
    /// All else; one process at a time.
    case writing
  }

  /// The folder that the store lies in.
  public let folder: String
  /// What it was opened for.
  public let access: Access
  /// The event names that readers of files add to.
  public let names: SharedEventNames

  let pool: DatabasePool
  let clock: @Sendable () -> Instant
  let shardRows: Int
  let parts = OpenParts()
  let writeKeyCache = WriteKeyCache()
  let counters: Mutex<Counters>
  let resolved = Mutex<ResolvedIdentities?>(nil)
  /// Held by whoever changes links, or the base: merging reads and replaces what others add to.
  let changing = Mutex(())
  /// Held by `append`, and, inside `changing`, by whoever it has to wait for.
  let appending = Mutex(())
  /// The log in memory, for the process that writes; its lock is the innermost.
  let tail = LogTail()
  let memory = AppendMemory()
  let imports = RunningImports()
  /// The last snapshot of the latest view.
  let lastSnapshot = Mutex<KeptSnapshot?>(nil)
  /// The database's file, once it was searched after an erasure.
  let searchedDatabase = Mutex<FileHandle?>(nil)
  private let lock: Mutex<FolderLock?>

  /// The name of the database inside the folder.
  static let databaseName = "waymark.sqlite"
  /// The folder of parts inside the folder.
  static let partsName = "parts"
  /// The folder of rejected records inside the folder.
  static let rejectsName = "rejects"
  /// How many rows a shard has, about: three are in memory while merging, 150 bytes a row each. In
  /// larger ones the last keeps one processor waiting: ten million rows took a tenth longer.
  public static let defaultShardRows = 500_000

  /// The numbers that are given out in order, ahead of the transaction that keeps them.
  struct Counters {
    var arrival: Int
    var part: Int
  }

  private init(
    folder: String, access: Access, pool: DatabasePool, lock: FolderLock?, names: EventNames,
    counters: Counters, shardRows: Int, clock: @escaping @Sendable () -> Instant
  ) {
    self.folder = folder
    self.access = access
    self.pool = pool
    self.lock = Mutex(lock)
    self.names = SharedEventNames(names)
    self.counters = Mutex(counters)
    self.shardRows = shardRows
    self.clock = clock
  }

  /// Opens a store; for writing, one that isn't there yet is made, readable by its owner only.
  ///
  /// - Parameters:
  ///   - folder: the folder; its parent is there.
  ///   - access: what the store is opened for.
  ///   - shardRows: how many rows a part has, about.
  ///   - clock: what tells the time of links, imports and erasures.
  /// - Throws: `store.missing`, `store.locked`, `store.newer`, `store.older`, `store.foreign`,
  ///   `store.damaged`, `store.permission`, `store.full`.
  public static func open(
    at folder: String, access: Access, shardRows: Int = defaultShardRows,
    clock: @escaping @Sendable () -> Instant = { Instant.now }
  ) throws(Fault) -> Store {
    precondition(shardRows > 0)
    let lock: FolderLock?
    switch access {
    case .reading:
      guard FileManager.default.fileExists(atPath: folder + "/" + databaseName) else {
        throw .missingStore(folder)
      }
      lock = nil
    case .writing:
      try makeFolder(folder)
      try makeFolder(folder + "/" + partsName)
      lock = try FolderLock(folder)
    }
    do {
      let pool = try openPool(folder, access)
      let (names, counters) = try pool.read { database in
        (try EventNames(database, in: folder), try Counters(database))
      }
      let store = Store(
        folder: folder, access: access, pool: pool, lock: lock, names: names, counters: counters,
        shardRows: shardRows, clock: clock)
      if access == .writing { try store.sweep() }
      return store
    } catch {
      throw Fault(error, in: folder)
    }
  }

  /// Closes the database and gives the lock back; the store can't be used afterwards.
  public func close() throws(Fault) {
    memory.learning.withLock { $0.isClosed = true }
    lastSnapshot.withLock { $0 = nil }
    do { try pool.close() } catch { throw Fault(error, in: folder) }
    searchedDatabase.withLock { $0 = nil }
    lock.withLock { $0 = nil }
  }

  private static func makeFolder(_ path: String) throws(Fault) {
    guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
    throw .system(errno, subject: path, doing: "make the folder")
  }

  /// Makes a new database's file readable by its owner only; SQLite's other files follow it.
  private static func makeFile(_ path: String) throws(Fault) {
    let file = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 || errno == EEXIST else {
      throw .system(errno, subject: path, doing: "make the database")
    }
    if file >= 0 { Glibc.close(file) }
  }

  private static func openPool(_ folder: String, _ access: Access) throws -> DatabasePool {
    var configuration = Configuration()
    configuration.readonly = access == .reading
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { database in
      if !database.configuration.readonly {
        try database.execute(sql: "PRAGMA secure_delete = ON")
      }
    }
    let path = folder + "/" + databaseName
    if access == .writing { try makeFile(path) }
    let pool = try DatabasePool(path: path, configuration: configuration)
    switch access {
    case .reading:
      try pool.read { database in
        try Schema.check(database, in: folder)
        guard try Schema.isReadable(database) else { throw Fault.older(folder) }
      }
    case .writing:
      try pool.writeWithoutTransaction { database in
        // DatabasePool leaves NORMAL behind, whatever the configuration said.
        try database.execute(sql: "PRAGMA synchronous = FULL")
        try Schema.check(database, in: folder)
        try database.inTransaction {
          try Schema.migrate(database)
          return .commit
        }
      }
    }
    return pool
  }
}

extension Instant {
  /// The moment that this machine's clock shows.
  public static var now: Instant {
    Instant(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
  }
}

extension Store.Counters {
  init(_ database: Database) throws {
    func value(_ name: String) throws -> Int {
      try Int.fetchOne(
        database, sql: "SELECT value FROM counters WHERE name = ?", arguments: [name]) ?? 0
    }
    self.init(arrival: try value("arrival"), part: try value("part"))
  }
}

extension Fault {
  static func missingStore(_ folder: String) -> Fault {
    Fault(
      "store.missing", subject: folder, problem: "There is no store in this folder.",
      remedy: "Begin with `waymark import <file>`, which makes one.")
  }

  fileprivate static func closed(_ folder: String) -> Fault {
    Fault(
      "store.closed", subject: folder, problem: "The store was closed meanwhile.",
      remedy: "Open it again.")
  }

  static func older(_ folder: String) -> Fault {
    Fault(
      "store.older", subject: folder, problem: "The store has an older format.",
      remedy: "Run any command that writes, such as `waymark import`, to bring it up to date.")
  }
}

extension Store {
  /// Runs reading SQL in one consistent view.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    do { return try pool.read(body) } catch let refusal as Refusal { throw refusal } catch {
      throw Fault(error, in: folder)
    }
  }

  /// Runs reading SQL and gives it the events that the log has in the same view, sorted or not.
  ///
  /// For the process that writes; in others the log is read from the database.
  /// - Parameter mark: told the arrival after the last event, before anybody can add one.
  func view<Value>(
    mark: (_ state: inout LogTail.State, _ end: Int?) -> Void = { _, _ in },
    _ body: (Database, LogView) throws -> Value
  ) throws -> Value {
    do {
      // The view has to be fixed while the log's lock is held. `read` would fix it before.
      return try pool.unsafeRead { database in
        var value: Value?
        try database.inTransaction(.deferred) {
          value = try body(database, try tail.pieces(database, of: self, mark: mark))
          return .commit
        }
        guard let value else { throw Fault.closed(folder) }
        return value
      }
    } catch let refusal as Refusal { throw refusal } catch {
      throw Fault(error, in: folder)
    }
  }

  /// Does what nobody may append meanwhile, nor change links or the base.
  func alone<Value>(_ body: () throws -> Value) throws -> Value {
    try changing.withLock { _ in try appending.withLock { _ in try body() } }
  }

  /// Runs writing SQL in one durable transaction.
  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    guard access == .writing else { throw Fault.readingOnly(folder) }
    do { return try pool.write(body) } catch let refusal as Refusal { throw refusal } catch {
      throw Fault(error, in: folder)
    }
  }

  /// Runs a body that can't refuse, so that only faults come out.
  func faultsOnly<Value>(_ body: () throws -> Value) throws(Fault) -> Value {
    do { return try body() } catch { throw Fault(error, in: folder) }
  }

  /// Gives out arrivals: positions among all events that the workspace ever took.
  func reserveArrivals(_ count: Int) throws(Fault) -> UInt32 {
    let first: Int? = counters.withLock { counters in
      guard count >= 0, count <= Self.arrivalLimit - counters.arrival else { return nil }
      defer { counters.arrival += count }
      return counters.arrival
    }
    guard let first else {
      throw Fault(
        "store.arrivals", subject: folder,
        problem: "A store takes at most \(Self.arrivalLimit) events.",
        remedy: "Begin a second store for later events.")
    }
    return UInt32(first)
  }

  /// How many events a store takes in its life: arrivals are 32 bits wide.
  public static let arrivalLimit = 4_294_967_295
}
