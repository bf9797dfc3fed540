import Events
import Foundation

/// A customer's events as a file.
public enum StoryFile {
  /// One event.
  public struct Row: Encodable, Sendable {
    private let time: Instant
    private let event: String
    private let identity: String
    private let properties: [String: PropertyValue]

    /// Takes what a file says of an event.
    public init(_ event: Event) {
      time = event.time
      self.event = event.name
      identity = event.identity.description
      properties = event.properties
    }
  }

  /// Everything, as JSON.
  ///
  /// - Throws: what encoding throws.
  public static func json(_ events: [Event]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    return String(decoding: try encoder.encode(events.map(Row.init)), as: UTF8.self) + "\n"
  }

  /// Everything, as CSV: a column for each property.
  public static func csv(_ events: [Event]) -> String {
    let names = Set(events.flatMap(\.properties.keys)).sorted()
    var text = AnswerCSV.record(["time", "event", "identity"] + names) + "\n"
    for event in events {
      let own = ["\(event.time)", event.name, event.identity.description]
      text += AnswerCSV.record(own + names.map { event.properties[$0]?.shown ?? "" }) + "\n"
    }
    return text
  }
}
