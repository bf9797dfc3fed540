import ArgumentParser
import Events
import Experience
import Foundation
import Pulling
import Store
import Wire

/// Fetches from a source of the experience.
struct PullCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pull",
    abstract: "Fetch events from a database or a folder that the experience names.",
    usage: "waymark pull [<options>] <source>",
    discussion: """
      What a source's rows mean stands in the experience, under `sources`; where it is, in the \
      variable WAYMARK_SOURCE_<NAME>: a connection string, the path of a folder, the secret of a \
      webhook. Looks again and again until it is ended, or once with --once. `waymark serve` does \
      the same by itself for all sources.

      Examples:
        waymark pull orders --dry-run
        WAYMARK_SOURCE_ORDERS='host=db.internal dbname=shop user=reader' waymark pull orders --once
        waymark pull payments --dry-run --body event.json
      """)

  @Argument(help: "The source, as the experience names it.") var source: String
  @OptionGroup var workspace: WorkspaceOptions
  @Flag(help: "Look once, until there is nothing new.") var once = false
  @Flag(help: "Show what the next ten rows become, and take nothing.") var dryRun = false
  @Option(
    help: "A file with what a webhook's sender would send, for --dry-run.", completion: .file())
  var body: String?
  @Option(help: "The form of the answer.") var format = PlainFormat.text

  func validate() throws {
    guard !once || !dryRun else { throw ValidationError("Choose --once or --dry-run.") }
    guard body == nil || dryRun else { throw ValidationError("--body belongs to --dry-run.") }
  }

  func run() async throws {
    let experience = try workspace.loadExperience()
    guard let source = experience.sources.first(where: { $0.name == source }) else {
      let names = experience.sources.map(\.name)
      throw Refusal(
        "source.unknown", problem: "The experience names no source “\(source.printable)”.",
        remedy: nearest(to: source, among: names).map { "Did you mean \($0)?" }
          ?? (names.isEmpty
            ? "Write one under “sources”; docs/pulling.md says how."
            : "It names \(names.joined(separator: ", "))."))
    }
    if dryRun {
      try show(source)
    } else {
      try await pull(source)
    }
  }

  private func pull(_ source: EventSource) async throws {
    let store = try workspace.store(.writing)
    let collector = Collector(store)
    let known = try store.pulledSource(source.name)
    let sink = PullSink(
      take: { try await collector.take($0) },
      tell: { batch in
        var activity = CollectionActivity()
        activity.add(batch, of: source, as: known, at: .now)
        do throws(Fault) { try store.record(activity) } catch {
          // What was taken is on the disk all the same; only its count is missing.
          Terminal.note("\(error.problem) \(error.remedy)".printable)
        }
        for refused in batch.refused.prefix(Self.mostTold) { Self.tell(refused) }
      })
    let puller = Puller(store, into: sink)
    let bad = BadFiles()
    do {
      while true {
        let report = try await puller.pull(source, bad: bad)
        switch format {
        case .text: tell(report)
        case .json: try writeJSON(Answer(source.name, report))
        }
        if report.hasMore { continue }
        if once { break }
        try await Task.sleep(for: .milliseconds(source.every.milliseconds))
      }
    } catch {
      await collector.stop()
      throw error
    }
    await collector.stop()
  }

  /// How many refused rows of a batch are told of; all are under Sources.
  private static let mostTold = 20

  private static func tell(_ refused: RefusedRow) {
    let field = refused.refusal.field.map { ", \($0)" } ?? ""
    Terminal.note("\(refused.place)\(field): \(refused.refusal.problem)".printable)
  }

  private func tell(_ report: PullReport) {
    var line = "\(source): \(counted(report.rows, "row")), \(grouped(report.taken)) new"
    if report.repeated > 0 { line += ", \(grouped(report.repeated)) known already" }
    if report.refused > 0 { line += ", \(grouped(report.refused)) refused" }
    if report.files > 0 { line += ", in \(counted(report.files, "file"))" }
    Terminal.print(line)
    for file in report.badFiles {
      Terminal.print("  \(file.name): \(file.problem)".printable)
      Terminal.print("    \(file.remedy)".printable)
    }
  }

  private func show(_ source: EventSource) throws {
    let isThere = FileManager.default.fileExists(atPath: workspace.folder)
    let sent: [UInt8]?
    do { sent = try body.map { Array(try Data(contentsOf: URL(filePath: $0))) } } catch {
      throw Fault(
        "file.read", subject: body ?? "", problem: "The file can't be read.",
        remedy: "See that it is there and that you may read it.")
    }
    let preview = try Preview.of(
      source, store: isThere ? try workspace.store(.reading) : nil,
      body: sent)
    switch format {
    case .text: PullPreviewText.print(preview)
    case .json: try writeJSON(preview.rows.map(PreviewAnswer.init))
    }
  }

  private struct Answer: Encodable {
    var source: String
    var rows: Int
    var taken: Int
    var repeated: Int
    var refused: Int
    var files: Int
    var badFiles: [String: String]

    init(_ source: String, _ report: PullReport) {
      self.source = source
      rows = report.rows
      taken = report.taken
      repeated = report.repeated
      refused = report.refused
      files = report.files
      badFiles = Dictionary(
        report.badFiles.map { ($0.name, $0.problem) }, uniquingKeysWith: { first, _ in first })
    }
  }

  private struct PreviewAnswer: Encodable {
    var place: String
    var event: String?
    var time: String?
    var customer: String?
    var linked: String?
    var messageID: String?
    var properties: [String: PropertyValue]?
    var field: String?
    var problem: String?
    var remedy: String?
    var leftOut: [String]

    init(_ row: Preview.Row) {
      place = row.place
      leftOut = row.leftOut.map { "\($0.field ?? ""): \($0.problem)" }
      switch row.event {
      case .success(let event):
        self.event = event.name
        time = "\(event.time)"
        customer = "\(event.identity)"
        linked = event.linked.map { "\($0)" }
        messageID = event.messageID
        properties = event.properties
      case .failure(let refusal):
        field = refusal.field
        problem = refusal.problem
        remedy = refusal.remedy
      }
    }
  }
}

/// A preview for a terminal.
enum PullPreviewText {
  static func print(_ preview: Preview) {
    for remark in preview.remarks { Terminal.print(remark.printable) }
    if preview.rows.isEmpty { Terminal.print("There are no rows.") }
    for row in preview.rows {
      Terminal.print("")
      switch row.event {
      case .success(let event):
        Terminal.print(
          "\(row.place): \(event.name) at \(event.time) by \(event.identity)".printable)
        if let linked = event.linked { Terminal.print("  also \(linked)".printable) }
        for (name, value) in event.properties.sorted(by: { $0.key < $1.key }) {
          Terminal.print("  \(name) = \(value.brief)".printable)
        }
      case .failure(let refusal):
        let field = refusal.field.map { ", \($0)" } ?? ""
        Terminal.print("\(row.place)\(field): refused: \(refusal.problem)".printable)
        Terminal.print("  \(refusal.remedy)".printable)
      }
      for refusal in row.leftOut {
        Terminal.print("  \(refusal.field ?? ""): left out: \(refusal.problem)".printable)
      }
    }
  }
}

extension PropertyValue {
  /// The value in a line, a text between quotes.
  fileprivate var brief: String {
    guard case .string(let text) = self else { return shown }
    return text.count > 60 ? "“\(text.prefix(60))…”" : "“\(text)”"
  }
}
