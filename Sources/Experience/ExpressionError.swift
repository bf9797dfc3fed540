import Events

/// What is wrong with the text of an expression, and where.
public struct ExpressionError: Error, Equatable, Sendable {
  /// How many Unicode scalars lie before the place.
  public let offset: Int
  /// What is wrong there and what to do about it.
  public let refusal: Refusal

  init(at offset: Int, _ code: String, problem: String, remedy: String) {
    self.offset = offset
    refusal = Refusal(code, problem: problem, remedy: remedy)
  }
}

extension Expression {
  /// What an expression may speak of.
  public enum Subject: Sendable, CaseIterable {
    /// One event: its name, channel and properties.
    case event
    /// A customer's story up to a moment: traits, counts, sums and times.
    case story
  }

  /// What an expression gives.
  public enum Kind: String, Sendable, CaseIterable {
    case text, number, boolean, span
    /// A property or trait: what it holds is known only when it is read.
    case any

    /// Whether values of the two kinds may be compared.
    func agrees(with other: Kind) -> Bool { self == other || self == .any || other == .any }

    /// The kind in a sentence.
    var shown: String {
      switch self {
      case .text: "a text"
      case .number: "a number"
      case .boolean: "true or false"
      case .span: "a span of time"
      case .any: "a property"
      }
    }
  }

  /// Reads an expression that a person typed outside an experience.
  ///
  /// - Throws: an `expression.…` refusal whose problem names the character, counted from 1.
  public init(
    reading text: String, about subject: Subject, giving kind: Kind = .boolean
  ) throws(Refusal) {
    do {
      self = try ExpressionParser.parse(text, about: subject, giving: kind)
    } catch {
      throw Refusal(
        error.refusal.code, problem: "At character \(error.offset + 1): \(error.refusal.problem)",
        remedy: error.refusal.remedy)
    }
  }
}
