import Engine
import Events
import Experience
import Statistics

/// Draws each step's interactions by channel as a stacked bar with its two largest parts named.
struct ChannelDrawing {
  let chart: Chart
  let width: Double
  /// Channels in the order of their colours: the most used first.
  let order: [String]

  static let height = 92.0

  init(chart: Chart, width: Double) {
    self.chart = chart
    self.width = width
    var sums: [String: Int] = [:]
    for column in chart.columns {
      for use in chart.channels(of: column) where use.channel != Self.unknown {
        sums[use.channel, default: 0] += use.count
      }
    }
    order = sums.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
  }

  /// The channel of interactions that named none.
  static let unknown = "unknown"

  /// The place of a channel among the colours.
  func color(_ channel: String) -> Int {
    min(order.firstIndex(of: channel) ?? Palette.channels - 1, Palette.channels - 1)
  }

  /// The whole lane.
  func drawing() -> Drawing {
    let f = chart.figures
    let description = chart.columns.map { column in
      let uses = chart.channels(of: column)
      let sum = uses.reduce(0) { $0 + $1.count }
      return "\(column.title): "
        + (uses.isEmpty ? "none" : "")
        + uses.prefix(4).map { "\($0.channel.cleaned) \(f.share($0.count, of: sum))" }
        .joined(separator: ", ")
    }.joined(separator: "; ")
    return Drawing(
      name: "channel", title: "Channels used", description: description, height: Self.height,
      body: chart.columns.indices.map(cell).joined(), isLinked: chart.links != nil)
  }

  private func cell(_ index: Int) -> String {
    let (column, f) = (chart.columns[index], chart.figures)
    let x = Double(index + 1) * width + FlowDrawing.inset
    let room = width - 2 * FlowDrawing.inset
    let uses = chart.channels(of: column)
    let sum = uses.reduce(0) { $0 + $1.count }
    guard uses.contains(where: { $0.channel != Self.unknown }) else {
      return SVG.text(x, 26, sum > 0 ? "none named" : Figures.none, "small muted")
    }
    var marks = ""
    var at = x
    for use in uses {
      let part = room * Double(use.count) / Double(sum)
      marks += SVG.rectangle(
        at, 14, max(0.5, part - 1), 10, "channel\(color(use.channel))", round: 1,
        title: "\(use.channel.cleaned): \(f.count(use.count)), \(f.share(use.count, of: sum))")
      at += part
    }
    for (line, use) in uses.prefix(2).enumerated() {
      let y = 42 + Double(line) * 16
      marks += SVG.rectangle(x, y - 8, 8, 8, "channel\(color(use.channel))", round: 2)
      let share = f.roughShare(use.count, of: sum)
      let label = SVG.shortened(
        use.channel.cleaned, to: room + 6 - SVG.width(of: share, size: 12), size: 12)
      marks += SVG.text(x + 13, y, "\(label) \(share)", "small")
    }
    if column.step.channelSwitches > 0 {
      marks += chart.linked(
        SVG.text(
          x, 42 + Double(min(2, uses.count)) * 16,
          "⇄ \(f.count(column.step.channelSwitches)) switched", "small muted"),
        column.step.channelSwitches, JourneyPlace(.switchedChannel, step: column.step.index))
    }
    return marks
  }
}
