import Events
import Foundation
import GRDB
import Parts
import Stories
import Synchronization

extension Store {
  /// The shortest id that is searched for byte by byte; shorter ones occur by chance.
  static let shortestSearchedID = 4

  /// Looks for erased identities in every part, every table and every file of the folder.
  func search(for erased: [Identity], _ report: inout ErasureReport) throws {
    let keys = Set(erased.map(\.key))
    let ids = erased.map { Array($0.id.utf8) }
    let long = Array(Set(ids.filter { $0.count >= Self.shortestSearchedID }))
    report.shortIDs = Set(ids).count - long.count
    for part in try read({ try Row.fetchAll($0, sql: "SELECT * FROM parts") }) {
      let path = path(ofPart: ManifestPart(part).number)
      let segment = try Part.open(path).segment
      report.traces += segment.traces(of: keys, ids: ids).map { .init(file: path, place: $0) }
    }
    let database = URL(fileURLWithPath: folder + "/" + Self.databaseName).path
    let inTables = try read { try Self.traces(of: erased, in: folder, $0) }
    report.traces += inTables.exact.map { .init(file: database, place: $0) }
    for file in try files() {
      let found = try occurrences(of: long, in: file, &report)
      guard found > 0 else { continue }
      if file.hasPrefix(database), inTables.longer == 0, inTables.exact.isEmpty {
        report.traces.append(.init(file: file, place: "\(found) times outside of any table"))
      } else if !file.hasPrefix(database), !Self.isOwn(file) {
        report.traces.append(
          .init(file: file, place: "\(found) times; the file is not one of Waymark's"))
      } else {
        report.longerTexts += found
      }
    }
  }

  /// Whether a file is a part or holds rejected records: those were looked through by meaning.
  private static func isOwn(_ file: String) -> Bool {
    let path = file.split(separator: "/").suffix(2)
    guard let folder = path.first, let name = path.last else { return false }
    return folder == rejectsName || (folder == partsName && ManifestPart.isName(String(name)))
  }

