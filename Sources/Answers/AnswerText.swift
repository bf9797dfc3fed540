import Engine
import Events
import Maps

/// Answers for a terminal: a picture, a table, and quiet lines that say what they rest on.
public enum AnswerText {
  /// Writes an answer.
  ///
  /// - Throws: what encoding the question throws.
  public static func render(_ answered: Answered, style: AnswerStyle) throws -> String {
    let receipt = answered.receipt
    var parts = [head(receipt, style)]
    if let picture = answered.answer.subject.picture {
      let lines = picture.lines(width: style.width)
      // A picture that is called like the question needs no second title.
      parts.append(Array(lines.first == parts[0].first ? lines.dropFirst() : lines[...]))
    }
    parts.append(
      TableText(answered.answer.subject.table, style: style).lines(width: style.width))
    parts.append(brief(receipt, style, width: style.width))
    if style.receipt == .whole { parts.append(try whole(receipt, style)) }
    return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n") + "\n"
  }

  /// What was asked, of whom and when.
  private static func head(_ receipt: Receipt, _ style: AnswerStyle) -> [String] {
    let scope = receipt.question.scope
    var words = [receipt.question.kind.heading]
    if let name = scope.population?.name { words.append(name.cleaned) }
    if scope.unit != .customer { words.append("each \(scope.unit)".cleaned) }
    if let from = scope.from { words.append("from \(style.figures.moment(from))") }
    if let to = scope.to { words.append("before \(style.figures.moment(to))") }
    if let breakdown = scope.breakdown { words.append("by \(breakdown.name)".cleaned) }
    if let asOf = scope.identityAsOf {
      words.append("identities as of \(style.figures.moment(asOf))")
    }
    return words.joined(separator: " · ").wrapped(to: style.width)
  }

  /// Counted, open, left out with why; how far the data reach, and the definition's hash.
  static func brief(_ receipt: Receipt, _ style: AnswerStyle, width: Int) -> [String] {
    let tally = receipt.tally
    var counts = ["\(style.figures.count(tally.counted)) counted"]
    if tally.open > 0 { counts.append("\(style.figures.count(tally.open)) open") }
    for exclusion in tally.excluded {
      counts.append("\(style.figures.count(exclusion.count)) left out: \(exclusion.reason.cleaned)")
    }
    let until = receipt.watermark.map { "data until \(style.figures.moment($0))" } ?? "no data"
    return counts.joined(separator: " · ").wrapped(to: width)
      + receipt.notes.flatMap { $0.cleaned.wrapped(to: width) }
      + "\(until) · definition \(receipt.definition)".wrapped(to: width)
  }

  /// All that the receipt says.
  private static func whole(_ receipt: Receipt, _ style: AnswerStyle) throws -> [String] {
    var lines = [
      "Events read   \(style.figures.count(receipt.events))",
      "Units read    \(style.figures.count(receipt.units))",
      "Watermark     \(receipt.watermark.map(\.description) ?? "none")",
      "Definition    \(receipt.definition)",
    ]
    if let removed = receipt.removedBefore { lines.append("Removed       before \(removed)") }
    return lines + ["Question"]
      + (try receipt.question.json.cleaned(inPiecesOf: style.width - 2))
      .map { "  " + $0 }
  }
}

extension String {
  /// The text with a capital at its front.
  fileprivate var asHeading: String { prefix(1).uppercased() + dropFirst() }

  /// The text on lines of a width, without control characters; nothing is left out.
  fileprivate func cleaned(inPiecesOf width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for character in self {
      let shown = String(character).cleaned.isEmpty ? " " : String(character)
      if line.cells + shown.cells > width {
        lines.append(line)
        line = ""
      }
      line += shown
    }
    return lines + [line]
  }
}

extension QuestionKind {
  /// What its answers are headed with.
  fileprivate var heading: String {
    self == .rfm ? "RFM" : rawValue.replacing("_", with: " ").asHeading
  }
}
