import Engine
import Events
import Experience
import Maps

/// The page of all journeys, with the health of each.
public enum JourneysPage {
  /// A journey with what was measured of it.
  public struct Row: Sendable {
    public var journey: Journey
    public var measured: MeasuredJourney
    /// Conformance by week, up to the latest event.
    public var weeks: ConformanceTrend?

    /// Makes a row.
    public init(journey: Journey, measured: MeasuredJourney, weeks: ConformanceTrend?) {
      self.journey = journey
      self.measured = measured
      self.weeks = weeks
    }
  }

  /// Writes the page; journeys stand in the order of the text.
  ///
  /// - Parameter seen: the version of the stories that it shows.
  public static func render(
    _ rows: [Row], in experience: Experience, seen: Int, _ frame: Frame
  ) -> Markup {
    guard !rows.isEmpty else { return withoutJourneys(experience, frame) }
    let cards = rows.map { card($0, in: experience) }
    let advice: Markup? =
      rows.allSatisfy { $0.measured.watermark == nil } ? withoutEvents : nil
    return frame.document(
      title: "Journeys",
      main: """
        <div class="head"><div><div class="over">\(experience.title)</div><h1>Journeys</h1></div>
        <span class="live" data-state="off" aria-live="off"></span></div>
        \(advice)
        <ol class="journeys" id="journeys" data-live="/changes" data-seen="\(seen)">\
        \(cards)</ol>
        """)
  }

  /// The cards alone: the live part of the page.
  public static func list(_ rows: [Row], in experience: Experience) -> Markup {
    rows.map { card($0, in: experience) }.joined()
  }

  private static func card(_ row: Row, in experience: Experience) -> Markup {
    let journey = row.journey
    let summary = summary(row, in: experience, MapChoice())
    let chain = journey.next.flatMap { experience.journey($0) }.map { next -> Markup in
      """
      <p class="chained">Leads to <a href="/journeys/\(url: next.name)">\(next.title)</a></p>
      """
    }
    let kind: Markup? =
      journey.kind.isEmpty ? nil : "<span class=\"badge even\">\(journey.kind)</span>"
    return """
      <li class="card"><div class="name"><h2><a href="/journeys/\(url: journey.name)">\
      \(Markup(safe: summary.title))</a></h2>\(kind)</div>
      \(health(summary))\(chain)</li>
      """
  }

  private static func summary(
    _ row: Row, in experience: Experience, _ choice: MapChoice
  ) -> JourneySummary {
    JourneySummary(
      row.measured, of: row.journey, in: experience, weeks: row.weeks,
      links: MapLinks(journey: row.journey.name, choice))
  }

  /// The health of a journey, for a range and a population.
  static func health(_ row: Row, in experience: Experience, _ choice: MapChoice) -> Markup {
    health(summary(row, in: experience, choice))
  }

  private static func health(_ summary: JourneySummary) -> Markup {
    let attention: Markup? =
      summary.attention.isEmpty
      ? nil
      : "<p class=\"look\"><span class=\"muted\">Look here first:</span> \(Markup(safe: summary.attention))</p>"
    let trend: Markup? =
      summary.trend.isEmpty
      ? nil
      : "<div class=\"trend\">\(Markup(safe: summary.trend))<small class=\"muted\">by week</small></div>"
    return summary.isEmpty
      ? "<p class=\"muted\">No case has begun yet. The map says what it waits for.</p>"
      : """
      <div class="health">\(Markup(safe: summary.completion))</div>
      \(trend)
      <dl class="terms">\(Markup(safe: summary.figures))</dl>
      <ul class="targets">\(Markup(safe: summary.targets))</ul>
      \(attention)
      """
  }

  private static let withoutEvents: Markup = """
    <div class="card empty"><h2>No events yet</h2>
    <p>Send some: the page <a href="/sources">Sources</a> has keys and ready-made snippets. \
    Or import a file while the server is stopped:</p>
    <pre>waymark import events.jsonl</pre></div>
    """

  private static func withoutJourneys(_ experience: Experience, _ frame: Frame) -> Markup {
    frame.document(
      title: "Journeys",
      main: """
        <h1>Journeys</h1><div class="card empty"><h2>No journey is designed yet</h2>
        <p>A journey says where customers start, which steps they should take, and what the goal \
        is. Write one under <a href="/experience">Experience</a>, such as:</p>
        <pre>journeys:
          first_order:
            starts: [search, ad]
            steps: [product_page, cart, checkout]
            goal: order</pre></div>
        """)
  }

  /// The page where there is no experience that can be measured.
  public static func withoutExperience(_ refusal: Refusal, _ frame: Frame) -> Markup {
    frame.document(
      title: "Journeys",
      main: """
        <h1>Journeys</h1><div class="card empty"><h2>First, the design</h2>
        <p>\(refusal.problem) \(refusal.remedy)</p>
        <p>An experience names the touchpoints between you and your customers, and the journeys \
        that lead through them. Waymark measures how they are really walked.</p>
        <p><a class="button" href="/experience">Open Experience</a></p></div>
        """)
  }
}

extension MapLinks {
  /// The addresses of a journey's pages, with the cases that its map shows.
  init(journey: String, _ choice: MapChoice) {
    let path = "/journeys/" + journey.urlEncoded
    let (fields, query) = (choice.alone.fieldsOfAddress, choice.alone.query)
    self.init(
      customers: { place in "\(path)/customers?at=\(place.text.urlEncoded)\(fields)" },
      step: { "\(path)/steps/\($0 + 1)\(query)" },
      tickets: { "/inbox?touchpoint=\($0.urlEncoded)" })
  }
}
