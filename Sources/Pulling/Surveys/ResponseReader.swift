import Events
import Experience
import Foundation
import Wire

/// Makes events from the responses of an export, one after the other.
struct ResponseReader {
  private let survey: Survey
  private let form: SurveyExport.Form
  private let columns: SurveyColumns
  private var clock: FieldClock

  init(
    survey: Survey, form: SurveyExport.Form, columns: SurveyColumns, zone: String
  ) throws(Refusal) {
    self.survey = survey
    self.form = form
    self.columns = columns
    clock = try FieldClock(.automatic, zone: zone)
  }

  /// What becomes of a response.
  ///
  /// - Parameter number: that of the record; 1 is the first after the headings.
  mutating func outcome(of record: CSVTable.Record, number: Int) -> SurveyExport.Outcome {
    if isTrial(record) { return .trial }
    guard isFinished(record) else { return .partial }
    do throws(ItemRefusal) {
      return .answered(try event(record))
    } catch {
      return .rejected(
        Rejection(
          record: number, field: error.field, code: error.code, problem: error.problem,
          raw: "line \(record.line): "
            + String(record.values.joined(separator: ",").prefix(Self.longestRaw))))
    }
  }

  /// How many characters of a record a rejection shows.
  private static let longestRaw = 500

  private func text(_ part: SurveyColumns.Part, _ record: CSVTable.Record) -> String? {
    columns.parts[part].map { record[$0].trimmingCharacters(in: .whitespacesAndNewlines) }
  }

  /// What programs write for yes; an export without such a column has finished responses only.
  private func isFinished(_ record: CSVTable.Record) -> Bool {
    guard let text = text(.finished, record) else { return true }
    return ["yes", "true", "1", "completed", "finished"].contains(text.lowercased())
  }

  /// Whether somebody tried the survey out: in words, or as the number for it.
  private func isTrial(_ record: CSVTable.Record) -> Bool {
    guard let text = text(.trial, record) else { return false }
    return ["survey preview", "survey test", "1", "2"].contains(text.lowercased())
  }

  private mutating func event(_ record: CSVTable.Record) throws(ItemRefusal) -> Event {
    guard let id = text(.id, record), !id.isEmpty, id.utf8.count <= Identity.longestID - 200 else {
      throw ItemRefusal(
        field: heading(.id), "export.id", problem: "The answer has no id, or too long a one.",
        remedy: "Give each answer an id of its own.")
    }
    guard let time = text(.time, record), !time.isEmpty else {
      throw ItemRefusal(
        field: heading(.time), "time.missing", problem: "The answer has no time.",
        remedy: "Give each answer the time at which it was sent.")
    }
    let name = "survey/\(survey.name)/\(form.rawValue):\(id)"
    var event = Event(
      SurveyEvent.answered, at: try clock.read(time, field: heading(.time)),
      by: try identity(record, name), messageID: "\(name)/answered",
      properties: try answers(record))
    event.properties[SurveyEvent.survey] = .string(survey.name)
    event.properties[SurveyEvent.askedBy] = .string("import")
    event.properties[SurveyEvent.touchpoint] = survey.usualTouchpoint.map(PropertyValue.string)
    if let language = text(.language, record), (2...35).contains(language.utf8.count) {
      event.properties[SurveyEvent.language] = .string(language.lowercased())
    }
    return event
  }

  private func heading(_ part: SurveyColumns.Part) -> String {
    columns.parts[part].map { columns.headings[$0] } ?? part.rawValue
  }

  /// The customer; where none is named, somebody who gave this one answer.
  private func identity(
    _ record: CSVTable.Record, _ name: String
  ) throws(ItemRefusal) -> Identity {
    guard let customer = text(.customer, record), !customer.isEmpty else {
      return Identity(.anonymous, name)
    }
    guard customer.utf8.count <= Identity.longestID, !Identity.placeholders.contains(customer)
    else {
      throw ItemRefusal(
        field: heading(.customer), "identity.placeholder",
        problem: "“\(customer.prefix(60))” names no customer.",
        remedy: "Give the id of a customer, or none.")
    }
    return Identity(.user, customer)
  }

  /// The answers, checked as those to the survey's own page are.
  ///
  /// Those to questions that this survey would not have asked are kept, since somebody did ask.
  private func answers(_ record: CSVTable.Record) throws(ItemRefusal) -> [String: PropertyValue] {
    var fields: [(name: String, value: String)] = []
    var comment: String?
    for (column, property) in columns.answers {
      let text = record[column].trimmingCharacters(in: .whitespacesAndNewlines)
      guard !text.isEmpty else { continue }
      if property == SurveyEvent.comment, survey.mainField != property {
        comment = text
        continue
      }
      for value in survey.values(of: text, property) { fields.append((property, value)) }
    }
    do throws(Refusal) {
      let answer = try SurveyAnswer(fields, to: survey)
      var properties = answer.properties
      guard properties[survey.mainField] != nil else {
        throw Refusal(
          "survey.missing", problem: "The main question is not answered.",
          remedy: "Leave the response out.")
      }
      let words = survey.questions.first { question in
        question.form == .text && properties[SurveyEvent.answer(question.name)] != nil
      }
      guard (comment ?? "").unicodeScalars.count <= SurveyAnswer.longestText else {
        throw Refusal(
          "survey.text",
          problem: "The comment is longer than \(SurveyAnswer.longestText) characters.",
          remedy: "Make it shorter.")
      }
      if properties[SurveyEvent.comment] == nil {
        properties[SurveyEvent.comment] =
          comment.map(PropertyValue.string)
          ?? words.flatMap { properties[SurveyEvent.answer($0.name)] }
      }
      return properties
    } catch {
      throw ItemRefusal(
        field: nil, error.code, problem: error.problem, remedy: error.remedy)
    }
  }
}

extension Survey {
  /// The values that a cell stands for: of numbers the number in front of words, of options their
  /// names, whichever language they are written in.
  fileprivate func values(of text: String, _ property: String) -> [String] {
    let form =
      property == mainField
      ? mainForm
      : questions.first { SurveyEvent.answer($0.name) == property }?.form ?? .rating(elementScale)
    switch form {
    case .text: return [text]
    case .rating:
      // “9”, “9.0”, “9 - Extremely likely”.
      let number = text.firstMatch(of: /^(-?[0-9]+)(\.0+)?(\s+[-–—:].*)?$/.dotMatchesNewlines())
      return [number.map { String($0.1) } ?? text]
    case .choice(let options, let several):
      func name(_ text: String) -> String? {
        let wanted = text.asHeading
        return options.first { option in
          ([option.name] + option.say.texts.map(\.text)).contains { $0.asHeading == wanted }
        }?.name
      }
      if let whole = name(text) { return [whole] }
      guard several else { return [text] }
      let separator: Character = text.contains(";") ? ";" : ","
      return text.split(separator: separator).map { part in
        let part = part.trimmingCharacters(in: .whitespaces)
        return name(part) ?? part
      }
    }
  }
}
