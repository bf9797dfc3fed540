import ArgumentParser
import Events
import Experience
import Foundation
import Pulling
import Store
import Wire

/// Reads answers that another program took.
struct SurveyImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Read answers to a survey from another program's export.",
    usage: "waymark survey import [<options>] <file> --survey <name>",
    discussion: """
      Knows the exports of Formbricks, Typeform and Qualtrics by their headings, and reads any \
      other table of CSV that has a heading for each column. A column whose heading is a question's \
      name or words is the answer to it; --columns says what can't be seen. The same file again \
      adds nothing.

      Examples:
        waymark survey import responses.csv --survey delivery --dry-run
        waymark survey import export.csv --survey delivery --columns "score=Q1,speed=Q2_1"
      """)

  @Argument(help: "The file, CSV in UTF-8.", completion: .file()) var file: String
  @Option(help: "The survey, as the experience names it.") var survey: String
  @OptionGroup var workspace: WorkspaceOptions
  @Option(
    help: ArgumentHelp("Whose export it is, where its headings do not say it.", valueName: "form"))
  var form: SurveyExport.Form?
  @Option(
    help: ArgumentHelp(
      "Which columns are what: score=Q1,speed=Q2_1,customer=Email.", valueName: "name=heading,…"))
  var columns: [String] = []
  @Option(help: "The time zone of times without one (default: the file's, or UTC).")
  var timezone: String?
  @Flag(help: "Show what the file becomes, and take nothing.") var dryRun = false
  @Option(help: "The form of the answer.") var format = PlainFormat.text

  func run() async throws {
    let survey = try workspace.survey(survey)
    let name = (file as NSString).lastPathComponent
    let export = try SurveyExport(
      try CSVTable.read(file, as: name), of: survey, form: form, names: try names(),
      zone: timezone)
    var report = SurveyImportReport(export, of: file)
    if !dryRun {
      try await take(export, into: &report)
      report.rejectsFile = try keep(export, of: name)
    }
    switch format {
    case .text: report.print(export, of: name, taking: !dryRun)
    case .json: try writeJSON(report)
    }
  }

  /// The pairs of `--columns`: a comma stands between two only where a name and `=` follow it.
  private func names() throws(Refusal) -> [String: String] {
    var names: [String: String] = [:]
    for text in columns {
      for pair in text.split(separator: /,(?=\s*[A-Za-z_][A-Za-z0-9_.]*=)/) {
        let parts = pair.split(separator: "=", maxSplits: 1).map {
          $0.trimmingCharacters(in: .whitespaces)
        }
        guard parts.count == 2 else {
          throw Refusal(
            "export.name", problem: "“\(pair.prefix(80))” names no column.",
            remedy: "Write --columns \"score=Q1,speed=Q2_1\": what it is, “=”, its heading.")
        }
        guard names.updateValue(parts[1], forKey: parts[0]) == nil else {
          throw Refusal(
            "export.name", problem: "--columns names \(parts[0]) twice.", remedy: "Name it once.")
        }
      }
    }
    return names
  }

  /// How many answers are handed to the log at a time.
  private static let mostAtOnce = 1000

  private func take(
    _ export: SurveyExport, into report: inout SurveyImportReport
  ) async throws {
    let collector = Collector(try workspace.store(.writing))
    let events = export.events
    do {
      for start in stride(from: 0, to: events.count, by: Self.mostAtOnce) {
        let some = Array(events[start..<min(events.count, start + Self.mostAtOnce)])
        report.add(try await collector.take(some))
      }
    } catch {
      await collector.stop()
      throw error
    }
    await collector.stop()
  }

  /// Writes rejected responses into a file beside those of other imports, for people to mend.
  private func keep(_ export: SurveyExport, of name: String) throws -> String? {
    let rejections = export.rejections
    guard !rejections.isEmpty else { return nil }
    let folder = workspace.folder + "/rejects"
    let safe = name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    let path = "\(folder)/survey-\(survey)-\(safe).jsonl"
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      let lines = try rejections.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      guard
        FileManager.default.createFile(
          atPath: path, contents: Data((lines.joined(separator: "\n") + "\n").utf8),
          attributes: [.posixPermissions: 0o600])
      else { throw CocoaError(.fileWriteUnknown) }
    } catch {
      throw Fault(
        "intake.rejects", subject: path, problem: "The rejected answers can't be kept.",
        remedy: "Make room or mend the folder's permissions, then import again.")
    }
    return path
  }
}

