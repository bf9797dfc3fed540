import Answers
import Engine
import Events
import Experience
import Foundation

extension AnswerOptions {
  /// Shows answers in the form that was asked for.
  func show(_ answers: [Answered], _ experience: Experience?) throws {
    let style = AnswerStyle(
      width: Terminal.width, receipt: receipt ? .whole : .brief,
      currency: experience?.currency ?? "", timezone: experience?.timezone ?? "UTC")
    switch format {
    case .text:
      let texts = try answers.map { try AnswerText.render($0, style: style) }
      let line = String(repeating: "─", count: style.width)
      try put(texts.joined(separator: "\n\(line)\n\n"), to: output)
    case .json: try put(AnswerJSON.render(answers), to: output)
    case .csv: try putEach(answers.map { AnswerCSV.render($0.answer.subject.table) })
    case .svg: try putEach(try answers.map { try AnswerSVG.render($0, style: style) })
    }
  }

  /// Writes one text, or several into files with numbers.
  private func putEach(_ texts: [String]) throws {
    guard texts.count > 1 else { return try put(texts.joined(), to: output) }
    guard let output else {
      throw Refusal(
        "ask.output",
        problem: "\(texts.count) answers as \(format.rawValue) do not go into one text.",
        remedy: "Name a file with --output, to which numbers are added, or ask one by one.")
    }
    let path = output as NSString
    let ending = path.pathExtension.isEmpty ? "" : "." + path.pathExtension
    for (position, text) in texts.enumerated() {
      try put(text, to: "\(path.deletingPathExtension)-\(position + 1)\(ending)")
    }
  }

  /// Writes a text to a file, or to standard output.
  func put(_ text: String, to path: String?) throws {
    guard let path else { return Terminal.write(text) }
    try writeText(text, to: path, over: .existing)
    Terminal.note("Wrote \(path.printable)")
  }
}
