import Events
import Experience
import Words

/// The twin of words: every event looked at, texts in lists, each read where it stands.
public struct NaiveWords: Sendable {
  /// Which texts a figure is of.
  public struct Key: Hashable, Sendable {
    /// The first moment of the interval; nil for the whole range.
    public var from: Instant?
    /// The value by which texts are divided; nil for all.
    public var by: String?
  }

  /// A text and who wrote it.
  public struct Text: Sendable {
    public var customer: Int
    public var text: String
    public var hasWords: Bool
    public var score: Double?
    public var tone: Sentiment.Tone?
    public var language: Language?
    public var themes: [String]
  }

  /// The texts of each figure, those without an event left out.
  public static func texts(
    _ question: WordsQuestion, _ stories: [[Event]], of experience: Experience,
    _ calendar: LocalCalendar
  ) -> [Key: [Text]] {
    let themes = experience.themes
    var figures: [Key: [Text]] = [:]
    for (customer, story) in stories.enumerated() {
      for event in story {
        if let from = question.scope.from, event.time < from { continue }
        if let to = question.scope.to, event.time >= to { continue }
        let rules = NaiveRules(event)
        guard question.events.contains(where: { rules.holds($0.rule) }) else { continue }
        let text = text(of: event, by: customer, question, themes)
        if let feeling = question.feeling, text.tone != feeling { continue }
        if let theme = question.theme {
          let words = themes.first { $0.name == theme }?.words ?? [theme]
          let written = WrittenText(text.text).words.map(\.folded)
          guard ThemeWords(theme, words).isIn(written) else { continue }
        }
        let from = question.interval.flatMap { calendar.start(of: $0, at: event.time) }
        figures[Key(from: from, by: nil), default: []].append(text)
        switch question.naming {
        case .property(let name)?:
          let value = event.properties[name]?.shown ?? "(none)"
          figures[Key(from: from, by: value), default: []].append(text)
        case .event?: figures[Key(from: from, by: event.name), default: []].append(text)
        case .touchpoint?:
          let name = NaiveScores.spokenOf(event, experience.touchpoints)?.name ?? "(none)"
          figures[Key(from: from, by: name), default: []].append(text)
        case nil: break
        }
      }
    }
    return figures
  }

  private static func text(
    of event: Event, by customer: Int, _ question: WordsQuestion, _ themes: [Theme]
  ) -> Text {
    var written = ""
    if case .string(let value)? = event.properties[question.text.name] { written = value }
    let read = WrittenText(written)
    let language = read.isEmpty ? nil : Language(of: read)
    let words = read.words.map(\.folded)
    return Text(
      customer: customer, text: written, hasWords: !read.isEmpty,
      score: NaiveRules(event).number(question.scoreRule),
      tone: read.isEmpty ? nil : Sentiment(of: read, in: language)?.tone, language: language,
      themes: themes.filter { ThemeWords($0.name, $0.words).isIn(words) }.map(\.name))
  }
}