  /// What the tables hold of erased identities: exactly, and inside longer texts.
  private static func traces(
    of erased: [Identity], in folder: String, _ database: Database
  ) throws -> (exact: [String], longer: Int) {
    var exact: [String] = []
    var longer = 0
    let sets = try savedSets(database)
    let names = try Int.fetchOne(database, sql: "SELECT count(*) FROM event_names") ?? 0
    for identity in erased {
      let id = Data(identity.id.utf8)
      let key = Int64(bitPattern: identity.key)
      func count(_ sql: String, _ arguments: StatementArguments) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM \(sql)", arguments: arguments) ?? 0
      }
      if try count("identities WHERE key = ?", [key]) > 0 { exact.append("in an identity") }
      if try count("links WHERE first = ? OR second = ?", [key, key]) > 0 {
        exact.append("in a link")
      }
      if try count("invitations WHERE key = ?", [key]) > 0 { exact.append("in an invitation") }
      if sets.contains(where: { $0.members.contains(identity.key) }) {
        exact.append("in a saved set")
      }
      if try count("ticket_answers WHERE key = ?", [key]) > 0 { exact.append("in a ticket") }
      if try ErasedTexts.left(of: identity.id, database) > 0 {
        exact.append("in a refused item or the audit log")
      }
      try LogRow.visit(database, in: folder, mentioning: identity.id) { _, count, bytes in
        longer += 1
        for event in try LogEvents(bytes, count: count, names: names).entries.map(\.event) {
          if event.identity == identity { exact.append("in the log") }
          for (name, value) in event.properties where value == .string(identity.id) {
            exact.append("in the property “\(name)” of an event of another customer")
          }
        }
      }
      longer += try count("identities WHERE instr(id, ?) > 0", [id])
      longer += try count("event_names WHERE instr(name, ?) > 0", [id])
      for column in [
        "imports WHERE instr(CAST(source || fingerprint AS BLOB), ?) > 0",
        "settings WHERE instr(CAST(name || value AS BLOB), ?) > 0",
        "links WHERE instr(CAST(rule || coalesce(removed_by, '') AS BLOB), ?) > 0",
        "audit WHERE instr(CAST(detail AS BLOB), ?) > 0",
        "saved_sets WHERE instr(CAST(name || question || place AS BLOB), ?) > 0",
      ] + ErasedTexts.columns {
        longer += try count(column, [id])
      }
    }
    return (exact, longer)
  }

  /// The regular files of the folder and the folders in it, symbolic links left aside.
  ///
  /// The index of the write-ahead log is left aside, too: it holds page numbers only.
  private func files() throws -> [String] {
    var files: [String] = []
    guard
      let walk = FileManager.default.enumerator(
        at: URL(fileURLWithPath: folder, isDirectory: true),
        includingPropertiesForKeys: [.isRegularFileKey])
    else { throw Fault.missingStore(folder) }
    for case let url as URL in walk
    where try !url.path.hasSuffix("-shm")
      && url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true
    {
      files.append(url.path)
    }
    return files.sorted()
  }

  /// How often any of the texts occurs in a file, which is read piece by piece.
  private func occurrences(
    of texts: [[UInt8]], in path: String, _ report: inout ErasureReport
  ) throws -> Int {
    let file = try searchable(path)
    report.filesSearched += 1
    let overlap = max(0, (texts.map(\.count).max() ?? 1) - 1)
    var carried: [UInt8] = []
    var found = 0
    while let piece = try file.read(upToCount: 4_194_304), !piece.isEmpty {
      report.bytesSearched += piece.count
      let bytes = carried + piece
      for text in texts {
        // What lies in the carried bytes alone was found with the piece before.
        found += bytes.occurrences(of: text, endingAfter: carried.count)
      }
      carried = Array(bytes.suffix(overlap))
    }
    return found
  }

  /// A file at its beginning; it is closed when it isn't used any more.
  ///
  /// The database's stays open as long as the store: by POSIX, closing it would give back the locks
  /// that SQLite holds on it in this process.
  private func searchable(_ path: String) throws -> FileHandle {
    let isDatabase = path.hasSuffix("/" + Self.databaseName)
    if isDatabase, let file = searchedDatabase.withLock({ $0 }) {
      try file.seek(toOffset: 0)
      return file
    }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Fault.system(errno, subject: path, doing: "read the file")
    }
    if isDatabase { searchedDatabase.withLock { $0 = file } }
    return file
  }
}

extension [UInt8] {
  /// How often a text occurs, counting only places that end after so many bytes.
  func occurrences(of text: [UInt8], endingAfter start: Int) -> Int {
    var (found, place) = (0, 0)
    while let hit = position(of: text, from: place) {
      place = hit + 1
      if hit + text.count > start { found += 1 }
    }
    return found
  }

  /// Whether a text occurs with nothing before and after it that ids are made of.
  func mentions(_ text: [UInt8]) -> Bool {
    var place = 0
    while let start = position(of: text, from: place) {
      let end = start + text.count
      let isAlone =
        (start == 0 || !self[start - 1].isOfIDs) && (end == count || !self[end].isOfIDs)
      if isAlone { return true }
      place = start + 1
    }
    return false
  }

  /// The first position of a text, at a place or after it.
  private func position(of text: [UInt8], from place: Int) -> Int? {
    guard let first = text.first else { return nil }
    return withUnsafeBytes { bytes in
      text.withUnsafeBytes { text in
        guard let base = bytes.baseAddress, let wanted = text.baseAddress else { return nil }
        var place = place
        while place + text.count <= bytes.count,
          let hit = memchr(base + place, Int32(first), bytes.count - text.count + 1 - place)
        {
          place = UnsafeRawPointer(hit) - base
          if memcmp(hit, wanted, text.count) == 0 { return place }
          place += 1
        }
        return nil
      }
    }
  }
}

extension UInt8 {
  /// Whether the byte is a letter or digit, or joins them in ids.
  fileprivate var isOfIDs: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), 0x80...:
      true
    default: false
    }
  }
}