extension SurveyExport.Form: ExpressibleByArgument {}

/// What became of an export, for people and programs.
struct SurveyImportReport: Encodable {
  var file: String
  var form: String
  var answers: Int
  var added = 0
  var repeated = 0
  var refused: [String: Int] = [:]
  var partial: Int
  var trials: Int
  var rejected: Int
  var rejections: [String: Int]
  /// The headings by what their columns become.
  var columns: [String: String]
  var leftOut: [String]
  var rejectsFile: String?

  init(_ export: SurveyExport, of file: String) {
    self.file = file
    form = export.form.rawValue
    answers = export.events.count
    partial = export.outcomes.count { if case .partial = $0 { true } else { false } }
    trials = export.outcomes.count { if case .trial = $0 { true } else { false } }
    rejected = export.rejections.count
    rejections = Dictionary(grouping: export.rejections, by: \.code).mapValues(\.count)
    columns = export.columns.meanings
    leftOut = export.columns.leftOut
  }

  /// Counts what the log says of answers.
  mutating func add(_ verdicts: [Verdict]) {
    for verdict in verdicts {
      switch verdict {
      case .taken: added += 1
      case .repeated: repeated += 1
      case .refused(let refusal): refused[refusal.code, default: 0] += 1
      }
    }
  }

  func print(_ export: SurveyExport, of name: String, taking: Bool) {
    Terminal.print("\(name): an export of \(form)".printable)
    for (meaning, heading) in columns.sorted(by: { $0.key < $1.key }) {
      Terminal.print("  \(meaning) = “\(heading.brief)”".printable)
    }
    if !leftOut.isEmpty {
      let some = leftOut.prefix(8).map { "“\($0.brief)”" }.joined(separator: ", ")
      let more = leftOut.count > 8 ? " and \(leftOut.count - 8) more" : ""
      Terminal.print("  not taken: \(some)\(more)")
    }
    var line = counted(answers, "answer")
    if taking { line += ": \(grouped(added)) added" }
    if repeated > 0 { line += ", \(grouped(repeated)) known already" }
    for (reason, count) in refused.sorted(by: { $0.key < $1.key }) {
      line += ", \(grouped(count)) refused (\(reason))"
    }
    Terminal.print(line)
    if partial > 0 { Terminal.print("\(grouped(partial)) broken off, not taken") }
    if trials > 0 { Terminal.print("\(grouped(trials)) of somebody trying it out, not taken") }
    for (code, count) in rejections.sorted(by: { $0.key < $1.key }) {
      Terminal.print("\(grouped(count)) × \(code)")
      if let first = export.rejections.first(where: { $0.code == code }) {
        let field = first.field.map { ", \($0.brief)" } ?? ""
        Terminal.print(
          "  first at record \(grouped(first.record))\(field): \(first.problem.printable)")
      }
    }
    if let rejectsFile { Terminal.print("Rejected answers are kept in \(rejectsFile)") }
    if !taking { Terminal.print("Nothing was taken: this was --dry-run.") }
  }
}

extension SurveyExport {
  /// The answers.
  fileprivate var events: [Event] {
    outcomes.compactMap { if case .answered(let event) = $0 { event } else { nil } }
  }

  /// Why others are none.
  fileprivate var rejections: [Rejection] {
    outcomes.compactMap { if case .rejected(let rejection) = $0 { rejection } else { nil } }
  }
}

extension SurveyColumns {
  /// The headings by what their columns become.
  fileprivate var meanings: [String: String] {
    var meanings: [String: String] = [:]
    for (part, column) in parts { meanings[part.rawValue] = headings[column] }
    for (column, property) in answers { meanings[property] = headings[column] }
    return meanings
  }
}
