import Engine
import Maps

/// Flows between columns of nodes as ribbons; a way back is a dashed line.
struct SankeyDrawing {
  /// Beyond these nothing can be told apart; the largest are drawn.
  static let mostLinks = 400
  private static let nodeWidth = 12.0
  private static let gap = 18.0
  private static let narrowestColumn = 150.0
  private static let widestColumn = 320.0
  /// The height of the column with the most in it, without its gaps.
  private static let height = 340.0

  /// A node with its place.
  private struct Place {
    var x = 0.0
    var y = 0.0
    var height = 0.0
    /// How much of its left and right side is taken by ribbons.
    var entered = 0.0
    var left = 0.0
  }

  let nodes: [AnswerPicture.Node]
  let links: [AnswerPicture.Link]
  private let hidden: Int

  init(_ nodes: [AnswerPicture.Node], _ links: [AnswerPicture.Link]) {
    self.nodes = nodes
    let sound = links.filter {
      nodes.indices.contains($0.from) && nodes.indices.contains($0.to) && $0.count > 0
    }
    self.links = Array(
      sound.sorted { ($1.count, $0.from, $0.to) < ($0.count, $1.from, $1.to) }
        .prefix(Self.mostLinks))
    hidden = sound.count - self.links.count
  }

  func sketch(_ width: Double) -> Sketch {
    let columns = Set(nodes.map(\.column)).sorted()
    guard !columns.isEmpty else {
      return Sketch(
        width: width, height: 24, description: "Nothing flows.",
        body: SVG.text(0, 16, "Nothing flows.", "muted"))
    }
    if width < Sketch.narrow, columns.count > 2 { return list(width) }
    let pitch = max(
      min(Self.narrowestColumn, width / 2),
      min(Self.widestColumn, width / Double(columns.count)))
    var (places, scale) = place(columns, pitch)
    let bottom = zip(nodes, places).map { $1.y + max($1.height, 14) }.max() ?? 0
    var body = ribbons(&places, scale)
    for (node, place) in zip(nodes, places) {
      let count = AnswerStyle.number(Double(node.count))
      let name = SVG.shortened(
        node.name.cleaned, to: pitch - Self.nodeWidth - 20 - SVG.width(of: count, size: 12.5),
        size: 12.5)
      body += SVG.rectangle(
        place.x, place.y, Self.nodeWidth, max(1.5, place.height), Sketch.color(0), round: 2,
        title: "\(node.name.cleaned): \(count)")
      body += SVG.text(
        place.x + Self.nodeWidth + 6, place.y + max(place.height, 14) / 2 + 4, "\(name) \(count)",
        "halo")
    }
    var height = bottom + 6
    if hidden > 0 {
      height += 20
      body += Sketch.more(hidden, "links", at: height)
    }
    return Sketch(
      width: max(width, pitch * Double(columns.count)), height: height,
      description: description, body: body)
  }

  /// The largest links one under the other, where columns have no room beside each other.
  private func list(_ width: Double) -> Sketch {
    let bars = links.map {
      AnswerPicture.Bar(
        "\(nodes[$0.from].name) → \(nodes[$0.to].name)", [Double($0.count)])
    }
    var sketch = BarDrawing([], bars).sketch(width)
    sketch.description = description
    if hidden > 0 {
      sketch.height += 20
      sketch.body += Sketch.more(hidden, "links", at: sketch.height)
    }
    return sketch
  }

  /// Nodes under each other in their columns, the largest on top.
  private func place(_ columns: [Int], _ pitch: Double) -> ([Place], scale: Double) {
    var (inward, outward) = ([Int](repeating: 0, count: nodes.count), nodes.map { _ in 0 })
    for link in links where nodes[link.to].column > nodes[link.from].column {
      outward[link.from] += link.count
      inward[link.to] += link.count
    }
    let sizes = nodes.indices.map { max(nodes[$0].count, inward[$0], outward[$0]) }
    let inColumns = columns.map { column in
      nodes.indices.filter { nodes[$0].column == column }
        .sorted { (sizes[$1], $0) < (sizes[$0], $1) }
    }
    let fullest = inColumns.map { $0.reduce(0) { $0 + sizes[$1] } }.max() ?? 1
    let scale = Self.height / Double(max(1, fullest))
    var places = [Place](repeating: Place(), count: nodes.count)
    for (column, members) in inColumns.enumerated() {
      var y = 0.0
      for node in members {
        let height = Double(sizes[node]) * scale
        places[node] = Place(x: Double(column) * pitch, y: y, height: height)
        y += max(height, 2) + Self.gap
      }
    }
    return (places, scale)
  }

  private func ribbons(_ places: inout [Place], _ scale: Double) -> String {
    var body = ""
    // From above to below at both sides, so that ribbons cross as little as may be.
    let ordered = links.sorted {
      (places[$0.from].x, places[$0.from].y, places[$0.to].y)
        < (places[$1.from].x, places[$1.from].y, places[$1.to].y)
    }
    for link in ordered {
      let (from, to) = (places[link.from], places[link.to])
      let title =
        "\(nodes[link.from].name.cleaned) → \(nodes[link.to].name.cleaned): "
        + AnswerStyle.number(Double(link.count))
      guard to.x > from.x else {
        body += SVG.path(
          [
            .move(from.x + Self.nodeWidth, from.y + from.height / 2),
            .curve(
              from.x + 70, from.y + from.height / 2 + 60, to.x - 70, to.y + to.height / 2 + 60,
              to.x, to.y + to.height / 2),
          ], "back", title: title)
        continue
      }
      let thickness = Double(link.count) * scale
      let (start, end) = (from.y + from.left, to.y + to.entered)
      let (x1, x2) = (from.x + Self.nodeWidth, to.x)
      let bend = (x2 - x1) / 2
      body += SVG.path(
        [
          .move(x1, start), .curve(x1 + bend, start, x2 - bend, end, x2, end),
          .line(x2, end + thickness),
          .curve(x2 - bend, end + thickness, x1 + bend, start + thickness, x1, start + thickness),
          .close,
        ], "ribbon \(Sketch.color(0))", title: title)
      places[link.from].left += thickness
      places[link.to].entered += thickness
    }
    return body
  }

  private var description: String {
    let told = links.prefix(Sketch.mostTold).map {
      "\(nodes[$0.from].name.cleaned) to \(nodes[$0.to].name.cleaned): \($0.count)"
    }
    return "Flows. " + told.joined(separator: "; ") + (links.count > told.count ? "; …" : ".")
  }
}
