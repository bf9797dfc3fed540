import Events
import Foundation
import GRDB

/// The tables of a store, version after version; a version that was shipped never changes.
///
/// Keys and hashes are 64-bit patterns in SQLite's signed integers; times are milliseconds since
/// the Unix epoch, UTC. Ids and names are blobs of UTF-8, since they may hold NUL characters.
enum Schema {
  /// The script that makes each version from the one before; the first makes version 1.
  static let versions: [String] = [
    version1, version2, version3, version4, version5, invitationTables, ticketTables,
  ]

  /// The version that this program writes.
  static var current: Int { versions.count }

  /// The oldest version that is read as it is: what later ones added is empty there.
  static let oldestRead = 2
  /// The version that the log has its form from; older ones are read while their log is empty.
  static let logVersion = 4

  /// The mark that tells a store's database from other programs' ("WAYM").
  static let application = 0x5741_594D

  /// The version of the database: 0 where it is new.
  static func version(_ database: Database) throws -> Int {
    try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
  }

  /// Makes the tables, or brings those of an older version up to date, in one transaction.
  static func migrate(_ database: Database, to goal: Int = current) throws {
    let version = try version(database)
    for next in version..<max(version, goal) {
      try database.execute(sql: versions[next])
      if next + 1 == logVersion { try migrateLog(database) }
      try database.execute(sql: "PRAGMA user_version = \(next + 1)")
    }
    try database.execute(sql: "PRAGMA application_id = \(application)")
  }

  /// Whether a database is read as it is.
  static func isReadable(_ database: Database) throws -> Bool {
    let version = try version(database)
    guard version < logVersion else { return true }
    return try version >= oldestRead
      && Bool.fetchOne(database, sql: "SELECT NOT EXISTS (SELECT 1 FROM log)") == true
  }

  /// Refuses databases of other programs and of newer versions of this one.
  static func check(_ database: Database, in folder: String) throws {
    let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
    guard application == Self.application || (application == 0 && tables == 0) else {
      throw Fault(
        "store.foreign", subject: folder + "/" + Store.databaseName,
        problem: "The file is a database of another program.",
        remedy: "Give Waymark a folder of its own.")
    }
    let version = try version(database)
    guard version <= current else {
      throw Fault(
        "store.newer", subject: folder,
        problem: "The store has format \(version); this program knows formats up to \(current).",
        remedy: "Use the newer Waymark that wrote it, or another folder.")
    }
  }

