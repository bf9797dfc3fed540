import Engine
import Maps

/// Points between two axes that are cut into four corners.
struct MatrixDrawing {
  static let mostPoints = 60
  private static let largest = (width: 620.0, height: 420.0)

  let matrix: AnswerPicture.Matrix

  func sketch(_ room: Double) -> Sketch {
    let width = min(Self.largest.width, room - 28)
    let height = width * Self.largest.height / Self.largest.width
    // On a phone the names of corners stand above and below: inside they would lie under points.
    let isNarrow = room < Sketch.narrow
    let top = isNarrow ? 20.0 : 0
    let shown = matrix.drawn(most: Self.mostPoints)
    let (across, up) = (matrix.reachAcross, matrix.reachUp)
    func x(_ value: Double) -> Double { 24 + width * across.share(value) }
    func y(_ value: Double) -> Double { top + height * (1 - up.share(value)) }
    var body = SVG.rectangle(24, top, width, height, "empty", round: 4)
    body += SVG.line(x(matrix.cutAcross), top, x(matrix.cutAcross), top + height, "rule axis")
    body += SVG.line(24, y(matrix.cutUp), 24 + width, y(matrix.cutUp), "rule axis")
    let (left, right): (Double, Double) = isNarrow ? (0, room) : (34, 14 + width)
    let (above, below): (Double, Double) =
      isNarrow ? (top - 7, top + height + 16) : (20, height - 10)
    let places = [
      (left, above, ""), (right, above, "end"), (left, below, ""), (right, below, "end"),
    ]
    let (size, letters) = isNarrow ? (11, "tiny muted") : (12.5, "muted")
    for (corner, place) in zip(matrix.corners, places) {
      let name = SVG.shortened(corner.cleaned, to: (right - left) / 2 - 4, size: size)
      body += SVG.text(place.0, place.1, name, "\(letters) \(place.2)")
    }
    for point in shown {
      let name = SVG.shortened(point.name.cleaned, to: min(200, width * 0.55), size: 12.5)
      let isRight = across.share(point.across) > 0.7
      body += SVG.circle(x(point.across), y(point.up), 6, "s0", title: matrix.hint(point))
      body += SVG.text(
        x(point.across) + (isRight ? -11 : 11), y(point.up) + 4.5, name,
        isRight ? "halo end" : "halo")
    }
    var bottom = top + height + (isNarrow ? 46 : 30)
    body += SVG.text(24 + width / 2, bottom - 8, matrix.across.cleaned + " →", "muted middle")
    body +=
      "<g transform=\"translate(12 \(SVG.number(top + height / 2))) rotate(-90)\">"
      + SVG.text(0, 0, matrix.up.cleaned + " →", "muted middle") + "</g>"
    if matrix.points.count > shown.count {
      bottom += 18
      body += Sketch.more(matrix.points.count - shown.count, "points", at: bottom)
    }
    let told = matrix.points.prefix(Sketch.mostTold).map(matrix.hint)
    return Sketch(
      width: room, height: bottom,
      description: "\(matrix.up.cleaned) against \(matrix.across.cleaned). "
        + told.joined(separator: "; ") + (matrix.points.count > told.count ? "; …" : "."),
      body: body)
  }
}

/// The same in characters: a letter for each point, which lines below explain.
struct MatrixText {
  private static let height = 13
  private static let letters = Array("abcdefghijklmnopqrstuvwxyz")

  let matrix: AnswerPicture.Matrix

  func lines(_ width: Int) -> [String] {
    let (room, height) = (max(24, min(width - 4, 72)), Self.height)
    let shown = matrix.drawn(most: Self.letters.count)
    let (across, up) = (matrix.reachAcross, matrix.reachUp)
    func column(_ value: Double) -> Int {
      max(0, min(room - 1, Int((across.share(value) * Double(room - 1)).rounded())))
    }
    func row(_ value: Double) -> Int {
      max(0, min(height - 1, Int(((1 - up.share(value)) * Double(height - 1)).rounded())))
    }
    var cells = Array(repeating: Array(repeating: Character(" "), count: room), count: height)
    for line in cells.indices { cells[line][column(matrix.cutAcross)] = "┊" }
    for place in 0..<room { cells[row(matrix.cutUp)][place] = "┄" }
    for (corner, name) in matrix.corners.prefix(4).enumerated() {
      let text = Array(name.cleaned.shortened(to: room / 2 - 2))
      // Wide letters would push the others out of their cells.
      guard text.allSatisfy({ String($0).cells == 1 }) else { continue }
      let start = corner % 2 == 0 ? 0 : room - text.count
      for (place, letter) in text.enumerated() {
        cells[corner < 2 ? 0 : height - 1][start + place] = letter
      }
    }
    for (letter, point) in zip(Self.letters, shown) {
      let (line, place) = (row(point.up), column(point.across))
      let isFree = !Self.letters.contains(cells[line][place]) || line == 0 || line == height - 1
      cells[line][place] = isFree ? letter : "*"
    }
    var lines = cells.map { ("│" + String($0) + "│").shortened(to: width) }
    lines.insert(("↑ " + matrix.up.cleaned).shortened(to: width), at: 0)
    lines.append(("→ " + matrix.across.cleaned).shortened(to: width))
    for (letter, point) in zip(Self.letters, shown) {
      lines.append("\(letter)  \(matrix.hint(point))".shortened(to: width))
    }
    if matrix.points.count > shown.count {
      lines.append("… and \(matrix.points.count - shown.count) more")
    }
    return lines.map(\.trimmed)
  }
}

extension AnswerPicture.Matrix {
  /// The first points that can be drawn.
  func drawn(most: Int) -> [Point] {
    Array(points.filter { $0.across.isFinite && $0.up.isFinite }.prefix(most))
  }

  /// A point in words.
  func hint(_ point: Point) -> String {
    func text(_ value: Double) -> String {
      value.isFinite ? PictureScale([value]).text(value) : "unknown"
    }
    return "\(point.name.cleaned): \(up.cleaned) \(text(point.up)), "
      + "\(across.cleaned) \(text(point.across))"
  }

  var reachAcross: MatrixReach { MatrixReach(points.map(\.across) + [cutAcross]) }
  var reachUp: MatrixReach { MatrixReach(points.map(\.up) + [cutUp]) }
}

/// The part of an axis that has all points on it, with a little room beside them.
struct MatrixReach {
  private let low: Double
  private let high: Double

  init(_ values: [Double]) {
    let known = values.filter { $0.isFinite && abs($0) < 1e200 }
    let (least, most) = (known.min() ?? 0, known.max() ?? 1)
    let room = most > least ? (most - least) * 0.15 : max(1e-12, abs(least) * 0.5)
    low = least - room
    high = most + room
  }

  /// Where a value lies: 0 to 1.
  func share(_ value: Double) -> Double {
    value.isFinite ? max(0, min(1, (value - low) / (high - low))) : 0.5
  }
}
