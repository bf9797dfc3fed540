import Engine
import Testing

@testable import Maps

@Suite
struct `A map as a picture` {
  static let pictures: [String] = MapSVG.Theme.allCases.flatMap { theme in
    Sample.all.map { MapSVG.render($0.map, of: $0.journey, in: $0.experience, theme: theme) }
  }

  @Test(arguments: pictures.indices)
  func `stands alone`(index: Int) {
    let picture = Self.pictures[index]
    #expect(Markup(picture).problems == [])
    #expect(picture.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\""))
    #expect(picture.contains("<title>") && picture.contains("<desc>"))
    for part in ["var(--", "foreignObject", "<script", "href", "url(", "NaN", "inf"] {
      #expect(!picture.contains(part), "\(part)")
    }
  }

  @Test
  func `tells those who completed from those who left at a goal that is a choice`() {
    var map = Sample.shopMap
    map.steps[6].dropOff = 10
    map.cases.completed -= 10
    let picture = MapSVG.render(map, of: Sample.shopJourney, in: Sample.shop)
    #expect(picture.contains(">1,700</text>") && picture.contains(">−10 left</text>"))
  }

  @Test
  func `has other colours in the dark`() {
    let light = MapSVG.render(Sample.shopMap, of: Sample.shopJourney, in: Sample.shop)
    let dark = MapSVG.render(
      Sample.shopMap, of: Sample.shopJourney, in: Sample.shop, theme: .dark)
    #expect(light.contains("#fffefb") && !light.contains("#1a1f22"))
    #expect(dark.contains("#1a1f22") && !dark.contains("#fffefb"))
  }

  @Test
  func `has no text that runs into another or out of the picture`() throws {
    for (map, journey, experience) in Sample.all {
      let picture = MapSVG.render(map, of: journey, in: experience)
      let size = try #require(picture.firstMatch(of: #/viewBox="0 0 ([0-9.]+)/#))
      let width = try #require(Double(size.1))
      var rows: [String: [(x: Double, end: Double, text: String)]] = [:]
      var group = (x: 0.0, y: 0.0)
      for match in picture.matches(
        of:
          #/translate\(([0-9.]+) ([0-9.]+)\)|<text class="([^"]*)" x="([0-9.-]+)" y="([0-9.-]+)">([^<]*)|<\/g>/#
      ) {
        if let x = match.1.flatMap({ Double($0) }), let y = match.2.flatMap({ Double($0) }) {
          group = (x, y)
        } else if let classes = match.3, let x = match.4.flatMap({ Double($0) }), let y = match.5 {
          let text = String(match.6 ?? "").replacing("&lt;", with: "<")
            .replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&#39;", with: "'").replacing("&amp;", with: "&")
          let end = x + SVG.width(of: text, size: Self.size(String(classes)))
          rows["\(group.y) \(y)", default: []].append((x + group.x, end + group.x, text))
        } else {
          group = (0, 0)
        }
      }
      #expect(map.cases.total == 0 || rows.count > 10)
      for row in rows.values {
        let row = row.sorted { $0.x < $1.x }
        for (left, right) in zip(row, row.dropFirst()) {
          #expect(left.end <= right.x, "\(left.text) | \(right.text)")
        }
        #expect(row.allSatisfy { $0.end <= width })
      }
    }
  }

  private static func size(_ classes: String) -> Double {
    for (name, size) in [
      ("title", 26.0), ("key", 20), ("number", 15), ("step", 14), ("note", 13), ("name", 12.5),
      ("over", 12.5), ("tiny", 10.5),
    ] where classes.split(separator: " ").contains(Substring(name)) {
      return size
    }
    return 12
  }
}
