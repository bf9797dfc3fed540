import Events
import Experience
import Foundation
import Testing

/// The remarks as `line:column code`, errors unmarked, warnings with `w`, notes with `n`.
private func remarks(_ text: String) -> [String] {
  ExperienceLoader.load(text: text, file: "map.yaml").diagnostics.map { remark in
    let mark = remark.severity == .error ? "" : "\(remark.severity.rawValue.prefix(1)) "
    return "\(mark)\(remark.line):\(remark.column) \(remark.code)"
  }
}

/// A small experience without remarks; the lines that tests change stand by themselves.
private let good = """
  experience: Test
  stages: [first, second]
  channels: [web, app]
  teams: [shop]
  touchpoints:
    visit: {stage: first, on: Visit, owner: shop}
    cart: {stage: second, channel: web, on: Cart}
    order: {stage: second, on: Order}
    left: {on: Left}
  journeys:
    buy:
      starts: [visit]
      steps: [cart]
      goal: order
      ends: [left]

  """

@Suite
struct `The loader` {
  @Test
  func `finds nothing wrong in a good experience`() {
    #expect(remarks(good) == [])
  }

  @Test(arguments: [
    // The document
    ("", ["1:1 file.empty"]),
    ("# only a comment\n", ["1:1 file.empty"]),
    ("---\n", ["1:1 file.empty"]),
    ("- a\n", ["1:1 yaml.type"]),
    ("experience: [\n", ["2:1 yaml.syntax"]),
    ("experience: \"a\n", ["2:1 yaml.syntax"]),
    ("experience: a\n---\nexperience: b\n", ["2:1 yaml.syntax"]),
    ("experience: a\n\tstages: [a]\n", ["2:1 yaml.syntax"]),
    ("experience: a\u{0}b\n", ["1:14 yaml.syntax"]),
    ("experience: a\nexperience: b\n", ["2:1 yaml.twice"]),
    ("touchpoints:\n  a: {on: x, on: y}\n", ["2:14 yaml.twice"]),
    ("experience: &name a\n", ["1:13 yaml.alias"]),
    ("experience: *name\n", ["1:13 yaml.alias"]),
    ("teams: [a, *b]\n", ["1:12 yaml.alias"]),
    ("? a\n: b\n", ["1:1 yaml.syntax"]),
    ("experiance: a\n", ["1:1 yaml.key"]),
    ("1: a\n", ["1:1 yaml.key"]),
    ("interventions: {a: 3}\n", ["n 1:1 experience.later"]),
    // Fields of the experience
    ("experience:\n", ["1:12 yaml.type"]),
    ("timezone: Europe/Berln\n", ["1:11 experience.timezone"]),
    ("timezone: GMT+1\n", ["1:11 experience.timezone"]),
    ("timezone: ../../etc/passwd\n", ["1:11 experience.timezone"]),
    ("currency: Euro\n", ["1:11 experience.currency"]),
    ("stages: {a: b}\n", ["1:9 yaml.type"]),
    ("stages: [a, b, a]\n", ["1:16 name.twice"]),
    (
      "teams: [a, {b: {titel: c}}]\n", ["n 1:9 team.unused", "n 1:13 team.unused", "1:17 yaml.key"]
    ),
    ("touchpoints:\n  a b: {on: x}\n", ["2:3 name.letters"]),
    ("touchpoints: [a]\n", ["1:14 yaml.type"]),
  ])
  func `places what is wrong with a document`(text: String, expected: [String]) {
    #expect(remarks(text) == expected)
  }

