import Engine
import Experience
import Maps

/// The customers behind a number of a journey's map.
public struct JourneyCustomersPage: Sendable {
  /// Whether the list may be kept as a set.
  public enum Saving: Sendable { case allowed, forbidden }

  public var journey: Journey
  public var experience: Experience
  public var place: JourneyPlace
  public var choice: MapChoice
  public var found: JourneyCustomers
  public var list: CustomerList
  public var saving: Saving

  /// Makes a page.
  public init(
    _ journey: Journey, in experience: Experience, at place: JourneyPlace, _ choice: MapChoice,
    found: JourneyCustomers, list: CustomerList, saving: Saving
  ) {
    self.journey = journey
    self.experience = experience
    self.place = place
    self.choice = choice
    self.found = found
    self.list = list
    self.saving = saving
  }

  private var path: String { "/journeys/" + journey.name.urlEncoded }
  private var query: String { "?at=\(place.text.urlEncoded)\(choice.fieldsOfAddress)" }

  /// Writes the page.
  public func render(_ frame: Frame) -> Markup {
    let title = place.words(in: journey, of: experience)
    let figures = Figures(currency: experience.currency, timezone: experience.timezone)
    let unit = place.countsInteractions ? "interaction" : "case"
    let number = figures.count(found.number) + " " + unit + (found.number == 1 ? "" : "s")
    let customers =
      figures.count(found.customers.count) + " customer"
      + (found.customers.count == 1 ? "" : "s")
    let body: Markup =
      found.customers.isEmpty
      ? """
      <div class="card empty"><h2>Nobody</h2><p>No customer is behind this number in the chosen \
      range. <a href="\(path)\(lines: choice.query)">Back to the map</a></p></div>
      """
      : list.markup
    return frame.document(
      title: title,
      main: """
        <div class="head"><div><div class="over"><a href="\(path)\(lines: choice.query)">\
        \(journey.title)</a> · customers</div><h1>\(title)</h1>
        <p class="facts"><span>\(number)</span><span>\(customers)</span></p></div>
        <div class="actions"><a class="button quiet" href="\(path)/customers.csv\(lines: query)">CSV</a>\
        </div></div>
        \(saveForm(frame))
        \(body)
        """)
  }

  private func saveForm(_ frame: Frame) -> Markup? {
    guard case .allowed = saving, !found.customers.isEmpty else { return nil }
    return """
      <form class="inline" method="post" action="\(path)/customers\(lines: query)">\(frame.formField)
      <label class="field">Keep these customers as a set<input name="name" required maxlength="64" \
      pattern="[A-Za-z][A-Za-z0-9_\\-]*" title="A letter, then letters, digits, _ or -" \
      placeholder="late_parcels"></label>
      <button class="quiet">Save set</button></form>
      """
  }
}

extension JourneyPlace {
  /// What the number counts, in words.
  public func words(in journey: Journey, of experience: Experience) -> String {
    func title(_ touchpoint: String) -> String {
      experience.touchpoint(touchpoint)?.title ?? touchpoint
    }
    let steps = journey.stepsToGoal
    let step = step.flatMap { steps.indices.contains($0) ? steps[$0] : nil }
      .map { $0.touchpoints.map(title).joined(separator: " / ") }
    let what = step.map { wordsAtStep($0, title) } ?? wordsOfWhole(title)
    return what + (start.map { ", begun by \(title($0))" } ?? "")
  }

  private func wordsAtStep(_ step: String, _ title: (String) -> String) -> String {
    switch figure {
    case .open: "Still open at \(step)"
    case .reached: "Came as far as \(step)"
    case .met: "Met \(step)"
    case .droppedOff: "Dropped off at \(step)"
    case .skipped: "Passed without \(step)"
    case .extra: "Met \(step) unplanned"
    case .repeated: "Met \(step) more than once"
    case .late: "Late at \(step)"
    case .outOfOrder: "Met \(step) out of order"
    case .wrongChannel: "Met \(step) in a wrong channel"
    case .promised: "Had a promise at \(step)"
    case .switchedChannel: "Changed channel before \(step)"
    case .next:
      passage == Passage.nothing
        ? "Dropped off at \(step), and did nothing more"
        : "Dropped off at \(step), then met \(title(passage ?? ""))"
    default: step
    }
  }

  private func wordsOfWhole(_ title: (String) -> String) -> String {
    switch figure {
    case .cases: "All cases"
    case .completed: "Completed"
    case .ended: "Ended without the goal"
    case .abandoned: "Abandoned"
    case .open: "Still open"
    case .asPlanned: "Went as planned"
    case .skipped: "Skipped a step"
    case .extra: "Took an extra step"
    case .repeated: "Repeated a step"
    case .late: "Late somewhere"
    case .outOfOrder: "Out of order"
    case .wrongChannel: "In a wrong channel"
    case .passage: "Met \(title(passage ?? "")) on the way"
    default: figure.rawValue
    }
  }
}
