import Engine
import Maps
import Testing

@testable import Answers

@Suite
struct `An answer as text` {
  @Test(arguments: 0..<200)
  func `keeps every line within the width, whatever the names and numbers`(seed: Int) {
    var sampler = Sampler(seed)
    for width in [40, 62, 80, 160] {
      let table = TableText(sampler.table(), style: AnswerStyle(width: width)).lines(width: width)
      let picture = sampler.picture().lines(width: width)
      for line in table + picture {
        #expect(line.cells <= width, "\(line)")
        let controls = line.unicodeScalars.filter {
          $0.properties.generalCategory == .control || $0.value == 0x202E
        }
        #expect(controls.isEmpty, "\(line.debugDescription)")
      }
    }
  }

  private var funnel: AnswerTable {
    var table = AnswerTable([
      .init("step", .key), .init("customers", .count), .init("share", .share),
      .init("low", .share), .init("high", .share), .init("share_of_previous", .share),
      .init("median_time", .duration), .init("value", .money), .init("spare", .number),
    ])
    table.add([
      .text("cart"), .count(12_345), .number(1), .none, .none, .none, .none, .number(12.5), .none,
    ])
    table.add([
      .text("order"), .count(617), .number(0.05), .number(0.046), .number(0.054), .number(0.05),
      .number(93_600_000), .number(1234), .none,
    ])
    return table
  }

