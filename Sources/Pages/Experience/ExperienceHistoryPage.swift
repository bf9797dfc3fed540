import Events
import Store

/// Who changed the experience, when, and how.
public enum ExperienceHistoryPage {
  /// How many versions a page has.
  public static let most = 50

  /// All versions, the latest first.
  ///
  /// - Parameters:
  ///   - isChanged: whether the disk holds something that no version has.
  ///   - next: the number after which older versions go on.
  public static func list(
    _ versions: [ExperienceVersion], isChanged: Bool, next: Int?, in frame: Frame
  ) -> Markup {
    let rows = versions.map { version -> Markup in
      """
      <tr><th scope="row" class="text"><a href="/experience/history/\(version.number)">\
      \(version.number)</a></th><td class="text">\(message(version))</td>\
      <td class="text">\(version.author)</td><td class="text">\(.moment(version.at))</td></tr>
      """
    }
    let changed: Markup? =
      isChanged
      ? """
      <p class="notice">The text on the disk is not that of the latest version: it was changed there. \
      The next save keeps it as a version of its own first.</p>
      """ : nil
    let table: Markup =
      versions.isEmpty
      ? """
      <div class="card empty"><h2>No version yet</h2><p>Each time the experience is saved here, its \
      text is kept, with who saved it and why.</p></div>
      """
      : """
      <div class="card scroll"><table><thead><tr><th class="text" scope="col">Version</th>
      <th class="text" scope="col">What changed</th><th class="text" scope="col">By</th>
      <th class="text" scope="col">When</th></tr></thead><tbody>\(rows)</tbody></table></div>
      """
    let older: Markup? = next.map {
      """
      <p class="actions below"><a class="button quiet" rel="next" \
      href="/experience/history?before=\($0)">Older</a></p>
      """
    }
    return ExperienceFrame.document(
      .history, title: "History", in: frame, "\(changed)\(table)\(older)")
  }

  /// One version, and what it changed.
  ///
  /// - Parameter changes: what became of each file, by name.
  public static func version(
    _ version: ExperienceVersion, changes: [(file: String, diff: LineDiff)], isLatest: Bool,
    problem: Refusal? = nil, for reader: ExperienceFrame.Reader, in frame: Frame
  ) -> Markup {
    let restore: Markup? =
      reader == .edits && !isLatest
      ? SettingsPage.button(
        "Restore this version", to: "/experience/history/\(version.number)/restore",
        confirm: "The experience runs as in version \(version.number) from now on. Restore?",
        in: frame) : nil
    let files = changes.map { change -> Markup in
      """
      <section><h2>\(change.file) <span class="muted"><span class="good">+\(change.diff.added)</span> \
      <span class="bad">−\(change.diff.removed)</span></span></h2>
      \(DiffView.render(change.diff, label: "Changes of \(change.file)"))</section>
      """
    }
    return ExperienceFrame.document(
      .history, title: "Version \(version.number)",
      lead: "\(message(version)) · \(version.author) · \(.moment(version.at))",
      actions: restore ?? .none, in: frame,
      """
      \(.problem(problem))
      \(files.isEmpty ? "<p class=\"muted\">It is the same as the one before.</p>" : files.joined())
      <p class="actions below"><a class="button quiet" href="/experience/history">All versions</a></p>
      """)
  }

  private static func message(_ version: ExperienceVersion) -> Markup {
    version.message.isEmpty
      ? "<span class=\"muted\">without a word</span>" : "\(version.message)"
  }
}
