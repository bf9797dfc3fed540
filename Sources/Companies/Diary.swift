import Events
import Statistics

/// What one customer does, written down as it is made up.
///
/// `now` moves forward with each `pass`; `note` writes an event at `now`.
struct Diary {
  var chance: SeededGenerator
  /// What surveys hear is drawn apart, so that all else is the same with and without them.
  var voice: SeededGenerator
  /// What surveys hear of moods.
  var murmur: SeededGenerator
  /// The moment that the story has come to.
  var now: Int64
  /// When the world ends; nothing that arrives later is kept.
  let end: Int64
  /// The id of the person once known, and whether the company knows it yet.
  let knownID: String
  var signedIn = false
  /// The id of the device in use.
  var device: String
  var channel = "web"
  /// The number of the order, or other thing, that the present events are about.
  var subject = ""
  private let world: CompanyWorld
  private let prefix: String
  private let customer: Int
  private var made: [MadeEvent] = []

  /// The most events of one customer, so that events have distinct numbers.
  private static let mostEvents = 4096

  init(world: CompanyWorld, number: Int, firstDay: Int64) {
    self.init(
      world, number, called: "\(number)", idPrefix: world.company.idPrefix, firstDay: firstDay)
    goToWakingHour()
  }

  /// The diary of an employee, from the world's first day; the numbers follow those of customers.
  init(world: CompanyWorld, employee number: Int) {
    self.init(
      world, number, called: "employee \(number - world.customers)", idPrefix: "staff_",
      firstDay: world.start)
  }

  private init(
    _ world: CompanyWorld, _ number: Int, called name: String, idPrefix: String, firstDay: Int64
  ) {
    func generator(_ name: String) -> SeededGenerator {
      SeededGenerator(seed: stableHash("\(world.company.rawValue) \(name)", seed: world.seed))
    }
    var chance = generator(name)
    let id = chance.next()
    knownID = idPrefix + hexadecimal(id, digits: 14)
    device = hexadecimal(chance.next(), digits: 16)
    prefix = "made-up-\(world.company.rawValue)-\(hexadecimal(id, digits: 14))-"
    now = firstDay
    end = world.end.milliseconds
    self.chance = chance
    voice = generator("\(name) voice")
    murmur = generator("\(name) murmur")
    customer = number
    self.world = world
  }

  // Time

  /// Lets a time pass, evenly between two bounds.
  mutating func pass(_ shortest: Double, to longest: Double, _ unit: Int64) {
    now += Int64((shortest + chance.unit() * (longest - shortest)) * Double(unit)) + 1
  }

  /// Goes to a moment of the present day, most likely in the evening.
  mutating func goToWakingHour() {
    let weights = [
      2, 1, 1, 1, 2, 4, 8, 12, 14, 15, 16, 17, 16, 14, 13, 14, 16, 20, 26, 30, 28, 20, 10, 5,
    ]
    var left = chance.below(weights.reduce(0, +))
    var chosen = 0
    while left >= weights[chosen] {
      left -= weights[chosen]
      chosen += 1
    }
    // A whole day is never lost: the hour may lie before `now` only within the same day.
    let midnight = now / day * day
    now = max(now + 1, midnight + Int64(chosen) * hour + Int64(chance.below(Int(hour))))
  }

  // Choices

  /// One of the choices, each as likely as its weight.
  mutating func choose<Choice>(_ choices: KeyValuePairs<Choice, Int>) -> Choice {
    var left = chance.below(choices.reduce(0) { $0 + $1.value })
    for (choice, weight) in choices {
      if left < weight { return choice }
      left -= weight
    }
    preconditionFailure("The weights sum to more than their parts.")
  }

  /// A score from 1 to 5: mostly good, or mostly bad.
  mutating func score(good: Bool) -> PropertyValue {
    .number(
      good
        ? choose([5: 50, 4: 35, 3: 11, 2: 3, 1: 1]) : choose([5: 3, 4: 12, 3: 25, 2: 35, 1: 25]))
  }

  /// How likely a team is pleased at a moment.
  func mood(of team: String, at moment: Int64) -> Double {
    world.company.mood(of: team, month: world.month(of: moment))
  }

  /// An amount of money in cents around a typical one, from a third to three times of it.
  mutating func cents(around typical: Int) -> Int {
    let spread = chance.unit() + chance.unit() + chance.unit()
    return typical / 3 + Int(Double(typical) * spread * spread / 3.2)
  }

