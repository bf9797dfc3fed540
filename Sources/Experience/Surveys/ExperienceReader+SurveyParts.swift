import Events
import Yams

/// Reads what a survey is made of: texts, elements, options, further questions.
extension ExperienceReader {
  /// The longest text that people are asked to read, in Unicode scalars.
  static let longestWording = 2000

  /// Reads the parts in the order in which people meet them, so that conditions look back.
  mutating func readParts(of survey: inout Survey, _ field: (String) -> Entry?) {
    if let elements = field("elements") { survey.elements = self.elements(elements) }
    readOptions(of: &survey, field("options"))
    var answers = Answers()
    switch survey.kind {
    case .choice: answers.add("choice", .options(survey.options.map(\.name)))
    case .text: break
    case .nps, .csat, .ces, .rating: answers.add("score", .number(survey.scale))
    }
    for element in survey.elements { answers.add(element.name, .number(survey.elementScale)) }
    if let questions = field("questions") { survey.questions = self.questions(questions, &answers) }
    if let thanks = field("thanks") { survey.thanks = self.thanks(thanks, answers) }
    if let loop = field("loop") { survey.loop = self.loop(loop, answers) }
  }

  mutating func wording(_ entry: Entry) -> Wording? { wording(entry.value, entry.name) }

  /// A text, or a map from languages to texts.
  mutating func wording(_ node: Node, _ name: String) -> Wording? {
    let place = source.place(node.mark)
    guard case .mapping = node else {
      guard let text = text(node, name), isReadable(text, at: place) else { return nil }
      return noted(Wording(text), name, at: place)
    }
    var texts: [(language: String, text: String)] = []
    for entry in map(node, "“\(name)”") ?? [] {
      guard entry.name.wholeMatch(of: #/[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}/#) != nil else {
        remarks.error(
          "survey.language", at: entry.place,
          "“\(entry.name.prefix(80))” is not the code of a language.",
          "Write codes such as en, de or pt-BR.")
        continue
      }
      guard !texts.contains(where: { $0.language == entry.name.lowercased() }) else {
        remarks.error(
          "survey.language", at: entry.place, "“\(name)” has two texts in \(entry.name).",
          "Keep one of them.")
        continue
      }
      guard let text = text(entry), isReadable(text, at: source.place(entry.value.mark)) else {
        continue
      }
      texts.append((entry.name.lowercased(), text))
    }
    guard let wording = Wording(texts) else {
      if case .mapping(let mapping) = node, mapping.isEmpty {
        mistyped(node, "“\(name)”", "a text", "Write a text, or {en: …, de: …}.")
      }
      return nil
    }
    return noted(wording, name, at: place)
  }

  private mutating func isReadable(_ text: String, at place: Place) -> Bool {
    guard text.unicodeScalars.count > Self.longestWording else { return true }
    remarks.error(
      "survey.long", at: place,
      "Nobody reads a text of \(text.unicodeScalars.count) characters in a survey.",
      "Write \(Self.longestWording) at most.")
    return false
  }

  private mutating func noted(_ wording: Wording, _ name: String, at place: Place) -> Wording {
    sketch.wordings.append((name, wording, place))
    return wording
  }

  /// Says which texts lack a language that others have.
  mutating func lintLanguages() {
    var languages: [String] = []
    for (_, wording, _) in sketch.wordings {
      for code in wording.codes where !languages.contains(code) { languages.append(code) }
    }
    guard languages.count > 1 else { return }
    for (name, wording, place) in sketch.wordings {
      let missing = languages.filter { !wording.codes.contains($0) }
      guard !missing.isEmpty else { continue }
      remarks.warn(
        "survey.language", at: place,
        "“\(name)” has no text in \(missing.joined(separator: ", ")), and others have.",
        "Add it, as in {\(languages.map { "\($0): …" }.joined(separator: ", "))}.")
    }
  }

  /// The things of a list, each a name or a map from names to what is said about them.
  private mutating func parts(_ field: Entry) -> [Entry] {
    guard case .sequence(let items) = field.value else {
      mistyped(
        field.value, "“\(field.name)”", "a list", "Write names, as in [speed, {price: {ask: …}}].")
      return []
    }
    var found: [Entry] = []
    for item in items {
      if case .mapping = item {
        found += map(item, "“\(field.name)”") ?? []
      } else if let name = text(item, field.name) {
        found.append(Entry(name: name, place: source.place(item.mark), value: Node("")))
      }
    }
    return distinct(found, of: field)
  }

  /// The parts with fitting names, none of them twice, and not more than people answer.
  private mutating func distinct(_ parts: [Entry], of field: Entry) -> [Entry] {
    var names: Set<String> = []
    var found: [Entry] = []
    for part in parts where isFitting(part) {
      guard names.insert(part.name).inserted else {
        remarks.error(
          "name.twice", at: part.place, "“\(part.name)” stands in “\(field.name)” twice.",
          "Give one of them another name, or take one out.")
        continue
      }
      guard names.count <= Survey.mostParts else {
        remarks.error(
          "survey.many", at: part.place,
          "There are more than \(Survey.mostParts) \(field.name).",
          "Keep those that somebody would act on.")
        break
      }
      found.append(part)
    }
    return found
  }

