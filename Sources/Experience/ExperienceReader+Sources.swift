import Events
import Yams

/// Reads `sources`: where events come from, and which of their fields mean what.
extension ExperienceReader {
  private static let mappingKeys = [
    "event", "event_name", "customer", "anonymous", "time", "message_id", "channel", "times",
    "timezone",
  ]
  private static let commonKeys = ["title", "kind"] + mappingKeys
  private static let queryKeys = ["query", "cursor", "from", "every", "timeout"]
  private static let folderKeys = ["every"]
  private static let webhookKeys = ["signature", "each", "only", "properties"]

  /// A source; nil where anything is wrong with it: one that means something else than what was
  /// meant is not to be fetched from.
  mutating func eventSource(_ entry: Entry) -> EventSource? {
    let before = remarks.errorCount
    let source = readSource(entry)
    return remarks.errorCount == before ? source : nil
  }

  /// Gives sources without a time zone that of the experience; where it is not known, they are left
  /// out, since their times would be others.
  mutating func settleSources() {
    let zone = sketch.isZoneKnown ? sketch.experience.timezone : nil
    sketch.experience.sources = sketch.experience.sources.compactMap { source in
      guard let zone = source.mapping.timezone ?? zone else { return nil }
      var source = source
      source.mapping.timezone = zone
      return source
    }
  }

  private mutating func readSource(_ entry: Entry) -> EventSource? {
    let isPlain = entry.name.utf8.allSatisfy { $0 < 128 }
    let variable = EventSource.variable(of: entry.name)
    let other = sketch.experience.sources.first { $0.variable == variable }
    guard isPlain, other == nil else {
      remarks.error(
        "source.name", at: entry.place,
        isPlain
          ? "“\(entry.name)” and “\(other?.name ?? "")” would share the variable \(variable)."
          : "“\(entry.name)” cannot be part of the name of a variable.",
        "Use letters from a to z, digits, _ and -, and put what people read into “title”.")
      return nil
    }
    let entries = map(entry.value, "The source “\(entry.name)”") ?? []
    guard let kind = kind(of: entry, entries) else { return nil }
    var source = EventSource(name: entry.name, kind: kind, place: entry.place)
    for field in entries {
      switch field.name {
      case "title": source.title = text(field) ?? source.title
      case "every": source.every = span(field) ?? source.every
      default: read(field, into: &source.mapping)
      }
    }
    lint(source)
    return source
  }

  private mutating func read(_ field: Entry, into mapping: inout EventMapping) {
    switch field.name {
    case "event": mapping.event = text(field)
    case "event_name": mapping.eventName = text(field)
    case "customer": mapping.customer = text(field)
    case "anonymous": mapping.anonymous = text(field)
    case "time": mapping.time = text(field)
    case "message_id": mapping.messageID = text(field)
    case "channel": mapping.channel = text(field)
    case "times": mapping.times = choice(field, of: EventMapping.Times.self) ?? .automatic
    case "timezone": mapping.timezone = zone(field)
    default: break
    }
  }

  /// What the source is, with all that is particular to it.
  private mutating func kind(of entry: Entry, _ entries: [Entry]) -> EventSource.Kind? {
    guard let field = entries.first(where: { $0.name == "kind" }), let name = text(field) else {
      remarks.error(
        "source.kind", at: entry.place, "“\(entry.name)” does not say what it is.",
        "Add “kind: postgresql”, “kind: folder” or “kind: webhook”.")
      return nil
    }
    switch name {
    case "postgresql":
      return query(
        entry, known(entries, Self.commonKeys + Self.queryKeys, in: "a source of postgresql")
      )
      .map { .postgresql($0) }
    case "folder":
      _ = known(entries, Self.commonKeys + Self.folderKeys, in: "a folder")
      return .folder
    case "webhook":
      return webhook(entry, known(entries, Self.commonKeys + Self.webhookKeys, in: "a webhook"))
        .map { .webhook($0) }
    default:
      remarks.error(
        "yaml.choice", at: source.place(field.value.mark), "“kind” cannot be “\(name)”.",
        nearest(to: name, among: EventSource.kinds).map { "Did you mean \($0)?" }
          ?? "Write one of \(EventSource.kinds.joined(separator: ", ")).")
      return nil
    }
  }

  private mutating func query(_ entry: Entry, _ fields: [Entry]) -> EventSource.Query? {
    var query = EventSource.Query(text: "", cursor: "", start: "")
    for field in fields {
      switch field.name {
      case "query":
        query.text = text(field) ?? ""
        check(query: field.value)
      case "cursor": query.cursor = text(field) ?? ""
      case "from": query.start = text(field) ?? ""
      case "timeout":
        query.timeout = span(field) ?? query.timeout
        guard query.timeout > EventSource.Query.longestTimeout else { continue }
        remarks.error(
          "source.timeout", at: source.place(field.value.mark),
          "A query may take at most \(EventSource.Query.longestTimeout).",
          "Give the cursor's column an index, so that new rows are found quickly.")
      default: continue
      }
    }
    let needed = [
      ("query", "Add “query: SELECT … WHERE id > $1”."),
      ("cursor", "Add “cursor: …” with the column whose values grow, such as id."),
      ("from", "Add “from: …” with the cursor's value before the first row, such as 0."),
    ]
    for (name, remedy) in needed where !fields.contains(where: { $0.name == name }) {
      remarks.error(
        "source.\(name)", at: entry.place, "“\(entry.name)” has no “\(name)”.", remedy)
    }
    return query.text.isEmpty || query.cursor.isEmpty || query.start.isEmpty ? nil : query
  }

