import Engine
import Experience
import Foundation
import Testing

@testable import Maps

@Suite
struct `A map as a page` {
  static let pages: [String] =
    Sample.all.map { MapPage.render($0.map, of: $0.journey, in: $0.experience) } + [
      MapPage.render(
        MapComparison(
          Sample.shopMap, named: Sample.hostileName, with: Sample.laterMap, named: "Summer"),
        of: Sample.shopJourney, in: Sample.shop)
    ]

  @Test(arguments: pages.indices)
  func `closes what it opens`(index: Int) {
    let page = Self.pages[index]
    #expect(Markup(page).problems == [])
  }

  @Test(arguments: pages.indices)
  func `runs nothing and fetches nothing`(index: Int) throws {
    let page = Self.pages[index]
    let tags = Markup(page).tags
    let names = Set(tags.map(\.name))
    #expect(
      names.isDisjoint(with: ["script", "link", "img", "iframe", "object", "image", "a", "base"]))
    for tag in tags {
      #expect(tag.attributes.keys.allSatisfy { !$0.hasPrefix("on") && $0 != "src" })
      if let reference = tag.attributes["href"] { #expect(reference.hasPrefix("#lane-")) }
    }
    #expect(!page.contains("url(") && !page.contains("@import"))
    #expect(page.contains("default-src 'none'; style-src 'unsafe-inline'"))
  }

