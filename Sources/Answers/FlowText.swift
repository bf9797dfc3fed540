import Engine
import Maps

/// A flow in words: a tree where every node has one way in, otherwise each node with its ways out.
struct FlowText {
  /// Beyond these a table or a picture says it better.
  static let mostLines = 48

  private let nodes: [AnswerPicture.Node]
  private let links: [AnswerPicture.Link]
  /// The links out of each node, largest first.
  private let ways: [[AnswerPicture.Link]]
  private let entered: [Int]

  init(_ nodes: [AnswerPicture.Node], _ links: [AnswerPicture.Link]) {
    self.nodes = Self.named(nodes)
    self.links = links.filter { nodes.indices.contains($0.from) && nodes.indices.contains($0.to) }
    var ways = [[AnswerPicture.Link]](repeating: [], count: nodes.count)
    var entered = [Int](repeating: 0, count: nodes.count)
    for link in self.links {
      ways[link.from].append(link)
      entered[link.to] += 1
    }
    self.ways = ways.map { $0.sorted { ($1.count, $0.to) < ($0.count, $1.to) } }
    self.entered = entered
  }

  /// The nodes with clean names; one that is in several columns is told from its like by the column.
  private static func named(_ nodes: [AnswerPicture.Node]) -> [AnswerPicture.Node] {
    let columns = Dictionary(grouping: nodes, by: \.name).mapValues { Set($0.map(\.column)).count }
    return nodes.map { node in
      let number = columns[node.name, default: 1] > 1 ? " · \(node.column + 1)" : ""
      return .init(node.name.cleaned + number, column: node.column, count: node.count)
    }
  }

  func lines(_ width: Int) -> [String] {
    let roots = nodes.indices.filter { entered[$0] == 0 && !ways[$0].isEmpty }
    let isTree = entered.allSatisfy { $0 <= 1 } && reaches(all: roots)
    var lines: [Row] = []
    if isTree {
      for root in roots.sorted(by: { nodes[$0].count > nodes[$1].count }) {
        lines.append(Row(name: nodes[root].name, count: nodes[root].count, whole: nil))
        grow(from: root, indent: "", into: &lines)
      }
    } else {
      for node in nodes.indices where !ways[node].isEmpty && lines.count <= Self.mostLines {
        lines.append(Row(name: nodes[node].name, count: nodes[node].count, whole: nil))
        for way in ways[node] {
          lines.append(
            Row(
              name: "  → \(nodes[way.to].name)", count: way.count,
              whole: nodes[node].count))
        }
      }
    }
    return Self.written(lines, width)
  }

  private struct Row {
    var name: String
    var count: Int
    /// What the count is a part of.
    var whole: Int?
  }

  /// Whether every node lies under a root: links in a circle are no tree.
  private func reaches(all roots: [Int]) -> Bool {
    var waiting = roots
    var seen = 0
    while let node = waiting.popLast() {
      seen += 1
      // With one way in each, no node under a root is met twice.
      waiting += ways[node].map(\.to)
    }
    return seen == nodes.indices.filter { entered[$0] > 0 || !ways[$0].isEmpty }.count
  }

  private func grow(from node: Int, indent: String, into rows: inout [Row]) {
    for (position, way) in ways[node].enumerated() where rows.count <= Self.mostLines {
      let isLast = position == ways[node].count - 1
      rows.append(
        Row(
          name: indent + (isLast ? "└ " : "├ ") + nodes[way.to].name, count: way.count,
          whole: nodes[node].count))
      grow(from: way.to, indent: indent + (isLast ? "  " : "│ "), into: &rows)
    }
  }

  private static func written(_ rows: [Row], _ width: Int) -> [String] {
    let shown = rows.prefix(mostLines)
    let counts = shown.map { AnswerStyle.number(Double($0.count)) }
    let shares = shown.map { row in
      guard let whole = row.whole, whole > 0 else { return "" }
      return PictureScale.shares.text(Double(row.count) / Double(whole))
    }
    let countWidth = counts.map(\.cells).max() ?? 0
    let shareWidth = shares.map(\.cells).max() ?? 0
    let nameWidth = min(
      max(12, width - countWidth - shareWidth - 16), shown.map(\.name.cells).max() ?? 0)
    let room = width - nameWidth - countWidth - shareWidth - 6
    let most = shown.map(\.count).max() ?? 0
    var lines = zip(shown, zip(counts, shares)).map { row, figures in
      let bar = most > 0 ? Blocks.bar(Double(row.count) / Double(most), width: min(24, room)) : ""
      let line =
        row.name.shortened(to: nameWidth).left(nameWidth) + "  " + figures.0.right(countWidth)
        + "  " + figures.1.right(shareWidth) + "  " + bar
      return line.trimmed.shortened(to: width)
    }
    if rows.count > mostLines { lines.append("… and more; --format csv has all.") }
    return lines
  }
}
