import ArgumentParser
import Events
import Experience
import Foundation
import Intake
import Store
import Wire

/// Reads what customers did from files.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Read what customers did from CSV, JSON lines or XES files, also gzipped.",
    discussion: """
      Columns are recognised by their names; say it where they are not. Every other column becomes \
      a property. Rows that cannot be read are counted, explained and kept in a file; the good ones \
      are taken. The same file again adds nothing; an import that was interrupted goes on when it \
      is started again.

      Examples:
        waymark import events.csv
        waymark import orders.csv.gz --customer buyer --event-name Order
        waymark import log.xes.gz calls.jsonl --timezone Europe/Berlin
      """)

  @Argument(help: "The files.", completion: .file()) var files: [String] = []
  @OptionGroup var workspace: WorkspaceOptions
  @Option(help: "The column of the customer's id.") var customer: String?
  @Option(help: "The column of the id of a customer who is not known yet.") var anonymous: String?
  @Option(help: "The column of the event's name.") var event: String?
  @Option(help: "The name of every event, where there is no such column.") var eventName: String?
  @Option(help: "The column of the time.") var time: String?
  @Option(help: "The column of the message id.") var messageID: String?
  @Option(help: "The column of the channel.") var channel: String?
  @Option(help: "The form of the files, where their names do not say it.") var input: FileFormat?
  @Option(
    help: "The form of times, where the values do not say it.")
  var timeFormat = TimeFormat.automatic
  @Option(help: "The time zone of times without one (default: the experience's, or UTC).")
  var timezone: String?
  @Option(help: "What stands between values: , ; | or tab.") var delimiter: Delimiter?
  @Option(help: "The encoding, where it is not recognised.") var encoding: TextEncoding?
  @Flag(help: "Give up an interrupted import first: what it staged is removed.") var discard = false
  @Option(help: "The form of the answer.") var format = PlainFormat.text
  @Option(help: .hidden) var chunkSize: Int?
  @Option(help: .hidden) var shardRows = Store.defaultShardRows
  @Option(help: .hidden) var memory = ImportSession.usualMemory

  func validate() throws {
    guard !files.isEmpty || discard else { throw ValidationError("Name a file to import.") }
    guard chunkSize ?? 1 > 0, shardRows > 0 else {
      throw ValidationError("Chunks and shards have a size above 0.")
    }
  }

  func run() async throws {
    let store = try Store.open(at: workspace.folder, access: .writing, shardRows: shardRows)
    if discard, let source = try store.discardImport() {
      Terminal.note("Gave up the interrupted import of \(source.printable).")
    }
    var options = ImportOptions()
    options.format = input
    options.customer = customer
    options.anonymous = anonymous
    options.event = event
    options.eventName = eventName
    options.time = time
    options.messageID = messageID
    options.channel = channel
    options.timeFormat = timeFormat
    options.delimiter = delimiter?.byte
    options.encoding = encoding
    options.zone = try timezone ?? workspace.loadExperienceIfThere()?.timezone ?? "UTC"
    for file in files {
      let name = (file as NSString).lastPathComponent.printable
      let line = ProgressLine("Importing \(name)")
      let intake = Intake(
        file, options: options, chunkSize: chunkSize, memory: memory, afterwards: .kept,
        into: store)
      let report = try await intake.run { progress in
        if progress.merging {
          line.update("merging \(Int(progress.fraction * 100)) %")
        } else {
          line.update(fraction: progress.fraction, events: progress.events)
        }
      }
      line.clear()
      switch format {
      case .text: tell(report, of: name, seconds: line.seconds)
      case .json: try writeJSON(Answer(report, of: file))
      }
    }
  }

  private func tell(_ report: Intake.Report, of name: String, seconds: Double) {
    let result = report.result
    var line = "\(name): \(counted(result.added, "event")) added"
    if result.repeated > 0 { line += ", \(grouped(result.repeated)) known already" }
    if result.rejected > 0 { line += ", \(counted(result.rejected, "record")) rejected" }
    if result.erased > 0 { line += ", \(grouped(result.erased)) of erased customers left out" }
    if result.expired > 0 { line += ", \(grouped(result.expired)) older than events are kept" }
    Terminal.print("\(line) (\(String(format: "%.1f", seconds)) s)")
    if let record = report.resumedAt {
      Terminal.print("  Went on with an interrupted import at record \(grouped(record)).")
    }
    for (code, count) in report.rejections.sorted(by: { $0.key < $1.key }) {
      let example = report.examples.first { $0.code == code }
      let place = example.map {
        "record \(grouped($0.record))" + ($0.field.map { ", \($0.brief)" } ?? "")
      }
      Terminal.print("  \(grouped(count)) × \(code)" + (place.map { ", first at \($0):" } ?? ""))
      if let example { Terminal.print("    \(example.problem.printable)") }
    }
    if let path = report.rejectsPath { Terminal.print("  Rejected records are kept in \(path)") }
    if result.refusedLinks > 0 {
      Terminal.print(
        "  \(counted(result.refusedLinks, "link")) between two known users refused; "
          + "see `waymark doctor`.")
    }
  }

  private struct Answer: Encodable {
    var file: String
    var added: Int
    var repeated: Int
    var rejected: Int
    var erased: Int
    var expired: Int
    var records: Int
    var rejections: [String: Int]
    var rejectsFile: String?
    var resumedAtRecord: Int?

    init(_ report: Intake.Report, of file: String) {
      self.file = file
      added = report.result.added
      repeated = report.result.repeated
      rejected = report.result.rejected
      erased = report.result.erased
      expired = report.result.expired
      records = report.result.records
      rejections = report.rejections
      rejectsFile = report.rejectsPath
      resumedAtRecord = report.resumedAt
    }
  }
}

extension FileFormat: ExpressibleByArgument {}
extension TimeFormat: ExpressibleByArgument {}
extension TextEncoding: ExpressibleByArgument {}

/// What stands between values.
enum Delimiter: String, CaseIterable, ExpressibleByArgument {
  case comma = ","
  case semicolon = ";"
  case bar = "|"
  case tab

  var byte: UInt8 {
    switch self {
    case .comma: UInt8(ascii: ",")
    case .semicolon: UInt8(ascii: ";")
    case .bar: UInt8(ascii: "|")
    case .tab: UInt8(ascii: "\t")
    }
  }
}
