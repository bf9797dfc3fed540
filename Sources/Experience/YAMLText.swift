import Events
import Yams

/// Reads plain values from YAML, of which JSON is a part, and says at which place something is wrong.
public enum YAMLText {
  /// The values of a text, one for each document (`---` between them).
  ///
  /// A refusal that a value's `init(from:)` throws inside a `DecodingError` is told at the place of its
  /// coding path.
  /// - Parameters:
  ///   - file: what remarks call the text.
  ///   - largest: the most bytes that are read.
  ///   - remedy: where people find how such a text is written.
  /// - Throws: the first mistake.
  public static func decode<Value: Decodable>(
    _ type: Value.Type = Value.self, from text: String, file: String, largest: Int,
    userInfo: [CodingUserInfoKey: any Sendable] = [:], remedy: String
  ) throws(Diagnostic) -> [Value] {
    let source = SourceText(text, file: file)
    return try parse(text, source, largest: largest) { parser throws(Diagnostic) in
      var values: [Value] = []
      while let root = try nextRoot(parser, source) {
        do {
          values.append(
            try YAMLDecoder().decode(type, from: root.withPlainKeys, userInfo: userInfo))
        } catch {
          throw diagnostic(error as? DecodingError, under: root, source, remedy)
        }
      }
      guard !values.isEmpty else {
        throw Diagnostic(
          file: file, line: 1, column: 1, severity: .error, code: "file.empty",
          problem: "The text says nothing.", remedy: remedy)
      }
      return values
    }
  }

  /// Opens a text, having looked for what would make a small one expand or nest for ever.
  static func parse<Result>(
    _ text: String, _ source: SourceText, largest: Int,
    _ body: (Parser) throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    guard text.utf8.count <= largest else {
      throw Diagnostic(
        file: source.file, line: 1, column: 1, severity: .error, code: "file.size",
        problem: "The text is larger than \(largest >> 10) KiB.", remedy: "Split it.")
    }
    if let (danger, index) = YAMLGuard.firstDanger(in: text) {
      throw danger.diagnostic(at: source.place(at: index))
    }
    // Nodes hold their anchors weakly; the parser owns them.
    let parser: Parser
    do {
      parser = try Parser(yaml: text, encoding: .utf8)
    } catch {
      throw (error as? YamlError ?? .no).diagnostic(in: source)
    }
    return try body(parser)
  }

  private static func nextRoot(
    _ parser: Parser, _ source: SourceText
  ) throws(Diagnostic) -> Node? {
    do {
      return try parser.nextRoot()
    } catch {
      throw (error as? YamlError ?? .no).diagnostic(in: source)
    }
  }

  private static func diagnostic(
    _ error: DecodingError?, under root: Node, _ source: SourceText, _ remedy: String
  ) -> Diagnostic {
    var path: [any CodingKey] = []
    var refusal = Refusal("yaml.value", problem: "This cannot be read.", remedy: remedy)
    switch error {
    case .dataCorrupted(let context):
      path = context.codingPath
      refusal =
        context.underlyingError as? Refusal
        ?? Refusal("yaml.value", problem: context.debugDescription, remedy: remedy)
    case .keyNotFound(let key, let context):
      path = context.codingPath
      refusal = Refusal(
        "yaml.field", problem: "The field “\(key.stringValue)” is missing.", remedy: remedy)
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      path = context.codingPath
      refusal = Refusal(
        "yaml.value", problem: "This is not the kind of value that belongs here.", remedy: remedy)
    default: break
    }
    let place = source.place(mark(of: path[...], under: root))
    return Diagnostic(
      file: source.file, line: place.line, column: place.column, severity: .error,
      code: refusal.code, problem: refusal.problem, remedy: refusal.remedy)
  }

  /// Where the value at a path begins, or the key of the last one that is there.
  private static func mark(of path: ArraySlice<any CodingKey>, under node: Node) -> Mark? {
    guard let key = path.first else { return node.mark }
    switch node {
    case .mapping(let mapping):
      guard let found = mapping.first(where: { $0.key.string == key.stringValue }) else {
        return node.mark
      }
      let isLast = path.count == 1
      return isLast && found.value.scalar == nil
        ? found.key.mark : mark(of: path.dropFirst(), under: found.value)
    case .sequence(let sequence):
      guard let index = key.intValue, sequence.indices.contains(index) else { return node.mark }
      return mark(of: path.dropFirst(), under: sequence[index])
    case .scalar, .alias: return node.mark
    }
  }
}

extension Node {
  /// The node with its keys as if they were written without quotes.
  ///
  /// YAML takes `on` for a truth value and `"on"`, as JSON has it, for a text; as the name of a field
  /// they are the same.
  fileprivate var withPlainKeys: Node {
    switch self {
    case .mapping(let mapping):
      let pairs = mapping.map { key, value in
        (
          key.string.map { .scalar(Scalar($0, Tag(.implicit), .plain, key.mark)) } ?? key,
          value.withPlainKeys
        )
      }
      return .mapping(
        Mapping(pairs, mapping.tag, mapping.style, mapping.mark, mapping.anchor))
    case .sequence(let sequence):
      return .sequence(
        Sequence(
          sequence.map(\.withPlainKeys), sequence.tag, sequence.style, sequence.mark,
          sequence.anchor))
    case .scalar, .alias: return self
    }
  }
}

extension YamlError {
  /// What is wrong with a text, and where.
  func diagnostic(in source: SourceText) -> Diagnostic {
    var place = Place(file: source.file)
    var code = "yaml.syntax"
    var problem = "The file cannot be read as YAML."
    var remedy = "Look at the indentation, the brackets and the quotes before this place."
    switch self {
    case .scanner(_, let what, let mark, _), .parser(_, let what, let mark, _),
      .composer(_, let what, let mark, _):
      place = source.place(mark)
      problem = "This is not YAML: \(what)."
    case .reader(let what, let offset, _, let yaml):
      let end = yaml.index(yaml.startIndex, offsetBy: offset ?? 0, limitedBy: yaml.endIndex)
      place = source.place(at: yaml[..<(end ?? yaml.startIndex)].unicodeScalars.count)
      problem = "This character cannot stand in YAML: \(what)."
      remedy = "Take it out."
    case .duplicatedKeysInMapping(let keys, let context):
      let key = keys.first ?? ""
      place = source.secondPlace(of: key, after: context.mark)
      code = "yaml.twice"
      problem = "“\(key)” is given twice; first in line \(context.mark.line)."
      remedy = "Keep one of the two."
    case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded: break
    }
    return Diagnostic(
      file: place.file, line: place.line, column: place.column, severity: .error, code: code,
      problem: problem, remedy: remedy)
  }
}
