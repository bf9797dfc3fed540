import Experience

/// Questions that make sense with an experience, for whoever doesn't know what to ask yet.
enum Suggestions {
  /// What they ask, and how they are written; without an experience, those that need none.
  static func questions(for experience: Experience?) -> [(title: String, text: String)] {
    var found: [(title: String, text: String)] = []
    if let journey = experience?.journeys.first {
      let names = journey.stepsToGoal.compactMap(\.touchpoints.first).prefix(6)
      if names.count > 1 {
        found.append(
          (
            "How far do customers come in “\(journey.title)”?",
            "question: funnel\nsteps: [\(names.joined(separator: ", "))]\nwindow: 30d\n"
          ))
      }
      found.append(
        (
          "How closely is “\(journey.title)” walked as designed, month by month?",
          "question: conformance\njourney: \(journey.name)\ninterval: month\n"
        ))
      found.append(
        (
          "Between which steps of “\(journey.title)” is time lost?",
          "question: bottlenecks\njourney: \(journey.name)\n"
        ))
      if let first = names.first {
        found.append(
          (
            "Where do customers go after \(first)?",
            "question: flow\nstart: \(first)\nby: touchpoint\n"
          ))
        found.append(
          (
            "Who comes back, month by month?",
            "question: retention\nstart: \(first)\ninterval: month\n"
          ))
      }
    }
    found.append(("What follows what?", "question: graph\n"))
    found.append(("How long are visits, and how many?", "question: sessions\ninterval: week\n"))
    found.append(("Who is new, returning, dormant?", "question: lifecycle\ninterval: week\n"))
    return found
  }
}
