import Accounts
import Events
import Experience
import Pulling

extension SourcesPage {
  /// A source of the experience, and how it stands.
  public struct Fetched: Sendable {
    public var source: EventSource
    /// Whether it is looked at right now.
    public var isRunning: Bool
    /// When it was looked at last without a failure, or sent last; nil where it never was.
    public var last: Instant?
    /// What that look found; nil where it was before the program started.
    public var report: PullReport?
    /// When it is looked at next; nil of webhooks.
    public var next: Instant?
    public var problem: Refusal?
    /// How many requests were turned away because of their signatures since the start.
    public var turnedAway: (count: Int, last: Instant)?

    /// Makes it.
    public init(
      _ source: EventSource, isRunning: Bool = false, last: Instant? = nil,
      report: PullReport? = nil, next: Instant? = nil, problem: Refusal? = nil,
      turnedAway: (count: Int, last: Instant)? = nil
    ) {
      self.source = source
      self.isRunning = isRunning
      self.last = last
      self.report = report
      self.next = next
      self.problem = problem
      self.turnedAway = turnedAway
    }
  }

  /// The sources that the experience names; nothing where it names none.
  static func fetched(_ all: [Fetched], _ now: Instant) -> Markup? {
    guard !all.isEmpty else { return nil }
    let rows = all.map { each -> Markup in
      let report = each.report
      return """
        <tr><th scope="row" class="text">\(each.source.title)<br>\
        <small class="muted">\(each.source.name) · \(each.source.kind.name)</small></th>\
        <td class="text">\(state(each))</td><td class="text">\(.ago(each.last, now))</td>\
        <td class="text">\(next(each, now))</td>\
        <td>\(figure(report?.rows))</td><td>\(figure(report?.taken))</td>\
        <td>\(figure(report?.repeated))</td><td>\(figure(report?.refused))</td></tr>
        """
    }
    return """
      <section><h2>Fetched and signed</h2><p class="muted">Named in the experience under \
      <code>sources</code>. Figures are those of the last look.</p>
      \(problems(all, now))
      \(table(
        "Fetched and signed", ["Source", "State", "Last", "Next"],
        ["Rows", "New events", "Known", "Refused"], rows))</section>
      """
  }

  private static func figure(_ number: Int?) -> Markup {
    number.map { .count($0) } ?? "<span class=\"muted\">–</span>"
  }

  private static func state(_ each: Fetched) -> Markup {
    if each.problem != nil { return "<span class=\"badge missed\">failed</span>" }
    if each.isRunning { return "<span class=\"badge even\">reading</span>" }
    if each.report?.badFiles.isEmpty == false {
      return "<span class=\"badge uncertain\">files left</span>"
    }
    if case .webhook = each.source.kind { return "<span class=\"badge even\">listening</span>" }
    return each.last == nil
      ? "<span class=\"muted\">waiting</span>" : "<span class=\"badge met\">well</span>"
  }

  private static func next(_ each: Fetched, _ now: Instant) -> Markup {
    if case .webhook = each.source.kind { return "<span class=\"muted\">when it is sent</span>" }
    guard let next = each.next, next > now else { return "now" }
    return "in \((next - now).short)"
  }

  /// What is wrong with them, one paragraph each.
  private static func problems(_ all: [Fetched], _ now: Instant) -> Markup {
    let paragraphs = all.flatMap { each -> [Markup] in
      var entries: [Markup] = []
      if let problem = each.problem { entries.append("\(problem.problem) \(problem.remedy)") }
      for file in each.report?.badFiles.prefix(mostBadFiles) ?? [] {
        entries.append("<code>\(file.name)</code>: \(file.problem) \(file.remedy)")
      }
      if let turnedAway = each.turnedAway {
        entries.append(
          "Requests that were not signed as they should be, since the start: "
            + "\(.count(turnedAway.count)); the last one \(.ago(turnedAway.last, now)).")
      }
      return entries.map { entry in
        "<p class=\"notice problem\"><b>\(each.source.name)</b>: \(entry)</p>"
      }
    }
    return "\(paragraphs)"
  }

  /// How many files of a source are told of.
  private static let mostBadFiles = 20
}
