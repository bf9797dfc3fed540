import Engine
import Statistics
import Testing

@testable import Maps

@Suite
struct `A map as text` {
  @Test(arguments: [0, 64, 80, 120, 160, 1000])
  func `has no line over its width, whatever the names`(width: Int) {
    let limit = min(max(width, MapText.narrowest), MapText.widest)
    for color in [MapText.Color.plain, .ansi] {
      for (map, journey, experience) in Sample.all {
        let text = MapText.render(map, of: journey, in: experience, width: width, color: color)
        for line in text.split(separator: "\n") {
          #expect(String(line).cells <= limit, "\(line)")
        }
      }
    }
  }

  @Test
  func `carries no codes when plain, and only colours otherwise`() {
    for (map, journey, experience) in Sample.all {
      let plain = MapText.render(map, of: journey, in: experience)
      #expect(!plain.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
      let colored = MapText.render(map, of: journey, in: experience, color: .ansi)
      #expect(colored.contains("\u{1B}[1m"))
      #expect(colored.replacing(#/\u{1B}\[\d+m/#, with: "") == plain)
    }
  }

  @Test
  func `gives the figures of the shop as people read them`() {
    let text = MapText.render(Sample.shopMap, of: Sample.shopJourney, in: Sample.shop)
    for part in [
      "10,097 cases of 9,764 customers", "Completion 17.4 % of closed cases",
      "252 still open, counted apart", "promised within 2d of Order, late 45.0 %",
      "✓ met: Completion", "✗ missed: Feeling", "~ uncertain: Value",
      "After Checkout: Delivery costs 64.0 %", "1. Checkout (about 412 more completions): 34.5 %",
      "1 Mar 2026 to 1 Jun 2026",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }

  @Test
  func `says what is missing and what to do where there are no cases`() {
    let text = MapText.render(Sample.emptyMap, of: Sample.shopJourney, in: Sample.shop)
    #expect(text.contains("Nothing to show yet"))
    #expect(text.contains("waymark import"))
    #expect(text.contains("The designed way: Product page → "))
    #expect(!text.contains("The way they walked"))
  }

  @Test
  func `names what keeps cases out where there are events`() {
    var map = Sample.emptyMap
    map.watermark = Sample.shopMap.watermark
    map.excluded.outsideAudience = 1200
    let text = MapText.render(map, of: Sample.shopJourney, in: Sample.shop)
    #expect(text.contains("1,200 starting events"))
    #expect(text.contains("A case begins at: Ad, Search, Referral."))
  }

  @Test
  func `names the events to look for where none begins a case`() {
    var map = Sample.emptyMap
    map.watermark = Sample.shopMap.watermark
    let text = MapText.render(map, of: Sample.shopJourney, in: Sample.shop, width: 160)
    #expect(text.contains("waits for “Ad Clicked”, “Referred”, “Search”, and"))
    #expect(text.contains("waymark check"))
    #expect(!text.contains("in this range"))
  }

  @Test
  func `shows no money where the experience has none`() {
    let text = MapText.render(Sample.longMap, of: Sample.longJourney, in: Sample.longExperience)
    #expect(!text.contains("alue") && !text.contains("cost"))
    let shop = MapText.render(
      Sample.shopMap, of: Sample.shopJourney, in: Sample.shop, width: 160)
    #expect(shop.contains("value €165.4 k (€96.74 a completion)"))
    #expect(shop.contains("cost €3.7 k (€0.37 a case)"))
  }

  @Test
  func `breaks titles that are too long for their column instead of cutting them`() {
    let text = MapText.render(Sample.longMap, of: Sample.longJourney, in: Sample.longExperience)
    #expect(text.contains("\n    long title of its own"))
  }

  @Test
  func `says plainly what is repeated by design`() {
    let text = MapText.render(Sample.shopMap, of: Sample.repeatingJourney, in: Sample.shop)
    #expect(text.contains("more than once 2,410") && !text.contains("repeated 2,410"))
  }

  @Test
  func `marks figures that rest on few cases`() {
    let few = MapText.render(Sample.tinyMap, of: Sample.shopJourney, in: Sample.shop)
    #expect(few.contains("n = 3, few"))
    #expect(few.contains("few cases"))
    let many = MapText.render(Sample.longMap, of: Sample.longJourney, in: Sample.longExperience)
    #expect(!many.contains("few"))
  }
}

@Suite
struct `A comparison as text` {
  @Test(arguments: [64, 80, 120])
  func `keeps its width`(width: Int) {
    let comparison = MapComparison(
      Sample.shopMap, named: Sample.hostileName, with: Sample.laterMap, named: "later")
    let text = MapText.render(
      comparison, of: Sample.shopJourney, in: Sample.shop, width: width)
    for line in text.split(separator: "\n") { #expect(String(line).cells <= width, "\(line)") }
  }

  @Test
  func `finds no change between a map and itself`() {
    let same = MapComparison(
      Sample.shopMap, named: "left", with: Sample.shopMap, named: "right")
    #expect(same.findings(Figures(currency: "EUR", timezone: "UTC")) == [])
    let text = MapText.render(same, of: Sample.shopJourney, in: Sample.shop)
    #expect(text.contains("No change beyond noise."))
  }

  @Test
  func `says which changes are sure, and whether they are good`() {
    let comparison = MapComparison(
      Sample.shopMap, named: "Spring", with: Sample.laterMap, named: "Summer")
    let text = MapText.render(comparison, of: Sample.shopJourney, in: Sample.shop)
    #expect(text.contains("Completion: better, +3.0 points (+2.0 to +4.1)."))
    #expect(text.contains("Median time to goal: worse, +12h"))
    #expect(text.contains("Checkout, of these left: better, −15.7 points"))
  }

  @Test
  func `turns its sign when its sides are changed`() {
    for seed in 0..<200 as Range<UInt64> {
      var random = SeededGenerator(seed: seed)
      let (m, n) = (1 + random.below(500), 1 + random.below(500))
      let left = Estimate.share(random.below(m + 1), of: m)
      let right = Estimate.share(random.below(n + 1), of: n)
      func figure(_ left: Estimate, _ right: Estimate) -> ComparedFigure {
        ComparedFigure(label: "", unit: .share, better: .more, left: left, right: right)
      }
      let (there, back) = (figure(left, right), figure(right, left))
      #expect(abs((there.change.value ?? 9) + (back.change.value ?? 9)) < 1e-12)
      #expect((there.finding == .better) == (back.finding == .worse))
      #expect((there.finding == .noise) == (back.finding == .noise))
    }
  }

  @Test
  func `shows a step that only one side has on that side alone`() {
    let comparison = MapComparison(
      Sample.shopMap, named: "Spring", with: Sample.laterMap, named: "Summer")
    #expect(comparison.steps.count == Sample.shopMap.steps.count + 1)
    #expect(comparison.steps.last?.figures.first?.left == Estimate.none)
    #expect(comparison.steps.last?.figures.first?.finding == .unknown)
  }
}