extension StorySegment {
  /// Where the columns hold any of the keys, or a text that is exactly one of the ids.
  func traces(of keys: Set<UInt64>, ids: [[UInt8]]) -> [String] {
    var traces: [String] = []
    if !customers(withAnyOf: keys).isEmpty { traces.append("an event") }
    if keys.contains(where: { identities.identity(of: $0) != nil }) {
      traces.append("the text of an identity")
    }
    for column in properties where column.kind == .string {
      for id in ids where column.dictionary.position(of: String(decoding: id, as: UTF8.self)) != nil
      {
        traces.append("the property “\(column.name)” of an event of another customer")
      }
    }
    return traces
  }
}

/// The files of rejected records inside a store's folder; each line is one record.
struct RejectsFolder {
  private let path: String

  /// The longest line that is looked at as a whole; a longer one is looked at in such pieces.
  fileprivate static let longestLine = 4_194_304

  /// What the name of a file ends with while it is written anew.
  private static let unfinished = ".partial"

  init(_ folder: String) { path = folder + "/" + Store.rejectsName }

  /// Writes files anew without the lines that mention any of the ids; how many lines are gone.
  func removeLines(mentioning ids: [String]) throws(Fault) -> Int {
    guard FileManager.default.fileExists(atPath: path) else { return 0 }
    let texts = ids.map { Array($0.utf8) }
    do {
      let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      // What an interrupted erasure left half-written: the file that it was made from is whole.
      for name in names where name.hasSuffix(Self.unfinished) {
        guard let number = removeFile(path + "/" + name) else { continue }
        throw Fault.system(number, subject: path + "/" + name, doing: "remove the file")
      }
      return try names.filter { !$0.hasSuffix(Self.unfinished) }.reduce(0) {
        let file = path + "/" + $1
        let values = try URL(fileURLWithPath: file).resourceValues(forKeys: [.isRegularFileKey])
        return values.isRegularFile == true ? $0 + (try removeLines(of: file, texts)) : $0
      }
    } catch {
      throw Fault(error, in: path)
    }
  }

  private func removeLines(of file: String, _ texts: [[UInt8]]) throws -> Int {
    let copy = file + Self.unfinished
    guard let source = FileHandle(forReadingAtPath: file),
      FileManager.default.createFile(
        atPath: copy, contents: nil, attributes: [.posixPermissions: 0o600]),
      let goal = FileHandle(forWritingAtPath: copy)
    else { throw Fault.system(errno, subject: copy, doing: "write the file anew") }
    defer {
      source.closeFile()
      goal.closeFile()
    }
    var removed = 0
    var carried: [UInt8] = []
    while true {
      let piece = try source.read(upToCount: 1_048_576) ?? Data()
      let bytes = carried + piece
      var kept: [UInt8] = []
      var start = 0
      while let end = bytes.endOfLine(from: start, isLast: piece.isEmpty) {
        let line = bytes[start..<end]
        if Self.mentions(Array(line), texts) { removed += 1 } else { kept += line }
        start = end
      }
      carried = Array(bytes[start...])
      try goal.write(contentsOf: kept)
      if piece.isEmpty { break }
    }
    try goal.synchronize()
    guard removed > 0 else {
      _ = removeFile(copy)
      return 0
    }
    guard rename(copy, file) == 0 else {
      throw Fault.system(errno, subject: file, doing: "replace the file")
    }
    return removed
  }

  /// Whether a line mentions an id, as it stands or written with JSON's escapes.
  private static func mentions(_ line: [UInt8], _ texts: [[UInt8]]) -> Bool {
    if texts.contains(where: line.mentions) { return true }
    guard line.contains(UInt8(ascii: "\\")),
      let record = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
    else { return false }  // a line that is no JSON has no escapes
    return record.values.contains { value in
      guard let text = value as? String else { return false }
      return texts.contains(where: Array(text.utf8).mentions)
    }
  }
}

extension [UInt8] {
  /// Where the line that begins at a position ends; nil where its end is still to be read.
  fileprivate func endOfLine(from start: Int, isLast: Bool) -> Int? {
    if let end = self[start...].firstIndex(of: UInt8(ascii: "\n")) { return end + 1 }
    let isWhole = isLast || count - start > RejectsFolder.longestLine
    return isWhole && start < count ? count : nil
  }
}
