import Events
import Experience

/// Events that a question speaks of, with the name by which it does.
///
/// As text: a touchpoint or survey of the experience (a survey stands for its answers), an event's
/// name, a condition on one event, or `any`.
/// With a name of its own: `{name: paid, on: 'event == "Order" && properties.total > 0'}`.
public struct EventSelector: Sendable, Hashable, Codable {
  public var name: String
  public var rule: Expression

  /// Names a condition on one event.
  public init(_ name: String, rule: Expression) {
    self.name = name
    self.rule = rule
  }

  /// Selects the events of one name.
  public init(_ event: String) { self.init(event, rule: .isEvent(event)) }

  /// Every event.
  public static let any = EventSelector("any", rule: .boolean(true))

  private enum CodingKeys: String, CodingKey, CaseIterable { case name, on }

  /// Reads what stands for events.
  public init(from decoder: any Decoder) throws {
    guard let text = try? decoder.singleValueContainer().decode(String.self) else {
      let fields = try QuestionFields<CodingKeys>(decoder, .part)
      name = try fields.required(.name)
      let on = try fields.required(.on, String.self)
      do { rule = try Self.rule(on, try decoder.questionContext()) } catch let error as Refusal {
        throw decoder.refused(error)
      }
      return
    }
    do {
      self = try Self(text, in: try decoder.questionContext())
    } catch let error as Refusal { throw decoder.refused(error) }
  }

  /// Reads a text in a context.
  ///
  /// - Throws: what is wrong with an expression.
  public init(_ text: String, in context: QuestionContext) throws(Refusal) {
    name = text
    rule = try Self.rule(text, context)
  }

  private static func rule(
    _ text: String, _ context: QuestionContext
  ) throws(Refusal) -> Expression {
    if text == "any" { return .boolean(true) }
    if let touchpoint = context.experience?.touchpoint(text) {
      guard let rule = touchpoint.rule else {
        throw Refusal(
          "question.touchpoint", problem: "No event belongs to the touchpoint “\(text)”.",
          remedy: "Give it an `on:` in the experience.")
      }
      return rule
    }
    if let survey = context.experience?.survey(text) { return survey.rule() }
    guard text.contains("==") || text.contains("properties.") || text.contains("event ") else {
      return .isEvent(text)
    }
    return try Expression(reading: text, about: .event, giving: .boolean)
  }

  /// Writes the name and the condition.
  public func encode(to encoder: any Encoder) throws {
    if self == .any || rule == .isEvent(name) {
      var container = encoder.singleValueContainer()
      try container.encode(name)
    } else {
      var fields = encoder.container(keyedBy: CodingKeys.self)
      try fields.encode(name, forKey: .name)
      try fields.encode(rule.description, forKey: .on)
    }
  }
}

/// A number taken from an event: a property's name or an expression such as `properties.a * 2`.
public struct NumberSelector: Sendable, Hashable, Codable {
  public var rule: Expression

  /// Selects a number.
  public init(_ rule: Expression) { self.rule = rule }

  /// Reads a property or an expression.
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    if text.isPropertyName {
      rule = .property(propertyName(text))
      return
    }
    do { rule = try Expression(reading: text, about: .event, giving: .number) } catch {
      throw decoder.refused(error)
    }
  }

  /// Writes the expression.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rule.description)
  }
}

/// A property's name as a question writes it: `properties.city` and `city` are the same.
public struct PropertySelector: Sendable, Hashable, Codable {
  public var name: String

  /// Selects a property.
  public init(_ name: String) { self.name = propertyName(name) }

  /// Reads a name.
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

/// The name without `properties.` before it.
func propertyName(_ text: String) -> String {
  text.hasPrefix("properties.") ? String(text.dropFirst("properties.".count)) : text
}

extension String {
  /// Whether it is made of letters, digits, `_`, `$` and dots, and begins with a letter.
  fileprivate var isPropertyName: Bool {
    unicodeScalars.first.map { $0.properties.isAlphabetic || $0 == "_" || $0 == "$" } ?? false
      && unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || ("0"..."9").contains($0) || "_$.".unicodeScalars.contains($0)
      }
  }
}
