import Engine
import Events
import Foundation

/// The fields of a question that a command makes of its options, as `waymark ask` takes them.
struct QuestionArguments {
  private(set) var pairs: [String] = []

  /// Adds a field where there is a value, as JSON, which is a part of YAML.
  ///
  /// - Throws: what encoding the value throws.
  mutating func add(_ name: String, _ value: (some Encodable)?) throws {
    guard let value else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(value)
    pairs.append("\(name)=" + String(decoding: data, as: UTF8.self))
  }

  /// Adds the scale that is written as 1-7.
  ///
  /// - Throws: `score.scale`.
  mutating func add(scale text: String?) throws {
    guard let text else { return }
    guard let match = text.wholeMatch(of: /(-?[0-9]{1,4})-(-?[0-9]{1,4})/),
      let low = Int(match.1), let high = Int(match.2)
    else {
      throw Refusal(
        "score.scale", problem: "“\(text.brief)” is no scale.",
        remedy: "Write the lowest and the highest answer: --scale 1-7.")
    }
    try add("scale", [low, high])
  }
}

extension AnswerOptions {
  /// Answers the question of a kind with such fields.
  func answer(_ fields: QuestionArguments, of kind: QuestionKind) async throws {
    try await answer([try QuestionText(kind, fields.pairs)])
  }
}
