/// Two texts beside each other, as one list of lines.
enum DiffView {
  /// How many lines are shown before and after a change.
  static let context = 3

  /// The changes, with a few lines around each.
  static func render(_ diff: LineDiff, label: String) -> Markup {
    var shown = [Bool](repeating: false, count: diff.lines.count)
    for (index, line) in diff.lines.enumerated() where line.fate != .kept {
      for near in max(0, index - context)...min(diff.lines.count - 1, index + context) {
        shown[near] = true
      }
    }
    guard shown.contains(true) else { return "<p class=\"muted\">No line differs.</p>" }
    var rows: [Markup] = []
    for (index, line) in diff.lines.enumerated() where shown[index] {
      if index > 0, !shown[index - 1] {
        rows.append("<tr class=\"gap\"><td colspan=\"4\">⋯</td></tr>")
      }
      rows.append(row(line))
    }
    return """
      <div class="scroll diff" tabindex="0" role="region" aria-label="\(label)">
      <table><caption class="unseen">\(label)</caption><tbody>\(rows)</tbody></table></div>
      """
  }

  private static func row(_ line: LineDiff.Line) -> Markup {
    let (kind, sign, word): (Markup, Markup, Markup) =
      switch line.fate {
      case .kept: ("kept", "", "")
      case .removed: ("removed", "−", "removed: ")
      case .added: ("added", "+", "added: ")
      }
    return """
      <tr class="\(kind)"><td class="number">\(line.old.map { "\($0)" as Markup })</td>\
      <td class="number">\(line.new.map { "\($0)" as Markup })</td><td class="sign" \
      aria-hidden="true">\(sign)</td>\
      <td class="text"><span class="unseen">\(word)</span><code>\(lines: line.text)</code></td></tr>
      """
  }
}
