import Events
import Yams

/// How a key is set: on lines of its own, or between braces.
extension YAMLSurgery {
  func settingInBlock(
    _ key: String, to value: Value?, _ parent: Node, _ path: [String], _ order: [String]
  ) throws(Refusal) -> String {
    guard let pair = pair(key, in: parent) else {
      return try value.map { value throws(Refusal) in
        try inserting(key, value, parent, path, order)
      } ?? text
    }
    guard let lines = lines(of: pair, in: parent), let keyMark = pair.key.mark else {
      throw free(path + [key])
    }
    guard let value else { return replacing(range(lines), with: "") }
    let start = index(pair.value.mark)
    if let inline = value.inline {
      if let start, let end = end(of: pair.value, from: start) {
        let isEmpty = start == end
        let colon = index(keyMark).map { $0 + keyLength(pair.key) + 1 } ?? start
        return isEmpty
          ? replacing(colon..<colon, with: " " + inline) : replacing(start..<end, with: inline)
      }
      let head = prefix(of: keyMark, pair.key)
      return replacing(range(lines), with: "\(head) \(inline)" + lineEnd)
    }
    // Of a value below its key, the key's own line stays, with the comment that may be there.
    var first = prefix(of: keyMark, pair.key)
    if let start, end(of: pair.value, from: start) == nil, let line = pair.value.mark?.line,
      line > lines.lowerBound
    {
      first = self.line(lines.lowerBound)
    }
    let below = value.below(indentation: keyMark.column + 1)
    return replacing(range(lines), with: ([first] + below).map { $0 + lineEnd }.joined())
  }

  /// Puts a new key among those that are there.
  private func inserting(
    _ key: String, _ value: Value, _ parent: Node, _ path: [String], _ order: [String]
  ) throws(Refusal) -> String {
    guard case .mapping(let mapping) = parent, let first = mapping.first?.key.mark else {
      throw free(path)
    }
    let rank = order.firstIndex(of: key) ?? .max
    var line = first.line - 1
    for pair in mapping {
      let name = pair.key.scalar?.string ?? ""
      guard rank == .max || (order.firstIndex(of: name) ?? -1) < rank else { continue }
      guard let lines = lines(of: (pair.key, pair.value), in: parent) else { throw free(path) }
      line = lines.upperBound
    }
    guard self.line(first.line).prefix(first.column - 1).allSatisfy({ $0 == " " }) else {
      throw free(path)
    }
    return inserting(value.lines(of: key, indentation: first.column - 1), below: line)
  }

  /// Writes the first key below one that has no value.
  func beginning(_ key: String, _ value: Value?, _ path: [String]) throws(Refusal) -> String {
    guard let value, let own = path.last, let parent = node(path.dropLast()),
      let pair = pair(own, in: parent), let mark = pair.key.mark,
      let lines = lines(of: pair, in: parent)
    else { throw free(path) }
    return inserting(
      value.lines(of: key, indentation: mark.column + 1), below: lines.lowerBound)
  }

  func settingInFlow(
    _ key: String, to value: Value?, _ parent: Node, _ path: [String], _ order: [String]
  ) throws(Refusal) -> String {
    guard case .mapping(let mapping) = parent, let start = index(parent.mark),
      let end = end(of: parent, from: start)
    else { throw free(path) }
    if let pair = pair(key, in: parent) {
      guard let from = index(pair.value.mark), let to = self.end(of: pair.value, from: from),
        let keyStart = index(pair.key.mark)
      else { throw free(path + [key]) }
      guard let value else { return replacing(without(keyStart..<to, in: start..<end), with: "") }
      guard let inline = value.inline else { throw free(path + [key]) }
      return replacing(from..<to, with: from == to ? " " + inline : inline)
    }
    guard let value else { return text }
    guard let inline = value.inline else { throw free(path + [key]) }
    let new = "\(Value.key(key)): \(inline)"
    let rank = order.firstIndex(of: key) ?? .max
    let before = Array(mapping).last { pair in
      rank == .max || (order.firstIndex(of: pair.key.scalar?.string ?? "") ?? -1) < rank
    }
    guard let before else {
      return replacing(start + 1..<start + 1, with: mapping.isEmpty ? new : new + ", ")
    }
    guard let from = index(before.value.mark), let to = self.end(of: before.value, from: from)
    else {
      throw free(path)
    }
    return replacing(to..<to, with: ", " + new)
  }

  /// A part between brackets with the comma that goes with it.
  func without(_ part: Range<Int>, in whole: Range<Int>) -> Range<Int> {
    let scalars = source.scalars
    var (start, end) = (part.lowerBound, part.upperBound)
    var next = end
    while next < whole.upperBound - 1, scalars[next].isBlank { next += 1 }
    if scalars[next] == "," {
      end = next + 1
      while end < whole.upperBound - 1, scalars[end].isBlank { end += 1 }
      return start..<end
    }
    var last = start
    while last > whole.lowerBound + 1, scalars[last - 1].isBlank { last -= 1 }
    if scalars[last - 1] == "," { start = last - 1 }
    return start..<end
  }

  /// How a key stands at the front of its line, to its colon.
  private func prefix(of mark: Mark, _ key: Node) -> String {
    guard let start = index(mark) else { return "" }
    return slice(source.lineStarts[mark.line - 1]..<start + keyLength(key) + 1)
  }

  /// How many characters a key has with its quotes and what stands before the colon.
  private func keyLength(_ key: Node) -> Int {
    guard let start = index(key.mark), var end = end(of: key, from: start) else { return 0 }
    while end < source.scalars.count, source.scalars[end] != ":" { end += 1 }
    return end - start
  }
}

extension YAMLSurgery.Value {
  /// How the value stands beside its key; nil where it needs lines of its own.
  var inline: String? {
    switch self {
    case .text(let text): return Self.scalar(text)
    case .list(let texts): return "[" + texts.map { Self.scalar($0) }.joined(separator: ", ") + "]"
    case .source(let source):
      let isBlock = source.hasPrefix("- ") || source.contains("\n")
      return isBlock ? nil : source
    }
  }

  /// The lines below a key.
  func below(indentation: Int) -> [String] {
    guard case .source(let source) = self else { return [] }
    let space = String(repeating: " ", count: indentation)
    return source.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.allSatisfy(\.isWhitespace) ? "" : space + $0 }
  }

  /// The lines of a key with the value.
  func lines(of key: String, indentation: Int) -> [String] {
    let head = String(repeating: " ", count: indentation) + Self.key(key) + ":"
    if let inline { return [inline.isEmpty ? head : head + " " + inline] }
    return [head] + below(indentation: indentation + 2)
  }

  /// A key, in quotes where it needs them.
  static func key(_ key: String) -> String { scalar(key) }

  /// A text as a value: as it is where YAML reads it so everywhere, else in quotes.
  static func scalar(_ text: String) -> String {
    if isPlain(text) { return text }
    guard
      text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F && !$0.isLineBreak })
    else { return Expression.quoted(text) }
    return "'" + text.replacing("'", with: "''") + "'"
  }

  private static func isPlain(_ text: String) -> Bool {
    let words: Set = ["null", "Null", "NULL", "~", "true", "false", "yes", "no", "on", "off"]
    guard let first = text.unicodeScalars.first, text.last != " ", !words.contains(text) else {
      return false
    }
    func isWord(_ scalar: Unicode.Scalar) -> Bool {
      scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
    }
    return (isWord(first) || first == "/")
      && text.unicodeScalars.allSatisfy {
        isWord($0) || " ./()-+%".unicodeScalars.contains($0)
      }
  }
}
