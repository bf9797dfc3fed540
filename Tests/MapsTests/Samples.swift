import Events
import Experience
import Statistics

@testable import Engine

/// Measured journeys made by hand: what the views are drawn from in tests.
enum Sample {
  static let day = 86_400_000.0
  static let hour = 3_600_000.0

  /// A shop with three starting points and eight steps.
  static let shop = Experience(
    title: "Trailhead Outfitters", timezone: "Europe/Berlin", currency: "EUR",
    channels: ["web", "app", "email", "sms", "phone", "store"],
    teams: [
      Team(name: "growth"), Team(name: "store", title: "Online store"),
      Team(name: "logistics", title: "Logistics and returns"), Team(name: "support"),
    ],
    partners: [Partner(name: "parcel_service", title: "Parcel service")],
    touchpoints: [
      Touchpoint(
        name: "ad", stage: "awareness", channels: ["social"], rule: .isEvent("Ad Clicked"),
        owner: "growth", cost: 0.4),
      Touchpoint(
        name: "search", stage: "awareness", channels: ["web"], rule: .isEvent("Search"),
        owner: "growth"),
      Touchpoint(
        name: "referral", stage: "awareness", rule: .isEvent("Referred"), control: .external),
      Touchpoint(
        name: "product_page", stage: "consideration", channels: ["web", "app"], owner: "growth",
        feeling: 4, backstage: ["photograph the kit", "write the copy"], support: ["catalogue"]),
      Touchpoint(name: "cart", stage: "consideration", owner: "store", feeling: 3.5),
      Touchpoint(name: "wishlist", stage: "consideration", owner: "store", feeling: 3.5),
      Touchpoint(
        name: "checkout", stage: "purchase", owner: "store", feeling: 3,
        pain: "Delivery costs appear late", support: ["payment gateway", "fraud check"]),
      Touchpoint(
        name: "order", stage: "purchase", owner: "store", feeling: 4.2,
        backstage: ["confirm stock", "book payment"], support: ["ERP"]),
      Touchpoint(
        name: "delivery_notice", stage: "service", channels: ["email", "sms"],
        owner: "logistics", expects: .init(within: .days(2), of: "order"), feeling: 4,
        momentOfTruth: true, pain: "Notices come late",
        backstage: ["pick and pack", "carrier handover"],
        support: ["warehouse system", "carrier API"]),
      Touchpoint(
        name: "support_call", stage: "service", channels: ["phone"], owner: "support", cost: 6.5,
        feeling: 3, pain: "true", backstage: ["look up the order"], support: ["help desk"]),
      Touchpoint(
        name: "parcel_received", title: "Parcel received", stage: "service", control: .partner,
        partner: "parcel_service", expects: .init(within: .days(5)), feeling: 5,
        momentOfTruth: true, backstage: ["deliver to the door"], support: ["route planning"]),
    ],
    journeys: [shopJourney])

  static let shopJourney = Journey(
    name: "first_order", title: "From first visit to first parcel", audienceName: "new_visitors",
    starts: ["ad", "search", "referral"],
    steps: [
      .touchpoint("product_page"), .any([.touchpoint("cart"), .touchpoint("wishlist")]),
      .touchpoint("checkout"), .touchpoint("order"), .touchpoint("delivery_notice"),
      .optional(.touchpoint("support_call")), .touchpoint("parcel_received"),
    ], goal: "parcel_received", ends: ["order_cancelled"],
    targets: [
      Target(.completion, .atLeast, 0.12), Target(.medianTime, .atMost, 5 * day),
      Target(.feeling, .atLeast, 4), Target(.value, .atLeast, 80),
    ])

  private static func counts(_ total: Int, _ completed: Int, open: Int) -> CaseCounts {
    var counts = CaseCounts()
    counts.total = total
    counts.completed = completed
    counts.ended = (total - completed - open) / 25
    counts.open = open
    counts.abandoned = total - completed - open - counts.ended
    return counts
  }

  private static func times(_ median: Double, _ p90: Double, _ count: Int) -> Times {
    Times(
      median: Estimate(value: median, low: median * 0.94, high: median * 1.07, count: count),
      p90: p90)
  }

