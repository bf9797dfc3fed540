import Events
import Glibc

extension EventFileFormat {
  /// How much of a file is looked at to recognise it.
  static let headSize = 4 << 20

  /// Settles how a file is read from its name, its first bytes and what a person said.
  ///
  /// - Parameters:
  ///   - head: the first bytes, at most `headSize`.
  ///   - isWhole: whether the head is the whole file.
  /// - Throws: refusals that say what was found and which flag helps.
  init(
    head: [UInt8], isWhole: Bool, name: String, options: ImportOptions
  ) throws(Refusal) {
    self.options = options
    zone = try ZoneTable.named(options.zone)
    let mark = try Self.byteOrderMark(head)
    let rest = head[mark...]
    guard rest.contains(where: { ![9, 10, 13, 32].contains($0) }) else {
      throw Refusal(
        "file.empty", problem: "“\(name)” holds nothing.",
        remedy: "Give a file with events in it.")
    }
    fileFormat = options.format ?? Self.form(of: rest, name: name)
    encoding = options.encoding ?? Self.encoding(of: rest, isWhole: isWhole)
    switch fileFormat {
    case .jsonLines:
      (layout, dataStart, order) = (.jsonLines, mark, options.timeFormat.order)
    case .xes:
      guard ["<log", "<trace"].contains(where: { Array($0.utf8).occurs(in: rest) }) else {
        throw Refusal(
          "xes.log", problem: "“\(name)” is no XES log: neither a log nor a trace begins in it.",
          remedy: "Give a log, or say with --input what the file is.")
      }
      (layout, dataStart, order) = (.xes, mark, options.timeFormat.order)
    case .csv:
      let header = try Self.headerEnd(head, from: mark)
      let layout = try CSVLayout(
        header: Self.utf8(head[mark..<header.end], encoding), options: options)
      self.layout = .csv(layout)
      dataStart = header.next
      order = try Self.order(
        head[header.next...], layout: layout, isWhole: isWhole, options: options)
    }
  }

  private static func byteOrderMark(_ head: [UInt8]) throws(Refusal) -> Int {
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) {
      throw Refusal(
        "file.encoding", problem: "The file is UTF-16.",
        remedy: "Save it as UTF-8, for instance with iconv -f UTF-16 -t UTF-8.")
    }
    return head.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  private static func form(of head: ArraySlice<UInt8>, name: String) -> FileFormat {
    var plain = name.lowercased()
    if plain.hasSuffix(".gz") { plain.removeLast(3) }
    if plain.hasSuffix(".xes") { return .xes }
    if [".jsonl", ".ndjson", ".json"].contains(where: plain.hasSuffix) { return .jsonLines }
    if [".csv", ".tsv"].contains(where: plain.hasSuffix) { return .csv }
    switch head.first(where: { ![9, 10, 13, 32].contains($0) }) {
    case UInt8(ascii: "{"): return .jsonLines
    case UInt8(ascii: "<"): return .xes
    default: return .csv
    }
  }

  /// Latin-1 where more bytes are broken UTF-8 than there are letters beyond ASCII.
  private static func encoding(of head: ArraySlice<UInt8>, isWhole: Bool) -> TextEncoding {
    let looked = Array(head.prefix(ImportLimits.record))
    let isCut = !isWhole || looked.count < head.count
    return looked.withUnsafeBufferPointer { bytes in
      var start = 0
      var broken = 0
      while let found = firstBrokenUTF8(UnsafeBufferPointer(rebasing: bytes[start...])) {
        start += found
        if isCut, bytes.count - start < 4 { break }
        broken += 1
        start += 1
      }
      guard broken > 0 else { return .utf8 }
      let letters = bytes.count { $0 >= 0xC2 && $0 < 0xF5 }
      return letters > broken * 2 ? .utf8 : .latin1
    }
  }

