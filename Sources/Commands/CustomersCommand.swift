import Answers
import ArgumentParser
import Engine
import Events
import Experience
import Foundation
import Maps
import Store
import Stories

/// Shows one customer's story, or the customers there are.
struct CustomersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "customers",
    abstract: "Read one customer's story, or list the customers there are.",
    usage: "waymark customers [<options>] [<identity>]",
    discussion: """
      Examples:
        waymark customers
        waymark customers c0001234
        waymark customers anonymous:3f9a --format json
      """)

  @Argument(help: "An id of the customer: c17, user:c17 or anonymous:3f9a.")
  var identity: Identity?
  @OptionGroup var workspace: WorkspaceOptions
  @Option(help: "How many customers or events to show.") var limit = 200
  @Option(help: "The form of the answer.") var format = PlainFormat.text

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit is 1 or more.") }
  }

  func run() async throws {
    let store = try workspace.store(.reading)
    let experience = try workspace.loadExperienceIfThere()
    let clock = try LocalCalendar(timezone: experience?.timezone ?? "UTC")
    let stories = try store.stories()
    guard let identity else { return try list(stories, clock) }
    guard let key = stories.canonicalKey(of: identity) else {
      throw Refusal(
        "customers.unknown", problem: "Nobody is known as \(identity.description.printable).",
        remedy: "`waymark customers` lists some; an id that a device made up is anonymous:<id>.")
    }
    let story = stories.story(of: key)
    let links = try store.links(of: identity)
    switch format {
    case .json: try writeJSON(Story(story, links: links))
    case .text: tell(story, links, experience, clock)
    }
  }

  private func list(_ stories: Stories, _ clock: LocalCalendar) throws {
    let rows = stories.customers(limit: limit)
    switch format {
    case .json: try writeJSON(rows)
    case .text:
      var table = TextTable([
        ("customer", .left), ("events", .right), ("first", .left), ("last", .left),
      ])
      for row in rows {
        table.add([
          row.identity, grouped(row.events), "\(clock.day(row.first))", "\(clock.day(row.last))",
        ])
      }
      for line in table.lines() { Terminal.print(line) }
      if stories.customerCount > rows.count {
        Terminal.print("… and \(grouped(stories.customerCount - rows.count)) more")
      }
    }
  }

  private func tell(
    _ story: [Event], _ links: [IdentityLink], _ experience: Experience?, _ clock: LocalCalendar
  ) {
    let identities = story.reduce(into: [Identity]()) { known, event in
      if !known.contains(event.identity) { known.append(event.identity) }
    }
    let names = identities.map(\.description.printable)
    let joined = names.joined(separator: " = ")
    Terminal.print(joined.count <= Terminal.width ? joined : names.joined(separator: "\n  = "))
    for link in links {
      let state =
        link.removed.map { "taken back \(clock.day($0))" } ?? "since \(clock.day(link.said))"
      Terminal.print(
        "  \(link.first.description.printable) is \(link.second.description.printable)\n"
          + "    \(link.source.rawValue), \(link.rule.printable), \(state)")
    }
    for day in StoryDay.days(of: story.prefix(limit), in: experience, clock) {
      Terminal.print("\n\(day.weekday) \(day.date)")
      for entry in day.entries {
        if let pause = entry.pause { Terminal.print("            \(pause.short) later") }
        Terminal.print(line(entry, clock))
      }
    }
    if story.count > limit {
      Terminal.print("… and \(counted(story.count - limit, "event")) more; see --limit")
    }
  }

  private func line(_ entry: StoryDay.Entry, _ clock: LocalCalendar) -> String {
    let event = entry.event
    var name = event.name.printable
    if let title = entry.touchpoint?.title, title != event.name { name += " · \(title.printable)" }
    if let channel = event.properties["channel"] { name += " [\(channel.shown.printable)]" }
    let others = event.properties.filter { $0.key != "channel" }.sorted { $0.key < $1.key }
      .map { "\($0.key.printable)=\($0.value.shown.printable)" }.joined(separator: " ")
    let width = Terminal.width
    let head = "  \(clock.time(event.time))  \(name)"
    let room = width - head.count - 2
    return room > 12 && !others.isEmpty
      ? "\(head)  \(others.shortened(to: room))" : head.shortened(to: width)
  }

  private struct Story: Encodable {
    struct Link: Encodable {
      var first: String
      var second: String
      var source: String
      var rule: String
      var said: Instant
      var removed: Instant?
    }

    var events: [StoryFile.Row]
    var links: [Link]

    init(_ story: [Event], links: [IdentityLink]) {
      events = story.map(StoryFile.Row.init)
      self.links = links.map {
        Link(
          first: $0.first.description, second: $0.second.description,
          source: $0.source.rawValue, rule: $0.rule, said: $0.said, removed: $0.removed)
      }
    }
  }
}
