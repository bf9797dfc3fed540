import Events
import Experience
import Store
import Stories
import Wire

/// What a few rows of a source become, without anything being taken.
public struct Preview: Sendable {
  /// One row.
  public struct Row: Sendable {
    /// Where it stands: `id 17`, `orders.csv, record 5`.
    public var place: String
    /// The event, or why there is none.
    public var event: Result<Event, ItemRefusal>
    /// Values that the event has to do without.
    public var leftOut: [ItemRefusal] = []
  }

  public var rows: [Row] = []
  /// What else is to be said, in whole sentences.
  public var remarks: [String] = []

  /// How many rows are shown.
  public static let mostRows = 10
}

extension Preview {
  /// The next rows of a source.
  ///
  /// - Parameters:
  ///   - store: what says how far it was read; nil: nothing was.
  ///   - body: what a webhook's sender would send.
  public static func of(
    _ source: EventSource, store: Store?, body: [UInt8]? = nil,
    environment: SourceEnvironment = SourceEnvironment()
  ) throws -> Preview {
    switch source.kind {
    case .postgresql(let query):
      let known = try store?.pulledSources().first { $0.name == source.name }
      return try ofTable(
        source, query, at: environment.address(of: source),
        after: TablePull.start(known, query))
    case .folder:
      let known = try store.map { store in
        try store.pulledSources().first { $0.name == source.name }
          .map { try store.pulledFiles(of: $0.id) } ?? []
      }
      return try ofFolder(source, environment.address(of: source), known ?? [])
    case .webhook:
      guard let body else { throw Puller.sentOnly(source) }
      return try ofBody(source, body)
    }
  }

  private static func ofTable(
    _ source: EventSource, _ query: EventSource.Query, at address: String, after cursor: String
  ) throws -> Preview {
    var reader = try TableReader(
      source, query, at: address, after: cursor, limit: mostRows)
    var preview = Preview()
    while preview.rows.count < mostRows {
      let rows = try reader.next()
      guard !rows.isEmpty else { break }
      preview.rows += rows.map {
        Row(
          place: "\(query.cursor) \($0.cursor ?? "null")", event: $0.event, leftOut: $0.leftOut)
      }
    }
    preview.remarks.append("Rows after \(query.cursor) = \(cursor), in its order.")
    return preview
  }

  private static func ofFolder(
    _ source: EventSource, _ folder: String, _ known: [PulledFile]
  ) throws -> Preview {
    let found = try FolderPull.files(in: folder, source.name)
    let new = found.filter { !known.contains(where: $0.isSame) }
    var preview = Preview()
    preview.remarks.append("\(found.count) files, \(new.count) of them not imported yet.")
    guard let file = new.first else { return preview }
    let chunks = try ChunkSource(
      path: folder + "/" + file.name, options: source.mapping.importOptions)
    guard let chunk = try chunks.next() else { return preview }
    let names = SharedEventNames(EventNames())
    let read = chunks.format.read(chunk, names: names)
    let rejections = read.rejections
    let batch = read.batch()
    preview.rows = (0..<min(mostRows, batch.count)).map { row in
      Row(
        place: "\(file.name), event \(row + 1)",
        event: .success(batch.event(row, names: names.current)))
    }
    preview.rows += rejections.kept.prefix(mostRows).map { each in
      Row(
        place: "\(file.name), record \(each.record)",
        event: .failure(
          ItemRefusal(
            field: each.field, each.code, problem: each.problem,
            remedy: "Mend the record, or say what the columns are.")))
    }
    return preview
  }

  private static func ofBody(
    _ source: EventSource, _ body: [UInt8]
  ) throws -> Preview {
    guard let reader = WebhookReader(source) else { return Preview() }
    var preview = Preview()
    let items: [WebhookReader.Item]
    do throws(ItemRefusal) {
      items = try reader.read(body, received: .now) { _ in nil }
    } catch {
      throw Refusal(error.code, problem: error.problem, remedy: error.remedy)
    }
    for (index, item) in items.prefix(mostRows).enumerated() {
      switch item {
      case .event(let event, let leftOut):
        preview.rows.append(
          Row(place: "item \(index)", event: .success(event), leftOut: leftOut))
      case .refused(let refusal, _):
        preview.rows.append(Row(place: "item \(index)", event: .failure(refusal)))
      case .nothing(let reason): preview.remarks.append("Item \(index): \(reason)")
      }
    }
    return preview
  }
}

extension Batch {
  /// The event of a row; for a few of them, since every column is searched.
  fileprivate func event(_ row: Int, names: EventNames) -> Event {
    let start = Int(idStarts[row])
    let id = String(decoding: idBytes[start..<(start + Int(idLengths[row]))], as: UTF8.self)
    var event = Event(
      names.names[Int(codes[row])], at: Instant(milliseconds: times[row]),
      by: Identity(Namespace(rawValue: namespaces[row]) ?? .user, id))
    for column in properties {
      let position = column.rows.map { $0.firstIndex(of: UInt32(row)) } ?? row
      guard let position else { continue }
      event.properties[column.name] =
        switch column.values {
        case .strings(let positions, let strings): .string(strings[Int(positions[position])])
        case .numbers(let numbers): .number(numbers[position])
        case .booleans(let booleans): .boolean(booleans[position])
        }
    }
    return event
  }
}
