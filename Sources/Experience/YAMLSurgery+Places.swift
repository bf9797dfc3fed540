import Yams

/// Where values begin and end.
extension YAMLSurgery {
  /// The index of a mark's character.
  func index(_ mark: Mark?) -> Int? {
    guard let mark, source.lineStarts.indices.contains(mark.line - 1) else { return nil }
    return min(source.lineStarts[mark.line - 1] + mark.column - 1, source.scalars.count)
  }

  func slice(_ range: Range<Int>) -> String {
    String(String.UnicodeScalarView(source.scalars[range]))
  }

  /// The text with a part of it replaced.
  func replacing(_ range: Range<Int>, with new: String) -> String {
    slice(0..<range.lowerBound) + new + slice(range.upperBound..<source.scalars.count)
  }

  var lineCount: Int { source.lineStarts.count }

  /// A line without its end, numbered from 1.
  func line(_ number: Int) -> String {
    var end = number < lineCount ? source.lineStarts[number] : source.scalars.count
    let start = source.lineStarts[number - 1]
    while end > start, source.scalars[end - 1].isLineBreak { end -= 1 }
    return slice(start..<end)
  }

  /// The characters of lines with their ends.
  func range(_ lines: ClosedRange<Int>) -> Range<Int> {
    let end =
      lines.upperBound < lineCount ? source.lineStarts[lines.upperBound] : source.scalars.count
    return source.lineStarts[lines.lowerBound - 1]..<end
  }

  /// The end of lines in this text.
  var lineEnd: String { text.contains("\r\n") ? "\r\n" : "\n" }

  /// The text with lines put in below a line; 0 puts them at the front.
  func inserting(_ lines: [String], below line: Int) -> String {
    let place = line < lineCount ? source.lineStarts[line] : source.scalars.count
    let isOpen = place > 0 && !source.scalars[place - 1].isLineBreak
    let new = lines.map { $0 + lineEnd }.joined()
    return replacing(place..<place, with: (isOpen ? lineEnd : "") + new)
  }

  /// The end of a value that can be replaced as it stands; nil for one of several lines below its
  /// key, and where the text is not what it seems.
  func end(of node: Node, from start: Int) -> Int? {
    switch node {
    case .scalar(let scalar): end(of: scalar, from: start)
    default: isFlow(node) ? endOfFlow(from: start) : nil
    }
  }

  /// Whether a map or list stands between brackets; the parser's nodes don't tell.
  func isFlow(_ node: Node) -> Bool {
    guard node.scalar == nil, let start = index(node.mark), start < source.scalars.count else {
      return false
    }
    return source.scalars[start] == "{" || source.scalars[start] == "["
  }

  private func end(of scalar: Node.Scalar, from start: Int) -> Int? {
    let scalars = source.scalars
    switch scalar.style {
    case .singleQuoted, .doubleQuoted:
      guard start < scalars.count, scalars[start] == "'" || scalars[start] == "\"" else {
        return nil
      }
      return endOfQuotes(from: start)
    case .plain, .any:
      // What is written is what was read: else it is folded, tagged, or something unforeseen.
      let end = start + scalar.string.unicodeScalars.count
      guard end <= scalars.count, scalars[start..<end].elementsEqual(scalar.string.unicodeScalars)
      else { return nil }
      return end
    case .literal, .folded: return nil
    }
  }

  private func endOfQuotes(from start: Int) -> Int? {
    let (scalars, quote) = (source.scalars, source.scalars[start])
    var index = start + 1
    while index < scalars.count {
      if scalars[index] == quote {
        guard quote == "'", index + 1 < scalars.count, scalars[index + 1] == "'" else {
          return index + 1
        }
        index += 1
      } else if scalars[index] == "\\", quote == "\"" {
        index += 1
      }
      index += 1
    }
    return nil
  }

  private func endOfFlow(from start: Int) -> Int? {
    let scalars = source.scalars
    guard start < scalars.count, scalars[start] == "[" || scalars[start] == "{" else { return nil }
    var (index, depth, fresh) = (start, 0, true)
    while index < scalars.count {
      let next = scalars[index]
      switch next {
      case "[", "{":
        depth += 1
        fresh = true
      case "]", "}":
        depth -= 1
        if depth == 0 { return index + 1 }
        fresh = false
      case "\"" where fresh, "'" where fresh:
        guard let end = endOfQuotes(from: index) else { return nil }
        index = end - 1
        fresh = false
      case "#" where index > 0 && (scalars[index - 1].isBlank || scalars[index - 1].isLineBreak):
        while index < scalars.count, !scalars[index].isLineBreak { index += 1 }
      case ",", ":": fresh = true
      case _ where next.isBlank || next.isLineBreak: break
      default: fresh = false
      }
      index += 1
    }
    return nil
  }

  /// The lines of a key with all that belongs to it; nil where something else stands on the first.
  func lines(of pair: (key: Node, value: Node), in parent: Node) -> ClosedRange<Int>? {
    guard let mark = pair.key.mark,
      line(mark.line).prefix(mark.column - 1).allSatisfy({ $0 == " " })
    else { return nil }
    let indentation = mark.column - 1
    var isList = false
    if case .sequence = pair.value { isList = !isFlow(pair.value) }
    var last = mark.line
    if let start = index(pair.value.mark), let end = end(of: pair.value, from: start), end > start {
      last = max(last, source.place(at: end - 1).line)
    }
    var number = mark.line
    while number < lineCount {
      number += 1
      let line = line(number)
      let rest = line.drop { $0 == " " }
      if rest.isEmpty || (number <= last) { continue }
      let depth = line.count - rest.count
      let isItem = isList && depth == indentation && (rest == "-" || rest.hasPrefix("- "))
      if depth > indentation || isItem {
        last = number
      } else if !rest.hasPrefix("#") {
        break
      }
    }
    return mark.line...last
  }
}