  /// The shop's first orders: many cases, late notices, a costly checkout.
  static let shopMap: MeasuredJourney = {
    let reached: [[Int]] = [
      [4107, 2966, 1421], [2105, 1680, 903], [1254, 1102, 655], [702, 771, 498],
      [655, 729, 481], [640, 715, 476], [590, 668, 452],
    ]
    let totals = [5210, 3385, 1502]
    let names = [
      ["product_page"], ["cart", "wishlist"], ["checkout"], ["order"], ["delivery_notice"],
      ["support_call"], ["parcel_received"],
    ]
    let feelings: [(Double, Double, Int)?] = [
      (3.8, 0.05, 812), nil, (2.4, 0.12, 411), (4.1, 0.08, 640), (2.9, 0.1, 702),
      (3.4, 0.3, 64), (4.6, 0.06, 931),
    ]
    let timings = [
      times(140_000, 2.2 * hour, 8300), times(26 * 60_000, 2.1 * day, 4500),
      times(4 * 60_000, 7 * hour, 2980), times(95_000, 14 * 60_000, 1960),
      times(2.6 * day, 4.9 * day, 1800), times(9 * hour, 2 * day, 210),
      times(1.4 * day, 3.1 * day, 1700),
    ]
    let channels: [[ChannelCount]] = [
      [.init(channel: "web", count: 9120), .init(channel: "app", count: 5310)],
      [.init(channel: "web", count: 4100), .init(channel: "app", count: 2900)],
      [.init(channel: "web", count: 2010), .init(channel: "app", count: 1300)],
      [
        .init(channel: "web", count: 1190), .init(channel: "app", count: 690),
        .init(channel: "phone", count: 91),
      ],
      [
        .init(channel: "email", count: 1480), .init(channel: "sms", count: 390),
        .init(channel: "unknown", count: 22),
      ], [.init(channel: "phone", count: 251)],
      [.init(channel: "unknown", count: 1710)],
    ]
    let next: [[Passage]] = [
      [
        .init(name: "nothing", title: "nothing", cases: 2410),
        .init(name: "blog", title: "blog", cases: 870),
      ],
      [
        .init(name: "nothing", title: "nothing", cases: 902),
        .init(name: "newsletter", title: "newsletter", cases: 420),
        .init(name: "store_visit", title: "store visit", cases: 190),
      ],
      [
        .init(name: "delivery_costs", title: "delivery costs", cases: 611),
        .init(name: "nothing", title: "nothing", cases: 300),
      ],
      [.init(name: "order_cancelled", title: "order cancelled", cases: 71)], [], [], [],
    ]
    var steps: [MeasuredStep] = []
    for index in reached.indices {
      let here = reached[index].reduce(0, +)
      let after = index + 1 < reached.count ? reached[index + 1] : reached[index]
      let lost = zip(reached[index], after).map { $0 - $1 }
      let open = lost.reduce(0, +) / 12
      let optional = index == 5
      let cases = optional ? 214 : here - (index == 4 ? 61 : index == 1 ? 133 : 0)
      steps.append(
        MeasuredStep(
          index: index,
          title: names[index].compactMap { shop.touchpoint($0)?.title }.joined(separator: " or "),
          touchpoints: names[index].enumerated().map { place, name in
            let feeling = place == 0 ? feelings[index] : nil
            return MeasuredTouchpoint(
              name: name, title: shop.touchpoint(name)?.title ?? name,
              stage: shop.touchpoint(name)?.stage, interactions: cases + 500, cases: cases,
              channels: place == 0 ? channels[index] : [],
              designedFeeling: shop.touchpoint(name)?.feeling,
              feeling: feeling.map {
                Estimate(value: $0.0, low: $0.0 - $0.1, high: $0.0 + $0.1, count: $0.2)
              } ?? .none,
              value: index == 3 ? 165_420.5 : 0, cost: index == 5 ? 1631.5 : 0)
          },
          optional: optional, goal: index == 6, reached: here, reachedByStart: reached[index],
          cases: cases, casesByStart: reached[index], share: .share(here, of: 10_097),
          dropOff: lost.reduce(0, +) - open, dropOffByStart: lost,
          dropOffShare: .share(lost.reduce(0, +) - open, of: here), open: open,
          wentNext: next[index], timeFromPrevious: timings[index],
          repeats: index == 0 ? 6120 : 37, casesRepeating: index == 0 ? 2410 : index == 2 ? 640 : 0,
          skipped: index == 4 ? 61 : index == 1 ? 133 : 0, extra: index == 2 ? 44 : 0,
          outOfOrder: index == 1 ? 96 : 0, late: index == 4 ? 812 : index == 6 ? 240 : 0,
          promised: index == 4 ? 1804 : index == 6 ? 1710 : 0,
          channelSwitches: [0, 310, 122, 95, 1440, 190, 0][index],
          wrongChannel: index == 4 ? 22 : 0))
    }
    let completed = [590, 668, 452]
    let starts = ["ad", "search", "referral"].enumerated().map { k, name in
      let counts = counts(totals[k], completed[k], open: totals[k] / 40)
      return MeasuredStart(
        touchpoint: name, title: shop.touchpoint(name)?.title ?? name, cases: counts,
        completion: .share(completed[k], of: counts.closed),
        time: times([4.4, 4.0, 3.6][k] * day, 7 * day, completed[k]), repeats: 310,
        value: [48_400, 68_100, 48_920.5][k], cost: [2084, 0, 0][k])
    }
    let all = counts(10_097, 1710, open: 252)
    var verdicts = Conformance.Verdicts()
    verdicts.asPlanned = 4120
    verdicts.skipped = 230
    verdicts.extra = 1904
    verdicts.outOfOrder = 96
    verdicts.repeated = 2990
    verdicts.late = 1052
    verdicts.wrongChannel = 22
    var excluded = Excluded()
    excluded.duringCase = 930
    excluded.outsideAudience = 2214
    return MeasuredJourney(
      journey: "first_order", title: shopJourney.title,
      from: Instant(milliseconds: 1_772_319_600_000), to: Instant(milliseconds: 1_780_264_800_000),
      population: nil, watermark: Instant(milliseconds: 1_780_401_600_000),
      definition: "9f2c41d07ab3e615", cases: all, customers: 9764,
      completion: .share(1710, of: all.closed), time: times(4.1 * day, 7.2 * day, 1710),
      value: Money(
        sum: 165_420.5, mean: Estimate(value: 96.74, low: 94.1, high: 99.4, count: 1710)),
      cost: Money(sum: 3715.5, mean: Estimate(value: 0.37, low: 0.35, high: 0.39, count: 10_097)),
      feeling: Estimate(value: 3.7, low: 3.65, high: 3.75, count: 3560), excluded: excluded,
      starts: starts, steps: steps,
      conformance: Conformance(
        fitness: 0.71, fitnessCompleted: 0.93, cases: all.closed, verdicts: verdicts,
        variants: [
          .init(
            touchpoints: ["ad", "product_page"], cases: 1890, completed: 0, medianTime: nil,
            fitness: 0.4),
          .init(
            touchpoints: [
              "search", "product_page", "cart", "checkout", "order", "delivery_notice",
              "parcel_received",
            ], cases: 402, completed: 402, medianTime: 4 * day, fitness: 1),
          .init(
            touchpoints: ["search", "product_page", "cart", "product_page", "checkout"],
            cases: 233, completed: 0, medianTime: nil, fitness: 0.62),
        ], variantCount: 841),
      offMap: [
        .init(name: "newsletter", title: "newsletter", cases: 1802),
        .init(name: "blog", title: "blog", cases: 1240),
        .init(name: "Coupon Searched", title: "Coupon Searched", cases: 388),
      ],
      channelsPerCase: [
        .init(channel: "1", count: 5200), .init(channel: "2", count: 3910),
        .init(channel: "3", count: 987),
      ], channelSwitches: 4120,
      targets: [
        .init(
          metric: "completion", comparison: ">=", limit: 0.12,
          measured: .share(1710, of: all.closed), verdict: .met),
        .init(
          metric: "median_time", comparison: "<=", limit: 5 * day,
          measured: times(4.1 * day, 7 * day, 1710).median, verdict: .met),
        .init(
          metric: "feeling", comparison: ">=", limit: 4,
          measured: Estimate(value: 3.7, low: 3.65, high: 3.75, count: 3560), verdict: .missed),
        .init(
          metric: "value", comparison: ">=", limit: 95,
          measured: Estimate(value: 96.74, low: 94.1, high: 99.4, count: 1710),
          verdict: .uncertain),
      ],
      attention: [
        Attention(
          step: 2, title: "checkout", weight: 412,
          reasons: [
            "34.5 % of the cases that came here dropped off, against 21.0 % at the other steps.",
            "It feels 2.4 where 3.0 was designed.",
          ]),
        Attention(
          step: 4, title: "Delivery notice", weight: 120,
          reasons: ["45.0 % of notices came later than the 2d promised.", "It feels 2.9 of 5."]),
        Attention(
          step: 1, title: "cart or wishlist", weight: 61,
          reasons: ["3.1 % of cases skipped it."]),
      ])
  }()

