import Events
import Yams

/// Turns YAML nodes into an experience, and says what is wrong with them.
struct ExperienceReader {
  /// How deep values may nest; a journey's steps need five or six.
  static let deepestNesting = 64
  /// The most things of one kind that are read, so that checking names against each other ends.
  static let mostNamed = 2000

  /// One key of a map with its value.
  struct Entry {
    var name: String
    var place: Place
    var value: Node
  }

  /// A name with what people read.
  private struct Titled {
    var name: String
    var title: String?
    var mail: String?
    var place: Place
  }

  var sketch = Sketch()
  var remarks = Remarks()
  var source = SourceText("", file: "")

  private static let keys = [
    "experience", "timezone", "currency", "stages", "channels", "teams", "partners", "touchpoints",
    "personas", "segments", "journeys", "sources", "asking", "surveys", "themes", "loops",
    "interventions",
  ]

  /// Reads one file's document into the sketch.
  mutating func read(_ root: Node, from source: SourceText) {
    self.source = source
    guard isWithinNesting(root), let entries = map(root, "an experience") else { return }
    for entry in known(entries, Self.keys, in: "an experience") { read(field: entry) }
  }

  private mutating func read(field: Entry) {
    switch field.name {
    case "experience", "timezone", "currency", "stages", "channels", "asking":
      read(single: field)
    case "teams":
      var names = Set(sketch.experience.teams.map(\.name))
      for team in titled(field, ["title", "mail"]) where isNew(team.name, names, "team", team.place)
      {
        names.insert(team.name)
        sketch.experience.teams.append(
          Team(name: team.name, title: team.title, mail: team.mail, place: team.place))
      }
    case "partners":
      var names = Set(sketch.experience.partners.map(\.name))
      for partner in titled(field, ["title"])
      where isNew(partner.name, names, "partner", partner.place) {
        names.insert(partner.name)
        sketch.experience.partners.append(
          Partner(name: partner.name, title: partner.title, place: partner.place))
      }
    case "touchpoints":
      let names = Set(sketch.experience.touchpoints.map(\.name))
      for entry in named(field) where isNew(entry.name, names, "touchpoint", entry.place) {
        sketch.experience.touchpoints.append(touchpoint(entry))
      }
    case "personas":
      let names = Set(sketch.experience.personas.map(\.name))
      for entry in named(field) where isNew(entry.name, names, "persona", entry.place) {
        sketch.experience.personas.append(persona(entry))
      }
    case "segments":
      let names = Set(sketch.experience.segments.map(\.name))
      for entry in named(field) where isNew(entry.name, names, "segment", entry.place) {
        guard let rule = expression(entry.value, .story, .boolean) else { continue }
        sketch.experience.segments.append(
          Segment(name: entry.name, rule: rule, place: entry.place))
      }
    case "journeys":
      let names = Set(sketch.experience.journeys.map(\.name))
      for entry in named(field) where isNew(entry.name, names, "journey", entry.place) {
        if let journey = journey(entry) { sketch.experience.journeys.append(journey) }
      }
    case "sources":
      let names = Set(sketch.experience.sources.map(\.name))
      for entry in named(field) where isNew(entry.name, names, "source", entry.place) {
        if let source = eventSource(entry) { sketch.experience.sources.append(source) }
      }
    default: read(voice: field)
    }
  }

  /// A list about what customers say.
  private mutating func read(voice field: Entry) {
    switch field.name {
    case "surveys":
      let names = Set(sketch.experience.surveys.map(\.name))
      for entry in named(field) where isNew(entry.name, names, "survey", entry.place) {
        if let survey = survey(entry) { sketch.experience.surveys.append(survey) }
      }
    case "themes":
      let names = Set(sketch.experience.themes.map(\.name))
      for entry in named(field) where isNew(entry.name, names, "theme", entry.place) {
        if let theme = theme(entry) { sketch.experience.themes.append(theme) }
      }
    case "loops":
      let names = Set(sketch.experience.loops.map(\.name))
      for entry in named(field) where isNew(entry.name, names, "loop", entry.place) {
        if let loop = loopRule(entry) { sketch.experience.loops.append(loop) }
      }
    default:
      remarks.note(
        "experience.later", at: field.place, "“\(field.name)” is not read yet.",
        "It may stay; a later version reads it.")
    }
  }

  /// A field that the whole experience has once.
  private mutating func read(single field: Entry) {
    if let first = sketch.fields[field.name] {
      remarks.error(
        "experience.twice", at: field.place,
        "“\(field.name)” is given already in \(first.file), line \(first.line).",
        "Keep it in one file.")
      return
    }
    sketch.fields[field.name] = field.place
    switch field.name {
    case "experience": sketch.experience.title = text(field) ?? sketch.experience.title
    case "timezone":
      if let zone = zone(field) {
        sketch.experience.timezone = zone
      } else {
        sketch.isZoneKnown = false
      }
    case "currency": sketch.experience.currency = currency(field) ?? sketch.experience.currency
    case "stages":
      let stages = distinct(field, "stage")
      if !stages.isEmpty { sketch.experience.stages = stages }
    case "asking": sketch.experience.asking = asking(field)
    default: sketch.experience.channels = distinct(field, "channel")
    }
  }

