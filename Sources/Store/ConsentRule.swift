import Events

/// What collection makes of customers' consent.
public struct ConsentRule: Sendable, Equatable, Codable {
  /// Whether an event has to say that its customer consents.
  public enum Requirement: String, Sendable, Codable, CaseIterable {
    /// Events that say nothing are stored.
    case no
    /// Events that say nothing are refused.
    case yes
  }

  /// Whether an event has to say so.
  public var required: Requirement
  /// The categories that have to be granted, in lower case; none: consent as a whole.
  public var categories: [String]

  /// The most categories.
  public static let mostCategories = 20
  /// The longest category, in characters.
  public static let longestCategory = 60

  /// Makes a rule; without arguments, only a denial counts.
  public init(required: Requirement = .no, categories: [String] = []) {
    self.required = required
    self.categories = categories.map { $0.lowercased() }
  }

  /// Refuses what can't be a rule.
  ///
  /// - Throws: `consent.categories`.
  func check() throws(Refusal) {
    let isFine = categories.allSatisfy { !$0.isEmpty && $0.count <= Self.longestCategory }
    guard isFine, categories.count <= Self.mostCategories else {
      throw Refusal(
        "consent.categories", problem: "These can't be the categories of consent.",
        remedy: "Name at most \(Self.mostCategories), each in 1 to \(Self.longestCategory) "
          + "characters.")
    }
  }
}

/// What an event says of its customer's consent.
enum ConsentStatement: Equatable {
  case granted, denied

  /// Reads a value; nil where it is neither.
  fileprivate init?(_ value: PropertyValue) {
    let isGranted: Bool? =
      switch value {
      case .boolean(let isGranted): isGranted
      case .number(let number): number == 1 ? true : number == 0 ? false : nil
      case .string(let text):
        switch text.lowercased() {
        case "granted", "yes", "true", "opt_in", "allowed": true
        case "denied", "no", "false", "opt_out", "withdrawn": false
        default: nil
        }
      }
    guard let isGranted else { return nil }
    self = isGranted ? .granted : .denied
  }
}

extension Event {
  /// Where clients say it as a whole.
  private static let wholes: Set = ["consent", "context.consent"]
  /// Where they say it for each category, each with a dot behind.
  private static let ofSegment = "context.consent.categoryPreferences."
  private static let ofOthers = ["consent.", "consent.categoryPreferences.", "context.consent."]

  /// What the event says of its customer's consent; nil: nothing.
  ///
  /// A denial as a whole counts before all else. Where the rule names categories, one that is denied
  /// is a denial, and all of them have to be granted, or else consent as a whole. Where it names
  /// none, a client that speaks of categories grants with any, and denies with none.
  func consent(_ rule: ConsentRule) -> ConsentStatement? {
    var whole: ConsentStatement?
    var parts: [String: ConsentStatement] = [:]
    for (name, value) in properties where name.utf8.first == UInt8(ascii: "c") {
      guard name.hasPrefix("con"), let said = ConsentStatement(value) else { continue }
      if Self.wholes.contains(name) {
        if whole != .denied { whole = said }
      } else if name.hasPrefix(Self.ofSegment) {
        parts[name.dropFirst(Self.ofSegment.count).lowercased()] = said
      } else if !rule.categories.isEmpty,
        let prefix = Self.ofOthers.last(where: name.hasPrefix)
      {
        parts[name.dropFirst(prefix.count).lowercased()] = said
      }
    }
    if whole == .denied { return .denied }
    let wanted = rule.categories.isEmpty ? Array(parts.keys) : rule.categories
    let said = wanted.compactMap { parts[$0] }
    if rule.categories.isEmpty {
      if said.contains(.granted) { return .granted }
      return said.isEmpty ? whole : .denied
    }
    if said.contains(.denied) { return .denied }
    return said.count == wanted.count ? .granted : whole
  }
}
