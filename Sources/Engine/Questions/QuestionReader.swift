import Events
import Experience
import Foundation

extension Question {
  /// The largest text of a question that is read, in bytes.
  public static let largestText = 1 << 20

  /// Reads one or several questions (`---` between them) from YAML or JSON.
  ///
  /// - Parameter file: what remarks call the text.
  /// - Throws: a `Diagnostic` with the place of the first mistake.
  public static func read(
    _ text: String, file: String, in context: QuestionContext
  ) throws(Diagnostic) -> [Question] {
    try YAMLText.decode(
      from: text, file: file, largest: largestText, userInfo: [.questionContext: context],
      remedy: "`waymark questions` shows how questions are written.")
  }

  /// The question as JSON, with sorted keys: the same for questions that are the same.
  ///
  /// - Throws: what encoding throws.
  public var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  /// The hash of the question as text, as 16 hexadecimal digits.
  ///
  /// - Throws: what encoding throws.
  public var definition: String {
    get throws {
      hexadecimal(stableHash(try json))
    }
  }
}
