import Maps

/// One customer's story: what they did and said, day by day, and who they are known as.
public struct CustomerStoryPage: Sendable {
  /// One event.
  public struct Entry: Sendable {
    /// The time of the day.
    public var time: String
    public var name: String
    /// The touchpoint that it is; nil: none.
    public var touchpoint: String?
    public var channel: String?
    /// How long after the event before, where that is longer than a visit's pause.
    public var pause: String?
    /// The other properties, as names and values.
    public var properties: [(name: String, value: String)]
    /// The identity that it came with, where the customer has several.
    public var identity: String?

    /// Makes an entry.
    public init(
      time: String, name: String, touchpoint: String?, channel: String?, pause: String?,
      properties: [(name: String, value: String)], identity: String?
    ) {
      self.time = time
      self.name = name
      self.touchpoint = touchpoint
      self.channel = channel
      self.pause = pause
      self.properties = properties
      self.identity = identity
    }
  }

  /// The events of one day.
  public struct Day: Sendable {
    /// The weekday and the date.
    public var title: String
    public var entries: [Entry]

    /// Makes a day.
    public init(title: String, entries: [Entry]) {
      self.title = title
      self.entries = entries
    }
  }

  /// What somebody or something said about who is who.
  public struct Link: Sendable {
    public var first: String
    public var second: String
    /// Who said so, why and since when, in words.
    public var words: String
    /// Whether it holds still.
    public var holds: Bool

    /// Makes a link.
    public init(first: String, second: String, words: String, holds: Bool) {
      self.first = first
      self.second = second
      self.words = words
      self.holds = holds
    }
  }

  /// What the person who looks may do.
  public struct Leave: Sendable {
    public var link: Bool
    public var erase: Bool

    /// Makes a leave.
    public init(link: Bool, erase: Bool) {
      self.link = link
      self.erase = erase
    }
  }

  /// The identity of the address.
  public var identity: String
  /// All identities, as they are written.
  public var identities: [String]
  /// Facts for the head: how many events, first and last day.
  public var facts: [String]
  public var days: [Day]
  public var links: [Link]
  /// The address of what follows; nil at the end.
  public var next: String?
  public var leave: Leave

  /// Makes a page.
  public init(
    identity: String, identities: [String], facts: [String], days: [Day], links: [Link],
    next: String?, leave: Leave
  ) {
    self.identity = identity
    self.identities = identities
    self.facts = facts
    self.days = days
    self.links = links
    self.next = next
    self.leave = leave
  }

  private var path: String { "/customers/" + identity.urlEncoded }

  /// Writes the page.
  public func render(_ frame: Frame) -> Markup {
    frame.document(
      title: identity,
      main: """
        <div class="head"><div><div class="over"><a href="/customers">Customers</a></div>
        <h1><bdi>\(identity)</bdi></h1>
        <p class="facts">\(facts.map { "<span>\($0)</span>" })</p></div>
        <div class="actions"><a class="button quiet" href="\(path)/events.csv">CSV</a>\
        <a class="button quiet" href="\(path)/events.json">JSON</a></div></div>
        <div class="story"><section aria-labelledby="story"><h2 id="story">Story</h2>\
        \(days.map(day))\(more)</section>
        <aside><section aria-labelledby="names"><h2 id="names">Known as</h2>\(names(frame))</section>\
        \(erasure(frame))</aside></div>
        """)
  }

  private func day(_ day: Day) -> Markup {
    "<section class=\"day\"><h3>\(day.title)</h3><ol class=\"events\">\(day.entries.map(entry))</ol></section>"
  }

  private func entry(_ entry: Entry) -> Markup {
    let pause = entry.pause.map { "<li class=\"pause muted\">\($0) later</li>" as Markup }
    let properties = self.properties(entry.properties)
    return """
      \(pause)<li><time class="muted">\(entry.time)</time><div><b>\(entry.name)</b>\
      \(entry.touchpoint.map { " <span class=\"chip\">\($0)</span>" })\
      \(entry.channel.map { " <span class=\"muted\">\($0)</span>" })\
      \(entry.identity.map { " <span class=\"muted\">as <bdi>\($0)</bdi></span>" })\
      \(properties)</div></li>
      """
  }

  /// The properties: a few beside each other, many folded away.
  private func properties(_ all: [(name: String, value: String)]) -> Markup? {
    guard !all.isEmpty else { return nil }
    guard all.count > Self.mostInLine || all.contains(where: { $0.value.count > 80 }) else {
      let facts = all.map { property -> Markup in
        "<span>\(property.name) <bdi>\(property.value)</bdi></span>"
      }
      return "<div class=\"facts beside-event\">\(facts)</div>"
    }
    return """
      <details><summary>\(all.count) properties</summary><dl class="properties">\
      \(all.map(property))</dl></details>
      """
  }

  /// How many properties stand beside each other.
  private static let mostInLine = 3

  private func property(_ property: (name: String, value: String)) -> Markup {
    "<div><dt>\(property.name)</dt><dd><bdi>\(property.value)</bdi></dd></div>"
  }

  private var more: Markup? {
    next.map { "<p><a class=\"button quiet\" href=\"\(lines: $0)\">Later events</a></p>" }
  }

  private func names(_ frame: Frame) -> Markup {
    let form: Markup? =
      leave.link
      ? """
      <form method="post" action="\(path)/link">\(frame.formField)
      <label class="field">The same person as<input name="other" required maxlength="520" \
      placeholder="user:c17"></label><button class="quiet">Link</button></form>
      """ : nil
    return """
      <div class="card"><ul class="names">\(identities.map { "<li><bdi>\($0)</bdi></li>" })</ul>\
      \(links.map { link($0, frame) })\(form)</div>
      """
  }

  private func link(_ link: Link, _ frame: Frame) -> Markup {
    let undo: Markup? =
      leave.link && link.holds
      ? """
      <form method="post" action="\(path)/unlink" data-confirm="Take this link back? The two are \
      different customers then.">\(frame.formField)\
      <input type="hidden" name="first" value="\(lines: link.first)">\
      <input type="hidden" name="second" value="\(lines: link.second)">\
      <button class="quiet">Take back</button></form>
      """ : nil
    return """
      <div class="link\(link.holds ? "" : " muted")"><p><bdi>\(link.first)</bdi> is \
      <bdi>\(link.second)</bdi><br><small class="muted">\(link.words)</small></p>\(undo)</div>
      """
  }

  private func erasure(_ frame: Frame) -> Markup? {
    guard leave.erase else { return nil }
    return """
      <section aria-labelledby="erase"><h2 id="erase">Erase</h2><div class="card">
      <p class="muted">Removes all events, ids and links of this customer, from every file, for good. \
      The store is searched for traces afterwards.</p>
      <form method="post" action="\(path)/erase">\(frame.formField)
      <label class="field">Type the id to confirm<input name="confirm" required autocomplete="off" \
      maxlength="520"></label><button class="danger">Erase this customer</button></form></div></section>
      """
  }
}
