import Engine
import Foundation
import Words

/// Which texts the page shows: the fields of its form.
public struct WordsChoice: Sendable, Equatable {
  /// Events or a touchpoint; empty: answers to surveys.
  public var event: String
  /// The property that holds what was written.
  public var text: String
  public var score: String
  /// The first day, and the first day too late.
  public var from: String
  public var to: String
  /// A segment, persona, saved set or condition.
  public var population: String
  /// Of which theme or words, and of which feeling; of the list of texts only.
  public var theme: String
  public var feeling: String

  /// Takes fields; what is left out is as usual.
  public init(
    event: String = "", text: String = "", score: String = "", from: String = "", to: String = "",
    population: String = "", theme: String = "", feeling: String = ""
  ) {
    self.event = event
    self.text = text
    self.score = score
    self.from = from
    self.to = to
    self.population = population
    self.theme = theme
    self.feeling = feeling
  }

  private var fields: [(name: String, value: String)] {
    [
      ("event", event), ("text", text), ("score", score), ("from", from), ("to", to),
      ("for", population), ("theme", theme), ("feeling", feeling),
    ].filter { !$0.1.isEmpty }
  }

  /// The query of an address; empty, or with its `?`.
  public var query: String {
    let parts = fields.map { "\($0.name)=\($0.value.urlEncoded)" }
    return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
  }

  /// The same as fields of a form.
  var hidden: [Markup] {
    fields.map { "<input type=\"hidden\" name=\"\(lines: $0.name)\" value=\"\(lines: $0.value)\">" }
  }

  /// The question as text, which is JSON and so YAML.
  ///
  /// - Parameter more: further fields, their values as JSON.
  public func question(_ more: [String: String] = [:]) -> String {
    var all = ["question": Self.quoted(QuestionKind.words.rawValue)]
    for field in fields { all[field.name] = Self.quoted(field.value) }
    all.merge(more) { $1 }
    let parts = all.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)): \($0.value)" }
    return "{" + parts.joined(separator: ", ") + "}"
  }

  /// The question for the texts themselves.
  public var listing: String {
    question(["verbatims": "\(WordsQuestion.usualVerbatims)"])
  }

  private static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    // A string can always be written.
    guard let data = try? encoder.encode(text) else { return "\"\"" }
    return String(decoding: data, as: UTF8.self)
  }

  /// The texts of a theme or of words.
  public func of(theme: String) -> WordsChoice {
    var choice = self
    choice.theme = theme
    return choice
  }

  /// The texts with a feeling.
  public func of(feeling: String) -> WordsChoice {
    var choice = self
    choice.feeling = feeling
    return choice
  }

  /// All of them.
  var whole: WordsChoice {
    var choice = self
    (choice.theme, choice.feeling) = ("", "")
    return choice
  }
}
