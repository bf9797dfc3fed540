import Maps

/// A piece of HTML that is safe to put into a page.
///
/// Written as a string literal, whose own characters are markup; a text put into it is cleaned and
/// escaped, so that nothing that customers or members wrote can become markup.
///
///     let row: Markup = "<li>\(customer.name)</li>"
public struct Markup: Sendable, Equatable, ExpressibleByStringInterpolation {
  /// The HTML.
  public let text: String

  /// Takes text that is HTML already, made by a room that escapes what it is given.
  public init(safe text: String) { self.text = text }

  /// Takes a literal.
  public init(stringLiteral text: StaticString) { self.text = String(text) }

  /// Takes a literal with values in it.
  public init(stringInterpolation parts: StringInterpolation) { text = parts.text }

  /// No markup.
  public static let none = Markup(safe: "")

  /// Whether there is nothing.
  public var isEmpty: Bool { text.isEmpty }

  /// The pieces of a literal.
  public struct StringInterpolation: StringInterpolationProtocol {
    var text = ""

    public init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + interpolationCount * 16)
    }

    public mutating func appendLiteral(_ literal: StaticString) { text += String(literal) }
    /// A text on one line: cleaned of what could hide or turn it, and escaped.
    public mutating func appendInterpolation(_ value: String) { text += value.cleaned.escaped }
    /// A text that keeps its lines: escaped only.
    public mutating func appendInterpolation(lines value: String) { text += value.escaped }
    public mutating func appendInterpolation(_ value: Int) { text += "\(value)" }
    public mutating func appendInterpolation(_ value: Markup) { text += value.text }
    public mutating func appendInterpolation(_ value: Markup?) { text += value?.text ?? "" }
    public mutating func appendInterpolation(_ values: [Markup]) {
      for value in values { text += value.text }
    }
    /// A value of an address: every character that means something there is written as %XX.
    public mutating func appendInterpolation(url value: String) { text += value.urlEncoded }
    /// An attribute without a value where the condition holds: `\(if: on, "checked")`.
    public mutating func appendInterpolation(if condition: Bool, _ word: StaticString) {
      if condition { text += " \(word)" }
    }
  }
}

extension String {
  /// The text of a literal.
  fileprivate init(_ literal: StaticString) {
    self = literal.withUTF8Buffer { String(decoding: $0, as: UTF8.self) }
  }
}

extension Markup {
  /// One after the other.
  public static func + (left: Markup, right: Markup) -> Markup {
    Markup(safe: left.text + right.text)
  }
}

extension Sequence where Element == Markup {
  /// All of them, one after another.
  public func joined(separator: Markup = .none) -> Markup {
    Markup(safe: map(\.text).joined(separator: separator.text))
  }
}

extension String {
  /// The text as a part of a path or a query: all but letters, digits and `-._~` as %XX.
  ///
  /// - SeeAlso: RFC 3986, section 2.3.
  public var urlEncoded: String {
    var result = ""
    for byte in utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += byte < 16 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }
}