  @Test(arguments: [
    ("stage: frist, on: Visit", ["6:18 reference.stage"]),
    ("on: Visit, ownr: shop", ["6:22 yaml.key"]),
    ("on: Visit, owner: shp", ["6:29 reference.owner"]),
    ("on: Visit, channel: [web, ap]", ["6:37 reference.channel"]),
    ("on: Visit, control: partner", ["6:22 touchpoint.partner"]),
    ("on: Visit, control: partnr", ["6:31 yaml.choice"]),
    ("on: Visit, partner: p", ["w 6:22 touchpoint.partner", "6:31 reference.partner"]),
    ("on: Visit, cost: 0,40", ["6:30 yaml.key"]),
    ("on: Visit, cost: cheap", ["6:28 yaml.type"]),
    ("on: Visit, cost: -1", ["6:28 touchpoint.cost"]),
    ("on: Visit, feeling: 6", ["6:31 touchpoint.feeling"]),
    ("on: Visit, feeling: .nan", ["6:31 yaml.type"]),
    ("on: Visit, moment_of_truth: yes", ["6:39 yaml.type"]),
    ("on: Visit, expects: 2 days", ["6:31 yaml.type"]),
    ("on: Visit, expects: {of: cart}", ["6:22 touchpoint.expects"]),
    ("on: Visit, expects: {within: 2d, of: crat}", ["6:48 reference.touchpoint"]),
    ("on: Visit, expects: 60d", []),
    ("on: 'event == \"a\" && propertis.x > 1'", ["6:32 expression.name"]),
    ("on: 'event == ''a'' && propertis.x > 1'", ["6:34 expression.name"]),
    ("on: \"event == \\\"a\\\" && propertis.x > 1\"", ["6:34 expression.name"]),
    ("on: properties.x", []),
    ("on: properties.x + 1", ["6:15 expression.result"]),
    ("on: []", ["6:15 yaml.type"]),
    ("on: {a: b}", ["6:15 yaml.type"]),
    ("on: Visit, value: properties.x == 3", ["6:29 expression.result"]),
    ("on: Cart", ["w 7:43 touchpoint.shadowed", "w 14:11 journey.goal.unreachable"]),
    ("stage: first", ["w 6:3 touchpoint.unbound"]),
    ("on: Order", ["w 8:30 touchpoint.shadowed", "w 14:11 journey.goal.unreachable"]),
  ])
  func `places what is wrong with a touchpoint`(fields: String, expected: [String]) {
    let text = good.replacing("stage: first, on: Visit, owner: shop", with: fields)
    let found = remarks(text).filter { $0 != "n 4:9 team.unused" }
    #expect(found.sorted() == expected.sorted())
  }

  @Test(arguments: [
    ("starts: [visit]", "starts: [vist]", ["12:14 reference.touchpoint"]),
    ("starts: [visit]", "starts: []", ["12:5 journey.starts"]),
    ("starts: [visit]", "window: 2d", ["11:3 journey.starts"]),
    ("starts: [visit]", "starts: [visit, visit]", ["12:21 journey.starts.twice"]),
    (
      "starts: [visit]", "starts: [visit, cart, left, order]",
      ["w 12:5 journey.starts", "12:33 journey.goal"]
    ),
    (
      "starts: [visit]", "starts: [a, b, c, d, e, f, g, h, visit]",
      ["12:5 journey.starts"]
        + [14, 17, 20, 23, 26, 29, 32, 35].map { "12:\($0) reference.touchpoint" }
    ),
    ("steps: [cart]", "steps: [cart, cart]", ["13:19 journey.steps.twice"]),
    ("steps: [cart]", "steps: [cart, {any: [left, {all: [cart]}]}]", ["13:39 journey.steps.twice"]),
    ("steps: [cart]", "steps: cart", ["13:12 yaml.type"]),
    ("steps: [cart]", "steps: [{either: [cart]}]", ["13:14 yaml.key"]),
    ("steps: [cart]", "steps: [{any: []}]", ["13:19 yaml.type"]),
    ("steps: [cart]", "steps: [{any: [cart], all: [left]}]", ["13:13 yaml.type"]),
    ("goal: order", "goal: ordr", ["14:11 reference.touchpoint"]),
    ("goal: order", "goal: left", ["15:12 journey.ends"]),
    ("goal: order", "kind: decision", ["11:3 journey.goal"]),
    ("goal: order", "goal: order\n    window: 0d", ["15:13 yaml.type"]),
    ("goal: order", "goal: order\n    window: 30 days", ["15:13 yaml.type"]),
    ("goal: order", "goal: order\n    again: sometimes", ["15:12 journey.again"]),
    ("goal: order", "goal: order\n    again: {after: never}", ["15:20 yaml.type"]),
    ("goal: order", "goal: order\n    then: by", ["15:11 reference.journey"]),
    ("goal: order", "goal: order\n    then: buy", ["w 15:11 journey.cycle"]),
    ("goal: order", "goal: order\n    for: nobody", ["15:10 reference.audience"]),
    ("goal: order", "goal: order\n    for: 'event == \"a\"'", ["15:11 expression.subject"]),
    ("goal: order", "goal: order\n    targets: {completion: 12%}", ["15:27 journey.target"]),
    (
      "goal: order", "goal: order\n    targets: {completion: \">= 120%\"}", ["15:27 journey.target"]
    ),
    ("goal: order", "goal: order\n    targets: {median_time: \"<= 5\"}", ["15:28 journey.target"]),
    ("goal: order", "goal: order\n    targets: {csat: \">= 80%\"}", ["15:15 yaml.key"]),
  ])
  func `places what is wrong with a journey`(line: String, other: String, expected: [String]) {
    let found = remarks(good.replacing(line, with: other))
    #expect(found.filter { !$0.hasSuffix("touchpoint.unused") } == expected)
  }

