import Events
import Yams

/// A YAML text in which single values are changed, with all else left as people wrote it: comments,
/// order, quotes, empty lines.
///
/// Every operation returns a text, or refuses where the text is written so freely that changing it
/// in place can't be done safely. What an operation returns was parsed again and differs from the
/// text before in nothing but the value.
struct YAMLSurgery {
  /// What is written for a key.
  enum Value: Equatable {
    /// A text, in quotes where it needs them.
    case text(String)
    /// Texts in brackets.
    case list([String])
    /// YAML as somebody wrote it; several lines stand below the key.
    case source(String)
  }

  let text: String
  let source: SourceText
  let root: Node
  /// Keeps the parser's nodes; they hold some of their parts weakly.
  private let parser: Parser

  /// Reads a text.
  ///
  /// - Throws: the first mistake in it.
  init(_ text: String, file: String) throws(Diagnostic) {
    self.text = text
    let source = SourceText(text, file: file)
    self.source = source
    (root, parser) = try YAMLText.parse(text, source, largest: ExperienceLoader.largestFile) {
      parser throws(Diagnostic) in
      do {
        return (try parser.singleRoot() ?? Node(""), parser)
      } catch {
        throw (error as? YamlError ?? .no).diagnostic(in: source)
      }
    }
  }

  /// The value at a path of keys; nil where there is none.
  func node(_ path: [String]) -> Node? {
    path.reduce(Optional(root)) { node, key in node.flatMap { pair(key, in: $0)?.value } }
  }

  /// The line on which a path's last key stands.
  func line(_ path: [String]) -> Int? {
    guard let key = path.last, let parent = node(path.dropLast()) else { return nil }
    return pair(key, in: parent)?.key.mark?.line
  }

  /// The keys of the map at a path, in their order.
  func keys(_ path: [String]) -> [String] {
    guard case .mapping(let mapping)? = node(path) else { return [] }
    return mapping.compactMap { $0.key.scalar?.string }
  }

  /// The text that stands for a value: what is below its key without the indentation, or beside it.
  func written(_ path: [String]) -> String? {
    guard let key = path.last, let parent = node(path.dropLast()),
      let pair = pair(key, in: parent), let start = index(pair.value.mark)
    else { return nil }
    if let end = end(of: pair.value, from: start) { return slice(start..<end) }
    guard let lines = lines(of: pair, in: parent), let first = pair.value.mark?.line else {
      return nil
    }
    let whole = (first...lines.upperBound).map { line($0) }
    let indentation =
      whole.filter { !$0.allSatisfy(\.isWhitespace) }
      .map { $0.prefix { $0 == " " }.count }.min() ?? 0
    return whole.map { String($0.dropFirst(indentation)) }.joined(separator: "\n")
  }

  /// Sets a key of the map at a path, or takes it out.
  ///
  /// - Parameter order: the keys in their usual order, for a new one's place.
  func setting(
    _ key: String, to value: Value?, at path: [String], order: [String] = []
  ) throws(Refusal) -> String {
    guard let parent = node(path) else { throw free(path) }
    let changed =
      switch parent {
      case .mapping where isFlow(parent):
        try settingInFlow(key, to: value, parent, path, order)
      case .mapping: try settingInBlock(key, to: value, parent, path, order)
      case .scalar(let scalar) where scalar.string.isEmpty && value != nil:
        try beginning(key, value, path)
      default: throw free(path)
      }
    try verify(changed, path + [key], value)
    return changed
  }

  /// The refusal of a text that is written too freely.
  func free(_ path: [String]) -> Refusal {
    let place =
      (0...path.count).reversed().lazy.compactMap { self.line(Array(path.prefix($0))) }
      .first ?? 1
    return Refusal(
      "experience.free",
      problem: "“\(path.last ?? source.file)” is written in a way that a form can't change.",
      remedy: "Change it in the text of \(source.file), from line \(place).")
  }

  func pair(_ key: String, in node: Node) -> (key: Node, value: Node)? {
    guard case .mapping(let mapping) = node else { return nil }
    return mapping.first { $0.key.scalar?.string == key }.map { ($0.key, $0.value) }
  }
}

extension YAMLSurgery {
  /// Whether the changed text says what was wished, and everything else as before.
  private func verify(_ changed: String, _ path: [String], _ value: Value?) throws(Refusal) {
    let other: YAMLSurgery
    do { other = try YAMLSurgery(changed, file: source.file) } catch { throw free(path) }
    guard Self.without(path[...], root) == Self.without(path[...], other.root) else {
      throw free(path)
    }
    let found = other.node(path)
    switch value {
    case nil: guard found == nil else { throw free(path) }
    case .text(let text): guard found?.scalar?.string == text else { throw free(path) }
    case .list(let texts):
      guard case .sequence(let items)? = found, items.map({ $0.scalar?.string }) == texts else {
        throw free(path)
      }
    case .source(let source):
      let wished: YAMLSurgery
      do { wished = try YAMLSurgery(source, file: self.source.file) } catch {
        throw Refusal(
          "experience.value", problem: error.problem, remedy: error.remedy)
      }
      guard found == wished.root else { throw free(path) }
    }
  }

  /// The node without what lies at a path; maps on the way that are empty then count as nothing.
  static func without(_ path: ArraySlice<String>, _ node: Node) -> Node {
    guard let key = path.first, case .mapping(let mapping) = node else { return node }
    let pairs = mapping.compactMap { pair -> (Node, Node)? in
      guard pair.key.scalar?.string == key else { return (pair.key, pair.value) }
      guard path.count > 1 else { return nil }
      let rest = without(path.dropFirst(), pair.value)
      return rest.scalar?.string.isEmpty == true ? nil : (pair.key, rest)
    }
    return pairs.isEmpty ? Node("") : Node(pairs)
  }
}
