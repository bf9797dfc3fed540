import Events

extension IdentityColumn {
  /// The text of the keys wherever one of several columns has it.
  ///
  /// - Parameter keys: the keys, ascending, each once.
  /// - Throws: `identity.collision` where two columns have different texts for a key.
  static func uniting(
    _ columns: [IdentityColumn], keys: UnsafeBufferPointer<UInt64>, memory: ColumnMemory
  ) throws(Refusal) -> IdentityColumn {
    let scratch = ColumnMemory()
    defer { withExtendedLifetime(scratch) {} }
    let sources = scratch.room(for: keys.count, of: UInt64.self)
    sources.initialize(repeating: .max)
    for (source, column) in columns.enumerated() {
      var (index, position) = (0, 0)
      // Each side leaps to where the other stands, so the shorter one says how long it takes.
      while index < keys.count {
        position = column.keys.position(from: position) { $0 >= keys[index] }
        guard position < column.keys.count else { break }
        let found = column.keys[position]
        guard keys[index] == found else {
          index = keys.position(from: index) { $0 >= found }
          continue
        }
        if sources[index] == .max {
          sources[index] = UInt64(source) << 32 | UInt64(position)
        } else {
          let first = sources[index]
          let (other, place) = (columns[Int(first >> 32)], Int(first & 0xFFFF_FFFF))
          guard other.namespaces[place] == column.namespaces[position],
            other.ids.utf8(place).isEqual(to: column.ids.utf8(position))
          else { throw .collision(other.identity(at: place), column.identity(at: position)) }
        }
        index += 1
      }
    }
    return try picking(columns, sources, keys: keys, memory: memory)
  }

  private static func picking(
    _ columns: [IdentityColumn], _ sources: UnsafeMutableBufferPointer<UInt64>,
    keys: UnsafeBufferPointer<UInt64>, memory: ColumnMemory
  ) throws(Refusal) -> IdentityColumn {
    var known = 0
    var length = 0
    for source in sources where source != .max {
      known += 1
      length += columns[Int(source >> 32)].ids.utf8(Int(source & 0xFFFF_FFFF)).count
    }
    let knownKeys = memory.room(for: known, of: UInt64.self)
    let namespaces = memory.room(for: known, of: UInt8.self)
    var position = 0
    for (key, source) in zip(keys, sources) where source != .max {
      knownKeys[position] = key
      namespaces[position] = columns[Int(source >> 32)].namespaces[Int(source & 0xFFFF_FFFF)]
      position += 1
    }
    let ids = try StringColumn(
      count: known, length: length, memory: memory,
      texts: sources.lazy.filter { $0 != .max }.map {
        columns[Int($0 >> 32)].ids.utf8(Int($0 & 0xFFFF_FFFF))
      })
    return IdentityColumn(
      keys: UnsafeBufferPointer(knownKeys), namespaces: UnsafeBufferPointer(namespaces), ids: ids)
  }

  /// The identity at a position.
  func identity(at position: Int) -> Identity {
    Identity(Namespace(rawValue: namespaces[position]) ?? .user, ids[position])
  }
}

extension Refusal {
  /// The refusal of two identities that have the same key.
  static func collision(_ first: Identity, _ second: Identity) -> Refusal {
    Refusal(
      "identity.collision", problem: "“\(first)” and “\(second)” have the same 64-bit key.",
      remedy: "Rename one of the two where its events come from, and import them again.")
  }

  /// The refusal of more rows than a segment holds.
  static func tooManyRows(_ count: Int) -> Refusal {
    Refusal(
      "stories.size", problem: "\(count) events do not fit into one segment.",
      remedy: "Split them into segments of fewer than \(UInt32.max) events.")
  }
}
