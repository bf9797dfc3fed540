/// Which cases a map shows, as its address says it; what is left out is empty.
public struct MapChoice: Sendable, Hashable {
  /// A number of days up to the latest event, or `own`.
  public var range: String
  /// The first and the last day of an own range.
  public var from: String
  public var to: String
  /// A segment, persona, saved set or condition.
  public var population: String
  /// `before`, or `for:` and a population.
  public var compare: String

  /// Makes a choice.
  public init(
    range: String = "", from: String = "", to: String = "", population: String = "",
    compare: String = ""
  ) {
    self.range = range
    self.from = from
    self.to = to
    self.population = population
    self.compare = compare
  }

  /// The numbers of days that are offered.
  public static let days = [7, 30, 90]
  /// The range whose days are given.
  public static let own = "own"
  /// The comparison with the range just before.
  public static let before = "before"
  /// What a comparison with another population begins with.
  public static let other = "for:"

  private var fields: [(name: String, value: String)] {
    let days = range == Self.own ? [("from", from), ("to", to)] : []
    return ([("range", range)] + days + [("for", population), ("compare", compare)])
      .filter { !$0.1.isEmpty }
  }

  /// The choice as a part of an address, `&` in front of each field.
  public var fieldsOfAddress: String {
    fields.map { "&\($0.name)=\($0.value.urlEncoded)" }.joined()
  }

  /// The choice as an address's whole query, `?` in front; empty where nothing is chosen.
  public var query: String {
    let text = fieldsOfAddress
    return text.isEmpty ? "" : "?" + text.dropFirst()
  }

  /// The same choice without a comparison.
  public var alone: MapChoice {
    var choice = self
    choice.compare = ""
    return choice
  }
}

extension MapChoice {
  /// Reads a range as a board keeps it: `30d`, or `2026-03-01..2026-03-31` of which one may be missing.
  public init(keptRange text: String?) {
    guard let text, !text.isEmpty else {
      self.init()
      return
    }
    let days = text.split(separator: "..", omittingEmptySubsequences: false).map(String.init)
    if days.count == 2 {
      self.init(range: Self.own, from: days[0], to: days[1])
    } else {
      self.init(range: text.hasSuffix("d") ? String(text.dropLast()) : text)
    }
  }

  /// The range as a board keeps it; nil where none is chosen.
  public var keptRange: String? {
    switch range {
    case "": nil
    case Self.own: from.isEmpty && to.isEmpty ? nil : "\(from)..\(to)"
    default: "\(range)d"
    }
  }
}

/// The pickers of a map's range, population and comparison.
public struct MapPicker: Sendable {
  /// What may be chosen.
  public struct Offer: Sendable {
    /// Segments and personas of the experience, and saved sets, by name.
    public var segments: [String]
    public var personas: [String]
    public var sets: [String]

    /// Makes an offer.
    public init(segments: [String], personas: [String], sets: [String]) {
      self.segments = segments
      self.personas = personas
      self.sets = sets
    }

    var groups: [(title: String, names: [String])] {
      [("Segments", segments), ("Personas", personas), ("Saved sets", sets)]
        .filter { !$0.1.isEmpty }
    }
  }

  public var choice: MapChoice
  public var offer: Offer

  /// Makes pickers.
  public init(_ choice: MapChoice, offer: Offer) {
    self.choice = choice
    self.offer = offer
  }

  /// What can be compared on the page.
  enum Comparing { case nothing, populations }

  /// The form; it is sent as soon as something is chosen, or by its button.
  ///
  /// - Parameter range: what lies in the range.
  func form(
    _ action: String, range: String = "Cases that began in", comparing: Comparing = .populations
  ) -> Markup {
    let others: Markup? =
      comparing == .populations
      ? """
      <label class="field">Compare with<select name="compare">\
      \(populations(
          chosen: choice.compare, prefix: MapChoice.other,
          first: [("", "Nothing"), (MapChoice.before, "The range before")]))\
      </select></label>
      """ : nil
    return """
      <form class="inline picker" method="get" action="\(action)" data-instant autocomplete="off">
      \(Self.range(choice, label: range, none: ("", "All time")))
      <label class="field">Customers<select name="for">\
      \(populations(chosen: choice.population, prefix: "", first: [("", "Everybody")]))\
      </select></label>
      \(others)
      <button class="quiet">Show</button></form>
      """
  }

  /// The fields for a range: a number of days, or own dates.
  ///
  /// - Parameter none: the value and the words of no range.
  static func range(
    _ choice: MapChoice, label: String, none: (value: String, words: String)
  ) -> Markup {
    let chosen = choice.range.isEmpty ? none.value : choice.range
    // Another number of days than those that are offered may come with the address.
    let days = Set(MapChoice.days + [Int(chosen)].compactMap(\.self)).sorted()
    let ranges =
      [none] + days.map { ("\($0)", "Last \($0) days") } + [(MapChoice.own, "Own dates")]
    let dates: Markup? =
      choice.range == MapChoice.own
      ? """
      <label class="field">From<input type="date" name="from" value="\(lines: choice.from)"></label>
      <label class="field">To, included<input type="date" name="to" value="\(lines: choice.to)"></label>
      """ : nil
    return """
      <label class="field">\(label)<select name="range">\(options(ranges, chosen: chosen))</select>\
      </label>
      \(dates)
      """
  }

  private static func options(_ values: [(String, String)], chosen: String) -> Markup {
    values.map { value, title in
      "<option value=\"\(lines: value)\"\(if: value == chosen, "selected")>\(title)</option>"
    }.joined()
  }

  /// Populations by kind; one that is none of these, such as a condition, stands by itself.
  private func populations(
    chosen: String, prefix: String, first: [(String, String)]
  ) -> Markup {
    let known = first.map(\.0) + offer.groups.flatMap { $0.names.map { prefix + $0 } }
    let others =
      known.contains(chosen) ? [] : [(chosen, String(chosen.dropFirst(prefix.count)))]
    let groups = offer.groups.map { group -> Markup in
      let names = group.names.map { (prefix + $0, $0.replacing("_", with: " ")) }
      return "<optgroup label=\"\(group.title)\">\(Self.options(names, chosen: chosen))</optgroup>"
    }
    return Self.options(first + others, chosen: chosen) + groups.joined()
  }
}
