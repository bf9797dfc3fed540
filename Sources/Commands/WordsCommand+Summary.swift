import Answers
import Engine
import Events
import Foundation
import Maps
import Outbound
import Server
import Store
import Stories

extension WordsCommand {
  /// A summary with all that it rests on.
  private struct Told: Encodable {
    var summary: String?
    var cut: Bool?
    var model: String?
    var host: String?
    var given: Int
    var texts: Int
    var rule: String
    var sent: String?
  }

  /// Prints what the model makes of the texts, what it is sent, or both.
  func sum(up fields: QuestionArguments) async throws {
    let settings = try settingsOptions.read().configuration
    if summarise, settings.summaries.place == nil { throw ChatServer.off }
    let brief = try await brief(fields, most: settings.summaryTexts)
    let server = settings.summaries.place == nil ? nil : try ChatServer(settings.summaries)
    let request = server?.request(instructions: brief.instructions, text: brief.texts)
    var told = Told(
      model: server?.model, host: server?.place.host, given: brief.given, texts: brief.total,
      rule: brief.rule, sent: request.map { String(decoding: $0.body, as: UTF8.self) })
    if summarise, let server, let request {
      let progress = ProgressLine("words")
      progress.update("waiting for \(server.model.printable) at \(server.place.host)")
      defer { progress.clear() }
      let reply = try await server.answer(request)
      (told.summary, told.cut) = (reply.text, reply.isCut)
    }
    switch options.format {
    case .json: try options.put(jsonText(told) + "\n", to: options.output)
    case .text, .csv, .svg: try options.put(text(told, brief), to: options.output)
    }
  }

  private func brief(_ fields: QuestionArguments, most: Int) async throws -> SummaryBrief {
    let store = try options.workspace.store(.reading)
    let (questions, context) = try options.read(
      [try QuestionText(.words, fields.pairs)], try options.workspace.loadExperienceIfThere(),
      store)
    guard let question = questions.first else { preconditionFailure("One question was written.") }
    let answers = try await Stories.ask(try SummaryBrief.questions(of: question), in: context) {
      asOf in try store.stories(asOf.map { .asOf($0) } ?? .latest)
    }
    return try SummaryBrief(answers, most: most)
  }

  private func text(_ told: Told, _ brief: SummaryBrief) -> String {
    let width = Terminal.width
    var lines: [String] = []
    let count = "\(grouped(told.given)) of \(counted(told.texts, "text"))"
    if let summary = told.summary {
      lines.append("\(count), summed up by \((told.model ?? "").printable) at \(told.host ?? ""):")
      lines.append("")
      for line in summary.withoutUnseen.split(
        omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      {
        lines += line.isEmpty ? [""] : String(line).printable.wrappedWhole(to: width)
      }
      if told.cut == true { lines.append("… It was cut here: it grew too long.") }
      lines.append("")
    }
    if showSent {
      lines.append(told.summary == nil ? "What would be sent, \(count):" : "What was sent:")
      lines += ["", brief.instructions.printableLines, "", brief.texts.printableLines, ""]
    }
    lines += brief.rule.wrapped(to: width)
    return lines.joined(separator: "\n") + "\n"
  }
}

extension String {
  /// The text without what moves a terminal's cursor, line by line.
  fileprivate var printableLines: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
      .joined(separator: "\n")
  }
}
