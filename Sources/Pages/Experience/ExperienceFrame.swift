import Events
import Experience

/// What the pages of the experience have in common.
public enum ExperienceFrame {
  /// One page of the experience.
  public enum Tab: CaseIterable, Sendable {
    case overview, text, history

    var title: String {
      switch self {
      case .overview: "Overview"
      case .text: "Text"
      case .history: "History"
      }
    }

    var path: String {
      switch self {
      case .overview: "/experience"
      case .text: "/experience/text"
      case .history: "/experience/history"
      }
    }
  }

  /// What somebody may do with it.
  public enum Reader: Sendable { case reads, edits }

  static func document(
    _ tab: Tab, title: String, lead: Markup = .none, actions: Markup = .none, in frame: Frame,
    _ main: Markup
  ) -> Markup {
    let links = Tab.allCases.map { each -> Markup in
      let current: Markup = each == tab ? " aria-current=\"page\"" : ""
      return "<a href=\"\(each.path)\"\(current)>\(each.title)</a>"
    }
    return frame.document(
      title: "\(title) · Experience",
      main: """
        <div class="head"><h1>\(title)</h1><div class="actions">\(actions)</div></div>
        <nav class="tabs" aria-label="Experience">\(links)</nav>
        \(lead.isEmpty ? .none : "<p class=\"intro muted\">\(lead)</p>" as Markup)
        \(main)
        """)
  }
}

/// The linter's messages.
public enum ExperienceMessages {
  /// The most that are shown; the first ones cause the rest.
  static let most = 100

  /// The messages about one text, each with its line and a caret below the place.
  ///
  /// - Parameters:
  ///   - diagnostics: all messages; those about other files link there.
  ///   - file: the name of the text's file.
  ///   - text: the text.
  public static func render(
    _ diagnostics: [Diagnostic], in file: String, _ text: String
  ) -> Markup {
    guard !diagnostics.isEmpty else {
      return "<p class=\"badge met\">No errors, nothing to remark</p>"
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let items = diagnostics.prefix(most).map { item($0, file, lines) }
    let more: Markup? =
      diagnostics.count > most
      ? "<li class=\"muted\">\(diagnostics.count - most) more</li>" : nil
    return """
      <p class="counts">\(counts(diagnostics))</p><ol class="messages">\(Array(items))\(more)</ol>
      """
  }

  /// How many messages of each kind there are.
  static func counts(_ diagnostics: [Diagnostic]) -> Markup {
    let kinds: [(Diagnostic.Severity, Markup)] = [
      (.error, "missed"), (.warning, "uncertain"), (.note, "even"),
    ]
    return kinds.compactMap { severity, kind -> Markup? in
      let count = diagnostics.count { $0.severity == severity }
      guard count > 0 else { return nil }
      return """
        <span class="badge \(kind)">\(count) \(severity.rawValue)\(count == 1 ? "" : "s" as Markup)\
        </span>
        """
    }.joined(separator: " ")
  }

  private static func item(
    _ diagnostic: Diagnostic, _ file: String, _ lines: [Substring]
  ) -> Markup {
    let isHere = diagnostic.file == file
    let index = diagnostic.line - 1
    let whole = isHere && lines.indices.contains(index) ? lines[index].prefix(200) : nil
    let indentation = whole?.prefix { $0 == " " }.count ?? 0
    let line = whole.map { String($0.dropFirst(indentation)) }
    let caret =
      String(repeating: " ", count: max(0, min(diagnostic.column - 1, 200) - indentation)) + "^"
    let place: Markup =
      isHere
      ? """
      <a href="#text" data-line="\(diagnostic.line)" data-column="\(diagnostic.column)">\
      line \(diagnostic.line)</a>
      """
      : """
      <a href="/experience/text?file=\(url: diagnostic.file)">\(diagnostic.file), \
      line \(diagnostic.line)</a>
      """
    let source: Markup? = line.map { "<pre>\(lines: $0)\n\(lines: caret)</pre>" }
    return """
      <li class="\(diagnostic.severity.rawValue)"><b>\(diagnostic.severity.rawValue)</b> \(place): \
      \(diagnostic.problem) <span class="muted">\(diagnostic.remedy)</span>\(source)</li>
      """
  }
}