  @Test
  func `shows figures as people read them, with their intervals`() {
    let style = AnswerStyle(width: 100, currency: "EUR")
    let lines = TableText(funnel, style: style).lines(width: 100)
      .map { $0.replacing("\u{A0}", with: " ") }
    #expect(
      lines == [
        "step   customers    share       95 %  share of previous  median time   value",
        "cart      12,345  100.0 %                             –            –  €12.50",
        "order        617    5.0 %  4.6–5.4 %              5.0 %        1d 2h  €1.2 k",
      ])
  }

  @Test
  func `leaves out what matters least where there is little room, and says so`() {
    let lines = TableText(funnel, style: AnswerStyle()).lines(width: 40)
      .map { $0.replacing("\u{A0}", with: " ") }
    #expect(lines[0].hasPrefix("step   customers    share"))
    #expect(lines[2].hasPrefix("order        617    5.0 %"))
    #expect(lines[3] == "Too wide to show: share of previous,")
    #expect(lines[4] == "median time, value.")
  }

  @Test(arguments: 40..<110)
  func `never shows an interval without its figure`(width: Int) {
    var table = AnswerTable([
      .init("step", .key), .init("customers", .count), .init("share", .share),
      .init("cases", .count), .init("difference", .share), .init("low", .share),
      .init("high", .share), .init("median_time", .duration),
    ])
    table.add([
      .text("cart to order"), .count(12), .number(0.2), .count(7), .number(-0.1), .number(-0.3),
      .number(0.1), .number(1000),
    ])
    let lines = TableText(table, style: AnswerStyle(width: width)).lines(width: width)
      .map { $0.replacing("\u{A0}", with: " ") }
    #expect(!lines[0].contains("95 %") || lines[0].contains(/difference +95 %/))
    #expect(!lines[0].contains("95 %") || lines[1].contains("−30.0 to 10.0 %"))
    #expect(width < 100 || lines[0].contains("95 %"))
  }

  @Test
  func `says how many rows there are beyond those shown`() {
    var table = AnswerTable([.init("day", .key), .init("customers", .count)])
    for day in 0..<(TableText.mostRows + 1234) { table.add([.text("\(day)"), .count(day)]) }
    let lines = TableText(table, style: AnswerStyle()).lines(width: 80)
    #expect(lines.count == TableText.mostRows + 2)
    #expect(lines.last == "… and 1,234 more rows; --format csv has all.")
  }

  @Test
  func `draws bars as long as their numbers`() {
    let picture = AnswerPicture.bars(
      title: "Steps", series: ["customers"],
      bars: [
        .init("cart", [400]), .init("order", [100]), .init("gone", [0]), .init("less", [-200]),
      ])
    #expect(
      picture.lines(width: 40) == [
        "Steps",
        "cart    400  " + String(repeating: "█", count: 27),
        "order   100  ██████▊",
        "gone      0",
        "less   −200  " + String(repeating: "░", count: 14),
      ])
  }

  @Test
  func `keeps the names of figures whole, above the marks where they are long`() {
    let long = "first_order: began with the newsletter of the partner that nobody remembers"
    let picture = AnswerPicture.ranges(
      title: "Drivers",
      ranges: [
        .init("first_order: began with ad_click", 0.5, low: 0.25, high: 0.75),
        .init("price", 1, low: nil, high: nil),
        .init(long, 0.25, low: 0, high: 0.5),
      ])
    for width in [60, 80] {
      let lines = picture.lines(width: width)
      #expect(lines.allSatisfy { $0.cells <= width })
      #expect(lines.dropFirst().contains { $0.hasPrefix("price ") })
      #expect(lines.joined(separator: " ").contains(long))
      #expect(!lines.joined().contains("…"))
    }
    #expect(
      picture.lines(width: 80).contains { $0.hasPrefix("first_order: began with ad_click  ") })
  }

  @Test
  func `draws a single line as columns and several as rows of blocks`() {
    let one = AnswerPicture.lines(
      title: "Orders", axis: ["Mon", "Tue", "Wed"], lines: [.init("orders", [0, 3, 6])])
    #expect(
      one.lines(width: 40)
        == [
          "Orders",
          "6 │        ████", "  │        ████", "  │        ████", "  │    ████████",
          "  │    ████████",
          "0 │    ████████", "   Mon  Wed",
        ].map { $0.hasPrefix("   Mon") ? "   Mon      Wed" : $0 })
    let two = AnswerPicture.lines(
      title: "Orders", axis: ["Mon", "Tue", "Wed"],
      lines: [.init("web", [0, 4, 8]), .init("store", [nil, 8, 1])])
    #expect(
      two.lines(width: 40) == [
        "Orders", "web        ▄▄▄▄████  8", "store      ████▁▁▁▁  1", "       Mon      Wed",
      ])
  }

  @Test
  func `shades a grid by its shares and leaves empty what is not there yet`() {
    let picture = AnswerPicture.grid(
      title: "Retention", rows: ["March", "April"], columns: ["0", "1"],
      shares: [[1, 0.42], [0.1, nil]])
    #expect(
      picture.lines(width: 40) == [
        "Retention", "          0    1", "March  █100 ▒ 42", "April    10",
      ])
  }

  @Test
  func `writes a flow as a tree where every node has one way in, and by node otherwise`() {
    let nodes: [AnswerPicture.Node] = [
      .init("home", column: 0, count: 100), .init("cart", column: 1, count: 60),
      .init("search", column: 1, count: 40), .init("order", column: 2, count: 30),
    ]
    let tree = AnswerPicture.flow(
      title: "Ways", nodes: nodes,
      links: [
        .init(from: 0, to: 1, count: 60), .init(from: 0, to: 2, count: 40),
        .init(from: 1, to: 3, count: 30),
      ])
    #expect(
      tree.lines(width: 40).map { line in
        line.replacing("\u{A0}", with: " ").filter { !"█▏▎▍▌▋▊▉".contains($0) }.trimmed
      } == [
        "Ways", "home       100", "├ cart      60  60.0 %",
        "│ └ order   30  50.0 %", "└ search    40  40.0 %",
      ])
    let circle = AnswerPicture.flow(
      title: "Ways", nodes: nodes,
      links: [.init(from: 0, to: 1, count: 60), .init(from: 1, to: 0, count: 5)])
    let lines = circle.lines(width: 60)
    #expect(lines.contains { $0.hasPrefix("home") } && lines.contains { $0.hasPrefix("  → cart") })
    #expect(lines.contains { $0.hasPrefix("cart") } && lines.contains { $0.hasPrefix("  → home") })
  }
}
