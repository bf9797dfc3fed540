import Engine
import Events
import Foundation

/// Answers as JSON for other programs.
///
///     {"format": "waymark.answers", "version": 1, "answers": [{"receipt": …, "answer": …}]}
///
/// Keys are sorted, moments are ISO 8601 in UTC, times are milliseconds, shares run from 0 to 1, and
/// estimates carry `value`, `low`, `high` (95 %) and `count`.
public enum AnswerJSON {
  /// What the document says it is.
  public static let format = "waymark.answers"
  /// The version of the form; it rises when a field changes its meaning or goes.
  public static let version = 1

  /// Writes answers as one document.
  ///
  /// - Throws: `answer.json` where a figure is no number, which JSON cannot say.
  public static func render(_ answers: [Answered]) throws(Refusal) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(Document(answers: answers)), as: UTF8.self) + "\n"
    } catch {
      throw Refusal(
        "answer.json", problem: "A figure of the answer is not a finite number.",
        remedy: "Look for a value that is not finite among the events' numbers.")
    }
  }

  private struct Document: Encodable {
    var format = AnswerJSON.format
    var version = AnswerJSON.version
    var answers: [Answered]
  }
}
