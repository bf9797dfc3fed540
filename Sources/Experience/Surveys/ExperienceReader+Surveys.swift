import Events
import Yams

/// Reads `surveys`: whom they ask what, and when.
extension ExperienceReader {
  private static let surveyKeys = [
    "kind", "title", "ask", "scale", "direction", "ends", "about", "after", "every", "wait", "for",
    "of", "share", "channels", "expires", "elements", "options", "questions", "thanks", "loop",
  ]
  /// Nobody is asked more often than that by one survey.
  private static let shortestEvery = TimeSpan.days(1)

  /// A survey; nil where anything is wrong with it: people are not to be asked something else than
  /// what was meant.
  mutating func survey(_ entry: Entry) -> Survey? {
    let before = remarks.errorCount
    let survey = readSurvey(entry)
    return remarks.errorCount == before ? survey : nil
  }

  private mutating func readSurvey(_ entry: Entry) -> Survey? {
    sketch.wordings = []
    let entries = map(entry.value, "The survey “\(entry.name)”") ?? []
    let fields = known(entries, Self.surveyKeys, in: "a survey")
    sketch.surveys[entry.name] = Dictionary(
      fields.map { ($0.name, source.place($0.value.mark)) }, uniquingKeysWith: { first, _ in first }
    )
    func field(_ name: String) -> Entry? { fields.first { $0.name == name } }
    for (name, remedy) in [
      ("kind", "Add “kind: …”: \(Survey.Kind.allCases.map(\.rawValue).joined(separator: ", "))."),
      ("ask", "Add “ask: …” with the question that people read."),
    ] where field(name) == nil {
      remarks.error(
        "survey.\(name)", at: entry.place, "The survey “\(entry.name)” has no “\(name)”.", remedy)
    }
    guard let kind = field("kind").flatMap({ choice($0, of: Survey.Kind.self) }),
      let ask = field("ask").flatMap({ wording($0) })
    else { return nil }
    var survey = Survey(name: entry.name, kind: kind, ask: ask, place: entry.place)
    for field in fields { read(field, into: &survey) }
    settleOccasion(of: &survey, field)
    checkScale(of: survey, field)
    readParts(of: &survey, field)
    lintLanguages()
    return survey
  }

  private mutating func read(_ field: Entry, into survey: inout Survey) {
    switch field.name {
    case "title": survey.title = text(field) ?? survey.title
    case "scale": survey.scale = scale(field) ?? survey.scale
    case "direction":
      survey.direction = choice(field, of: Survey.Direction.self) ?? survey.direction
    case "ends": survey.ends = ends(field)
    case "about": survey.about = mention(field, as: .spokenOf)
    case "after": survey.occasion = occasion(field)
    case "wait": survey.wait = span(field) ?? survey.wait
    case "for": readAudience(field, into: &survey)
    case "of": survey.respondents = choice(field, of: Survey.Respondents.self) ?? .customers
    case "share": survey.share = share(field) ?? survey.share
    case "channels": survey.channels = channels(field)
    case "expires": survey.expires = span(field) ?? survey.expires
    default: break
    }
  }

  /// Two whole numbers, the lowest and the highest answer.
  mutating func scale(_ field: Entry) -> ClosedRange<Int>? {
    guard case .sequence(let items) = field.value else { return unread(scale: field) }
    let numbers = items.compactMap { $0.scalar.flatMap { Int($0.string) } }
    guard items.count == 2, numbers.count == 2, numbers.allSatisfy((-1000...1000).contains),
      numbers[0] < numbers[1]
    else { return unread(scale: field) }
    guard numbers[1] - numbers[0] < Survey.mostPoints else {
      remarks.error(
        "survey.scale", at: source.place(field.value.mark),
        "A scale has at most \(Survey.mostPoints) points, and this one has "
          + "\(numbers[1] - numbers[0] + 1).",
        "Write fewer, such as [1, 5] or [0, 10]; nobody tells more apart.")
      return nil
    }
    return numbers[0]...numbers[1]
  }

  private mutating func unread(scale field: Entry) -> ClosedRange<Int>? {
    mistyped(
      field.value, "“scale”", "the lowest and the highest answer", "Write them as in [1, 5].")
    return nil
  }

  private mutating func checkScale(of survey: Survey, _ field: (String) -> Entry?) {
    if survey.kind == .nps, let scale = field("scale"), survey.scale != Survey.Kind.nps.usualScale {
      remarks.error(
        "survey.scale", at: source.place(scale.value.mark), "An NPS is asked from 0 to 10.",
        "Take “scale” out, or say “kind: rating”.")
    }
    if survey.kind == .nps, survey.direction == .lower, let direction = field("direction") {
      remarks.error(
        "survey.direction", at: source.place(direction.value.mark),
        "In an NPS 10 is the good end.", "Take “direction” out, or say “kind: rating”.")
    }
    if survey.kind == .ces, field("direction") == nil {
      remarks.error(
        "survey.direction", at: survey.place,
        "“\(survey.name)” does not say which end of its scale is the easy one.",
        "Add “direction: higher” where high is easy, or “direction: lower” where high is effort.")
    }
    for name in ["scale", "direction"] where !survey.kind.isScored {
      guard let field = field(name) else { continue }
      remarks.error(
        "survey.\(name)", at: field.place,
        "A \(survey.kind.rawValue) is not answered by a number, so it has no “\(name)”.",
        "Take “\(name)” out.")
    }
  }

