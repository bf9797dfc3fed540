import Engine
import Experience

/// Where the numbers and steps of a map lead, when it stands in a page of the program.
package struct MapLinks: Sendable {
  let customers: @Sendable (JourneyPlace) -> String
  let step: @Sendable (Int) -> String
  let tickets: @Sendable (String) -> String

  /// Makes links from the addresses of the customers behind a number, of a step by its index, and of
  /// the tickets of a touchpoint by its name.
  package init(
    customers: @escaping @Sendable (JourneyPlace) -> String,
    step: @escaping @Sendable (Int) -> String, tickets: @escaping @Sendable (String) -> String
  ) {
    self.customers = customers
    self.step = step
    self.tickets = tickets
  }
}

extension Chart {
  /// Markup of a number, as a link to the customers behind it where there are any.
  func linked(_ markup: String, _ count: Int, _ place: JourneyPlace?) -> String {
    guard let links, let place, count > 0 else { return markup }
    return "<a href=\"\(links.customers(place).escaped)\">\(markup)</a>"
  }

  /// Markup of a step's title, as a link to all about it.
  func linked(_ markup: String, step: Int) -> String {
    guard let links else { return markup }
    return "<a href=\"\(links.step(step).escaped)\">\(markup)</a>"
  }

  /// Markup of the tickets of a touchpoint, as a link to them.
  func linked(_ markup: String, ticketsOf touchpoint: String) -> String {
    guard let links else { return markup }
    return "<a href=\"\(links.tickets(touchpoint).escaped)\">\(markup)</a>"
  }

  /// What lets people scroll a part of a page by keyboard, in pages of the program.
  func region(_ name: String) -> String {
    links == nil ? "" : " tabindex=\"0\" role=\"region\" aria-label=\"\(name)\""
  }

  /// What is off the map as a place; nil where an event is called as a touchpoint is.
  func place(_ figure: JourneyPlace.Figure, step: Int? = nil, _ passage: Passage) -> JourneyPlace? {
    if let touchpoint = experience.touchpoint(passage.name), touchpoint.title != passage.title {
      return nil
    }
    return JourneyPlace(figure, step: step, passage: passage.name)
  }
}
