import Events

/// Looks over a text before it is parsed, for what makes a small YAML file expand or nest for ever.
///
/// The parser resolves aliases and compares keys while it reads, so a bomb must be seen before. This
/// knows just enough of YAML to find where a value may begin: outside quotes, comments and blocks.
struct YAMLGuard {
  /// How deep brackets may nest; the parser has a limit of its own, too high for our recursion.
  static let deepestNesting = 64

  /// What was found first.
  enum Danger { case alias, anchor, nesting, explicitKey }

  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var flow = 0
  /// Whether a value may begin here.
  private var fresh = true

  /// Finds the first danger and its index in Unicode scalars.
  static func firstDanger(in text: String) -> (danger: Danger, index: Int)? {
    var guardian = YAMLGuard(scalars: Array(text.unicodeScalars))
    return guardian.search()
  }

  private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  private func scalar(_ ahead: Int = 0) -> Unicode.Scalar? {
    index + ahead < scalars.count ? scalars[index + ahead] : nil
  }

  private var isFollowedByBlank: Bool { scalar(1).map { $0.isBlank || $0.isLineBreak } ?? true }

  private mutating func search() -> (danger: Danger, index: Int)? {
    while let next = scalar() {
      if next.isLineBreak {
        fresh = true
      } else if next == "#", index == 0 || scalars[index - 1].isBlank || fresh {
        skipLine()
        continue
      } else if fresh, let danger = danger(at: next) {
        return (danger, index)
      } else {
        step(over: next)
      }
      index += 1
    }
    return nil
  }

  private func danger(at next: Unicode.Scalar) -> Danger? {
    switch next {
    case "*" where !isFollowedByBlank: .alias
    case "&" where !isFollowedByBlank: .anchor
    case "?" where isFollowedByBlank: .explicitKey
    case "[" where flow >= Self.deepestNesting, "{" where flow >= Self.deepestNesting: .nesting
    default: nil
    }
  }

  private mutating func step(over next: Unicode.Scalar) {
    switch next {
    case "\"" where fresh, "'" where fresh: skipQuoted(next)
    case "|" where fresh && flow == 0, ">" where fresh && flow == 0: skipBlock()
    case "[" where fresh || flow > 0, "{" where fresh || flow > 0:
      flow += 1
      fresh = true
    case "]" where flow > 0, "}" where flow > 0:
      flow -= 1
      fresh = flow > 0
    case "," where flow > 0: fresh = true
    case ":" where flow > 0 || isFollowedByBlank: fresh = true
    case "-" where fresh && isFollowedByBlank: break
    case "-" where fresh && scalar(1) == "-" && scalar(2) == "-": index += 2
    case "\u{FEFF}" where index == 0: break
    case "!" where fresh: skipTag()
    case _ where next.isBlank: break
    default: fresh = false
    }
  }

  private mutating func skipLine() {
    while let next = scalar(), !next.isLineBreak { index += 1 }
  }

  /// Ends on the tag's last character, so that a value may still begin after it.
  private mutating func skipTag() {
    while let next = scalar(1), !next.isBlank, !next.isLineBreak, next != "," { index += 1 }
  }

  private mutating func skipQuoted(_ quote: Unicode.Scalar) {
    index += 1
    while let next = scalar(), next != quote {
      index += next == "\\" && quote == "\"" ? 2 : 1
    }
    index = min(index, scalars.count - 1)
    fresh = false
    // Two single quotes inside single quotes are one; the second opens the rest again.
    if quote == "'", scalar(1) == "'" { fresh = true }
  }

  /// Skips the lines below a block's mark that are indented more than the mark's own line.
  private mutating func skipBlock() {
    var start = index
    while start > 0, !scalars[start - 1].isLineBreak { start -= 1 }
    let lead = scalars[start..<index].prefix { $0 == " " || $0 == "-" }
    // The block belongs to the key before it, or to the last dash; alone in its line it may belong to
    // anything further left, and then too little is skipped rather than too much.
    let lastDash = lead.lastIndex(of: "-").map { $0 - start }
    let parent = start + lead.count < index ? lead.count : lastDash ?? lead.count - 1
    skipLine()
    while index < scalars.count {
      var line = index + 1
      while line < scalars.count, scalars[line] == " " { line += 1 }
      let isEmpty = line >= scalars.count || scalars[line].isLineBreak
      guard isEmpty || line - index - 1 > parent else { break }
      index += 1
      skipLine()
    }
    index -= 1
    fresh = true
  }
}

extension YAMLGuard.Danger {
  func diagnostic(at place: Place) -> Diagnostic {
    let (code, problem, remedy) =
      switch self {
      case .alias, .anchor:
        (
          "yaml.alias", "Anchors (&) and aliases (*) are not read.",
          "Write the value out, or put a text that begins so in quotes."
        )
      case .nesting:
        (
          "yaml.nesting", "Values nest more than \(YAMLGuard.deepestNesting) deep.",
          "Flatten them."
        )
      case .explicitKey:
        (
          "yaml.syntax", "Keys after “? ” are not read.",
          "Write “key: value”, or put a text that begins so in quotes."
        )
      }
    return Diagnostic(
      file: place.file, line: place.line, column: place.column, severity: .error, code: code,
      problem: problem, remedy: remedy)
  }
}
