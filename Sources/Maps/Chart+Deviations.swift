import Engine
import Experience

extension Chart {
  /// Something that went otherwise than designed at a step.
  struct Deviation {
    var label: String
    var number: String
    /// Of the cases that it touches.
    var share: Double
    var place: JourneyPlace
  }

  /// What went otherwise than designed at a step, with the share of the cases that it touches; then,
  /// with a share of 0, how many came again where the design lets them.
  func deviations(of column: Column) -> [Deviation] {
    let step = column.step
    let reached = Double(max(step.reached, 1))
    let cases = Double(max(step.cases, 1))
    let counts: [(String, JourneyPlace.Figure, Int, Double)] = [
      ("skipped", .skipped, step.skipped, reached),
      ("repeated", .repeated, column.mayRepeat ? 0 : step.casesRepeating, cases),
      ("out of order", .outOfOrder, step.outOfOrder, cases),
      ("late", .late, step.late, Double(max(step.promised, 1))),
      ("wrong channel", .wrongChannel, step.wrongChannel, cases),
      ("unplanned", .extra, step.extra, cases),
    ]
    let found: [Deviation] = counts.compactMap { label, figure, count, whole in
      guard count > 0 else { return nil }
      return Deviation(
        label: label, number: figures.count(count), share: min(1, Double(count) / whole),
        place: JourneyPlace(figure, step: step.index))
    }
    guard column.mayRepeat, step.casesRepeating > 0 else { return found }
    return found + [
      Deviation(
        label: "more than once", number: figures.count(step.casesRepeating), share: 0,
        place: JourneyPlace(.repeated, step: step.index))
    ]
  }
}
