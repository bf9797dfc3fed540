import Events
import Experience
import Foundation
import Wire

/// Answers to a survey that another program took, as it exports them.
///
/// A response that was finished becomes a `Survey Answered` event, with the response's own id in the
/// message id: the same file again adds nothing. Responses that were broken off, and trials, are told
/// apart and become none.
public struct SurveyExport: Sendable {
  /// What became of a response.
  public enum Outcome: Sendable {
    case answered(Event)
    /// It was broken off.
    case partial
    /// Somebody tried the survey out.
    case trial
    case rejected(Rejection)
  }

  /// Which program's export it is.
  public let form: Form
  /// What its columns were taken for.
  public let columns: SurveyColumns
  /// What became of the responses, in the order of the file.
  public let outcomes: [Outcome]

  /// Reads an export.
  ///
  /// - Parameters:
  ///   - form: which program's; nil: the one whose columns it has.
  ///   - names: which columns are what, where that can't be seen: the headings by `score`, the names
  ///     of elements and questions, `customer`, `time` and the like.
  ///   - zone: the time zone of times that name none; nil: that of the form.
  /// - Throws: `export.empty`, `export.column`, `export.name` and `import.zone`.
  public init(
    _ table: CSVTable, of survey: Survey, form: Form? = nil, names: [String: String] = [:],
    zone: String? = nil
  ) throws(Refusal) {
    guard let header = table.records.first else {
      throw Refusal(
        "export.empty", problem: "The file has no line.", remedy: "Export the answers as CSV.")
    }
    let form = form ?? .recognised(header.values)
    let rows = table.records.dropFirst(form.headings)
    let headings = Headings(table.records.prefix(form.headings))
    let columns = try SurveyColumns(headings, form, of: survey, names: names)
    var reader = try ResponseReader(
      survey: survey, form: form, columns: columns, zone: zone ?? headings.zone ?? "UTC")
    self.form = form
    self.columns = columns
    outcomes = rows.enumerated().map { reader.outcome(of: $1, number: $0 + 1) }
  }
}

extension SurveyExport {
  /// The programs whose exports are known.
  public enum Form: String, Sendable, CaseIterable {
    case formbricks, typeform, qualtrics
    /// Any table with a heading for each column.
    case plain

    /// The form that has such headings.
    static func recognised(_ headings: [String]) -> Form {
      let known = Set(headings.map(\.asHeading))
      func has(_ names: String...) -> Bool { names.allSatisfy(known.contains) }
      if has("response id", "timestamp", "finished", "survey id") { return .formbricks }
      if has("responseid"), has("recordeddate") || has("enddate") { return .qualtrics }
      if has("#", "submit date (utc)") { return .typeform }
      return .plain
    }

    /// How many records say what the columns are.
    var headings: Int { self == .qualtrics ? 3 : 1 }

    /// The headings of a part of a response, the first that is there; as `asHeading` has them.
    func headings(of part: SurveyColumns.Part) -> [String] {
      switch (self, part) {
      case (.formbricks, .id): ["response id"]
      case (.formbricks, .time): ["timestamp"]
      case (.formbricks, .finished): ["finished"]
      case (.formbricks, .customer): ["user id", "userid"]
      case (.formbricks, .language): ["language"]
      case (.typeform, .id): ["#"]
      case (.typeform, .time): ["submit date (utc)"]
      case (.typeform, .finished): ["response type"]
      case (.qualtrics, .id): ["responseid"]
      case (.qualtrics, .time): ["recordeddate", "enddate"]
      case (.qualtrics, .finished): ["finished"]
      case (.qualtrics, .trial): ["status"]
      case (.qualtrics, .customer): ["externalreference", "externaldatareference"]
      case (.qualtrics, .language): ["userlanguage"]
      case (.plain, .id): ["id", "response_id", "response id"]
      case (.plain, .time): ["time", "timestamp", "submitted", "date"]
      case (.plain, .finished): ["finished"]
      case (.plain, .language), (.typeform, .language): ["language"]
      case (.plain, .customer), (.typeform, .customer):
        ["customer", "customer_id", "user_id", "user id", "userid"]
      case (_, .trial): []
      }
    }
  }

  /// The first records of a file, which say what its columns are.
  struct Headings {
    /// The name of each column.
    let names: [String]
    /// What was asked there, where a record of its own says so; else the name.
    let questions: [String]
    /// The time zone that a record names.
    let zone: String?

    init(_ records: ArraySlice<CSVTable.Record>) {
      let records = Array(records)
      let names = records[0].values
      self.names = names
      questions = names.indices.map { records.count > 1 ? records[1][$0] : names[$0] }
      zone =
        records.count > 2
        ? records[2].values.lazy
          .compactMap { $0.firstMatch(of: /"timeZone"\s*:\s*"([^"]+)"/).map { String($0.1) } }
          .first : nil
    }
  }
}

extension String {
  /// The text as headings are compared: in lower case, without white space around it.
  var asHeading: String { lowercased().trimmingCharacters(in: .whitespacesAndNewlines) }
}
