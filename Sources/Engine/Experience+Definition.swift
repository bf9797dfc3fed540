import Events
import Experience

extension Experience {
  /// The hash of what decides a journey's figures, as 16 hexadecimal digits: the journey, and the
  /// rules of all touchpoints, since an event belongs to the first whose rule it meets.
  func definition(of journey: Journey) -> String {
    var journey = journey
    journey.place = Place()
    for position in journey.targets.indices { journey.targets[position].place = Place() }
    let rules = touchpoints.map { touchpoint in
      var touchpoint = touchpoint
      touchpoint.place = Place()
      return String(describing: touchpoint)
    }
    let text = String(describing: journey) + rules.joined(separator: "\n")
    let digits = String(stableHash(text), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