  /// Looks for what would make a query ask for the same rows for ever, or do more than ask.
  private mutating func check(query node: Node) {
    guard case .scalar(let scalar) = node, !scalar.string.isEmpty else { return }
    let text = scalar.string
    let trimmed = text.trimmedOfSpace
    let word = trimmed.prefix { $0.isLetter }.uppercased()
    if !["SELECT", "WITH", "VALUES", "TABLE"].contains(word) {
      remarks.error(
        "source.query", at: source.place(in: scalar, at: 0),
        "A query begins with SELECT, and this begins with “\(trimmed.prefix(20))”.",
        "Write a SELECT; nothing is ever changed in the database.")
    } else if text.firstRange(of: #/\$1(?!\d)/#) == nil {
      remarks.error(
        "source.query.cursor", at: source.place(in: scalar, at: 0),
        "The query has no place for the cursor, so it would give the same rows each time.",
        "Write $1 where its last value belongs: WHERE id > $1.")
    }
    if let other = text.firstRange(of: #/\$(?:[02-9]|1\d)/#) {
      let offset = text.unicodeScalars.distance(from: text.startIndex, to: other.lowerBound)
      remarks.error(
        "source.query.cursor", at: source.place(in: scalar, at: offset),
        "“\(text[other])” stands for nothing: the cursor is $1.", "Use $1 only.")
    }
    if let end = text.firstIndex(of: ";"), !text[text.index(after: end)...].trimmedOfSpace.isEmpty,
      !text.contains("'"), !text.contains("$$")
    {
      let offset = text.unicodeScalars.distance(from: text.startIndex, to: end)
      remarks.error(
        "source.query", at: source.place(in: scalar, at: offset),
        "The query ends here, and something follows.", "Write one SELECT.")
    }
  }

  private mutating func webhook(_ entry: Entry, _ fields: [Entry]) -> EventSource.Webhook? {
    guard let field = fields.first(where: { $0.name == "signature" }) else {
      remarks.error(
        "source.signature", at: entry.place,
        "“\(entry.name)” does not say how its requests are signed.",
        "Add “signature: github”, “signature: stripe”, or a map with its “header”.")
      return nil
    }
    guard let signature = signature(field) else { return nil }
    var webhook = EventSource.Webhook(signature: signature)
    for field in fields {
      switch field.name {
      case "each": webhook.each = text(field)
      case "only": webhook.only = list(field)
      case "properties":
        for property in map(field.value, "“properties”") ?? [] {
          webhook.properties[property.name] = text(property)
        }
      default: continue
      }
    }
    return webhook
  }

  private mutating func signature(_ field: Entry) -> Signature? {
    guard case .mapping = field.value else {
      guard let name = text(field) else { return nil }
      if let signature = Signature.named[name] { return signature }
      remarks.error(
        "yaml.choice", at: source.place(field.value.mark), "“signature” cannot be “\(name)”.",
        "Write github, stripe, or a map with the “header” that carries it.")
      return nil
    }
    let keys = ["header", "prefix", "encoding", "timestamp", "signed", "tolerance"]
    let fields = known(map(field.value, "“signature”") ?? [], keys, in: "“signature”")
    func part(_ name: String) -> Entry? { fields.first { $0.name == name } }
    guard let header = part("header").flatMap({ text($0) }) else {
      remarks.error(
        "source.signature", at: field.place, "“signature” does not say which header carries it.",
        "Add “header: X-Signature”.")
      return nil
    }
    var signature = Signature(
      header: header, prefix: part("prefix").flatMap { text($0) } ?? "",
      encoding: part("encoding").flatMap { choice($0, of: Signature.Encoding.self) } ?? .hex,
      timestamp: part("timestamp").flatMap { text($0) },
      signed: part("signed").flatMap { text($0) })
    if let tolerance = part("tolerance") {
      signature.tolerance = span(tolerance) ?? signature.tolerance
    }
    let isTimed = signature.timestamp != nil
    if !signature.signed.contains("{body}")
      || isTimed != signature.signed.contains("{timestamp}")
    {
      remarks.error(
        "source.signature", at: (part("signed") ?? part("header"))?.place ?? Place(),
        "“signed” has to hold {body}, and {timestamp} exactly where there is a “timestamp”.",
        "Write what is signed, such as “{timestamp}.{body}”.")
      return nil
    }
    return signature
  }

  /// Says what a source has to name and doesn't; a file's columns are recognised by their names.
  private mutating func lint(_ source: EventSource) {
    let mapping = source.mapping
    guard source.kind != .folder else { return }
    if mapping.customer == nil, mapping.anonymous == nil {
      remarks.error(
        "source.customer", at: source.place, "“\(source.name)” does not say who did it.",
        "Add “customer: …”, or “anonymous: …” for ids of devices.")
    }
    if mapping.event == nil, mapping.eventName == nil {
      remarks.error(
        "source.event", at: source.place, "“\(source.name)” does not say what happened.",
        "Add “event: …” with the field of the name, or “event_name: …” with the name itself.")
    }
    if case .postgresql = source.kind, mapping.time == nil {
      remarks.error(
        "source.time", at: source.place, "“\(source.name)” does not say when it happened.",
        "Add “time: …” with the column of the time.")
    }
    if source.every < TimeSpan(milliseconds: 1000) {
      remarks.error(
        "source.every", at: source.place, "“\(source.name)” would be looked at without a pause.",
        "Write “every: 1s” or more.")
    }
  }
}

extension StringProtocol {
  /// The text without white space around it.
  fileprivate var trimmedOfSpace: SubSequence {
    var rest = self[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return rest
  }
}
