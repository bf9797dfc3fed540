import Engine
import Events
import Experience
import Foundation

/// A question as it was written, in a file or as arguments.
struct QuestionText {
  /// What remarks call it.
  var name: String
  var text: String
  /// The fields in the order of the arguments; nil where the question came from a file.
  private var fields: [String]?

  /// What the command line says: files, `-` for standard input, or a kind and `key=value` pairs.
  ///
  /// - Throws: `question.argument`; a fault where a file cannot be read.
  static func read(_ words: [String]) throws -> [QuestionText] {
    guard let first = words.first else { return [] }
    if let kind = QuestionKind(rawValue: first) {
      return [try QuestionText(kind, words.dropFirst())]
    }
    return try words.map(QuestionText.init(file:))
  }

  /// Builds the text of a question from its kind and `key=value` pairs, one on each line.
  init(_ kind: QuestionKind, _ pairs: some Sequence<String>) throws(Refusal) {
    name = "argument"
    text = "question: \(kind.rawValue)\n"
    var fields: [String] = []
    for pair in pairs {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let key = parts.first.map(String.init), parts.count == 2,
        key.wholeMatch(of: /[a-z][a-z_]*/) != nil, !pair.contains(where: \.isNewline)
      else {
        throw Refusal(
          "question.argument", problem: "“\(pair.brief)” is no field of a question.",
          remedy: "Write key=value on one line, as `waymark questions \(kind.rawValue)` shows.")
      }
      guard !fields.contains(key) else {
        throw Refusal(
          "question.argument", problem: "The field “\(key)” is given twice.",
          remedy: "Write a list: \(key)=[one, two].")
      }
      fields.append(key)
      text += "\(key): \(parts[1])\n"
    }
    self.fields = fields
  }

  /// Reads a file, or standard input.
  private init(file: String) throws {
    name = file == "-" ? "standard input" : file
    let data: Data
    do {
      let handle =
        file == "-"
        ? FileHandle.standardInput : try FileHandle(forReadingFrom: URL(filePath: file))
      defer { if file != "-" { handle.closeFile() } }
      // One byte more than is read as a question tells that the file is too large.
      data = try handle.read(upToCount: Question.largestText + 1) ?? Data()
    } catch {
      let kind = nearest(to: file, among: QuestionKind.allCases.map(\.rawValue))
      throw Fault(
        "question.file", subject: file.brief,
        problem: "The file cannot be read, and no question is called that.",
        remedy: kind.map { "Did you mean `waymark ask \($0)`?" }
          ?? "Name a file of questions, or a kind that `waymark questions` lists.")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw Refusal(
        "question.text", problem: "\(name.brief) is not UTF-8.",
        remedy: "Write questions as YAML or JSON; `waymark questions` shows how.")
    }
    self.text = text
  }

  /// The questions that the text asks.
  ///
  /// - Throws: a `Diagnostic` with file, line and column; of arguments, a `Refusal` that names the one.
  func questions(in context: QuestionContext) throws -> [Question] {
    do {
      return try Question.read(text, file: name, in: context)
    } catch {
      guard let fields else { throw error }
      // The kind is on the first line.
      let field = fields.indices.contains(error.line - 2) ? fields[error.line - 2] + ": " : ""
      throw Refusal(error.code, problem: field + error.problem, remedy: error.remedy)
    }
  }
}
