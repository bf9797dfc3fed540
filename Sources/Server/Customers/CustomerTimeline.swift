import Engine
import Events
import Experience
import Foundation
import Pages
import Store

/// A customer's events as people read them.
struct CustomerTimeline {
  /// How many events one page shows.
  static let pageLength = 500

  let events: [Event]
  let experience: Experience?
  let calendar: LocalCalendar
  /// All identities of the customer that events came with, in the order in which they came.
  let identities: [Identity]

  init(_ events: [Event], experience: Experience?, calendar: LocalCalendar) {
    self.events = events
    self.experience = experience
    self.calendar = calendar
    var known: Set<Identity> = []
    identities = events.map(\.identity).filter { known.insert($0).inserted }
  }

  /// How many events there are, and from when to when.
  var facts: [String] {
    guard let first = events.first, let last = events.last else { return [] }
    return [
      events.count == 1 ? "1 event" : "\(events.count) events",
      "first \(calendar.day(first.time))", "last \(calendar.day(last.time))",
    ]
  }

  /// Some of the events by day.
  func days(_ range: Range<Int>) -> [CustomerStoryPage.Day] {
    StoryDay.days(of: events[range], in: experience, calendar).map { day in
      .init(title: "\(day.weekday) \(day.date)", entries: day.entries.map(entry))
    }
  }

  private func entry(_ entry: StoryDay.Entry) -> CustomerStoryPage.Entry {
    let event = entry.event
    return .init(
      time: "\(calendar.time(event.time))", name: event.name,
      touchpoint: entry.touchpoint.flatMap { $0.title == event.name ? nil : $0.title },
      channel: event.properties["channel"]?.shown, pause: entry.pause?.short,
      properties: event.properties.filter { $0.key != "channel" }.sorted { $0.key < $1.key }
        .map { ($0.key, $0.value.shown) },
      identity: identities.count > 1 ? event.identity.description : nil)
  }

  /// A link in words.
  func link(_ link: IdentityLink) -> CustomerStoryPage.Link {
    let state =
      link.removed.map { "taken back \(calendar.day($0))" } ?? "since \(calendar.day(link.said))"
    return .init(
      first: link.first.description, second: link.second.description,
      words: "\(link.source.rawValue), \(link.rule), \(state)", holds: link.removed == nil)
  }
}
