/// The page that describes the API to people; it is made of what the document is made of.
public enum APIPage {
  /// All operations by topic.
  public struct Guide: Sendable {
    public var introduction: String
    public var topics: [Topic]

    /// Makes a guide.
    public init(introduction: String, topics: [Topic]) {
      self.introduction = introduction
      self.topics = topics
    }
  }

  /// Operations that belong together.
  public struct Topic: Sendable {
    public var title: String
    public var operations: [Operation]

    /// Makes a topic.
    public init(title: String, operations: [Operation]) {
      self.title = title
      self.operations = operations
    }
  }

  /// One operation.
  public struct Operation: Sendable {
    public var name: String
    public var method: String
    public var path: String
    public var summary: String
    public var meaning = ""
    /// What one needs for it: the least role, and the scope of a token.
    public var needs: String
    /// Name, place, what it takes, meaning.
    public var parameters: [[String]] = []
    /// An example of the body as JSON; nil where it takes none.
    public var body: String?
    public var status: Int
    /// The types of the answer, and an example as JSON where there is one.
    public var types: [String] = []
    public var answer: String?
    /// The statuses of problems.
    public var problems: [Int] = []

    /// Makes an operation.
    public init(
      name: String, method: String, path: String, summary: String, needs: String, status: Int
    ) {
      (self.name, self.method, self.path) = (name, method, path)
      (self.summary, self.needs, self.status) = (summary, needs, status)
    }
  }

  /// Writes the page.
  public static func render(_ guide: Guide, in frame: Frame) -> Markup {
    let links = guide.topics.map { topic -> Markup in
      "<a class=\"button quiet small\" href=\"#\(anchor(topic))\">\(topic.title)</a>"
    }
    let topics = guide.topics.map { topic -> Markup in
      """
      <section aria-labelledby="\(anchor(topic))"><h2 id="\(anchor(topic))">\(topic.title)</h2>
      \(topic.operations.map(card))</section>
      """
    }
    return frame.document(
      title: "API",
      main: """
        <div class="head"><h1>API</h1><div class="actions"><a class="button quiet" \
        href="/api/openapi.json">OpenAPI 3.1</a></div></div>
        <p class="intro muted">\(words(guide.introduction))</p>
        <nav class="actions" aria-label="Topics">\(links)</nav>
        \(topics)
        """)
  }

  /// A text in which what stands between backticks is code.
  private static func words(_ text: String) -> Markup {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
    return parts.enumerated().map { position, part -> Markup in
      position.isMultiple(of: 2) ? "\(lines: part)" : "<code>\(lines: part)</code>"
    }.joined()
  }

  private static func anchor(_ topic: Topic) -> String {
    topic.title.lowercased().replacing(" ", with: "-")
  }

  private static func card(_ operation: Operation) -> Markup {
    let meaning: Markup? =
      operation.meaning.isEmpty ? nil : "<p class=\"intro\">\(words(operation.meaning))</p>"
    let types = operation.types.joined(separator: ", ")
    let answers = types.isEmpty ? "without a body" : types
    return """
      <details class="card operation" id="\(operation.name)"><summary><b>\(operation.method)</b> \
      <code>\(operation.path)</code> <span class="muted">\(operation.summary)</span></summary>
      \(meaning)\(parameters(operation))
      \(example("It takes", operation.body))
      <p>Answers <b>\(operation.status)</b> \(answers). Needs \(operation.needs).</p>
      \(example("It answers", operation.answer))
      <p class="muted">Problems: \(operation.problems.map { "\($0)" }.joined(separator: ", "))</p>
      </details>
      """
  }

  private static func parameters(_ operation: Operation) -> Markup? {
    guard !operation.parameters.isEmpty else { return nil }
    let rows = operation.parameters.map { cells -> Markup in
      let rest = cells.dropFirst().map { "<td class=\"text\">\(words($0))</td>" as Markup }
      return
        "<tr><th scope=\"row\" class=\"text\"><code>\(cells.first ?? "")</code></th>\(rest)</tr>"
    }
    return """
      <div class="scroll" tabindex="0" role="region" aria-label="Parameters of \(operation.name)">\
      <table><thead><tr><th class="text" scope="col">Parameter</th>\
      <th class="text" scope="col">In</th><th class="text" scope="col">Takes</th>\
      <th class="text" scope="col">Meaning</th></tr></thead><tbody>\(rows)</tbody></table></div>
      """
  }

  private static func example(_ words: String, _ text: String?) -> Markup? {
    text.map {
      """
      <p class="muted">\(words), for example</p>
      <pre tabindex="0" role="region" aria-label="\(words)">\(lines: $0)</pre>
      """
    }
  }
}
