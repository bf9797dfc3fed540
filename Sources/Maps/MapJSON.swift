import Engine
import Events
import Experience
import Foundation

/// A measured map as JSON for other programs.
///
/// Keys are sorted, moments are ISO 8601 in UTC, times are milliseconds, shares run from 0 to 1, and
/// money is in the experience's currency. `schema` describes every field.
public enum MapJSON {
  /// What the document says it is.
  public static let format = "waymark.map"
  /// The version of the form; it rises when a field changes its meaning or goes.
  public static let version = 1

  /// Writes a measured journey as a document.
  ///
  /// - Throws: `map.json` where a figure is no number, which JSON cannot say.
  public static func render(
    _ measured: MeasuredJourney, of journey: Journey, in experience: Experience,
    tickets: WaitingTickets = WaitingTickets()
  ) throws(Refusal) -> String {
    let chart = Chart(measured, of: journey, in: experience, tickets: tickets)
    let touchpoints =
      measured.starts.map(\.touchpoint) + measured.steps.flatMap { $0.touchpoints.map(\.name) }
    let waiting = chart.tickets(of: touchpoints).map {
      TicketFacts(touchpoint: $0.touchpoint, open: $0.count.open, overdue: $0.count.overdue)
    }
    let document = Document(
      experience: .init(
        title: experience.title, timezone: experience.timezone, currency: experience.currency),
      journey: .init(
        name: journey.name, title: journey.title, kind: journey.kind, starts: journey.starts,
        goal: journey.goal, ends: journey.ends, windowMilliseconds: journey.window.milliseconds,
        next: journey.next),
      map: Dated(measured: measured), tickets: waiting.isEmpty ? nil : waiting)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    } catch {
      throw Refusal(
        "map.json", problem: "A figure of the journey \(journey.name) is not a finite number.",
        remedy: "Look for a value or score that is not finite among its events.")
    }
  }

  private struct Document: Encodable {
    var format = MapJSON.format
    var version = MapJSON.version
    var experience: ExperienceFacts
    var journey: JourneyFacts
    var map: Dated
    var tickets: [TicketFacts]?
  }

  private struct TicketFacts: Encodable {
    var touchpoint: String
    var open: Int
    var overdue: Int
  }

  private struct ExperienceFacts: Encodable {
    var title: String
    var timezone: String
    var currency: String
  }

  private struct JourneyFacts: Encodable {
    var name: String
    var title: String
    var kind: String
    var starts: [String]
    var goal: String
    var ends: [String]
    var windowMilliseconds: Int64
    var next: String?
  }

  /// A measured journey that says null where it has no moment.
  private struct Dated: Encodable {
    let measured: MeasuredJourney

    enum CodingKeys: CodingKey {
      case from, to, watermark
    }

    func encode(to encoder: any Encoder) throws {
      try measured.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(measured.from?.description, forKey: .from)
      try container.encode(measured.to?.description, forKey: .to)
      try container.encode(measured.watermark?.description, forKey: .watermark)
    }
  }
}
