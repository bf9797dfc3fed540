import Events
import Yams

/// Lists of names, some with a title: `[growth, {support: {title: Customer support}}]`.
extension YAMLSurgery {
  /// What an item of such a list names.
  static func name(ofItem item: Node) -> String? {
    switch item {
    case .scalar(let scalar): scalar.string
    case .mapping(let mapping): mapping.count == 1 ? mapping.first?.key.scalar?.string : nil
    default: nil
    }
  }

  /// Sets the title of an item, or takes it away.
  func setting(
    title: ExperienceText.Value?, ofItem name: String, in section: String
  ) throws(Refusal) -> String {
    let (list, _, part) = try place(ofItem: name, in: section)
    let changed = replacing(part, with: Self.item(name, title, isFlow: isFlow(.sequence(list))))
    try verify(changed, section, names(section), of: name, title: title)
    return changed
  }

  /// Puts a further item at the end.
  func adding(
    item name: String, title: ExperienceText.Value?, to section: String
  ) throws(Refusal) -> String {
    guard case .sequence(let list)? = node([section]), let start = index(node([section])?.mark)
    else { throw free([section]) }
    let isFlow = isFlow(.sequence(list))
    let new = Self.item(name, title, isFlow: isFlow)
    let changed: String
    if let last = list.last.flatMap({ Self.name(ofItem: $0) }) {
      let (_, item, part) = try place(ofItem: last, in: section)
      if isFlow {
        changed = replacing(part.upperBound..<part.upperBound, with: ", " + new)
      } else {
        guard let mark = item.mark else { throw free([section]) }
        let dash = String(line(mark.line).prefix(mark.column - 1))
        changed = inserting([dash + new], below: mark.line)
      }
    } else {
      guard isFlow else { throw free([section]) }
      changed = replacing(start + 1..<start + 1, with: new)
    }
    try verify(changed, section, names(section) + [name], of: name, title: title)
    return changed
  }

  /// Takes an item out.
  func removing(item name: String, from section: String) throws(Refusal) -> String {
    let (list, item, part) = try place(ofItem: name, in: section)
    guard let whole = index(node([section])?.mark), let mark = item.mark else {
      throw free([section])
    }
    let changed: String
    if isFlow(.sequence(list)), let end = end(of: .sequence(list), from: whole) {
      changed = replacing(without(part, in: whole..<end), with: "")
    } else {
      guard source.place(at: part.upperBound).line == mark.line else { throw free([section]) }
      changed = replacing(range(mark.line...mark.line), with: "")
    }
    try verify(changed, section, names(section).filter { $0 != name }, of: name, title: nil)
    return changed
  }

  private func names(_ section: String) -> [String] {
    guard case .sequence(let items)? = node([section]) else { return [] }
    return items.compactMap { Self.name(ofItem: $0) }
  }

  /// Where an item stands, when it is in one piece.
  private func place(
    ofItem name: String, in section: String
  ) throws(Refusal) -> (list: Node.Sequence, item: Node, part: Range<Int>) {
    guard case .sequence(let list)? = node([section]),
      let item = list.first(where: { Self.name(ofItem: $0) == name }),
      let start = index(item.mark)
    else { throw free([section]) }
    if let end = end(of: item, from: start) { return (list, item, start..<end) }
    guard let pair = pair(name, in: item), let value = index(pair.value.mark),
      let end = end(of: pair.value, from: value)
    else { throw free([section]) }
    return (list, item, start..<end)
  }

  private static func item(
    _ name: String, _ title: ExperienceText.Value?, isFlow: Bool
  ) -> String {
    guard let title = title?.written.inline else { return Value.key(name) }
    let pair = "\(Value.key(name)): {title: \(title)}"
    return isFlow ? "{\(pair)}" : pair
  }

  /// Whether the list has the names in their order, and nothing else of the text changed.
  private func verify(
    _ changed: String, _ section: String, _ names: [String],
    of changedName: String, title wished: ExperienceText.Value?
  ) throws(Refusal) {
    let other: YAMLSurgery
    do { other = try YAMLSurgery(changed, file: source.file) } catch { throw free([section]) }
    guard other.names(section) == names,
      Self.without([section], root) == Self.without([section], other.root)
    else { throw free([section]) }
    for name in names where name != changedName && self.names(section).contains(name) {
      guard other.title(name, section) == title(name, section) else { throw free([section]) }
    }
    if case .text(let text)? = wished {
      guard other.title(changedName, section) == text else { throw free([section]) }
    }
  }

  private func title(_ name: String, _ section: String) -> String? {
    guard case .sequence(let items)? = node([section]) else { return nil }
    return items.first { Self.name(ofItem: $0) == name }
      .flatMap { pair(name, in: $0) }.flatMap { pair("title", in: $0.value) }?.value.scalar?.string
  }
}
