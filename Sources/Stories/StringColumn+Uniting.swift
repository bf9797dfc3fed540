import Events

/// A text of one of several dictionaries.
private struct DictionaryEntry: BitwiseCopyable {
  /// The first eight bytes, the first being the highest; zeros where the text is shorter.
  var prefix: UInt64
  var source: UInt32
  var code: UInt32
}

extension StringColumn {
  /// One dictionary, ascending by bytes, of the texts in use.
  ///
  /// - Parameters:
  ///   - dictionaries: the dictionaries; their texts may lie in any order.
  ///   - codes: for each dictionary an entry for each code, not 0 where it is in use. It becomes
  ///     the code in the new dictionary.
  static func uniting(
    _ dictionaries: [StringColumn], codes: [UnsafeMutableBufferPointer<UInt32>],
    memory: ColumnMemory
  ) throws(Refusal) -> StringColumn {
    var entries: [DictionaryEntry] = []
    for (source, dictionary) in dictionaries.enumerated() {
      for code in 0..<dictionary.count where codes[source][code + 1] != 0 {
        entries.append(
          DictionaryEntry(
            prefix: dictionary.utf8(code).prefixKey, source: UInt32(source), code: UInt32(code)))
      }
    }
    entries.sort { left, right in
      guard left.prefix == right.prefix else { return left.prefix < right.prefix }
      return dictionaries[Int(left.source)].utf8(Int(left.code))
        .precedes(dictionaries[Int(right.source)].utf8(Int(right.code)))
    }
    var firsts: [DictionaryEntry] = []
    var length = 0
    var last = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    for entry in entries {
      let text = dictionaries[Int(entry.source)].utf8(Int(entry.code))
      if firsts.isEmpty || !text.isEqual(to: last) {
        firsts.append(entry)
        length += text.count
        last = text
      }
      codes[Int(entry.source)][Int(entry.code) + 1] = UInt32(firsts.count)
    }
    return try StringColumn(
      count: firsts.count, length: length, memory: memory,
      texts: firsts.lazy.map { dictionaries[Int($0.source)].utf8(Int($0.code)) })
  }

  /// Copies texts of a known length in all.
  init(
    count: Int, length: Int, memory: ColumnMemory,
    texts: some Sequence<UnsafeBufferPointer<UInt8>>
  ) throws(Refusal) {
    guard length <= Int(UInt32.max) else { throw .tooMuchText(length) }
    let offsets = memory.room(for: count + 1, of: UInt32.self)
    let bytes = memory.room(for: length, of: UInt8.self)
    var end = 0
    offsets[0] = 0
    for (position, text) in texts.enumerated() {
      if let start = text.baseAddress, let target = bytes.baseAddress {
        (target + end).initialize(from: start, count: text.count)
      }
      end += text.count
      offsets[position + 1] = UInt32(end)
    }
    self.init(offsets: UnsafeBufferPointer(offsets), bytes: UnsafeBufferPointer(bytes))
  }
}

extension Refusal {
  /// The refusal of more text than a segment holds.
  static func tooMuchText(_ length: Int) -> Refusal {
    Refusal(
      "stories.size", problem: "Texts of \(length) bytes do not fit into one segment.",
      remedy: "Split the events into more segments, or leave long texts out.")
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The first eight bytes as a number that ascends as the bytes do.
  var prefixKey: UInt64 {
    var key: UInt64 = 0
    let size = Swift.min(8, count)
    for position in 0..<size { key = key << 8 | UInt64(self[position]) }
    return size == 0 ? 0 : key << UInt64(8 * (8 - size))
  }

  /// Whether the bytes come before others.
  func precedes(_ other: Self) -> Bool {
    let shared = Swift.min(count, other.count)
    for position in 0..<shared where self[position] != other[position] {
      return self[position] < other[position]
    }
    return count < other.count
  }

  /// Whether the bytes are the same as others.
  @inline(__always) func isEqual(to other: Self) -> Bool {
    guard count == other.count else { return false }
    for position in 0..<count where self[position] != other[position] { return false }
    return true
  }
}
