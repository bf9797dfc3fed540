import Accounts
import Events
import Maps
import Store

/// How the program itself is.
public enum HealthPage {
  /// What is told beside the state of the store.
  public struct Facts: Sendable {
    public var version: String
    public var started: Instant
    /// The bytes of all files of the store's folder.
    public var folderBytes: Int
    /// The bytes that are free on its disk; nil where the system doesn't tell.
    public var freeBytes: Int?
    /// The memory that the process holds.
    public var memoryBytes: Int
    public var watchers: Int

    /// Makes them.
    public init(
      version: String, started: Instant, folderBytes: Int, freeBytes: Int?, memoryBytes: Int,
      watchers: Int
    ) {
      self.version = version
      self.started = started
      self.folderBytes = folderBytes
      self.freeBytes = freeBytes
      self.memoryBytes = memoryBytes
      self.watchers = watchers
    }
  }

  /// Writes the page.
  public static func render(
    _ status: StoreStatus, _ facts: Facts, of permissions: Set<Permission>, now: Instant,
    in frame: Frame
  ) -> Markup {
    let share = status.events == 0 ? 0 : 100 * status.loggedEvents / status.events
    let tiles: [Markup] = [
      tile(
        "Events", .count(status.events),
        "of \(Figures.grouped(status.customers)) customers at least"),
      tile("Not sealed yet", .count(status.loggedEvents), "\(share) % of all; kept in the log"),
      tile("Parts", .count(status.parts), "\(words(status.bytes))"),
      tile("Disk", size(facts.folderBytes), facts.freeBytes.map { "\(words($0)) free" } ?? ""),
      tile(
        "Memory", size(facts.memoryBytes),
        "\(Figures.grouped(facts.watchers)) pages watch for changes"),
      tile("Version", "\(facts.version)", "format \(status.format) of the store"),
    ]
    let running: Markup? = status.runningImport.map {
      "<p class=\"notice\">An import of “\($0)” isn't finished; run it again to go on.</p>"
    }
    let low: Markup? =
      (facts.freeBytes ?? .max) < facts.folderBytes / 4
      ? "<p class=\"notice problem\">The disk is nearly full: sealing needs room for a copy.</p>"
      : nil
    return SettingsPage.document(
      .health, of: permissions, lead: "Running since \(.moment(facts.started)).", in: frame,
      """
      \(running)\(low)<dl class="tiles">\(tiles)</dl>
      <section><h2>Events</h2><div class="card"><table class="list"><tbody>
      <tr><th scope="row">Earliest</th><td class="text">\(.moment(status.first, never: "none"))</td></tr>
      <tr><th scope="row">Latest</th><td class="text">\(.moment(status.last, never: "none"))</td></tr>
      <tr><th scope="row">Files imported</th><td class="text">\(.count(status.imports))</td></tr>
      </tbody></table></div></section>
      <p class="muted below">For programs: <a href="/health">/health</a> and \
      <a href="/metrics">/metrics</a>.</p>
      """)
  }

  private static func tile(_ name: String, _ value: Markup, _ note: Markup) -> Markup {
    """
    <div class="tile"><dt>\(name)</dt><dd><div class="value">\(value)</div>\
    <div class="note">\(note)</div></dd></div>
    """
  }

  /// Bytes in the unit that fits.
  static func size(_ bytes: Int) -> Markup {
    "<span class=\"figure\">\(words(bytes))</span>"
  }

  private static func words(_ bytes: Int) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 1000, unit < units.count - 1 { (value, unit) = (value / 1000, unit + 1) }
    let tenths = Int((value * 10).rounded())
    let digits = unit == 0 || tenths >= 1000 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    return "\(digits) \(units[unit])"
  }
}
