import Testing

@testable import Maps

@Suite
struct `A map as text` {
  @Test(arguments: [64, 80, 120, 160])
  func `has no line over its width, whatever the names`(width: Int) {
    for color in [MapText.Color.plain, .ansi] {
      for (map, journey, experience) in Sample.all {
        let text = MapText.render(map, of: journey, in: experience, width: width, color: color)
        for line in text.split(separator: "\n") {
          #expect(String(line).cells <= width, "\(line)")
        }
      }
    }
  }
}
