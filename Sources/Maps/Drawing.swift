import Engine
import Events
import Experience
import Statistics

/// One lane of a map as a picture: marks in columns of one width, styled by classes.
struct Drawing {
  /// What the lane is called, in one word, for ids.
  let name: String
  let title: String
  /// What a reader who does not see it should know.
  let description: String
  let height: Double
  let body: String
  /// Whether marks are links: then it is more than one image.
  var isLinked = false

  /// The lane as an inline picture of some columns.
  func svg(columns: Range<Int>, width: Double, reference: Bool = false) -> String {
    let box =
      "\(SVG.number(Double(columns.lowerBound) * width)) 0 "
      + "\(SVG.number(Double(columns.count) * width)) \(SVG.number(height))"
    let size =
      reference
      ? ""
      : " width=\"\(SVG.number(Double(columns.count) * width))\" height=\"\(SVG.number(height))\""
    let content =
      reference ? "<use href=\"#lane-\(name)\"/>" : "<g id=\"lane-\(name)\">\(body)</g>"
    let role = isLinked && !reference ? "group" : "img"
    return "<svg role=\"\(role)\" class=\"drawing\" viewBox=\"\(box)\"\(size)>"
      + "<title>\(title.escaped)</title><desc>\(description.escaped)</desc>\(content)</svg>"
  }
}

/// Marks of a picture as SVG.
package enum SVG {
  /// The number with at most one decimal.
  package static func number(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "0" }
    let tenths = Int((value * 10).rounded())
    let (whole, rest) = (abs(tenths) / 10, abs(tenths) % 10)
    return (tenths < 0 ? "-" : "") + "\(whole)" + (rest == 0 ? "" : ".\(rest)")
  }

  /// Points and letters as one path.
  package static func path(_ parts: [Stroke], _ classes: String, title: String = "") -> String {
    let data = parts.map(\.text).joined(separator: " ")
    let hint = title.isEmpty ? "" : "<title>\(title.escaped)</title>"
    return "<path class=\"\(classes)\" d=\"\(data)\">\(hint)</path>"
  }

  /// A part of a path: a command with its points.
  package struct Stroke {
    let text: String
    package static func move(_ x: Double, _ y: Double) -> Stroke {
      .init(text: "M\(number(x)) \(number(y))")
    }
    package static func line(_ x: Double, _ y: Double) -> Stroke {
      .init(text: "L\(number(x)) \(number(y))")
    }
    package static func curve(
      _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ x: Double, _ y: Double
    ) -> Stroke {
      .init(
        text: "C\(number(x1)) \(number(y1)) \(number(x2)) \(number(y2)) \(number(x)) \(number(y))")
    }
    package static let close = Stroke(text: "Z")
  }

  package static func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ classes: String,
    round: Double = 0, title: String = ""
  ) -> String {
    let hint = title.isEmpty ? "" : "<title>\(title.escaped)</title>"
    let radius = round > 0 ? " rx=\"\(number(round))\"" : ""
    return "<rect class=\"\(classes)\" x=\"\(number(x))\" y=\"\(number(y))\" "
      + "width=\"\(number(max(0, width)))\" height=\"\(number(max(0, height)))\"\(radius)>\(hint)</rect>"
  }

  package static func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ classes: String
  ) -> String {
    "<line class=\"\(classes)\" x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" "
      + "y2=\"\(number(y2))\"/>"
  }

  package static func circle(
    _ x: Double, _ y: Double, _ radius: Double, _ classes: String, title: String = ""
  ) -> String {
    let hint = title.isEmpty ? "" : "<title>\(title.escaped)</title>"
    return "<circle class=\"\(classes)\" cx=\"\(number(x))\" cy=\"\(number(y))\" "
      + "r=\"\(number(radius))\">\(hint)</circle>"
  }

  /// One line of text that begins at a point.
  package static func text(_ x: Double, _ y: Double, _ text: String, _ classes: String) -> String {
    "<text class=\"\(classes)\" x=\"\(number(x))\" y=\"\(number(y))\">\(text.escaped)</text>"
  }

  /// About how wide a text is set in a size, from what letters of its kind take in sans-serifs.
  package static func width(of text: String, size: Double) -> Double {
    text.reduce(0) { sum, character in
      let em =
        switch character {
        case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", "!", " ", "\u{A0}": 0.34
        case "f", "r", "t", "(", ")", "-": 0.42
        case "m", "w", "M", "W", "%", "@": 0.95
        default:
          character.isASCII
            ? (character.isUppercase ? 0.72 : 0.6) : String(character).cells == 2 ? 1.05 : 0.66
        }
      return sum + em * size
    }
  }

  /// The text cut to a width in a size.
  package static func shortened(_ text: String, to width: Double, size: Double) -> String {
    guard SVG.width(of: text, size: size) > width else { return text }
    var result = text
    while !result.isEmpty, SVG.width(of: result + "…", size: size) > width { result.removeLast() }
    while result.last == " " { result.removeLast() }
    return result + "…"
  }

  /// The text in at most so many lines of a width; the last is cut where more would follow.
  package static func wrapped(_ text: String, to width: Double, size: Double, lines limit: Int)
    -> [String]
  {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ").map(String.init) {
      if !line.isEmpty, SVG.width(of: line + " " + word, size: size) > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append(line) }
    if lines.count > limit {
      lines = Array(lines[..<(limit - 1)]) + [lines[(limit - 1)...].joined(separator: " ")]
    }
    return lines.map { shortened($0, to: width, size: size) }
  }
}