  private mutating func elements(_ field: Entry) -> [Survey.Element] {
    parts(field).map { part in
      var element = Survey.Element(part.name)
      guard !isNull(part.value) else {
        element.ask = noted(element.ask, part.name, at: part.place)
        return element
      }
      let entries = map(part.value, "“\(part.name)”") ?? []
      let fields = known(entries, ["ask", "aspect", "partner"], in: "an element")
      for field in fields {
        switch field.name {
        case "ask": element.ask = wording(field) ?? element.ask
        case "aspect": element.aspect = choice(field, of: Survey.Element.Aspect.self)
        default: element.partner = mention(field, as: .partner)
        }
      }
      if !fields.contains(where: { $0.name == "ask" }) {
        element.ask = noted(element.ask, part.name, at: part.place)
      }
      let isSaid = fields.contains { $0.name == "aspect" }
      if element.partner != nil, !isSaid { element.aspect = .partner }
      if (element.partner != nil) != (element.aspect == .partner) {
        remarks.error(
          "survey.aspect", at: part.place,
          element.partner == nil
            ? "“\(part.name)” speaks of a partner, and none is named."
            : "“\(part.name)” names a partner, and its aspect is "
              + "\(element.aspect?.rawValue ?? "none").",
          element.partner == nil ? "Add “partner: …”." : "Take one of “partner” and “aspect” out.")
      }
      return element
    }
  }

  private mutating func readOptions(of survey: inout Survey, _ field: Entry?) {
    if survey.kind == .choice {
      survey.options = options(field, of: survey.name, at: survey.place)
    } else if let field {
      remarks.error(
        "survey.options", at: field.place,
        "Only a choice has options, and “\(survey.name)” is a \(survey.kind.rawValue).",
        "Say “kind: choice”, or put them into one of the “questions”.")
    }
  }

  /// The options of a choice, two of them at least.
  private mutating func options(
    _ field: Entry?, of name: String, at place: Place
  ) -> [Survey.Option] {
    var options: [Survey.Option] = []
    for part in field.map({ parts($0) }) ?? [] {
      if isNull(part.value) {
        let option = Survey.Option(part.name)
        options.append(Survey.Option(part.name, say: noted(option.say, part.name, at: part.place)))
      } else if let say = wording(part) {
        options.append(Survey.Option(part.name, say: say))
      }
    }
    if options.count < 2 {
      remarks.error(
        "survey.options", at: field?.place ?? place, "“\(name)” leaves nothing to choose.",
        "Name two options or more, as in “options: [late, broken, other]”.")
    }
    return options
  }

  /// Further questions; what they are answered by is added to what can be asked for.
  private mutating func questions(
    _ field: Entry, _ answers: inout Answers
  ) -> [Survey.FollowUp] {
    guard let entries = map(field.value, "“questions”") else { return [] }
    let all = distinct(entries, of: field)
    return all.enumerated().compactMap { index, entry in
      answers.later = Set(all[index...].map(\.name))
      let question = question(entry, answers)
      if answers.has(entry.name) || ["score", "choice", "comment"].contains(entry.name) {
        remarks.error(
          "name.twice", at: entry.place,
          "“\(entry.name)” is another part of the survey already.", "Choose another name.")
      }
      switch question?.form {
      case .choice(let options, _)?: answers.add(entry.name, .options(options.map(\.name)))
      case .rating(let scale)?: answers.add(entry.name, .number(scale))
      case .text?: answers.add(entry.name, .words)
      case nil: answers.add(entry.name, .unread)
      }
      answers.later = []
      return question
    }
  }

  private mutating func question(_ entry: Entry, _ answers: Answers) -> Survey.FollowUp? {
    let keys = ["kind", "ask", "options", "scale", "when"]
    let entries = map(entry.value, "The question “\(entry.name)”") ?? []
    let fields = known(entries, keys, in: "a question")
    func field(_ name: String) -> Entry? { fields.first { $0.name == name } }
    let when = field("when").map { conditions($0, answers) } ?? []
    let ask =
      field("ask").map { wording($0) }
      ?? noted(
        Wording(entry.name.inSentenceCase), entry.name, at: entry.place)
    guard let kind = field("kind") else {
      remarks.error(
        "survey.kind", at: entry.place, "The question “\(entry.name)” has no “kind”.",
        "Add “kind: text”, choice, choices or rating.")
      return nil
    }
    guard let form = form(kind, of: entry, field), let ask else { return nil }
    for (name, owners) in [("options", ["choice", "choices"]), ("scale", ["rating"])] {
      guard let field = field(name), let word = kind.value.scalar?.string, !owners.contains(word)
      else { continue }
      remarks.error(
        "survey.\(name)", at: field.place, "A \(word) has no “\(name)”.",
        "Take it out, or say “kind: \(owners[0])”.")
    }
    return Survey.FollowUp(entry.name, ask: ask, form: form, when: when)
  }

  private mutating func form(
    _ kind: Entry, of entry: Entry, _ field: (String) -> Entry?
  ) -> Survey.FollowUp.Form? {
    enum Word: String, CaseIterable { case text, choice, choices, rating }
    switch choice(kind, of: Word.self) {
    case .text?: return .text
    case .choice?:
      return .choice(options(field("options"), of: entry.name, at: entry.place), several: false)
    case .choices?:
      return .choice(options(field("options"), of: entry.name, at: entry.place), several: true)
    case .rating?:
      guard let scale = field("scale") else { return .rating(Survey.Kind.rating.usualScale) }
      return self.scale(scale).map { .rating($0) }
    case nil: return nil
    }
  }
}
