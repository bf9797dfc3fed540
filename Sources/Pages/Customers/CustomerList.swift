/// Customers as a table, a page at a time.
public struct CustomerList: Sendable {
  /// One customer.
  public struct Row: Sendable {
    /// An identity as addresses name it.
    public var identity: String
    public var events: Int
    /// When they were seen first and last, as people read it.
    public var first: String
    public var last: String

    /// Makes a row.
    public init(identity: String, events: Int, first: String, last: String) {
      self.identity = identity
      self.events = events
      self.first = first
      self.last = last
    }
  }

  public var rows: [Row]
  /// The address of the next page; nil on the last.
  public var next: String?

  /// Makes a list.
  public init(_ rows: [Row], next: String? = nil) {
    self.rows = rows
    self.next = next
  }

  /// The table, each customer a link to their story.
  public var markup: Markup {
    let lines = rows.map { row -> Markup in
      """
      <tr><th scope="row"><a href="/customers/\(url: row.identity)"><bdi>\(row.identity)</bdi></a>\
      </th><td>\(row.events)</td><td>\(row.first)</td><td>\(row.last)</td></tr>
      """
    }
    let more: Markup? = next.map {
      "<p><a class=\"button quiet\" href=\"\(lines: $0)\">More</a></p>"
    }
    return """
      <div class="card scroll" tabindex="0" role="region" aria-label="Customers"><table>
      <thead><tr><th scope="col">Customer</th><th scope="col">Events</th>\
      <th scope="col">First seen</th><th scope="col">Last seen</th></tr></thead>
      <tbody>\(lines)</tbody></table></div>
      \(more)
      """
  }
}