  @Test
  func `follows a mistake into an expression of several lines`() {
    let folded = """
      segments:
        a: >
          count("x") > 1
          && cuont("y") > 2
        b: |
          true
          && agee() < 3d
        c: "true &&
          \\"a\\" == nme"
      """
    #expect(
      remarks(folded) == [
        "4:8 expression.name", "7:8 expression.name", "9:14 expression.name",
      ])
  }

  @Test
  func `counts lines and characters as editors do`() {
    #expect(
      remarks("experience: Käufer 😀\r\nsegments:\r\n  'ä': '\"😀\" == nme'\r\n")
        == ["3:16 expression.name"])
  }

  @Test
  func `ends soon on a long list of names`() {
    let text = "teams: [" + (0..<20_000).map { "t\($0)" }.joined(separator: ", ") + "]\n"
    let diagnostics = ExperienceLoader.load(text: text, file: "a").diagnostics
    #expect(diagnostics.contains { $0.code == "name.many" })
  }

  @Test
  func `warns of promises that outlast the window and of steps that cannot happen`() {
    let slow = good.replacing("on: Cart", with: "on: Cart, expects: 40d")
    #expect(remarks(slow) == ["w 11:3 journey.window"])
    let drawn = good.replacing("channel: web, on: Cart", with: "channel: web")
    #expect(
      remarks(drawn) == ["w 7:3 touchpoint.unbound", "w 14:11 journey.goal.unreachable"])
    let optional = drawn.replacing("[cart]", with: "[{optional: cart}]")
    #expect(remarks(optional) == ["w 7:3 touchpoint.unbound"])
    let choice = drawn.replacing("[cart]", with: "[{any: [cart, left]}]")
      .replacing("ends: [left]", with: "ends: []")
    #expect(remarks(choice) == ["w 7:3 touchpoint.unbound"])
  }

  @Test
  func `limits steps and touchpoints`() {
    let names = (1...251).map { "t\($0)" }
    func text(_ count: Int, steps: Int) -> String {
      "touchpoints:\n" + names.prefix(count).map { "  \($0): {on: \($0)}\n" }.joined()
        + "journeys:\n  j:\n    starts: [t1]\n    steps: ["
        + names.prefix(steps).joined(separator: ", ") + "]\n    goal: t2\n"
    }
    func errors(_ text: String) -> [String] { remarks(text).filter { !$0.hasPrefix("n ") } }
    #expect(errors(text(250, steps: 32)) == [])
    #expect(errors(text(250, steps: 33)) == ["253:3 journey.steps"])
    #expect(errors(text(251, steps: 32)) == ["252:3 experience.touchpoints"])
  }

  @Test
  func `reads every field`() throws {
    let text = """
      experience: Full
      timezone: America/New_York
      currency: USD
      channels: [web]
      teams: {shop: {title: The shop}, desk: }
      partners: [{post: {title: Post}}]
      touchpoints:
        a: {title: First, stage: awareness, channel: web, on: [A, B], owner: shop, cost: 0.4,
            control: partner, partner: post, value: properties.v * 2, score: properties.s,
            expects: {within: 2d, of: b}, feeling: 4.5, moment_of_truth: true, pain: true,
            backstage: pick, support: [x, y]}
        b: {on: 'event == "C" && channel == "web"', owner: desk, expects: 1h, pain: slow}
      personas: {p: {title: P, goal: g, needs: [n], pains: q, channels: [web], who: traits.x == 1}}
      segments: {s: age() < 30d}
      journeys:
        j: {starts: a, steps: [{optional: {any: [b, [a]]}}], goal: b, again: {after: 30d},
            for: p, case_key: order_id, then: k, owner: shop, kind: mine, window: 1w,
            targets: {completion: ">=12.5%", p90_time: "<= 9d", cost: "<= 3"}}
        k: {starts: [a], steps: [{repeat: a}, {all: [b]}], goal: b, again: once, for: age() > 2h}
      """
    let (experience, diagnostics) = ExperienceLoader.load(text: text, file: "full.yaml")
    #expect(diagnostics.map(\.code) == ["segment.unused"])
    #expect(experience.timezone == "America/New_York")
    #expect(experience.teams.map(\.title) == ["The shop", "desk"])
    let a = try #require(experience.touchpoint("a"))
    #expect(a.rule == .isOneOf(.event, [.string("A"), .string("B")]))
    #expect(a.value == .binary(.times, .property("v"), .number(2)))
    #expect(a.expects == Touchpoint.Expectation(within: .days(2), of: "b"))
    #expect(a.pain == "Known to hurt" && a.momentOfTruth && a.feeling == 4.5 && a.cost == 0.4)
    #expect(a.backstage == ["pick"] && a.support == ["x", "y"] && a.partner == "post")
    #expect(experience.touchpoint("b")?.pain == "slow")
    let j = try #require(experience.journey("j"))
    #expect(j.audience == .binary(.equal, .trait("x"), .number(1)) && j.audienceName == "p")
    #expect(j.steps == [.optional(.any([.touchpoint("b"), .sequence([.touchpoint("a")])]))])
    #expect(j.again == .after(.days(30)) && j.window == .days(7) && j.caseKey == "order_id")
    #expect(j.targets.map(\.limit) == [0.125, 777_600_000, 3])
    #expect(j.place == Place(file: "full.yaml", line: 16, column: 3))
    let k = try #require(experience.journey("k"))
    #expect(k.steps == [.repeated(.touchpoint("a")), .all([.touchpoint("b")])])
    #expect(k.again == .once && k.audienceName == "age() > 2h" && k.next == nil)
  }

  @Test(arguments: [
    "UTC", "Europe/Berlin", "Asia/Kolkata", "America/Argentina/Buenos_Aires", "Asia/Calcutta",
  ])
  func `knows time zones by their names`(zone: String) {
    #expect(remarks("timezone: \(zone)\n") == [])
  }

  @Test
  func `says why names clash`() {
    let text = "segments: {a: age() > 1d}\npersonas: {a: {who: age() > 2d}}\n"
    #expect(remarks(text) == ["n 1:12 segment.unused", "2:12 name.twice", "n 2:12 persona.unused"])
    let cycle =
      good + """
          more: {starts: [visit], goal: order, then: again}
          again: {starts: [visit], goal: order, then: more}

        """
    #expect(remarks(cycle) == ["w 17:47 journey.cycle"])
  }

  @Test
  func `suggests the name that was meant`() {
    let text = good.replacing("starts: [visit]", with: "starts: [vsiit]")
    let remark = ExperienceLoader.load(text: text, file: "map.yaml").diagnostics.last
    #expect(
      remark?.description
        == "map.yaml:12:14: error: There is no touchpoint called “vsiit”. Did you mean visit?")
  }

  @Test
  func `makes a starter without errors and warnings`() {
    #expect(remarks(ExperienceLoader.starterExperience) == [])
  }
}