  /// Lets things happen later whose chances are drawn apart, and comes back to the present moment.
  mutating func apart(
    by generator: WritableKeyPath<Diary, SeededGenerator> = \.voice, _ body: (inout Diary) -> Void
  ) {
    let (moment, usual) = (now, chance)
    chance = self[keyPath: generator]
    body(&self)
    self[keyPath: generator] = chance
    (now, chance) = (moment, usual)
  }

  mutating func hexadecimalID(digits: Int) -> String { hexadecimal(chance.next(), digits: digits) }

  // Events

  /// Writes an event at the present moment.
  ///
  /// - Parameters:
  ///   - touchpoint: the touchpoint of the experience that it must count for, if any.
  ///   - channel: nil for none.
  ///   - key: a property by which cases are keyed.
  ///   - late: the longest delay until it arrives; otherwise it arrives within seconds.
  mutating func note(
    _ name: String, _ touchpoint: String?, channel: String?,
    key: (name: String, value: String)? = nil,
    _ properties: [(name: String, value: PropertyValue)] = [], late: Int64 = 0,
    offChannel: Bool = false
  ) {
    precondition(made.count < Self.mostEvents, "A made-up customer does too much.")
    var all = properties
    if let key { all.insert((key.name, .string(key.value)), at: 0) }
    if let channel { all.insert(("channel", .string(channel)), at: 0) }
    let identity = signedIn ? Identity(.user, knownID) : Identity(.anonymous, device)
    let event = Event(
      name, at: Instant(milliseconds: now), by: identity, messageID: prefix + "\(made.count)",
      properties: Dictionary(all.map { ($0.name, $0.value) }) { _, last in last })
    let delay = late > 0 ? Int64(chance.below(Int(late))) : Int64(chance.below(3000)) + 40
    let received = now + delay
    made.append(
      MadeEvent(
        event: event, receivedAt: Instant(milliseconds: received), properties: all,
        touchpoint: touchpoint, key: key?.value, offChannel: offChannel,
        arrivesAgainAt: chance.chance(0.01)
          ? Instant(milliseconds: received + Int64(chance.below(Int(6 * hour)))) : nil,
        ordinal: customer * Self.mostEvents + made.count))
  }

  /// Says that the latest event answers what was asked about an earlier one.
  mutating func answers(_ ordinal: Int?) { made[made.count - 1].speaksOf = ordinal }

  /// The number of the latest event.
  var latest: Int? { made.last?.ordinal }

  /// Signs in on the present device: from here on the company knows who it is.
  mutating func signIn(traits: [(name: String, value: PropertyValue)]) {
    signedIn = true
    note(
      Event.identify, nil, channel: nil, traits.map { (name: "traits.\($0.name)", value: $0.value) }
    )
    made[made.count - 1].event.linked = Identity(.anonymous, device)
  }

  /// The events that arrive before the world ends, by time, no two at the same moment.
  consuming func finished() -> [MadeEvent] {
    var story = made
    story.sort { ($0.event.time, $0.ordinal) < ($1.event.time, $1.ordinal) }
    for index in story.indices.dropFirst() {
      let next = story[index - 1].event.time.milliseconds + 1
      if story[index].event.time.milliseconds < next {
        story[index].event.time = Instant(milliseconds: next)
      }
      story[index].receivedAt = max(story[index].receivedAt, story[index].event.time)
    }
    story.removeAll { $0.receivedAt.milliseconds >= end }
    // Where the world ends before a device is signed in on, its events would be somebody else's.
    let linked = Set(story.compactMap(\.event.linked?.id))
    guard story.contains(where: { $0.event.identity.namespace == .user }) else { return story }
    story.removeAll {
      $0.event.identity.namespace == .anonymous && !linked.contains($0.event.identity.id)
    }
    return story
  }
}

extension Company {
  /// What ids of known customers begin with.
  var idPrefix: String {
    switch self {
    case .shop: "c_"
    case .energy: "home_"
    case .business: "acct_"
    }
  }
}

/// The lowest digits of a number, in hexadecimal.
func hexadecimal(_ number: UInt64, digits: Int) -> String {
  let text = String(number, radix: 16)
  return String((String(repeating: "0", count: 16) + text).suffix(digits))
}