  private mutating func ends(_ field: Entry) -> Survey.Ends? {
    guard case .sequence(let items) = field.value, items.count == 2 else {
      mistyped(
        field.value, "“ends”", "what stands at the lowest and at the highest answer",
        "Write two texts, as in [Very bad, Very good].")
      return nil
    }
    let texts = items.compactMap { wording($0, "ends") }
    return texts.count == 2 ? Survey.Ends(low: texts[0], high: texts[1]) : nil
  }

  private mutating func readAudience(_ field: Entry, into survey: inout Survey) {
    guard let written = text(field) else { return }
    survey.audienceName = written
    let isName = written.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    if isName {
      mention(written, as: .asked(survey: survey.name), at: source.place(field.value.mark))
    } else {
      survey.audience = expression(field.value, .story, .boolean)
    }
  }

  /// A part of people: `50%`, or `0.5`.
  private mutating func share(_ field: Entry) -> Double? {
    guard let written = text(field) else { return nil }
    let isPercentage = written.hasSuffix("%")
    let digits = isPercentage ? written.dropLast() : written[...]
    let isPlain = digits.utf8.allSatisfy { (48...57).contains($0) || $0 == 46 || $0 == 45 }
    if isPlain, let number = Double(digits), number > 0, number <= (isPercentage ? 100 : 1) {
      return isPercentage ? number / 100 : number
    }
    remarks.error(
      "survey.share", at: source.place(field.value.mark),
      "“\(written.prefix(80))” is not a part of those who could be asked.",
      "Write above 0% and up to 100%, such as 50%.")
    return nil
  }

  private mutating func channels(_ field: Entry) -> [Survey.Channel] {
    var found: [Survey.Channel] = []
    for (name, place) in texts(field) {
      guard let channel = Survey.Channel(rawValue: name) else {
        let names = Survey.Channel.allCases.map(\.rawValue)
        remarks.error(
          "yaml.choice", at: place, "“channels” cannot hold “\(name.prefix(80))”.",
          nearest(to: name, among: names).map { "Did you mean \($0)?" }
            ?? "Write \(names.joined(separator: " or ")); a link needs no channel.")
        continue
      }
      if !found.contains(channel) { found.append(channel) }
    }
    return found
  }
}

/// When people are asked.
extension ExperienceReader {
  private mutating func occasion(_ field: Entry) -> Survey.Occasion? {
    guard case .mapping = field.value else {
      return mention(field, as: .spokenOf).map { .touchpoint($0) }
    }
    let entries = known(
      map(field.value, "“after”") ?? [], ["journey", "outcome", "late"], in: "“after”")
    func part(_ name: String) -> Entry? { entries.first { $0.name == name } }
    let journey = part("journey").flatMap { mention($0, as: .walked) }
    let outcome = part("outcome").flatMap { choice($0, of: Survey.CaseOutcome.self) }
    let late = part("late").flatMap { mention($0, as: .spokenOf) }
    guard part("journey") != nil, (part("outcome") == nil) != (part("late") == nil) else {
      remarks.error(
        "survey.after", at: field.place,
        "“after” has to name a journey, and one of an outcome and a late step.",
        "Write {journey: …, outcome: completed} or {journey: …, late: …}, or a touchpoint's name.")
      return nil
    }
    guard let journey else { return nil }
    return outcome.map { .outcome(journey: journey, $0) }
      ?? late.map { .late(journey: journey, touchpoint: $0) }
  }

  /// Reads `every`, and finds what the answers speak of where the survey doesn't say.
  private mutating func settleOccasion(of survey: inout Survey, _ field: (String) -> Entry?) {
    if let every = field("every") {
      if field("after") != nil {
        remarks.error(
          "survey.every", at: every.place, "“\(survey.name)” is asked “after” something already.",
          "Keep one of “after” and “every”.")
      }
      survey.occasion = span(every).map { .every($0) }
    }
    if case .every(let span)? = survey.occasion, span < Self.shortestEvery {
      remarks.error(
        "survey.every", at: sketch.place("every", of: survey),
        "Nobody can be asked every \(span).", "Write a day or more, such as 90d.")
    }
    switch survey.occasion {
    case .touchpoint(let name)?, .late(_, let name)?: survey.about = survey.about ?? name
    case .outcome?, .every?: break
    case nil:
      for name in ["wait", "for", "share", "channels"] {
        guard field("after") == nil, field("every") == nil, let field = field(name) else {
          continue
        }
        remarks.warn(
          "survey.occasion", at: field.place,
          "“\(name)” has no effect: nothing says when “\(survey.name)” is asked, so it is answered "
            + "by links only.",
          "Add “after: …” or “every: …”, or take “\(name)” out.")
      }
    }
    if survey.wait > survey.expires {
      remarks.warn(
        "survey.wait", at: sketch.place("wait", of: survey),
        "“\(survey.name)” is asked \(survey.wait) later, and can be answered for "
          + "\(survey.expires) only.",
        "Ask sooner, while people remember.")
    }
  }
}
