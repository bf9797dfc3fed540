import Answers
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
  /// A pause after which another visit begins.
  private static let pause = TimeSpan(milliseconds: 1_800_000)

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
    var days: [CustomerStoryPage.Day] = []
    var day: CivilDate?
    for position in range {
      let event = events[position]
      let date = calendar.day(event.time)
      var gap: TimeSpan?
      if date != day {
        day = date
        days.append(.init(title: "\(calendar.weekday(event.time)) \(date)", entries: []))
      } else {
        let span = event.time - events[position - 1].time
        if span > Self.pause { gap = span }
      }
      days[days.count - 1].entries.append(entry(event, after: gap))
    }
    return days
  }

  private func entry(_ event: Event, after gap: TimeSpan?) -> CustomerStoryPage.Entry {
    let touchpoint = experience.flatMap { experience in
      NaiveRules(event).touchpoint(experience.touchpoints).map { experience.touchpoints[$0] }
    }
    return .init(
      time: "\(calendar.time(event.time))", name: event.name,
      touchpoint: touchpoint.flatMap { $0.title == event.name ? nil : $0.title },
      channel: event.properties["channel"]?.shown, pause: gap?.short,
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

/// A customer's events as a file.
enum StoryFile {
  private struct Row: Encodable {
    var time: Instant
    var event: String
    var identity: String
    var properties: [String: PropertyValue]
  }

  /// Everything, as JSON.
  static func json(_ events: [Event]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    let rows = events.map {
      Row(
        time: $0.time, event: $0.name, identity: $0.identity.description,
        properties: $0.properties)
    }
    return String(decoding: try encoder.encode(rows), as: UTF8.self) + "\n"
  }

  /// Everything, as CSV: a column for each property.
  static func csv(_ events: [Event]) -> String {
    let names = Set(events.flatMap(\.properties.keys)).sorted()
    var text = AnswerCSV.record(["time", "event", "identity"] + names) + "\n"
    for event in events {
      let own = ["\(event.time)", event.name, event.identity.description]
      text += AnswerCSV.record(own + names.map { event.properties[$0]?.shown ?? "" }) + "\n"
    }
    return text
  }
}