  /// The shop before anything happened.
  static let emptyMap: MeasuredJourney = bare(shopJourney, in: shop, cases: 0)
  /// The shop after three customers.
  static let tinyMap: MeasuredJourney = bare(shopJourney, in: shop, cases: 3)

  /// A journey of as many steps as there may be.
  static let longJourney = Journey(
    name: "long", title: "A long way", starts: ["t0"],
    steps: (1...32).map { .touchpoint("t\($0)") }, goal: "t32")
  static let longExperience = Experience(
    title: "Long", stages: ["alpha", "beta", "gamma"],
    touchpoints: (0...32).map {
      Touchpoint(
        name: "t\($0)",
        title: $0 % 5 == 3 ? "A step with rather a long title of its own \($0)" : nil,
        stage: ["alpha", "beta", "gamma"][$0 / 11], owner: "team", feeling: Double(1 + $0 % 5))
    }, journeys: [longJourney])
  static let longMap: MeasuredJourney = bare(longJourney, in: longExperience, cases: 5000)

  /// Names that try to break out.
  static let hostileName =
    "<script>alert(1)</script>\"'&\u{202E}gpj.exe\u{1B}[31m\u{0}\n" + "名前👩‍👩‍👧"
    + String(repeating: "x", count: 10_000)
  static let hostileJourney = Journey(
    name: "h", title: hostileName, audienceName: hostileName, starts: ["a", hostileName],
    steps: [.touchpoint(hostileName + "1"), .touchpoint("b")], goal: "b", caseKey: hostileName)
  static let hostileExperience = Experience(
    title: hostileName, timezone: hostileName, currency: hostileName, stages: [hostileName],
    touchpoints: ["a", hostileName, hostileName + "1", "b"].map {
      Touchpoint(
        name: $0, title: hostileName, stage: hostileName, channels: [hostileName],
        owner: hostileName, feeling: 3, pain: hostileName, backstage: [hostileName],
        support: [hostileName])
    }, journeys: [hostileJourney])
  static let hostileMap: MeasuredJourney = {
    var map = bare(hostileJourney, in: hostileExperience, cases: 50)
    map.population = hostileName
    map.offMap = [Passage(name: hostileName, title: hostileName, cases: 3)]
    map.attention = [Attention(step: 0, title: hostileName, weight: 1, reasons: [hostileName])]
    map.targets = [
      MeasuredTarget(
        metric: hostileName, comparison: hostileName, limit: .infinity,
        measured: Estimate(value: .nan, low: -.infinity, high: .infinity, count: 3),
        verdict: .uncertain)
    ]
    map.conformance.cases = 50
    map.conformance.variants = [
      .init(
        touchpoints: [hostileName, "b"], cases: 3, completed: 1, medianTime: 4, fitness: 0.5)
    ]
    for index in map.steps.indices {
      map.steps[index].wentNext = map.offMap
      map.steps[index].dropOff = 5
      for place in map.steps[index].touchpoints.indices {
        map.steps[index].touchpoints[place].channels = [.init(channel: hostileName, count: 9)]
      }
    }
    return map
  }()

