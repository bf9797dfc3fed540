import Experience
import Foundation
import HTTPTypes
import Hummingbird
import Pages

/// In which of a survey's languages somebody is asked.
enum SurveyLanguage {
  /// The most languages of `Accept-Language` that are looked at.
  private static let most = 20

  /// The first wish that the survey has, with or without its region; else its first language, or
  /// English where it names none.
  static func choose(among offered: [String], _ wishes: [String]) -> String {
    guard let first = offered.first else { return SurveyPhrases.phrases(in: nil).language }
    for wish in wishes.map({ $0.lowercased() }) {
      if offered.contains(wish) { return wish }
      if let near = offered.first(where: { short($0) == short(wish) }) { return near }
    }
    return first
  }

  /// What a browser says that its person reads, the most wanted first.
  ///
  /// - SeeAlso: RFC 9110, section 12.5.4.
  static func accepted(_ header: String?) -> [String] {
    var wishes: [(language: String, quality: Double)] = []
    for part in (header ?? "").split(separator: ",").prefix(most) {
      let fields = part.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
      let weight = fields.dropFirst().first { $0.hasPrefix("q=") }
      // What has no number that can be read isn't wanted.
      let quality = weight.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
      wishes.append((fields.first ?? "", quality))
    }
    // Sorting keeps no order among equals by itself.
    return wishes.enumerated().filter { $0.element.quality > 0 && $0.element.language != "*" }
      .sorted { ($1.element.quality, $0.offset) < ($0.element.quality, $1.offset) }
      .map(\.element.language)
  }

  private static func short(_ code: String) -> Substring {
    code.prefix { $0 != "-" && $0 != "_" }
  }
}

extension Visit {
  /// The language for a survey: what was just chosen, then the address, then what is known of the
  /// customer, then the browser.
  func language(
    of survey: Survey?, form: [String: String] = [:], trait: String? = nil
  ) -> String {
    let wishes = [
      form[SurveyPage.sayField], form[SurveyPage.languageField],
      query(SurveyPage.languageField), trait,
    ].compactMap(\.self)
    let browser = SurveyLanguage.accepted(request.headers[.acceptLanguage])
    guard let survey else {
      return SurveyPhrases.phrases(in: (wishes + browser).first).language
    }
    return SurveyLanguage.choose(among: survey.languages, wishes + browser)
  }
}