  private static func headerEnd(
    _ head: [UInt8], from start: Int
  ) throws(Refusal) -> (end: Int, next: Int) {
    let records = head.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { bytes in
        var start = start
        // Blank lines may come before the header.
        while start < head.count, [10, 13].contains(head[start]) { start += 1 }
        return CSVRecords(bytes: bytes, delimiter: 0, end: head.count, isWhole: true)
          .end(ofHeader: start)
      }
    }
    guard let end = records, end - start <= ImportLimits.record else {
      throw Refusal(
        "import.header", problem: "The first line is longer than \(ImportLimits.record) bytes.",
        remedy: "See that the file is CSV and that its first line names the columns.")
    }
    var last = end
    while last > start, [10, 13].contains(head[last - 1]) { last -= 1 }
    return (last, end)
  }

  /// Whether day or month comes first in dates that leave it open.
  private static func order(
    _ data: ArraySlice<UInt8>, layout: CSVLayout, isWhole: Bool, options: ImportOptions
  ) throws(Refusal) -> DateOrder {
    if options.timeFormat.order != .unknown { return options.timeFormat.order }
    let column = layout.position(of: .time)
    let bytes = Array(data) + [UInt8](repeating: 0, count: Chunk.padding)
    var undecided: String?
    let order = bytes.withUnsafeBufferPointer { buffer -> DateOrder in
      guard let base = buffer.baseAddress else { return .unknown }
      let records = CSVRecords(
        bytes: base, delimiter: layout.delimiter, end: data.count, isWhole: isWhole)
      var start = 0
      while start < data.count {
        guard case .next(let next) = records.end(of: start) else { break }
        let fields = CSVLayout.fields(
          of: Array(buffer[start..<next]), delimiter: layout.delimiter)
        start = next
        guard column < fields.count, let pair = fields[column].undecidedPair else {
          // A file whose first times are of another form is not looked through.
          if undecided == nil, start > 1 << 16 { break }
          continue
        }
        if pair.first > 12 { return .dayFirst }
        if pair.second > 12 { return .monthFirst }
        undecided = undecided ?? fields[column]
      }
      return .unknown
    }
    guard order == .unknown, let undecided else { return order }
    throw Refusal(
      "import.dateOrder",
      problem: "“\(undecided.prefix(40))” may be day or month first, and no row tells which.",
      remedy: "Say --time-format day-first or --time-format month-first.")
  }

  /// Text in its encoding as UTF-8.
  static func utf8(_ bytes: some Collection<UInt8>, _ encoding: TextEncoding) -> [UInt8] {
    guard encoding == .latin1 else { return Array(bytes) }
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count + bytes.count / 8 + Chunk.padding)
    for byte in bytes {
      if byte < 0x80 {
        text.append(byte)
      } else if byte >= 0xA0 {
        text.append(0xC0 | byte >> 6)
        text.append(0x80 | byte & 0x3F)
      } else {
        text.append(contentsOf: String(windows1252[Int(byte) - 0x80]).utf8)
      }
    }
    return text
  }

  /// What Windows-1252 has at 0x80 to 0x9F; five places are empty and keep their control codes.
  private static let windows1252: [Unicode.Scalar] = [
    "\u{20AC}", "\u{81}", "\u{201A}", "\u{192}", "\u{201E}", "\u{2026}", "\u{2020}", "\u{2021}",
    "\u{2C6}", "\u{2030}", "\u{160}", "\u{2039}", "\u{152}", "\u{8D}", "\u{17D}", "\u{8F}",
    "\u{90}", "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{2022}", "\u{2013}", "\u{2014}",
    "\u{2DC}", "\u{2122}", "\u{161}", "\u{203A}", "\u{153}", "\u{9D}", "\u{17E}", "\u{178}",
  ]
}

extension CSVRecords {
  /// The end of the header, whose delimiter is not known yet: the first line end outside quotes.
  fileprivate func end(ofHeader start: Int) -> Int {
    var isQuoted = false
    for position in start..<end {
      if bytes[position] == Self.quote { isQuoted.toggle() }
      if bytes[position] == Self.lineEnd, !isQuoted { return position + 1 }
    }
    return end
  }
}

extension [UInt8] {
  /// Whether the bytes lie in others, one after the other.
  fileprivate func occurs(in others: ArraySlice<UInt8>) -> Bool {
    guard let first else { return true }
    var start = others.startIndex
    while let found = others[start...].firstIndex(of: first) {
      if others[found...].starts(with: self) { return true }
      start = found + 1
    }
    return false
  }
}

extension TimeFormat {
  fileprivate var order: DateOrder {
    switch self {
    case .dayFirst: .dayFirst
    case .monthFirst: .monthFirst
    default: .unknown
    }
  }
}

extension String {
  /// The first two numbers, where the text is a date that leaves their order open.
  fileprivate var undecidedPair: (first: Int, second: Int)? {
    let bytes = Array(utf8) + [UInt8](repeating: 0, count: 16)
    return bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return nil }
      var cursor = TimeCursor(Text(base, buffer.count - 16).trimmed)
      guard let pair = cursor.undecidedPair(), pair.first <= 31, pair.second <= 31 else {
        return nil
      }
      return pair
    }
  }
}
