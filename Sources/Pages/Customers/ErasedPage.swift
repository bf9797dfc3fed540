/// What became of an erasure.
public enum ErasedPage {
  /// Writes the page.
  ///
  /// - Parameter facts: what was removed and searched, in words.
  public static func render(
    _ identity: String, facts: [String], isProven: Bool, _ frame: Frame
  ) -> Markup {
    frame.document(
      title: "Erased",
      main: """
        <div class="card empty"><h1>\(isProven ? "Erased" : "Erased, but traces are left")</h1>
        <p><bdi>\(identity)</bdi></p><ul class="rules">\(facts.map { "<li>\($0)</li>" })</ul>
        <p><a class="button quiet" href="/customers">Customers</a></p></div>
        """)
  }
}
