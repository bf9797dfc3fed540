import Engine
import Events
import Experience
import Statistics

/// A measured map as text for a terminal.
public enum MapText {
  /// Whether the text carries colour codes.
  public enum Color: Sendable {
    /// Text alone, for files and pipes.
    case plain
    /// With ANSI colours.
    case ansi
  }

  /// The narrowest text that the table of steps fits in; narrower widths are taken as this one.
  public static let narrowest = 64
  /// The widest text; beyond it a line is hard to follow.
  public static let widest = 160
  /// The most items of one list that are shown.
  static let mostItems = 8

  /// Writes a measured journey as a text of lines no wider than asked for.
  ///
  /// Names are cleaned of control characters and cut where they don't fit; wide characters count as
  /// two cells.
  /// - Parameters:
  ///   - width: cells in a line, from `narrowest` to `widest`.
  public static func render(
    _ measured: MeasuredJourney, of journey: Journey, in experience: Experience, width: Int = 80,
    color: Color = .plain, tickets: WaitingTickets = WaitingTickets()
  ) -> String {
    var page = TextPage(width: width, color: color)
    let chart = Chart(measured, of: journey, in: experience, tickets: tickets)
    page.head(chart)
    guard !chart.isEmpty else {
      page.section("Nothing to show yet")
      for advice in chart.emptyAdvice { page.item(advice) }
      return page.text
    }
    page.summary(chart)
    page.starts(chart)
    page.steps(chart)
    page.wentNext(chart)
    page.conformance(chart)
    page.offMap(chart)
    page.targets(chart)
    page.attention(chart)
    return page.text
  }
}

/// Lines of text that never pass a width.
struct TextPage {
  let width: Int
  let color: MapText.Color
  private(set) var lines: [String] = []

  init(width: Int, color: MapText.Color) {
    self.width = min(max(width, MapText.narrowest), MapText.widest)
    self.color = color
  }

  /// The lines, with spaces that may break, and a line feed behind each.
  var text: String {
    lines.map { $0.replacing(Figures.space, with: " ") + "\n" }.joined()
  }

  /// How text stands out.
  enum Ink: String {
    case bold = "1"
    case dim = "2"
    case good = "32"
    case bad = "31"
    case warning = "33"
    case accent = "36"
  }

  /// The text in an ink, where there is colour.
  func paint(_ text: String, _ ink: Ink) -> String {
    color == .ansi && !text.isEmpty ? "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// Adds one line, which must fit.
  mutating func line(_ text: String = "") {
    var text = text[...]
    while text.last == " " { text.removeLast() }
    lines.append(String(text))
  }

  /// Adds a heading with a line of space before it.
  mutating func section(_ title: String) {
    line()
    line(paint(title.shortened(to: width), .bold))
  }

  /// Adds a paragraph, broken between words and set in.
  mutating func paragraph(_ text: String, indent: Int = 2, hanging: Int = 0, ink: Ink? = nil) {
    for (number, piece) in text.wrapped(to: width - indent - hanging).enumerated() {
      let space = String(repeating: " ", count: number == 0 ? indent : indent + hanging)
      line(space + (ink.map { paint(piece, $0) } ?? piece))
    }
  }

  /// Adds a paragraph with a mark before it.
  mutating func item(_ text: String, mark: String = "•", ink: Ink? = nil) {
    let hanging = mark.cells + 1
    for (number, piece) in text.wrapped(to: width - 2 - hanging).enumerated() {
      let front = number == 0 ? (ink.map { paint(mark, $0) } ?? mark) + " " : ""
      line("  " + (number == 0 ? front : String(repeating: " ", count: hanging)) + piece)
    }
  }

  /// A bar of blocks, to an eighth of a cell.
  static func bar(_ share: Double, _ width: Int) -> String {
    let eighths = Int((min(1, max(0, share.isFinite ? share : 0)) * Double(width * 8)).rounded())
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let bar = String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    return (share > 0 && bar.isEmpty ? "▏" : bar).left(width)
  }
}