  /// A map whose cases thin out evenly, and whose other figures are mostly missing.
  static func bare(_ journey: Journey, in experience: Experience, cases: Int) -> MeasuredJourney {
    let steps = journey.stepsToGoal
    let starts = journey.starts.count
    func part(_ count: Int, _ start: Int) -> Int {
      count / starts + (start < count % starts ? 1 : 0)
    }
    func came(_ index: Int) -> Int { cases - cases * index / (steps.count + 1) }
    let completed = cases == 0 ? 0 : came(steps.count - 1)
    let measured = steps.enumerated().map { index, step in
      let here = came(index)
      let lost = index + 1 < steps.count ? here - came(index + 1) : 0
      return MeasuredStep(
        index: index,
        title: step.touchpoints.map { experience.touchpoint($0)?.title ?? $0 }
          .joined(separator: " or "),
        touchpoints: step.touchpoints.map {
          MeasuredTouchpoint(
            name: $0, title: experience.touchpoint($0)?.title ?? $0,
            stage: experience.touchpoint($0)?.stage, interactions: here, cases: here,
            channels: here > 0 ? [.init(channel: "web", count: here)] : [],
            designedFeeling: experience.touchpoint($0)?.feeling, feeling: .none, value: 0, cost: 0)
        },
        optional: step.mayBeEmpty, goal: step.touchpoints.contains(journey.goal), reached: here,
        reachedByStart: (0..<starts).map { part(here, $0) }, cases: here,
        casesByStart: (0..<starts).map { part(here, $0) }, share: .share(here, of: cases),
        dropOff: lost, dropOffByStart: (0..<starts).map { part(lost, $0) },
        dropOffShare: .share(lost, of: here), open: 0, wentNext: [],
        timeFromPrevious: here > 0 ? times(2 * hour, 9 * hour, here) : Times(), repeats: 0,
        casesRepeating: 0, skipped: 0, extra: 0, outOfOrder: 0, late: 0, promised: 0,
        channelSwitches: 0, wrongChannel: 0)
    }
    let all = counts(cases, completed, open: 0)
    return MeasuredJourney(
      journey: journey.name, title: journey.title, from: nil, to: nil, population: nil,
      watermark: cases == 0 ? nil : Instant(milliseconds: 1_780_401_600_000),
      definition: "0000000000000001", cases: all, customers: cases,
      completion: .share(completed, of: all.closed),
      time: completed > 0 ? times(day, 2 * day, completed) : Times(), value: Money(),
      cost: Money(), feeling: .none, excluded: Excluded(),
      starts: journey.starts.enumerated().map { k, name in
        let counts = counts(part(cases, k), part(completed, k), open: 0)
        return MeasuredStart(
          touchpoint: name, title: experience.touchpoint(name)?.title ?? name, cases: counts,
          completion: .share(counts.completed, of: counts.closed), time: Times(), repeats: 0,
          value: 0, cost: 0)
      },
      steps: measured,
      conformance: Conformance(
        fitness: cases > 0 ? 0.9 : nil, fitnessCompleted: nil, cases: all.closed,
        verdicts: .init(), variants: [], variantCount: 0),
      offMap: [], channelsPerCase: [], channelSwitches: 0, targets: [], attention: [])
  }
}

