import Accounts
import Events
import Store

/// Who did what.
public enum AuditPage {
  /// How many lines a page has.
  public static let lines = 100

  /// Writes the page.
  ///
  /// - Parameters:
  ///   - entries: the lines, the latest first.
  ///   - filter: which lines were asked for.
  ///   - next: the number after which older lines go on; nil where there are none.
  public static func render(
    _ entries: [AuditEntry], _ filter: AuditFilter, next: Int?, of permissions: Set<Permission>,
    in frame: Frame
  ) -> Markup {
    let rows = entries.map { entry -> Markup in
      """
      <tr><td class="text">\(.moment(entry.at))</td>\
      <th scope="row" class="text">\(entry.name)<br>\
      <small class="muted">\(entry.kind.rawValue)</small></th>\
      <td class="text"><code>\(entry.action)</code></td><td class="text">\(entry.subject)</td>\
      <td class="text muted">\(entry.detail)</td></tr>
      """
    }
    let older: Markup? = next.map {
      """
      <p class="actions below"><a class="button quiet" href="/settings/audit?area=\
      \(url: filter.area ?? "")&amp;kind=\(url: filter.kind?.rawValue ?? "")&amp;before=\($0)" \
      rel="next">Older</a></p>
      """
    }
    let table: Markup =
      entries.isEmpty
      ? "<div class=\"card empty\"><h2>Nothing was done that fits</h2></div>"
      : """
      <div class="card scroll" tabindex="0" role="region" aria-label="Audit log"><table><thead><tr>
      <th class="text" scope="col">When</th>
      <th class="text" scope="col">Who</th><th class="text" scope="col">Did</th>
      <th class="text" scope="col">To</th><th class="text" scope="col">How</th></tr></thead>
      <tbody>\(rows)</tbody></table></div>\(older)
      """
    return SettingsPage.document(
      .audit, of: permissions, lead: "Every change, by whom, and when. Nothing takes a line out.",
      in: frame, picker(filter) + table)
  }

  private static func picker(_ filter: AuditFilter) -> Markup {
    var areas: [String] = []
    for action in AuditedAction.allCases {
      let area = String(action.rawValue.prefix { $0 != "." })
      if !areas.contains(area) { areas.append(area) }
    }
    let actions =
      [Markup.option("", "everything", chosen: filter.area == nil)]
      + areas.map { .option($0, $0, chosen: $0 == filter.area) }
    let kinds =
      [Markup.option("", "everybody", chosen: filter.kind == nil)]
      + Principal.Kind.allCases.map {
        .option($0.rawValue, $0.rawValue, chosen: $0 == filter.kind)
      }
    return """
      <form class="inline" method="get" action="/settings/audit" data-instant>
      <label class="field">What<select name="area">\(actions)</select></label>
      <label class="field">By<select name="kind">\(kinds)</select></label>
      <button class="quiet">Show</button></form>
      """
  }
}
