import Events

extension Survey {
  /// What stands at the two ends of a scale.
  public struct Ends: Sendable, Hashable {
    public var low: Wording
    public var high: Wording

    /// Takes what stands at the lowest and at the highest answer.
    public init(low: Wording, high: Wording) {
      self.low = low
      self.high = high
    }
  }

  /// Something that can be chosen.
  public struct Option: Sendable, Hashable {
    /// What answers say.
    public var name: String
    /// What people read.
    public var say: Wording

    /// Makes an option; where nothing is said, people read its name.
    public init(_ name: String, say: Wording? = nil) {
      self.name = name
      self.say = say ?? Wording(name.inSentenceCase)
    }
  }

  /// Something that is rated by itself.
  public struct Element: Sendable, Hashable {
    /// What kind of element it is; drivers are told apart by it.
    public enum Aspect: String, Sendable, Codable, CaseIterable {
      /// Of what is offered.
      case design
      /// Of how it reaches the customer.
      case delivery
      /// Of how the company works around it.
      case operational
      /// The company's own reputation.
      case reputation
      /// The reputation of the partner that the element names.
      case partner
    }

    public var name: String
    public var ask: Wording
    public var aspect: Aspect?
    /// The partner whose reputation it is.
    public var partner: String?

    /// Makes an element; where nothing is asked, people read its name.
    public init(
      _ name: String, ask: Wording? = nil, aspect: Aspect? = nil, partner: String? = nil
    ) {
      self.name = name
      self.ask = ask ?? Wording(name.inSentenceCase)
      self.aspect = aspect
      self.partner = partner
    }
  }

  /// A further question.
  public struct FollowUp: Sendable, Hashable {
    /// How it is answered.
    public enum Form: Sendable, Hashable {
      /// In words.
      case text
      /// By one of the options, or by several.
      case choice([Option], several: Bool)
      /// By a number.
      case rating(ClosedRange<Int>)
    }

    public var name: String
    public var ask: Wording
    public var form: Form
    /// When it is asked: all must hold; none: always.
    public var when: [Condition]

    /// Makes a question.
    public init(_ name: String, ask: Wording, form: Form, when: [Condition] = []) {
      self.name = name
      self.ask = ask
      self.form = form
      self.when = when
    }
  }

  /// What an answer has to be.
  public struct Condition: Sendable, Hashable {
    public enum Values: Sendable, Hashable {
      case within(ClosedRange<Int>)
      case oneOf([String])
    }

    /// `score` for the main number, `choice` for the main option, or an element's or question's name.
    public var question: String
    public var values: Values

    /// Makes a condition.
    public init(_ question: String, _ values: Values) {
      self.question = question
      self.values = values
    }
  }

  /// What is said at the end.
  public struct Thanks: Sendable, Hashable {
    public var when: [Condition]
    public var say: Wording
    /// Where people may go from there; `https:` only.
    public var link: String?

    /// Makes a last word.
    public init(_ say: Wording, when: [Condition] = [], link: String? = nil) {
      self.say = say
      self.when = when
      self.link = link
    }
  }

  /// Which answers open a ticket.
  public struct Loop: Sendable, Hashable {
    /// All must hold.
    public var when: [Condition]
    /// The team that sees to it; nil: the owner of the touchpoint that the answer speaks of.
    public var team: String?
    /// How long it may take.
    public var due: TimeSpan

    /// Makes a rule.
    public init(when: [Condition], team: String? = nil, due: TimeSpan = Loop.usualDue) {
      self.when = when
      self.team = team
      self.due = due
    }

    /// Two days.
    public static let usualDue = TimeSpan.days(2)
  }
}

/// A text in one language or several.
public struct Wording: Sendable, Hashable {
  /// The texts with the codes of their languages (`de`, `pt-BR`), in the order written; a text
  /// without a language has the code “”.
  public var texts: [(language: String, text: String)] {
    zip(languages, words).map { (language: $0, text: $1) }
  }
  private var languages: [String]
  private var words: [String]

  /// A text in no particular language.
  public init(_ text: String) {
    languages = [""]
    words = [text]
  }

  /// The same in several languages; the first is used where none fits. Never empty.
  public init?(_ texts: [(language: String, text: String)]) {
    guard !texts.isEmpty else { return nil }
    languages = texts.map { $0.language.lowercased() }
    words = texts.map(\.text)
  }

  /// The text for a language: its own, that of the language without its region, or the first.
  public func text(in language: String?) -> String {
    let wanted = language?.lowercased() ?? ""
    let short = String(wanted.prefix { $0 != "-" && $0 != "_" })
    let place = languages.firstIndex(of: wanted) ?? languages.firstIndex(of: short) ?? 0
    return words[place]
  }

  /// The codes of the languages that it has.
  public var codes: [String] { languages.filter { !$0.isEmpty } }
}