extension Sample {
  /// Every sample with its design.
  static let all: [(map: MeasuredJourney, journey: Journey, experience: Experience)] = [
    (shopMap, shopJourney, shop), (emptyMap, shopJourney, shop), (tinyMap, shopJourney, shop),
    (longMap, longJourney, longExperience), (broadMap, broadJourney, longExperience),
    (hostileMap, hostileJourney, hostileExperience),
  ]
}

extension Sample {
  /// The shop after its checkout was mended and its parcels became slower.
  static let laterMap: MeasuredJourney = {
    var map = shopMap
    map.completion = .share(2010, of: 9845)
    map.time.median = Estimate(value: 4.6 * day, low: 4.4 * day, high: 4.8 * day, count: 2010)
    map.steps[2].dropOffShare = .share(480, of: 3011)
    map.steps[6].touchpoints[0].name = "collected"
    return map
  }()
}

extension Sample {
  /// The shop's first order, whose product pages are to be looked at more than once.
  static let repeatingJourney: Journey = {
    var journey = shopJourney
    journey.steps[0] = .repeated(journey.steps[0])
    return journey
  }()
}

extension Sample {
  /// A journey that begins in as many ways as are measured.
  static let broadJourney = Journey(
    name: "broad", title: "Many ways in",
    starts: (0..<Journey.mostMeasuredStarts).map { "t\($0)" },
    steps: (10...14).map { .touchpoint("t\($0)") }, goal: "t14")
  static let broadMap: MeasuredJourney = bare(broadJourney, in: longExperience, cases: 900)
}
