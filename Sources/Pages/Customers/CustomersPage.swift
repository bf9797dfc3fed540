import Maps

/// The page on which customers are looked for.
public struct CustomersPage: Sendable {
  /// What was looked for; empty where nothing was.
  public var wanted: String
  public var list: CustomerList
  /// How many customers there are in all.
  public var count: Int

  /// Makes a page.
  public init(wanted: String, list: CustomerList, count: Int) {
    self.wanted = wanted
    self.list = list
    self.count = count
  }

  /// Writes the page.
  public func render(_ frame: Frame) -> Markup {
    frame.document(
      title: "Customers",
      main: """
        <div class="head"><div><h1>Customers</h1><p class="facts"><span>\(Figures.grouped(count)) in all</span></p></div>\
        </div>
        <form class="inline" action="/customers" method="get" role="search">
        <label class="field">An id, or how it begins<input name="id" value="\(wanted)" \
        placeholder="c17, user:c17 or anonymous:3f9a" maxlength="512"></label>
        <button>Look</button></form>
        \(content)
        """)
  }

  private var content: Markup {
    if count == 0 {
      return """
        <div class="card empty"><h2>Nobody yet</h2><p>Send events with a write key that you make under \
        Settings, or import a file with <code>waymark import</code>.</p></div>
        """
    }
    if list.rows.isEmpty {
      return """
        <div class="card empty"><h2>Nobody is known as “\(wanted)”</h2><p>An id that a device made up \
        begins with <code>anonymous:</code>. Large and small letters are different.</p></div>
        """
    }
    let title: Markup = wanted.isEmpty ? "<h2>Seen last</h2>" : "<h2>Found</h2>"
    return title + list.markup
  }
}