@Suite
struct `Hostile text` {
  @Test(arguments: [
    "a: " + String(repeating: "[", count: 10_000),
    String(repeating: "{a: ", count: 10_000),
    String(repeating: "- ", count: 10_000) + "a",
    (0..<500).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
    "a: &a [x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: {*c : 1, *c : 2}\n",
    "a: !!str &x b\n", "{&a b: *a}", "- &x\n- *x", "\"a\": *x", "k: |\n  text\nl: *x",
    "k: 'it''s'\nl: *x",
    "--- [&a b]", "\u{FEFF}[*a]", "- a: |\n    text\n  b: *x", "- a: |\n  b: *x", "- |\n *x\n- *y",
    "- - >\n   *x\n  - *y", "--- [{*x : 1}]", "a:\n  |\n  text\nb: *x", "k: {a: \"b\", c: *x}",
  ])
  func `is refused before it expands`(text: String) {
    let (_, diagnostics) = ExperienceLoader.load(text: text, file: "bomb.yaml")
    let codes = ["yaml.alias", "yaml.nesting", "yaml.syntax"]
    #expect(diagnostics.contains { $0.severity == .error && codes.contains($0.code) })
    #expect(diagnostics.count == 1)
  }

  @Test(arguments: [
    "experience: \"*a &b\"\n", "experience: a *b &c\n", "experience: 'it''s *a'\n",
    "experience: a # *b\n", "experience: >\n  *a\n  &b\n", "experience: 3 * 4\n",
    "teams:\n  # &a\n",
    "- |\n *x\n", "- - >\n   *x\n", "- a: |\n   *x\n", "a:\n  b: >-\n    *x\n\n    &y\n",
  ])
  func `is not suspected where it is harmless`(text: String) {
    let (_, diagnostics) = ExperienceLoader.load(text: text, file: "a.yaml")
    #expect(!diagnostics.contains { $0.code == "yaml.alias" })
  }