  @Test(arguments: pages.indices)
  func `has no character that turns or hides text`(index: Int) {
    let page = Self.pages[index]
    #expect(
      !page.unicodeScalars.contains {
        ($0.value < 0x20 && $0 != "\n") || (0x202A...0x202E).contains($0.value)
          || (0x2066...0x2069).contains($0.value)
      })
  }

  @Test(arguments: pages.indices)
  func `names every picture in words`(index: Int) {
    let page = Self.pages[index]
    for picture in page.components(separatedBy: "<svg").dropFirst() {
      let opening = picture.prefix { $0 != ">" }
      guard !opening.contains("aria-hidden=\"true\"") else { continue }
      #expect(opening.contains("role=\"img\""))
      #expect(picture.contains("<title>") && picture.contains("<desc>"))
    }
  }

  @Test(arguments: pages.indices)
  func `uses each id once, and only colours that exist`(index: Int) {
    let page = Self.pages[index]
    let ids = Markup(page).tags.compactMap { $0.attributes["id"] }
    #expect(ids.count == Set(ids).count)
    let defined = Set(Palette.colors.map(\.name) + ["n", "w", "span"])
    for match in page.matches(of: #/var\(--([a-z0-9-]+)\)/#) {
      #expect(defined.contains(String(match.1)), "\(match.1)")
    }
  }

  @Test(arguments: pages.indices)
  func `gives headings in their order and scopes to headers of tables`(index: Int) {
    let page = Self.pages[index]
    let tags = Markup(page).tags
    #expect(tags.filter { $0.name == "h1" }.count == 1)
    #expect(tags.filter { $0.name == "th" }.allSatisfy { $0.attributes["scope"] != nil })
    #expect(tags.first { $0.name == "html" }?.attributes["lang"] == "en")
  }

  @Test
  func `has the figures of every step in its table`() {
    let page = MapPage.render(Sample.shopMap, of: Sample.shopJourney, in: Sample.shop)
    for step in Sample.shopMap.steps {
      let reached = Figures(currency: "EUR", timezone: "UTC").count(step.reached)
      #expect(page.contains("<td class=\"figure\">\(reached)</td>"))
    }
    for part in ["9f2c41d07ab3e615", "Line of visibility".uppercased(), "Look here first"] {
      #expect(page.contains(part))
    }
  }

  @Test
  func `marks few cases, and says what to do where there are none`() {
    let tiny = MapPage.render(Sample.tinyMap, of: Sample.shopJourney, in: Sample.shop)
    #expect(tiny.contains(">few</span>"))
    let empty = MapPage.render(Sample.emptyMap, of: Sample.shopJourney, in: Sample.shop)
    #expect(empty.contains("Nothing to show yet") && empty.contains("waymark import"))
    #expect(!empty.contains("<svg"))
  }

  @Test
  func `shows no money where the experience has none`() {
    let page = MapPage.render(Sample.longMap, of: Sample.longJourney, in: Sample.longExperience)
    for part in [">Value<", ">Cost<", ">Money<", "a completion"] {
      #expect(!page.contains(part), "\(part)")
    }
    let shop = MapPage.render(Sample.shopMap, of: Sample.shopJourney, in: Sample.shop)
    #expect(shop.contains(">Value<") && shop.contains(">Cost<") && shop.contains(">Money<"))
  }

  @Test
  func `gives the starting points what is worth money besides the steps`() {
    var map = Sample.shopMap
    map.value.sum += 2500
    let page = MapPage.render(map, of: Sample.shopJourney, in: Sample.shop)
    #expect(page.contains("<b>€2.5\u{A0}k</b> value"))
  }

  @Test
  func `says plainly what is repeated by design`() {
    let designed = MapPage.render(
      Sample.shopMap, of: Sample.repeatingJourney, in: Sample.shop)
    #expect(designed.contains("<span class=\"chip\">more than once <b>2,410</b>"))
    #expect(!designed.contains(">repeated <b>2,410</b>"))
    let plain = MapPage.render(Sample.shopMap, of: Sample.shopJourney, in: Sample.shop)
    #expect(plain.contains("<span class=\"chip strong\">repeated <b>2,410</b>"))
  }

  @Test
  func `says what may be won at the steps to look at first`() {
    let page = MapPage.render(Sample.shopMap, of: Sample.shopJourney, in: Sample.shop)
    #expect(page.contains("about 412\u{A0}more completions"))
  }

  @Test
  func `fits ten columns into a window 1440 wide`() throws {
    let journey = Journey(
      name: "ten", starts: ["t0"], steps: (1...9).map { .touchpoint("t\($0)") }, goal: "t9")
    let map = Sample.bare(journey, in: Sample.longExperience, cases: 700)
    let page = MapPage.render(map, of: journey, in: Sample.longExperience)
    let size = try #require(
      page.firstMatch(of: #/class="map screen many" style="--n:10;--w:(\d+)px/#))
    // 1320 are left of the window, and 106 of them are the lanes' names and borders.
    #expect(try #require(Int(size.1)) * 10 + 106 <= 1320)
  }

  @Test
  func `gives every starting point that is measured its own colour`() {
    let page = MapPage.render(Sample.broadMap, of: Sample.broadJourney, in: Sample.longExperience)
    for place in 0..<Sample.broadMap.starts.count {
      #expect(page.contains("class=\"fill-s\(place)\""))
      #expect(page.contains(".fill-s\(place),"))
    }
    let colors = Palette.colors.filter { $0.name.hasPrefix("start") }
    #expect(colors.count == Palette.starts && Set(colors.map(\.light)).count == colors.count)
  }

  @Test
  func `prints long maps in parts that hold every column once`() {
    let page = MapPage.render(Sample.longMap, of: Sample.longJourney, in: Sample.longExperience)
    let counts = page.matches(of: #/class="map" style="--n:(\d+)/#).compactMap { Int($0.1) }
    #expect(counts.reduce(0, +) == 33)
    #expect(counts.allSatisfy { $0 <= MapPage.columnsInPrint })
  }
}

@Suite
struct `The palette` {
  @Test(arguments: MapSVG.Theme.allCases)
  func `has contrast enough to read by`(theme: MapSVG.Theme) throws {
    func luminance(_ name: String) throws -> Double {
      let color = try #require(Palette.colors.first { $0.name == name })
      let digits = (theme == .light ? color.light : color.dark).dropFirst()
      let value = try #require(Int(digits, radix: 16))
      let parts = [16, 8, 0].map { shift -> Double in
        let part = Double(value >> shift & 0xFF) / 255
        return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
    for pair in Palette.textOnGround {
      let values = try [luminance(pair.text), luminance(pair.ground)].sorted()
      #expect((values[1] + 0.05) / (values[0] + 0.05) >= 4.5, "\(pair)")
    }
  }
}
