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
    discussion: """
      JSON lines are in the form that `waymark import` reads; importing them into an empty store
      gives the same answers. Each customer's events lie together, in order.

      Examples:
        waymark export --output events.jsonl
        waymark export --format csv | gzip > events.csv.gz
      """)

  /// The forms of an export.
  enum Form: String, CaseIterable, ExpressibleByArgument { case jsonl, csv }

  @OptionGroup var workspace: WorkspaceOptions
  @Option(help: "jsonl or csv.") var format = Form.jsonl
  @Option(name: [.long, .customShort("o")], help: "Where to write.", completion: .file())
  var output: String?

  func run() throws {
    let stories = try workspace.store(.reading).stories()
    let out = try Sink(output)
    let columns =
      format == .csv
      ? Set(stories.segments.flatMap { $0.properties.map(\.name) }).sorted() : []
    if format == .csv {
      try out.add(Self.row(["customer", "anonymous", "event", "time", "message_id"] + columns))
    }
    for segment in stories.segments {
      for customer in segment.visible.joined() {
        for row in segment.rows(of: customer) {
          let event = segment.event(row: row, customer: customer, names: stories.names)
          let message = String(segment.messages[row], radix: 16)
          switch format {
          case .jsonl: try out.add(try Self.line(event, message))
          case .csv:
            let isUser = event.identity.namespace == .user
            try out.add(
              Self.row(
                [
                  isUser ? event.identity.id : "", isUser ? "" : event.identity.id, event.name,
                  event.time.description, message,
                ] + columns.map { event.properties[$0]?.text ?? "" }))
          }
        }
      }
    }
    try out.close()
  }

  /// An event as a line that `import` reads.
  private struct Line: Encodable {
    var user_id: String?
    var anonymous_id: String?
    var event: String
    var time: String
    var message_id: String
    var properties: [String: PropertyValue]?
  }

  private static func line(_ event: Event, _ message: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let isUser = event.identity.namespace == .user
    let line = Line(
      user_id: isUser ? event.identity.id : nil, anonymous_id: isUser ? nil : event.identity.id,
      event: event.name, time: event.time.description, message_id: message,
      properties: event.properties.isEmpty ? nil : event.properties)
    return String(decoding: try encoder.encode(line), as: UTF8.self)
  }

  /// A record of CSV. A text that a spreadsheet would run as a formula gets an apostrophe before it.
  static func row(_ fields: [String]) -> String {
    fields.map { field in
      let text =
        field.first.map { "=+-@\t\r".contains($0) } == true && Double(field) == nil
        ? "'" + field : field
      let quoted = text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
      return quoted ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }.joined(separator: ",")
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