  private static let version1 = """
    CREATE TABLE settings (
      name TEXT PRIMARY KEY CHECK (name <> ''),
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE counters (
      name TEXT PRIMARY KEY CHECK (name IN ('arrival', 'part', 'manifest', 'identity')),
      value INTEGER NOT NULL CHECK (value >= 0)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO counters VALUES ('arrival', 0), ('part', 1), ('manifest', 0), ('identity', 0);

    CREATE TABLE event_names (
      code INTEGER PRIMARY KEY CHECK (code BETWEEN 0 AND 65534),
      name BLOB NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE imports (
      id INTEGER PRIMARY KEY,
      source TEXT NOT NULL,
      fingerprint TEXT NOT NULL CHECK (fingerprint <> ''),
      state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'discarded')),
      started INTEGER NOT NULL,
      ended INTEGER CHECK ((ended IS NULL) = (state = 'running')),
      byte_offset INTEGER NOT NULL DEFAULT 0 CHECK (byte_offset >= 0),
      record_number INTEGER NOT NULL DEFAULT 0 CHECK (record_number >= 0),
      records INTEGER NOT NULL DEFAULT 0 CHECK (records >= 0),
      accepted INTEGER NOT NULL DEFAULT 0 CHECK (accepted >= 0),
      rejected INTEGER NOT NULL DEFAULT 0 CHECK (rejected >= 0),
      added INTEGER NOT NULL DEFAULT 0 CHECK (added >= 0),
      repeated INTEGER NOT NULL DEFAULT 0 CHECK (repeated >= 0),
      erased INTEGER NOT NULL DEFAULT 0 CHECK (erased >= 0)
    ) STRICT;
    CREATE UNIQUE INDEX one_running_import ON imports (state) WHERE state = 'running';

    CREATE TABLE parts (
      number INTEGER PRIMARY KEY CHECK (number > 0), -- the file is named after it
      state TEXT NOT NULL CHECK (state IN ('base', 'staged')),
      import INTEGER REFERENCES imports (id) CHECK ((import IS NULL) = (state = 'base')),
      row_count INTEGER NOT NULL CHECK (row_count > 0),
      customers INTEGER NOT NULL CHECK (customers > 0),
      first_key INTEGER NOT NULL,
      last_key INTEGER NOT NULL,
      first_time INTEGER NOT NULL,
      last_time INTEGER NOT NULL CHECK (last_time >= first_time),
      bytes INTEGER NOT NULL CHECK (bytes > 0),
      checksum INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE identities (
      key INTEGER PRIMARY KEY,
      namespace INTEGER NOT NULL CHECK (namespace IN (0, 1)), -- user, anonymous
      id BLOB NOT NULL CHECK (length(id) BETWEEN 1 AND 512),
      UNIQUE (namespace, id)
    ) STRICT;

    CREATE TABLE links (
      id INTEGER PRIMARY KEY,
      first INTEGER NOT NULL REFERENCES identities (key),
      second INTEGER NOT NULL REFERENCES identities (key) CHECK (second <> first),
      source TEXT NOT NULL CHECK (source IN ('event', 'person', 'import')),
      rule TEXT NOT NULL,
      said INTEGER NOT NULL,
      removed INTEGER,
      removed_by TEXT CHECK ((removed_by IS NULL) = (removed IS NULL)),
      import INTEGER REFERENCES imports (id) -- hidden until that import is finished
    ) STRICT;
    CREATE INDEX links_by_pair ON links (first, second);
    CREATE INDEX links_by_second ON links (second);
    CREATE INDEX links_by_import ON links (import) WHERE import IS NOT NULL;

    CREATE TABLE erasures (
      key INTEGER PRIMARY KEY,
      erased INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('hidden', 'removed'))
    ) STRICT;

    CREATE TABLE log (
      position INTEGER PRIMARY KEY CHECK (position BETWEEN 0 AND 4294967295), -- the arrival
      message INTEGER NOT NULL UNIQUE,
      key INTEGER NOT NULL,
      linked_key INTEGER,
      time INTEGER NOT NULL,
      event BLOB NOT NULL -- JSON, see OldLoggedEvent
    ) STRICT;
    CREATE INDEX log_by_key ON log (key);
    CREATE INDEX log_by_linked_key ON log (linked_key) WHERE linked_key IS NOT NULL;
    """

  private static let version2 = """
    -- The state of the links when the part was written; -1: each identity is its own customer.
    ALTER TABLE parts ADD COLUMN identity INTEGER NOT NULL DEFAULT -1 CHECK (identity >= -1);

    CREATE TABLE audit (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      action TEXT NOT NULL CHECK (action IN ('link', 'unlink', 'erase', 'import', 'discard')),
      subject INTEGER, -- a key or the id of an import
      detail TEXT NOT NULL
    ) STRICT;
    """

  private static let version3 = """
    -- Sets of customers behind a number; versions before had none.
    CREATE TABLE saved_sets (
      name TEXT PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 64),
      saved INTEGER NOT NULL,
      question TEXT NOT NULL, -- JSON
      place TEXT NOT NULL, -- the row of the answer's table
      members BLOB NOT NULL CHECK (length(members) % 8 = 0) -- keys, ascending, little-endian
    ) STRICT;
    """

  private static let version4 = logTables + peopleTables

  private static let version5 = replyTables + pullingTables + consentTables
}
