import Maps

/// The customers behind a row of an answer.
public struct AnswerCustomersPage: Sendable {
  /// The question as it is written.
  public var text: String
  /// The row, as `AnswerRowKey` reads it.
  public var row: String
  /// How many customers there are.
  public var count: Int
  public var list: CustomerList
  /// Whether the list may be kept as a set.
  public var maySave: Bool

  /// Makes a page.
  public init(text: String, row: String, count: Int, list: CustomerList, maySave: Bool) {
    self.text = text
    self.row = row
    self.count = count
    self.list = list
    self.maySave = maySave
  }

  /// Writes the page.
  public func render(_ frame: Frame) -> Markup {
    let query = "?q=\(text.urlEncoded)&row=\(row.urlEncoded)"
    let save: Markup? =
      maySave && count > 0
      ? """
      <form class="inline" method="post" action="/explore/customers\(lines: query)">\(frame.formField)
      <label class="field">Keep these customers as a set<input name="name" required maxlength="64" \
      pattern="[A-Za-z][A-Za-z0-9_\\-]*" title="A letter, then letters, digits, _ or -"></label>
      <button class="quiet">Save set</button></form>
      """ : nil
    return frame.document(
      title: "Customers",
      main: """
        <div class="head"><div><div class="over"><a href="/explore?q=\(url: text)">Explore</a> · \
        customers</div><h1>\(row)</h1>
        <p class="facts"><span>\(count) customer\(count == 1 ? "" : "s")</span></p></div>
        <div class="actions"><a class="button quiet" href="/explore/customers.csv\(lines: query)">CSV</a>\
        </div></div>
        \(save)
        \(count == 0 ? "<div class=\"card empty\"><h2>Nobody</h2></div>" : list.markup)
        """)
  }
}
