import Accounts
import Events
import Foundation
import GRDB

/// What texts of the tables for people may hold of a customer who is erased.
enum ErasedTexts {
  /// The lines of the audit log that tell of customers; in others, an id would be another's word.
  private static let ofCustomers = "action BETWEEN 'customer.' AND 'customer/'"

  /// Where an id may stand inside texts that people wrote, with `?` for its bytes.
  static let columns = [
    "members": "email || name", "saved_questions": "name || question || author",
    "boards": "name || coalesce(range, '') || author",
    "board_tiles": "title || coalesce(journey, '')",
    "experience_versions": "author || message", "experience_files": "name || text",
    "audit_log": "name || subject || detail", "refused_items": "item || problem",
    "collected_names": "event", "pulled_files": "name", "sessions": "browser", "write_keys": "name",
    "api_tokens": "name", "invitations": "identity || coalesce(address, '') || coalesce(draft, '')",
    "invitation_events": "event", "ticket_answers": "coalesce(id, '') || coalesce(comment, '')",
    "ticket_history": "who || text", "ticket_messages": "coalesce(problem, '')",
  ].map { "\($0) WHERE instr(CAST(\($1) AS BLOB), ?) > 0" }.sorted()

  /// Removes refused items that mention an id, and takes the customer out of the audit log.
  ///
  /// - Returns: how many refused items are gone.
  static func forget(_ identities: [Identity], _ database: Database) throws -> Int {
    let texts = identities.map { Array($0.id.utf8) }
    let items = try Row.fetchCursor(
      database, sql: "SELECT number, item, problem, field FROM refused_items")
    var gone: [Int] = []
    while let row = try items.next() {
      let parts = [row["item"], row["problem"], row["field"]] as [String?]
      if parts.contains(where: { $0.map { mentions($0, texts) } ?? false }) {
        gone.append(row["number"])
      }
    }
    for number in gone {
      try database.execute(literal: "DELETE FROM refused_items WHERE number = \(number)")
    }
    let keys = identities.map { Array(hexadecimal($0.key).utf8) }
    try forgetInAuditLog(texts + keys, database)
    return gone.count
  }

  /// Who did what stays; the customer whom it was done to doesn't.
  private static func forgetInAuditLog(_ texts: [[UInt8]], _ database: Database) throws {
    var gone: Set<Int> = []
    let rows = try Row.fetchCursor(
      database, sql: "SELECT id, subject, detail FROM audit_log WHERE \(ofCustomers)")
    while let row = try rows.next() {
      if mentions(row["subject"], texts) || mentions(row["detail"], texts) {
        gone.insert(row["id"])
      }
    }
    for id in gone {
      try database.execute(
        literal: """
          UPDATE audit_log SET subject = 'an erased customer', detail = '' WHERE id = \(id)
          """)
    }
  }

  /// How many refused items and lines of the audit log mention an id still.
  static func left(of id: String, _ database: Database) throws -> Int {
    let text = [Array(id.utf8)]
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT item, problem || ' ' || coalesce(field, '') FROM refused_items
        UNION ALL SELECT subject, detail FROM audit_log WHERE \(ofCustomers)
        """)
    var left = 0
    while let row = try rows.next() {
      if mentions(row[0], text) || mentions(row[1], text) { left += 1 }
    }
    return left
  }

  /// Whether an item names somebody who was erased since it was sent.
  static func isOfErased(_ item: RefusedItem, _ erasures: [UInt64: Int64]) -> Bool {
    guard !erasures.isEmpty else { return false }
    let texts = [item.item, item.problem.quotesAsJSON, item.field ?? ""]
    return texts.flatMap(words).contains { word in
      [Namespace.user, .anonymous].contains { namespace in
        guard let erased = erasures[Identity(namespace, word).key] else { return false }
        return item.at.milliseconds <= erased
      }
    }
  }

  /// The texts in quotes and the numbers between signs of JSON, which may be ids.
  private static func words(of item: String) -> [String] {
    let bytes = Array(item.utf8)
    var words: [String] = []
    var start = 0
    for place in bytes.indices where bytes[place] <= 0x20 || signs.contains(bytes[place]) {
      if start < place { words.append(String(decoding: bytes[start..<place], as: UTF8.self)) }
      start = place + 1
    }
    if start < bytes.count { words.append(String(decoding: bytes[start...], as: UTF8.self)) }
    // A text in quotes may have spaces and commas in it.
    return words + item.split(separator: "\"").map { String($0).withoutEscapes }
  }

  private static let signs = Array("\"{}[],:=&".utf8)

  /// Whether a text mentions an id, written with escapes too, or ends in the middle of one.
  static func mentions(_ text: String, _ ids: [[UInt8]]) -> Bool {
    for read in Set([text, text.withoutEscapes]) {
      // An id may have such marks in it, or stand between them.
      for marked in Set([read, read.quotesAsJSON])
      where ids.contains(where: Array(marked.utf8).mentions) {
        return true
      }
    }
    guard text.hasSuffix(Masking.more) else { return false }
    let cut = Array(String(text.dropLast(Masking.more.count)).withoutEscapes.utf8)
    return ids.contains { id in
      // Fewer bytes of an id are the beginning of too many things.
      (1...max(1, id.count)).contains {
        ($0 >= Store.shortestSearchedID || $0 == id.count)
          && cut.suffix($0).elementsEqual(id.prefix($0))
      }
    }
  }
}

extension String {
  /// The text with the marks that sentences are written with as JSON's quotes.
  fileprivate var quotesAsJSON: String { String(map { "“”„‘’…".contains($0) ? "\"" : $0 }) }

  /// The text with JSON's escapes read, up to one that was cut.
  var withoutEscapes: String {
    guard utf8.contains(UInt8(ascii: "\\")) else { return self }
    let source = Array(utf16)
    var read: [UInt16] = []
    var place = 0
    while place < source.count {
      guard source[place] == 0x5C, place + 1 < source.count else {
        read.append(source[place])
        place += 1
        continue
      }
      let letter = source[place + 1]
      // An escape that was cut.
      if letter == 0x75, place + 6 > source.count { break }
      if letter == 0x75,
        let unit = UInt16(
          String(decoding: source[(place + 2)..<(place + 6)], as: UTF16.self), radix: 16)
      {
        read.append(unit)
        place += 6
      } else {
        read.append([0x6E: 0x0A, 0x74: 0x09, 0x72: 0x0D][letter] ?? letter)
        place += 2
      }
    }
    return String(decoding: read, as: UTF16.self)
  }
}
