import Events
import Experience

extension DriversQuestion.Driver: Encodable {
  /// Writes what reads back.
  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: WrittenDrivers.CodingKeys.self)
    try fields.encode(name, forKey: .name)
    try fields.encodeIfPresent(aspect, forKey: .aspect)
    switch source {
    case .rating(let number): try fields.encode(number, forKey: .rating)
    case .fact(let rule): try fields.encode(rule.description, forKey: .fact)
    case .journey(let fact):
      try fields.encode(fact.journey, forKey: .journey)
      guard fact.verdict != .start else {
        return try fields.encodeIfPresent(fact.touchpoint, forKey: .start)
      }
      try fields.encode(fact.verdict, forKey: .verdict)
      try fields.encodeIfPresent(fact.touchpoint, forKey: .step)
    }
  }
}

/// What stands for one driver, or for the facts of a journey.
struct WrittenDrivers: Decodable {
  let drivers: [DriversQuestion.Driver]

  enum CodingKeys: String, CodingKey, CaseIterable {
    case name, rating, fact, journey, verdict, step, start, aspect
  }

  /// Reads a rating, or one of the kinds with its name.
  init(from decoder: any Decoder) throws {
    if let text = try? decoder.singleValueContainer().decode(String.self) {
      drivers = [.init(propertyName(text), .rating(try NumberSelector(from: decoder)))]
      return
    }
    let fields = try QuestionFields<CodingKeys>(decoder, .part)
    let name: String? = try fields.value(.name)
    let rating: NumberSelector? = try fields.value(.rating)
    let fact: String? = try fields.value(.fact)
    let journey: String? = try fields.value(.journey)
    let aspect: String? = try fields.value(.aspect)
    do {
      switch (rating, fact, journey) {
      case (let rating?, nil, nil):
        drivers = [.init(try fields.required(.name), .rating(rating), aspect: aspect)]
      case (nil, let fact?, nil):
        let rule = try Expression(reading: fact, about: .story, giving: .any)
        drivers = [.init(try fields.required(.name), .fact(rule), aspect: aspect)]
      case (nil, nil, let journey?):
        let (journey, experience) = try decoder.questionContext().journey(journey)
        let facts =
          try Self.fact(of: journey, fields).map { [$0] }
          ?? JourneyFact.standard(of: journey, in: experience)
        drivers = facts.map {
          .init(facts.count == 1 ? name ?? $0.name : $0.name, .journey($0), aspect: aspect)
        }
      default:
        throw Refusal(
          "drivers.drivers",
          problem: "“\((name ?? journey ?? "").cut)” is not one rating, fact or journey.",
          remedy: "Write {name: …, rating: <number property>}, {name: …, fact: <expression>} or "
            + "{journey: <name>}.")
      }
    } catch let refusal as Refusal { throw decoder.refused(refusal) }
  }

  /// The one fact that is written; nil where the journey alone is.
  private static func fact(
    of journey: Journey, _ fields: QuestionFields<CodingKeys>
  ) throws -> JourneyFact? {
    let verdict: JourneyFact.Verdict? = try fields.value(.verdict)
    let step: String? = try fields.value(.step)
    let start: String? = try fields.value(.start)
    let fact: JourneyFact
    switch (verdict, start) {
    case (nil, nil):
      guard step == nil else {
        throw Refusal(
          "drivers.step", problem: "It is not said what of the step “\((step ?? "").cut)”.",
          remedy: "Write a verdict, such as verdict: late.")
      }
      return nil
    case (nil, let start?), (.start?, let start?):
      fact = JourneyFact(.start, of: journey.name, at: start)
    case (let verdict?, nil): fact = JourneyFact(verdict, of: journey.name, at: step)
    case (let verdict?, let start?):
      throw Refusal(
        "drivers.step", problem: "“\(verdict.rawValue)” is not asked of “\(start.cut)”.",
        remedy: "Leave `verdict` or `start` out.")
    }
    _ = try fact.position(in: journey)
    return fact
  }
}
