import Events
import Experience
import Foundation

/// Which columns of an export are what.
///
/// A column is a survey's question where its heading is the question's name or its words, in any of
/// the survey's languages; numbers that programs put in front (`1. `) don't count.
public struct SurveyColumns: Sendable, Equatable {
  /// What a response has besides answers.
  public enum Part: String, Sendable, CaseIterable {
    case id, time, customer, language
    /// Whether it was finished.
    case finished
    /// Whether somebody tried the survey out.
    case trial
  }

  /// The columns of the parts.
  public private(set) var parts: [Part: Int] = [:]
  /// The columns that answer something, with the properties that they become, in their order.
  public private(set) var answers: [(column: Int, property: String)] = []
  /// The headings of all columns.
  public let headings: [String]

  /// The headings of columns that are nothing of the survey's.
  public var leftOut: [String] {
    let used = Set(answers.map(\.column) + parts.values)
    return headings.indices.filter { !used.contains($0) }.map { headings[$0] }
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.parts == right.parts && left.headings == right.headings
      && left.answers.elementsEqual(right.answers, by: ==)
  }

  init(
    _ headings: SurveyExport.Headings, _ form: SurveyExport.Form, of survey: Survey,
    names: [String: String]
  ) throws(Refusal) {
    self.headings = headings.names
    let fields = survey.fields
    for (name, heading) in names.sorted(by: { $0.key < $1.key }) {
      let column = try Self.column(heading, in: headings)
      if let field = fields.first(where: { $0.names.contains(name.asHeading) }) {
        answers.append((column, field.property))
      } else if let part = Part(rawValue: name) {
        parts[part] = column
      } else {
        throw Self.unknown(name, survey)
      }
    }
    for part in Part.allCases where parts[part] == nil {
      parts[part] =
        form.headings(of: part).lazy
        .compactMap { name in headings.names.firstIndex { $0.asHeading == name } }.first
    }
    var taken = Set(parts.values).union(answers.map(\.column))
    for field in fields where !answers.contains(where: { $0.property == field.property }) {
      let column = headings.names.indices.first { column in
        !taken.contains(column)
          && [headings.names[column], headings.questions[column]]
            .contains { field.names.contains($0.asQuestion) }
      }
      guard let column else { continue }
      taken.insert(column)
      answers.append((column, field.property))
    }
    answers.sort { $0.column < $1.column }
    try check(survey)
  }

  private func check(_ survey: Survey) throws(Refusal) {
    let free = leftOut.prefix(12).map { "“\($0.prefix(60))”" }.joined(separator: ", ")
    func missing(_ name: String, _ what: String) -> Refusal {
      Refusal(
        "export.column", problem: "No column is \(what).",
        remedy:
          "Say which one is: --columns \"\(name)=…\". There \(free.isEmpty ? "is none left" : "are \(free)")."
      )
    }
    guard answers.contains(where: { $0.property == survey.mainField }) else {
      throw missing(survey.mainField, "the answer to “\(survey.ask.text(in: nil))”")
    }
    guard parts[.time] != nil else { throw missing("time", "the time of an answer") }
    guard parts[.id] != nil else { throw missing("id", "the id of an answer") }
  }

  private static func column(
    _ heading: String, in headings: SurveyExport.Headings
  ) throws(Refusal) -> Int {
    let wanted = heading.asHeading
    let found =
      headings.names.firstIndex { $0.asHeading == wanted }
      ?? headings.questions.firstIndex { $0.asHeading == wanted }
    guard let found else {
      let near = nearest(to: heading, among: headings.names)
      throw Refusal(
        "export.column", problem: "The file has no column “\(heading.prefix(80))”.",
        remedy: near.map { "Did you mean “\($0)”?" }
          ?? "It has \(headings.names.prefix(12).map { "“\($0.prefix(60))”" }.joined(separator: ", "))."
      )
    }
    return found
  }

  private static func unknown(_ name: String, _ survey: Survey) -> Refusal {
    let known = survey.fields.compactMap(\.names.first) + Part.allCases.map(\.rawValue)
    return Refusal(
      "export.name", problem: "“\(name.prefix(80))” is nothing that \(survey.name) asks.",
      remedy: nearest(to: name, among: known).map { "Did you mean \($0)?" }
        ?? "Write one of \(known.joined(separator: ", ")).")
  }
}

extension Survey {
  /// What it asks: the property of the answer, and the headings that a column with it may have.
  fileprivate var fields: [(property: String, names: [String])] {
    func names(_ own: String, _ ask: Wording) -> [String] {
      [own.asHeading] + ask.texts.map(\.text.asQuestion)
    }
    var fields = [(mainField, names(mainField, ask))]
    fields += elements.map { (SurveyEvent.element($0.name), names($0.name, $0.ask)) }
    fields += questions.map { (SurveyEvent.answer($0.name), names($0.name, $0.ask)) }
    // Words beside a score need no question of their own.
    if mainField != SurveyEvent.comment { fields.append((SurveyEvent.comment, ["comment"])) }
    return fields
  }
}

extension String {
  /// The text as questions are compared: also without a number in front, and `elements.` and the
  /// like as answers' properties have it.
  fileprivate var asQuestion: String {
    asHeading.replacing(/^[0-9]+\.\s+/, with: "").replacing(/^(elements|answers)\./, with: "")
  }
}
