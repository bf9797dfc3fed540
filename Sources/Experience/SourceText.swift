import Yams

/// The text of one file, for finding the place of a character inside a YAML value.
struct SourceText {
  let file: String
  let scalars: [Unicode.Scalar]
  /// Where each line begins in `scalars`.
  let lineStarts: [Int]

  init(_ text: String, file: String) {
    self.file = file
    scalars = Array(text.unicodeScalars)
    var starts = [0]
    for index in scalars.indices where scalars[index].isLineBreak {
      // A carriage return and the line feed after it are one break.
      if scalars[index] == "\r", index + 1 < scalars.count, scalars[index + 1] == "\n" { continue }
      starts.append(index + 1)
    }
    lineStarts = starts
  }

  func place(_ mark: Mark?) -> Place {
    Place(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
  }

  /// The place of a scalar index of the whole text.
  func place(at index: Int) -> Place {
    var (low, high) = (0, lineStarts.count)
    while low + 1 < high {
      let middle = (low + high) / 2
      if lineStarts[middle] <= index { low = middle } else { high = middle }
    }
    return Place(file: file, line: low + 1, column: index - lineStarts[low] + 1)
  }

  /// The place of the character that many Unicode scalars inside a YAML value.
  func place(in value: Node.Scalar, at offset: Int) -> Place {
    guard let mark = value.mark, mark.line <= lineStarts.count else { return place(value.mark) }
    let start = lineStarts[mark.line - 1] + mark.column - 1
    guard start < scalars.count else { return place(mark) }
    let index =
      switch value.style {
      case .singleQuoted, .doubleQuoted: quotedIndex(from: start, at: offset)
      case .literal, .folded: blockIndex(from: start, at: offset)
      case .plain, .any: foldedIndex(from: start, at: offset) { _ in 1 }
      }
    return place(at: min(index, scalars.count))
  }

  private func quotedIndex(from start: Int, at offset: Int) -> Int {
    let isSingle = scalars[start] == "'"
    return foldedIndex(from: start + 1, at: offset) { index in
      guard index + 1 < scalars.count else { return 1 }
      if isSingle { return scalars[index] == "'" ? 2 : 1 }
      guard scalars[index] == "\\" else { return 1 }
      return switch scalars[index + 1] {
      case "x": 4
      case "u": 6
      case "U": 10
      default: 2
      }
    }
  }

  /// Walks a flow scalar: each written character is as wide as `width` says, and breaks are folded.
  private func foldedIndex(from start: Int, at offset: Int, width: (Int) -> Int) -> Int {
    var (index, left) = (start, offset)
    while left > 0, index < scalars.count {
      var rest = index
      while rest < scalars.count, scalars[rest].isBlank { rest += 1 }
      guard rest < scalars.count, scalars[rest].isLineBreak else {
        index += width(index)
        left -= 1
        continue
      }
      let (next, breaks) = afterBreaks(from: rest)
      index = next
      left -= max(1, breaks - 1)
    }
    return index
  }

  /// The first character that is neither a break nor a blank, and how many breaks lie before it.
  private func afterBreaks(from start: Int) -> (index: Int, breaks: Int) {
    var (index, breaks) = (start, 0)
    while index < scalars.count, scalars[index].isBlank || scalars[index].isLineBreak {
      let isPair =
        scalars[index] == "\r" && index + 1 < scalars.count && scalars[index + 1] == "\n"
      if scalars[index].isLineBreak, !isPair { breaks += 1 }
      index += 1
    }
    return (index, breaks)
  }

  /// Walks a block scalar, whose lines begin after the indentation of the first.
  private func blockIndex(from start: Int, at offset: Int) -> Int {
    var index = start
    while index < scalars.count, !scalars[index].isLineBreak { index += 1 }
    index = afterBreaks(from: index).index
    let indentation = place(at: index).column - 1
    var left = offset
    while left > 0, index < scalars.count {
      let isBreak = scalars[index].isLineBreak
      index += 1
      left -= 1
      guard isBreak else { continue }
      var skipped = 0
      while skipped < indentation, index < scalars.count, scalars[index] == " " {
        index += 1
        skipped += 1
      }
    }
    return index
  }

  /// Where a key is written for the second time, after its first place.
  func secondPlace(of key: String, after first: Mark) -> Place {
    guard first.line <= lineStarts.count else { return place(first) }
    let wanted = Array(key.unicodeScalars)
    var index = lineStarts[first.line - 1] + first.column - 1 + wanted.count
    while index + wanted.count <= scalars.count {
      defer { index += 1 }
      guard scalars[index] == wanted.first else { continue }
      let found = place(at: index)
      let end = index + wanted.count
      guard found.column == first.column || found.line == first.line,
        scalars[index..<end].elementsEqual(wanted), isKeyEnd(end),
        index == 0 || !scalars[index - 1].isNameStart
      else { continue }
      return found
    }
    return place(first)
  }

  private func isKeyEnd(_ index: Int) -> Bool {
    var index = index
    while index < scalars.count,
      scalars[index].isBlank || "\"'".unicodeScalars.contains(scalars[index])
    {
      index += 1
    }
    return index < scalars.count && scalars[index] == ":"
  }
}

extension Unicode.Scalar {
  /// What YAML 1.1 takes for the end of a line.
  var isLineBreak: Bool {
    self == "\n" || self == "\r" || self == "\u{85}" || self == "\u{2028}" || self == "\u{2029}"
  }
  var isBlank: Bool { self == " " || self == "\t" }
}