  @Test
  func `has a size limit and a limit of remarks`() {
    let large = "experience: " + String(repeating: "a", count: ExperienceLoader.largestFile)
    #expect(
      ExperienceLoader.load(text: large, file: "a").diagnostics.map(\.code) == ["file.size"])
    let wrong = (0..<5000).map { "x\($0): 1\n" }.joined()
    let remarks = ExperienceLoader.load(text: wrong, file: "a").diagnostics
    #expect(remarks.count == 501)
    #expect(remarks.last?.problem == "There are 4500 more remarks.")
  }

  @Test(arguments: 0..<200)
  func `never breaks the loader`(seed: UInt64) {
    var random = SplitMix(state: seed)
    var text = Array(ExperienceLoader.starterExperience.unicodeScalars)
    let pieces: [String] = [
      "[", "]", "{", "}", ":", ": ", "- ", "\n", "\n\n", "\"", "'", "*x", "&x ", "|", ">", "#", "!",
      "%", "@", "`", "\t", "\u{0}", "\u{85}", "\u{2028}", "\r", "😀", "? ", "null", "~", "1e999",
      "\\", "\\u", "((((", "in", "..", "<<: ", "---\n", "...\n", "\u{FEFF}",
    ]
    for _ in 0..<(1 + Int(random.next() % 6)) {
      let place = Int(random.next() % UInt64(text.count + 1))
      let length = min(Int(random.next() % 30), text.count - place)
      switch random.next() % 4 {
      case 0: text.removeSubrange(place..<(place + length))
      case 1: text.insert(contentsOf: text[place..<(place + length)], at: place / 2)
      case 2: text = Array(text.prefix(max(1, place)))
      default:
        let piece = pieces[Int(random.next() % UInt64(pieces.count))]
        text.insert(contentsOf: piece.unicodeScalars, at: place)
      }
    }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text)
    let lines = view.split(omittingEmptySubsequences: false) {
      ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains($0)
    }
    let (_, diagnostics) = ExperienceLoader.load(text: String(view), file: "fuzz.yaml")
    for remark in diagnostics {
      #expect((1...(lines.count + 1)).contains(remark.line), "\(remark)")
      let width = remark.line <= lines.count ? lines[remark.line - 1].count : 0
      #expect((1...(width + 2)).contains(remark.column), "\(remark)")
      #expect(!remark.remedy.isEmpty)
    }
  }
}

@Suite
struct `A title that nobody wrote` {
  @Test(arguments: [
    ("product_page", "Product page"), ("ad", "Ad"), ("NPS_survey", "NPS survey"), ("2nd", "2nd"),
  ])
  func `is the name in sentence case`(name: String, title: String) {
    #expect(Touchpoint(name: name).title == title)
    #expect(Journey(name: name, starts: [], steps: [], goal: "").title == title)
    #expect(Touchpoint(name: name, title: "as written").title == "as written")
  }
}
