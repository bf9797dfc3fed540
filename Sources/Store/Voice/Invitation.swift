import Events
import Foundation
import GRDB

/// One person who is asked one survey about one moment.
public struct Invitation: Sendable, Equatable {
  /// How far it is; a state is never gone back from.
  public enum State: String, Sendable, Codable, CaseIterable {
    /// It is to be sent.
    case waiting
    /// It can be answered.
    case sent
    case answered
    /// They said that they don't want to.
    case dismissed
    /// It was not answered in time.
    case expired
    /// It could not be sent.
    case failed
    /// It was not sent because they may not be asked, or not again already; or what they answered
    /// may not be kept.
    case suppressed
  }

  /// How it reaches them.
  public enum Channel: String, Sendable, Codable, CaseIterable {
    case mail
    /// By a link that somebody hands them.
    case link
  }

  /// Who is asked what, about which moment.
  public struct Subject: Sendable, Equatable {
    public var survey: String
    public var identity: Identity
    /// When that happened which is spoken of.
    public var moment: Instant
    /// When they are to be asked.
    public var due: Instant
    public var touchpoint: String?
    public var journey: String?
    public var caseStart: Instant?
    /// Where mail goes; kept until it is out.
    public var address: String?
    public var language: String?
    /// How long it can be answered once it is sent, and sent once it is due.
    public var openFor: TimeSpan

    /// Makes a subject.
    public init(
      survey: String, identity: Identity, moment: Instant, due: Instant, touchpoint: String? = nil,
      journey: String? = nil, caseStart: Instant? = nil, address: String? = nil,
      language: String? = nil, openFor: TimeSpan
    ) {
      self.survey = survey
      self.identity = identity
      self.moment = moment
      self.due = due
      self.touchpoint = touchpoint
      self.journey = journey
      self.caseStart = caseStart
      self.address = address
      self.language = language
      self.openFor = openFor
    }
  }

  public let id: Int64
  public let subject: Subject
  public let channel: Channel
  public let state: State
  public let made: Instant
  /// How often it was tried to send it.
  public let attempts: Int
  /// Whether its mail is going out and may have arrived, though that isn't noted yet.
  public let isOnItsWay: Bool
  public let sent: Instant?
  /// From when on it can't be answered; nil before it is sent.
  public let expires: Instant?
  /// When it was answered, or ended otherwise.
  public let ended: Instant?
  /// What they have filled in up to now, as the page wrote it.
  public let draft: String?
  /// Why it was not sent, as a code.
  public let error: String?

  init(_ row: Row) {
    func instant(_ column: String) -> Instant? {
      (row[column] as Int64?).map(Instant.init(milliseconds:))
    }
    id = row["id"]
    subject = Subject(
      survey: row["survey"],
      identity: Identity(
        (row["namespace"] as Int) == 0 ? .user : .anonymous,
        String(decoding: row["identity"] as Data, as: UTF8.self)),
      moment: Instant(milliseconds: row["moment"]), due: Instant(milliseconds: row["due"]),
      touchpoint: row["touchpoint"], journey: row["journey"], caseStart: instant("case_start"),
      address: row["address"], language: row["language"],
      openFor: TimeSpan(milliseconds: row["open_for"]))
    channel = Channel(rawValue: row["channel"]) ?? .mail
    state = State(rawValue: row["state"]) ?? .failed
    made = Instant(milliseconds: row["made"])
    attempts = row["attempts"]
    isOnItsWay = (row["claimed"] as Int64?) != nil
    sent = instant("sent")
    expires = instant("expires")
    ended = instant("ended")
    draft = row["draft"]
    error = row["error"]
  }

  /// The longest draft, in bytes: that of the longest answer with what stands around it.
  public static let longestDraft = 262_144
  /// The most invitations that are read at once.
  public static let longestPage = 500
}

/// An event that a story is still to be told of an invitation.
public struct InvitationEvent: Sendable, Equatable {
  public let invitation: Int64
  /// The state that it tells of.
  public let state: Invitation.State
  public let event: Event
}

/// An event's content as the table has it.
private struct KeptEvent: Codable {
  var name: String
  var time: Int64
  var texts: [String: String] = [:]
  var numbers: [String: Double] = [:]
  var flags: [String: Bool] = [:]

  init(_ event: Event) {
    name = event.name
    time = event.time.milliseconds
    for (name, value) in event.properties {
      switch value {
      case .string(let text): texts[name] = text
      case .number(let number): numbers[name] = number
      case .boolean(let flag): flags[name] = flag
      }
    }
  }

  var properties: [String: PropertyValue] {
    var all: [String: PropertyValue] = [:]
    for (name, text) in texts { all[name] = .string(text) }
    for (name, number) in numbers { all[name] = .number(number) }
    for (name, flag) in flags { all[name] = .boolean(flag) }
    return all
  }
}

extension InvitationEvent {
  /// What is kept of an event; the customer and the message id are those of the invitation.
  static func text(of event: Event) throws -> String { try Store.text(of: KeptEvent(event)) }

  /// Reads a row that has the invitation's identity and survey beside the event.
  init(_ row: Row) throws {
    let kept = try JSONDecoder().decode(
      KeptEvent.self, from: Data((row["event"] as String).utf8))
    let identity = Identity(
      (row["namespace"] as Int) == 0 ? .user : .anonymous,
      String(decoding: row["identity"] as Data, as: UTF8.self))
    let (id, survey) = (row["invitation"] as Int64, row["survey"] as String)
    let word = row["state"] as String
    self.init(
      invitation: id, state: Invitation.State(rawValue: word) ?? .sent,
      event: Event(
        kept.name, at: Instant(milliseconds: kept.time), by: identity,
        messageID: "survey/\(survey)/\(id)/\(word)", properties: kept.properties))
  }
}
