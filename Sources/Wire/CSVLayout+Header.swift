import Events

extension CSVLayout {
  /// Understands a header.
  ///
  /// - Throws: `import.delimiter`, `import.header`, `import.column` or `import.columns`.
  init(header: [UInt8], options: ImportOptions) throws(Refusal) {
    let delimiter = options.delimiter ?? Self.likelyDelimiter(header)
    guard delimiter < 0x80, ![0, 10, 13, CSVRecords.quote].contains(delimiter) else {
      throw Refusal(
        "import.delimiter", problem: "Byte \(delimiter) cannot stand between values.",
        remedy: "Give one ASCII character, such as a comma, a semicolon or a tab.")
    }
    let names = Self.fields(of: header, delimiter: delimiter).map { name in
      String(name.withoutBlanksAround)
    }
    try Self.check(names)
    self.delimiter = delimiter
    columns = try Self.columns(names, options)
  }

  private static func check(_ names: [String]) throws(Refusal) {
    guard names.count <= ImportLimits.properties else {
      throw Refusal(
        "import.header",
        problem: "The header has \(names.count) columns, and \(ImportLimits.properties) are taken.",
        remedy: "Leave out columns that say nothing about events.")
    }
    var seen: Set<String> = []
    for name in names where !name.isEmpty && !seen.insert(name).inserted {
      throw Refusal(
        "import.header", problem: "Two columns are called “\(name.prefix(60))”.",
        remedy: "Give each column a name of its own.")
    }
    if let long = names.first(where: { $0.utf8.count > ImportLimits.propertyName }) {
      throw Refusal(
        "import.header", problem: "The column name “\(long.prefix(40))…” is too long.",
        remedy: "Column names have at most \(ImportLimits.propertyName) bytes.")
    }
  }

  private static func columns(
    _ names: [String], _ options: ImportOptions
  ) throws(Refusal) -> [CSVColumn] {
    let customer = try ColumnNames.choose(
      options.customer, flag: "--customer", among: names, known: ColumnNames.customer)
    let anonymous = try ColumnNames.choose(
      options.anonymous, flag: "--anonymous", among: names, known: ColumnNames.anonymous)
    let event = try ColumnNames.choose(
      options.event, flag: "--event", among: names,
      known: options.eventName == nil ? ColumnNames.event : [])
    let time =
      try ColumnNames.choose(
        options.time, flag: "--time", among: names, known: ColumnNames.time)
      ?? onlyTimeLike(names)
    let message = try ColumnNames.choose(
      options.messageID, flag: "--message-id", among: names, known: ColumnNames.message)
    let channel = try ColumnNames.choose(
      options.channel, flag: "--channel", among: names, known: [])
    let value = try ColumnNames.choose(options.value, flag: "--value", among: names, known: [])
    try checkParts(names, customer ?? anonymous, event, time, options)

    let roles: [(Int?, CSVColumn.Role)] = [
      (customer, .customer), (anonymous, .anonymous), (event, .event), (time, .time),
      (message, .message),
    ]
    let chosen = roles.compactMap(\.0)
    guard Set(chosen).count == chosen.count else {
      throw Refusal(
        "import.columns", problem: "One column was named for two parts of an event.",
        remedy: "Give --customer, --anonymous, --event, --time and --message-id different ones.")
    }
    var columns = names.enumerated().map { position, name in
      CSVColumn(
        header: name, role: roles.first { $0.0 == position }?.1 ?? .property,
        property: position == channel ? "channel" : position == value ? "value" : name)
    }
    for position in columns.indices where columns[position].property.isEmpty {
      // R writes row names under an empty header.
      columns[position].property = "column \(position + 1)"
    }
    try checkProperties(columns)
    return columns
  }

  /// The only column whose name ends like that of a time.
  private static func onlyTimeLike(_ names: [String]) -> Int? {
    let like = names.indices.filter { position in
      let name = ColumnNames.plain(names[position])
      return name.hasSuffix("date") || name.hasSuffix("time") || name.hasSuffix("timestamp")
    }
    return like.count == 1 ? like[0] : nil
  }

  private static func checkParts(
    _ names: [String], _ identity: Int?, _ event: Int?, _ time: Int?, _ options: ImportOptions
  ) throws(Refusal) {
    let missing = [
      identity == nil ? ("the customer", "--customer") : nil,
      event == nil && options.eventName == nil
        ? ("the event", "--event (or --event-name for one name)") : nil,
      time == nil ? ("the time", "--time") : nil,
    ].compactMap(\.self)
    guard missing.isEmpty else {
      let parts = missing.map(\.0).joined(separator: " and ")
      throw Refusal(
        "import.columns",
        problem: "No column was recognised for \(parts) among \(ColumnNames.list(names)).",
        remedy: "Name it with \(missing.map(\.1).joined(separator: " and ")); "
          + "the first line must be a header.")
    }
  }

  private static func checkProperties(_ columns: [CSVColumn]) throws(Refusal) {
    var seen: Set<String> = []
    for column in columns where column.role == .property {
      guard seen.insert(column.property).inserted else {
        throw Refusal(
          "import.header", problem: "Two columns would become the property “\(column.property)”.",
          remedy: "Rename one, or leave out --channel and --value.")
      }
    }
  }

  /// The delimiter that occurs most in a header, outside quotes.
  private static func likelyDelimiter(_ header: [UInt8]) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for byte in header {
      if byte == CSVRecords.quote { isQuoted.toggle() }
      if !isQuoted { counts[byte, default: 0] += 1 }
    }
    var likely = UInt8(ascii: ",")
    for candidate in [UInt8(ascii: ";"), 9, UInt8(ascii: "|")]
    where counts[candidate, default: 0] > counts[likely, default: 0] {
      likely = candidate
    }
    return likely
  }

  /// The fields of one record, with quotes taken off.
  static func fields(of record: [UInt8], delimiter: UInt8) -> [String] {
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var position = 0
    var start = 0
    while position < record.count {
      let byte = record[position]
      if isQuoted, byte == CSVRecords.quote {
        if position + 1 < record.count, record[position + 1] == CSVRecords.quote {
          field.append(byte)
          position += 1
        } else {
          isQuoted = false
        }
      } else if !isQuoted, byte == CSVRecords.quote, position == start {
        isQuoted = true
      } else if !isQuoted, byte == delimiter {
        fields.append(String(decoding: field, as: UTF8.self))
        field = []
        start = position + 1
      } else {
        field.append(byte)
      }
      position += 1
    }
    fields.append(String(decoding: field, as: UTF8.self))
    return fields
  }
}

extension String {
  /// The text without blanks around it.
  fileprivate var withoutBlanksAround: Substring {
    var rest = Substring(self)
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return rest
  }
}
