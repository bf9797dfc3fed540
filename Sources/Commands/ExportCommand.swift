import Answers
import ArgumentParser
import Events
import Foundation
import Store
import Stories

/// Gives every event back.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Give every event back as JSON lines or CSV, without a limit.",
    usage: "waymark export [<options>]",
    discussion: """
      JSON lines are in the form that `waymark import` reads: importing them into an empty store \
      gives the same answers, and into this one adds nothing. Each customer's events lie together, \
      in order. Links made by hand are not in them.

      Examples:
        waymark export --output events.jsonl
        waymark export --format csv | gzip > events.csv.gz
      """)

  /// The forms of an export.
  enum Form: String, CaseIterable, ExpressibleByArgument { case jsonl, csv }

  @OptionGroup var workspace: WorkspaceOptions
  @Option(help: "The form of the events.") var format = Form.jsonl
  @Option(name: [.long, .customShort("o")], help: "Where to write.", completion: .file())
  var output: String?

  func run() throws {
    let store = try workspace.store(.reading)
    let stories = try store.stories()
    var links = SaidLinks(try store.links())
    let out = try Sink(output)
    let columns =
      format == .csv
      ? stories.propertyNames : []
    if format == .csv {
      try out.add(
        AnswerCSV.record(["user_id", "anonymous_id", "event", "time", "message_id"] + columns))
    }
    for segment in stories.segments {
      for customer in segment.visible.joined() {
        for row in segment.rows(of: customer) {
          let event = segment.event(row: row, customer: customer, names: stories.names)
          let line = Line(
            event, message: Batch.exportedMessage(segment.messages[row]),
            linked: links.take(saidBy: event))
          switch format {
          case .jsonl: try out.add(line.json())
          case .csv:
            try out.add(
              AnswerCSV.record(
                [
                  line.user_id ?? "", line.anonymous_id ?? "", line.event, line.time,
                  line.message_id,
                ] + columns.map { event.properties[$0]?.shown ?? "" }))
          }
        }
      }
    }
    try out.close()
    if links.left > 0 {
      Terminal.note(
        "\(counted(links.left, "link")) that no event says by itself, such as those made by hand, "
          + "\(links.left == 1 ? "is" : "are") not in the export.")
    }
  }

  /// An event as a line that `import` reads.
  private struct Line: Encodable {
    var user_id: String?
    var anonymous_id: String?
    var event: String
    var time: String
    var message_id: String
    var properties: [String: PropertyValue]?

    init(_ event: Event, message: String, linked: Identity?) {
      for identity in [event.identity, linked].compactMap(\.self) {
        switch identity.namespace {
        case .user: user_id = identity.id
        case .anonymous: anonymous_id = identity.id
        }
      }
      self.event = event.name
      time = event.time.description
      message_id = message
      properties = event.properties.isEmpty ? nil : event.properties
    }

    func json() throws -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  /// Links that events said, each to be told by its event.
  private struct SaidLinks {
    /// What a user's event may say: the user's key and the time, and then the devices.
    private struct Saying: Hashable {
      var user: UInt64
      var time: Instant
    }

    private var devices: [Saying: [Identity]] = [:]
    /// The links that no event has told.
    private(set) var left: Int

    init(_ links: [IdentityLink]) {
      // Two users whom an event named together are not one customer.
      left = links.count {
        $0.source == .person || $0.first.namespace != .user || $0.second.namespace != .user
      }
      for link in links where link.source != .person {
        for (user, device) in [(link.first, link.second), (link.second, link.first)]
        where user.namespace == .user && device.namespace == .anonymous {
          devices[Saying(user: user.key, time: link.said), default: []].append(device)
        }
      }
    }

    /// The identity that an event named besides its own, if it is told here.
    mutating func take(saidBy event: Event) -> Identity? {
      guard event.identity.namespace == .user,
        let told = devices[Saying(user: event.identity.key, time: event.time)]?.popLast()
      else { return nil }
      left -= 1
      return told
    }
  }

  /// Where lines go, in blocks.
  private final class Sink {
    private let file: FileHandle
    private var block = Data()

    init(_ path: String?) throws {
      guard let path else {
        file = .standardOutput
        return
      }
      try writeText("", to: path, over: .existing)
      file = try FileHandle(forWritingTo: URL(filePath: path))
    }

    func add(_ line: String) throws {
      block.append(contentsOf: line.utf8)
      block.append(UInt8(ascii: "\n"))
      if block.count > 1 << 20 { try flush() }
    }

    func close() throws {
      try flush()
      if file !== FileHandle.standardOutput { try file.close() }
    }

    private func flush() throws {
      do { try file.write(contentsOf: block) } catch {
        throw Fault(
          "export.write", subject: "the export", problem: "It cannot be written further.",
          remedy: "Make room, or look whether its reader has gone.")
      }
      block.removeAll(keepingCapacity: true)
    }
  }
}
