import Experience
import Foundation
import Testing

@Suite struct `An experience's text` {
  private let text = """
    # What we designed.
    teams: [shop, {support: {title: Customer support}}]   # who
    touchpoints:
      # how they find us
      visit:   {stage: awareness, on: Visit Started, owner: shop}   # any visit
      order:
        # the moment
        on: Order Completed     # paid, too
        pain: >
          Long
          story
        value: properties.revenue

      # the end
    segments:
      buyers: 'count("Order Completed") >= 1'
    journeys:
      first:
        starts: [visit]
        steps:   # the way
        - repeat: visit # often
        - order
        goal: order
        targets: {completion: ">= 20%"}

    """

  private func set(
    _ field: String, _ value: ExperienceText.Value?, _ name: String,
    _ section: ExperienceText.Section
  ) throws -> String {
    try ExperienceText(text, file: "e.yaml").setting([(field, value)], of: name, in: section).text
  }

  @Test(arguments: [
    ("on", "Paid", "order", "on: Order Completed ", "on: Paid "),
    ("on", "a: b", "order", "on: Order Completed ", "on: 'a: b' "),
    ("pain", "Short", "order", "pain: >\n      Long\n      story\n", "pain: Short\n"),
    ("stage", "x", "order", "    # the moment\n", "    # the moment\n    stage: x\n"),
    ("support", "y", "order", "properties.revenue\n", "properties.revenue\n    support: y\n"),
    ("on", "it's", "visit", "on: Visit Started,", "on: 'it''s',"),
    ("title", "T", "visit", "{stage", "{title: T, stage"),
    ("cost", "0.40", "visit", "owner: shop}", "owner: shop, cost: 0.40}"),
  ])
  func `changes where the field stands, and nowhere else`(
    field: String, value: String, name: String, old: String, new: String
  ) throws {
    let changed = try set(field, .text(value), name, .touchpoints)
    #expect(changed == text.replacing(old, with: new))
  }

  @Test func `loses a field with its line, or with its comma`() throws {
    #expect(
      try set("value", nil, "order", .touchpoints)
        == text.replacing("    value: properties.revenue\n", with: ""))
    #expect(
      try set("stage", nil, "visit", .touchpoints)
        == text.replacing("stage: awareness, ", with: ""))
    #expect(
      try set("owner", nil, "visit", .touchpoints) == text.replacing(", owner: shop", with: ""))
    #expect(
      try set("targets.completion", nil, "first", .journeys)
        == text.replacing("    targets: {completion: \">= 20%\"}\n", with: ""))
  }

  @Test func `takes steps of several lines, and keeps the remark beside their name`() throws {
    #expect(
      try set("steps", .source("- visit\n- optional: order"), "first", .journeys)
        == text.replacing(
          "    - repeat: visit # often\n    - order\n",
          with: "      - visit\n      - optional: order\n"))
  }

  @Test func `has lists of names changed in place`() throws {
    let experience = ExperienceText(text, file: "e.yaml")
    #expect(experience.names(.teams) == ["shop", "support"])
    #expect(
      try experience.setting([("title", .text("Desk"))], of: "support", in: .teams).text
        == text.replacing("Customer support", with: "Desk"))
    #expect(
      try experience.setting([("title", .text("The shop"))], of: "shop", in: .teams).text
        == text.replacing("[shop,", with: "[{shop: {title: The shop}},"))
    #expect(
      try experience.adding("growth", [], to: .teams).text
        == text.replacing("support}}]", with: "support}}, growth]"))
    #expect(
      try experience.removing("shop", from: .teams).text == text.replacing("[shop, ", with: "["))
  }

  @Test func `gets entries at the end of their section, and a section where there is none`() throws
  {
    let experience = ExperienceText(text, file: "e.yaml")
    #expect(
      try experience.adding("fans", [("rule", .text("age() > 2d"))], to: .segments).text
        == text.replacing("journeys:", with: "  fans: 'age() > 2d'\njourneys:"))
    #expect(
      try experience.adding(
        "p", [("goal", .text("g")), ("needs", .list(["a", "b"]))], to: .personas
      )
      .text == text + "\npersonas:\n  p:\n    goal: g\n    needs: [a, b]\n")
    #expect(try experience.removing("buyers", from: .segments).names(.segments) == [])
  }

  @Test(arguments: ["", "a b", "x:", "#", String(repeating: "a", count: 65)])
  func `refuses what can be no name`(name: String) {
    #expect(throws: (any Error).self) {
      try ExperienceText(text, file: "e.yaml").adding(name, [], to: .personas)
    }
  }

  @Test func `that can't be read is refused, not guessed at`() {
    let broken = ExperienceText("touchpoints: [", file: "e.yaml")
    #expect(broken.names(.touchpoints) == [])
    #expect(throws: (any Error).self) { try broken.adding("a", [], to: .touchpoints) }
  }

  /// The comments of a text: what follows a “#” that begins a line or stands after a blank.
  private func comments(_ text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      let parts = (" " + line).components(separatedBy: " #")
      return parts.count > 1 ? parts.dropFirst().joined(separator: " #") : nil
    }
  }

  @Test(arguments: ["shop", "energy", "business"])
  func `keeps every comment and every other entry, whatever is written`(company: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/Companies/Experiences")
    let original = try String(
      contentsOf: folder.appendingPathComponent("\(company).yaml"), encoding: .utf8)
    var generator = SplitMix(state: 7)
    let texts = [
      "plain", "it's: \"odd\" # not a comment", "- dash", "[a, b]", "{x: y}", "null", "true", "&a",
      "*b", "!tag", "multi\nline", "tab\there", "  ", "é 日本 👩‍👧", "a, b", "x: y", "'", "\"", "%", "@",
      "0.40", "-1", "~", "? k", "|", ">", "\\", "#",
    ]
    var refused = 0
    for _ in 0..<60 {
      let sections: [ExperienceText.Section] = [.touchpoints, .journeys, .personas, .teams]
      let section = sections.randomElement(using: &generator) ?? .touchpoints
      let before = ExperienceText(original, file: "e.yaml")
      guard let name = before.names(section).randomElement(using: &generator) else { continue }
      let field =
        ["title", "pain", "goal", "owner"].filter(section.fields.contains)
        .randomElement(using: &generator) ?? "title"
      let value = texts.randomElement(using: &generator) ?? ""
      do {
        let after = try before.setting([(field, .text(value))], of: name, in: section)
        #expect(try after.fields(of: name, in: section)[field] == .text(value), "\(name) \(value)")
        for other in before.names(section).shuffled(using: &generator).prefix(2)
        where other != name {
          #expect(
            try after.fields(of: other, in: section) == before.fields(of: other, in: section))
        }
        #expect(after.names(section) == before.names(section))
        let kept = comments(original)
        let now = comments(after.text).filter(kept.contains)
        #expect(now == kept, "\(name) \(field) \(value)")
      } catch {
        refused += 1
      }
    }
    #expect(refused == 0)
  }
}
