import CQREncode
import Events

/// A text as a QR code, for print: the camera of a telephone reads it.
///
/// A sixth of it may be dirty or torn: level M.
public struct QRCode: Sendable, Equatable {
  /// How many squares it has on a side, without the margin.
  public let side: Int
  /// Whether each square is dark, row by row.
  let squares: [Bool]

  /// The margin that cameras need around it, in squares.
  static let margin = 4
  /// The longest text in bytes; one of as many is still printed well on five centimetres.
  public static let longest = 400

  /// Makes a code.
  ///
  /// - Throws: `code.length`.
  public init(_ text: String) throws(Refusal) {
    guard (1...Self.longest).contains(text.utf8.count),
      let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M)
    else {
      throw Refusal(
        "code.length", problem: "The text has \(text.utf8.count) bytes.",
        remedy: "Use one of 1 to \(Self.longest) bytes.")
    }
    defer { QRcode_free(code) }
    side = Int(code.pointee.width)
    // The lowest bit of a square says that it is dark.
    squares = (0..<side * side).map { code.pointee.data[$0] & 1 == 1 }
  }

  /// The code as a picture of its own, dark on light on every screen and paper.
  ///
  /// - Parameters:
  ///   - title: what it is, for those who don't see it.
  ///   - size: the size in millimetres on paper.
  public func svg(title: String, size: Int = 50) -> String {
    let whole = side + 2 * Self.margin
    let picture: Markup = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(size)mm" height="\(size)mm" \
      viewBox="0 0 \(whole) \(whole)" shape-rendering="crispEdges" role="img">
      <title>\(title)</title>
      <rect width="\(whole)" height="\(whole)" fill="#fff"/>
      <path fill="#000" d="\(Markup(safe: path))"/>
      </svg>

      """
    return picture.text
  }

  /// The dark squares: those side by side in a row as one rectangle.
  private var path: String {
    var path = ""
    for row in 0..<side {
      var column = 0
      while column < side {
        let begin = column
        while column < side, squares[row * side + column] { column += 1 }
        if column > begin {
          let length = column - begin
          path += "M\(begin + Self.margin) \(row + Self.margin)h\(length)v1h-\(length)z"
        }
        column += 1
      }
    }
    return path
  }
}
