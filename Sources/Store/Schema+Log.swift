import Events
import Foundation
import GRDB

extension Schema {
  /// The log of version 4: groups of events. `migrateLog` fills it and takes the old one away.
  static let logTables = """
    DROP INDEX log_by_key;
    DROP INDEX log_by_linked_key;
    ALTER TABLE log RENAME TO old_log;

    CREATE TABLE log (
      first INTEGER PRIMARY KEY CHECK (first BETWEEN 0 AND 4294967295), -- the first one's arrival
      count INTEGER NOT NULL CHECK (count > 0), -- the arrivals of the others follow
      first_time INTEGER NOT NULL,
      last_time INTEGER NOT NULL CHECK (last_time >= first_time),
      events BLOB NOT NULL -- see LogBatch
    ) STRICT;

    -- Rows before this arrival are in parts already and are being removed.
    CREATE TABLE log_sealed (arrival INTEGER NOT NULL CHECK (arrival >= 0)) STRICT;
    INSERT INTO log_sealed VALUES (0);
    """

  /// Brings the events of an older version's log over, one JSON text a row.
  static func migrateLog(_ database: Database) throws {
    var codes: [String: UInt16] = [:]
    for row in try Row.fetchAll(database, sql: "SELECT code, name FROM event_names") {
      codes[String(decoding: row[1] as Data, as: UTF8.self)] = UInt16(row[0] as Int)
    }
    let rows = try Row.fetchCursor(
      database, sql: "SELECT position, message, event FROM old_log ORDER BY position")
    let decoder = JSONDecoder()
    while let row = try rows.next() {
      let position: Int = row[0]
      guard let event = try? decoder.decode(OldLoggedEvent.self, from: row[2]).event,
        let code = codes[event.name]
      else { throw Fault.damagedLog(at: position, in: nil) }
      var chunk = LogChunk()
      chunk.append(event, code: code, message: UInt64(bitPattern: row[1]))
      try LogRow(first: position, chunks: [chunk]).insert(into: database)
    }
    try database.execute(sql: "DROP TABLE old_log")
  }
}

/// An event as it lay in the log up to version 3: JSON with short names.
struct OldLoggedEvent: Decodable {
  private var name: String
  private var time: Int64
  private var namespace: Namespace
  private var id: String
  private var properties: [String: Value]

  private enum CodingKeys: String, CodingKey {
    case name = "n", time = "t", namespace = "s", id = "i", properties = "p"
  }

  private enum Value: Decodable {
    case string(String), number(Double), boolean(Bool)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let boolean = try? container.decode(Bool.self) {
        self = .boolean(boolean)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .string(try container.decode(String.self))
      }
    }
  }

  /// The event, without what the log doesn't need: what it links is in the table of links.
  var event: Event {
    Event(
      name, at: Instant(milliseconds: time), by: Identity(namespace, id),
      properties: properties.mapValues { value in
        switch value {
        case .string(let text): .string(text)
        case .number(let number): .number(number)
        case .boolean(let boolean): .boolean(boolean)
        }
      })
  }
}

extension Fault {
  /// The fault of a log that can't be read.
  static func damagedLog(at position: Int, in folder: String?) -> Fault {
    Fault(
      "store.damaged", subject: folder.map { $0 + "/" + Store.databaseName } ?? Store.databaseName,
      problem: "The events at position \(position) of the log can't be read.",
      remedy: "Restore the folder from a backup.")
  }
}
