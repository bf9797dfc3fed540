import Events
import Yams

/// Reads `asking`, `themes` and `loops`.
extension ExperienceReader {
  /// The most people may be asked, whatever the span: more is a slip of the pen.
  private static let mostAsked = 1000

  /// How all surveys together treat a person.
  mutating func asking(_ field: Entry) -> Asking {
    var asking = Asking()
    let entries = map(field.value, "“asking”") ?? []
    for field in known(entries, ["at_most", "quiet", "address", "language"], in: "“asking”") {
      switch field.name {
      case "at_most": readBudget(field, into: &asking)
      case "quiet": readQuiet(field, into: &asking)
      case "address": asking.address = text(field) ?? asking.address
      default: asking.language = text(field) ?? asking.language
      }
    }
    return asking
  }

  /// A number of times in a span: `1 per 30d`.
  private mutating func readBudget(_ field: Entry, into asking: inout Asking) {
    let place = source.place(field.value.mark)
    let words = (text(field) ?? "").split(separator: " ")
    guard words.count == 3, words[1] == "per", let count = Int(words[0]),
      let span = TimeSpan(words[2]), (1...Self.mostAsked).contains(count), span.milliseconds > 0
    else {
      remarks.error(
        "asking.at_most", at: place, "This does not say how often a person is asked at most.",
        "Write a number from 1 to \(Self.mostAsked) and a span, such as “1 per 30d”.")
      return
    }
    (asking.atMost, asking.per) = (count, span)
    if span.milliseconds / Int64(count) < TimeSpan.days(1).milliseconds {
      remarks.warn(
        "asking.at_most", at: place, "So a person may be asked more than once a day.",
        "Write what you would bear yourself, such as “1 per 30d”.")
    }
  }

  /// Hours of the night, `21:00-08:00`, or `none`.
  private mutating func readQuiet(_ field: Entry, into asking: inout Asking) {
    guard let written = text(field) else { return }
    if written == "none" {
      asking.quiet = nil
      return
    }
    let place = source.place(field.value.mark)
    let times = written.split(separator: "-", omittingEmptySubsequences: false).map(Self.minute)
    guard times.count == 2, let from = times[0], let to = times[1], from != to else {
      remarks.error(
        "asking.quiet", at: place, "“\(written.prefix(80))” are no hours of the day.",
        "Write them as in “21:00-08:00”, or none.")
      return
    }
    let quiet = Asking.QuietHours(from: from, to: to)
    asking.quiet = quiet
    if (0..<1440).count(where: quiet.contains) > 22 * 60 {
      remarks.warn(
        "asking.quiet", at: place, "So people are asked in less than two hours of a day.",
        "Say when nobody should be disturbed, such as “21:00-08:00”.")
    }
  }

  /// The minute of the day: `21:00` is 1260.
  private static func minute(_ text: Substring) -> Int? {
    guard let match = text.wholeMatch(of: #/([01]\d|2[0-3]):([0-5]\d)/#), let hour = Int(match.1),
      let minute = Int(match.2)
    else { return nil }
    return hour * 60 + minute
  }

  /// A theme: a list of words, or a map with a title.
  mutating func theme(_ entry: Entry) -> Theme? {
    guard case .mapping = entry.value else {
      return Theme(name: entry.name, words: words(entry, of: entry), place: entry.place)
    }
    let entries = map(entry.value, "The theme “\(entry.name)”") ?? []
    let fields = known(entries, ["title", "words"], in: "a theme")
    func field(_ name: String) -> Entry? { fields.first { $0.name == name } }
    guard let words = field("words") else {
      remarks.error(
        "theme.words", at: entry.place, "The theme “\(entry.name)” has no words.",
        "Add “words: [expensive, price*]”.")
      return nil
    }
    return Theme(
      name: entry.name, title: field("title").flatMap { text($0) },
      words: self.words(words, of: entry), place: entry.place)
  }

  private mutating func words(_ field: Entry, of entry: Entry) -> [String] {
    var known: Set<String> = []
    var found: [String] = []
    let written = texts(field)
    if written.isEmpty, case .sequence(let items) = field.value, items.isEmpty {
      mistyped(field.value, "“\(entry.name)”", "words", "Write [expensive, price*].")
    }
    if written.count > Theme.mostWords {
      remarks.error(
        "theme.words", at: written[Theme.mostWords].place,
        "A theme has at most \(Theme.mostWords) words, and “\(entry.name)” has \(written.count).",
        "Use * for endings, as in price*, or make two themes of it.")
    }
    for (text, place) in written.prefix(Theme.mostWords) {
      let parts = text.split(whereSeparator: \.isWhitespace)
      let isFitting =
        text.unicodeScalars.count <= Theme.longestWord && !parts.isEmpty
        && parts.allSatisfy { part in
          part.contains { $0.isLetter || $0.isNumber } && !part.dropLast().contains("*")
        }
      guard isFitting else {
        remarks.error(
          "theme.words", at: place, "“\(text.prefix(80))” cannot be found in what people write.",
          "Write a word or a few, up to \(Theme.longestWord) letters; * stands at a word's end only."
        )
        continue
      }
      guard known.insert(text.lowercased()).inserted else {
        remarks.warn(
          "theme.twice", at: place, "“\(text)” stands in “\(entry.name)” twice.", "Keep it once.")
        continue
      }
      found.append(text)
    }
    return found
  }

  /// A rule by which events open tickets; nil where anything is wrong with it.
  mutating func loopRule(_ entry: Entry) -> LoopRule? {
    let entries = map(entry.value, "The loop “\(entry.name)”") ?? []
    let fields = known(entries, ["title", "on", "about", "to", "due"], in: "a loop")
    func field(_ name: String) -> Entry? { fields.first { $0.name == name } }
    let before = remarks.errorCount
    guard let on = field("on") else {
      remarks.error(
        "loop.on", at: entry.place, "“\(entry.name)” does not say which events are seen to.",
        "Add “on: …” with an event's name or a condition.")
      return nil
    }
    guard let rule = rule(on.value) else { return nil }
    var loop = LoopRule(
      name: entry.name, title: field("title").flatMap { text($0) }, rule: rule,
      about: field("about").flatMap { mention($0, as: .spokenOf) },
      team: field("to").flatMap { mention($0, as: .owner) }, place: entry.place)
    if let due = field("due") { loop.due = span(due) ?? loop.due }
    return remarks.errorCount == before ? loop : nil
  }

  /// An address to which mail can be sent: it stands in a mail's header as it is.
  mutating func address(_ field: Entry) -> String? {
    guard let written = text(field) else { return nil }
    let isAddress =
      written.utf8.count <= 254
      && written.wholeMatch(of: #/[^\s@<>,;:"\\()\[\]]+@[^\s@<>,;:"\\()\[\]]+/#) != nil
      && written.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    if isAddress { return written }
    remarks.error(
      "team.mail", at: source.place(field.value.mark),
      "“\(written.prefix(80))” is not an address of mail.",
      "Write one, such as support@example.com.")
    return nil
  }
}

extension Theme {
  /// The most words of one theme.
  static let mostWords = 200
  /// The longest of them, in Unicode scalars.
  static let longestWord = 80
}