  /// A list of names, none of them twice.
  private mutating func distinct(_ field: Entry, _ what: String) -> [String] {
    var names: [String] = []
    for (name, place) in texts(field) where isNew(name, names, what, place) { names.append(name) }
    return names
  }

  private mutating func isNew(
    _ name: String, _ names: some Collection<String>, _ what: String, _ place: Place
  ) -> Bool {
    guard names.count < Self.mostNamed else {
      remarks.error(
        "name.many", at: place, "There are more than \(Self.mostNamed) \(what)s.",
        "Keep those that people speak of.")
      return false
    }
    guard names.contains(name) else { return true }
    remarks.error(
      "name.twice", at: place, "There is already a \(what) called “\(name)”.",
      "Give one of them another name, or take one out.")
    return false
  }

  mutating func zone(_ field: Entry) -> String? {
    guard let name = text(field) else { return nil }
    if TimeZones.isKnown(name) { return name }
    let near = nearest(to: name, among: TimeZones.names)
    remarks.error(
      "experience.timezone", at: source.place(field.value.mark),
      "There is no time zone called “\(name)”.",
      near.map { "Did you mean \($0)?" } ?? "Write an IANA name such as Europe/Berlin, or UTC.")
    return nil
  }

  private mutating func currency(_ field: Entry) -> String? {
    guard let code = text(field) else { return nil }
    if code.utf8.count == 3, code.utf8.allSatisfy({ (65...90).contains($0) }) { return code }
    remarks.error(
      "experience.currency", at: source.place(field.value.mark),
      "“\(code)” is not the code of a currency.", "Write three capitals, such as EUR.")
    return nil
  }

  /// Names with titles: a list of names and one-entry maps, or a map.
  private mutating func titled(_ field: Entry, _ keys: [String]) -> [Titled] {
    guard case .sequence(let items) = field.value else {
      return (map(field.value, "“\(field.name)”") ?? []).map { titled(entry: $0, keys) }
    }
    var found: [Titled] = []
    for item in items {
      if case .mapping = item {
        found += (map(item, "“\(field.name)”") ?? []).map { titled(entry: $0, keys) }
      } else if let name = text(item, field.name) {
        found.append(Titled(name: name, place: source.place(item.mark)))
      }
    }
    return found
  }

  private mutating func titled(entry: Entry, _ keys: [String]) -> Titled {
    var titled = Titled(name: entry.name, place: entry.place)
    guard !isNull(entry.value) else { return titled }
    for field in known(map(entry.value, "“\(entry.name)”") ?? [], keys, in: "“\(entry.name)”") {
      if field.name == "mail" { titled.mail = address(field) } else { titled.title = text(field) }
    }
    return titled
  }

  /// The entries of a map from names to things, those with fitting names.
  private mutating func named(_ field: Entry) -> [Entry] {
    guard !isNull(field.value) else { return [] }
    let entries = map(field.value, "“\(field.name)”") ?? []
    if entries.count > Self.mostNamed {
      remarks.error(
        "name.many", at: entries[Self.mostNamed].place,
        "There are more than \(Self.mostNamed) \(field.name).", "Keep those that people speak of.")
    }
    return entries.prefix(Self.mostNamed).filter { isFitting($0) }
  }

  /// Whether something has a name that can stand in a question and in an address.
  mutating func isFitting(_ entry: Entry) -> Bool {
    let isFitting =
      entry.name.unicodeScalars.count <= 64
      && entry.name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    guard !isFitting else { return true }
    remarks.error(
      "name.letters", at: entry.place, "“\(entry.name.prefix(80))” cannot be a name.",
      "Use up to 64 letters, digits, _ and -, and put what people read beside it.")
    return false
  }

  /// Whether the tree is shallow enough to walk, and no part of it stands in several places.
  private mutating func isWithinNesting(_ root: Node) -> Bool {
    var waiting = [(root, 1)]
    while let (node, depth) = waiting.popLast() {
      guard node.anchorOfAnyKind == nil else {
        remarks.add(YAMLGuard.Danger.anchor.diagnostic(at: source.place(node.mark)))
        return false
      }
      guard depth <= Self.deepestNesting else {
        remarks.add(YAMLGuard.Danger.nesting.diagnostic(at: source.place(node.mark)))
        return false
      }
      switch node {
      case .mapping(let mapping):
        for (key, value) in mapping { waiting += [(key, depth + 1), (value, depth + 1)] }
      case .sequence(let sequence): waiting += sequence.map { ($0, depth + 1) }
      case .scalar, .alias: continue
      }
    }
    return true
  }
}

extension Node {
  fileprivate var anchorOfAnyKind: Anchor? {
    switch self {
    case .scalar(let scalar): scalar.anchor
    case .mapping(let mapping): mapping.anchor
    case .sequence(let sequence): sequence.anchor
    case .alias(let alias): alias.anchor
    }
  }
}
