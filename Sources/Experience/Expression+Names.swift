/// A set of event names, or all names but some.
private enum EventNames {
  case only(Set<String>)
  case allBut(Set<String>)

  static let all = EventNames.allBut([])
  static let none = EventNames.only([])

  func union(_ other: EventNames) -> EventNames {
    switch (self, other) {
    case (.only(let left), .only(let right)): .only(left.union(right))
    case (.only(let left), .allBut(let right)): .allBut(right.subtracting(left))
    case (.allBut(let left), .only(let right)): .allBut(left.subtracting(right))
    case (.allBut(let left), .allBut(let right)): .allBut(left.intersection(right))
    }
  }

  var complement: EventNames {
    switch self {
    case .only(let names): .allBut(names)
    case .allBut(let names): .only(names)
    }
  }

  func intersection(_ other: EventNames) -> EventNames {
    complement.union(other.complement).complement
  }

  var isEmpty: Bool { if case .only(let names) = self { names.isEmpty } else { false } }
}

extension Expression {
  /// The names of events that can meet the rule; nil where events of any name may.
  ///
  /// The set is never too small; it may hold names whose other conditions can never be met.
  public var eventNames: Set<String>? {
    if case .only(let names) = reach.met { names } else { nil }
  }

  /// Whether an event's name alone decides the rule.
  public var asksOnlyForTheName: Bool {
    let reach = reach
    return reach.met.intersection(reach.missed).isEmpty
  }

  /// The names of events that may meet the condition, and those that may miss it.
  private var reach: (met: EventNames, missed: EventNames) {
    switch self {
    case .boolean(let value): value ? (.all, .none) : (.none, .all)
    case .not(let part):
      (part.reach.missed, part.reach.met)
    case .binary(.equal, .event, .string(let name)), .binary(.equal, .string(let name), .event):
      (.only([name]), .allBut([name]))
    case .binary(.unequal, .event, .string(let name)), .binary(.unequal, .string(let name), .event):
      (.allBut([name]), .only([name]))
    case .isOneOf(.event, let items): Self.reach(ofNames: items)
    case .binary(.and, let left, let right): Self.both(left.reach, right.reach)
    case .binary(.or, let left, let right):
      Self.swapped(Self.both(Self.swapped(left.reach), Self.swapped(right.reach)))
    case .conditional(let condition, let first, let second):
      Self.chosen(condition.reach, first.reach, second.reach)
    default: (.all, .all)
    }
  }

  private static func reach(ofNames items: [Expression]) -> (met: EventNames, missed: EventNames) {
    var names: Set<String> = []
    for item in items {
      guard case .string(let name) = item else { return (.all, .all) }
      names.insert(name)
    }
    return (.only(names), .allBut(names))
  }

  private static func swapped(
    _ reach: (met: EventNames, missed: EventNames)
  ) -> (met: EventNames, missed: EventNames) { (reach.missed, reach.met) }

  private static func both(
    _ left: (met: EventNames, missed: EventNames), _ right: (met: EventNames, missed: EventNames)
  ) -> (met: EventNames, missed: EventNames) {
    (left.met.intersection(right.met), left.missed.union(right.missed))
  }

  private static func chosen(
    _ condition: (met: EventNames, missed: EventNames),
    _ first: (met: EventNames, missed: EventNames), _ second: (met: EventNames, missed: EventNames)
  ) -> (met: EventNames, missed: EventNames) {
    (
      condition.met.intersection(first.met).union(condition.missed.intersection(second.met)),
      condition.met.intersection(first.missed).union(condition.missed.intersection(second.missed))
    )
  }

  /// The parts that it is directly made of.
  var parts: [Expression] {
    switch self {
    case .string, .number, .boolean, .span, .event, .property, .trait, .count, .sum, .since, .age:
      []
    case .has(let part), .not(let part), .negative(let part): [part]
    case .binary(_, let left, let right), .text(_, let left, let right): [left, right]
    case .isOneOf(let value, let items): [value] + items
    case .isBetween(let first, let second, let third),
      .conditional(let first, let second, let third):
      [first, second, third]
    }
  }

  /// The properties of events that it reads, by their dotted names.
  public var properties: Set<String> {
    var names: Set<String> = []
    visit { if case .property(let name) = $0 { names.insert(name) } }
    return names
  }

  /// The traits of customers that it reads, by their dotted names.
  public var traits: Set<String> {
    var names: Set<String> = []
    visit { if case .trait(let name) = $0 { names.insert(name) } }
    return names
  }

  /// The events that it names: in comparisons of `event`, and in counts, sums and times.
  public var namedEvents: Set<String> {
    var names: Set<String> = []
    visit { part in
      switch part {
      case .count(let event, _), .sum(let event, _, _), .since(let event): names.insert(event)
      case .binary(.equal, .event, .string(let name)), .binary(.equal, .string(let name), .event),
        .binary(.unequal, .event, .string(let name)), .binary(.unequal, .string(let name), .event):
        names.insert(name)
      case .isOneOf(.event, let items):
        for case .string(let name) in items { names.insert(name) }
      default: break
      }
    }
    return names
  }

  private func visit(_ body: (Expression) -> Void) {
    body(self)
    for part in parts { part.visit(body) }
  }
}
