import Foundation

extension MailMessage {
  /// The mail as it is sent: lines of ASCII, each ended by CR and LF, of at most 78 bytes but for
  /// headers of its own.
  ///
  /// - Parameters:
  ///   - identifier: what stands before the `@` of its `Message-ID`; no other mail has it.
  ///   - date: when it is sent.
  /// - SeeAlso: RFC 5322; RFC 2045, 2046 and 2047 for what is not ASCII; RFC 3834.
  func lines(identifier: String, date: Date) -> String {
    var lines = [
      MailText.header("From", of: from),
      MailText.header("To", of: to),
      MailText.subject(subject),
      "Date: " + MailText.date(date),
      "Message-ID: <\(identifier)@\(from.domain)>",
      "MIME-Version: 1.0",
      // Programs that answer for people on holiday leave it alone.
      "Auto-Submitted: auto-generated",
    ]
    lines += headers.map { MailText.header($0.name, $0.value) }
    guard let html else {
      return (lines + Self.part(text, "plain")).joined(separator: "\r\n") + "\r\n"
    }
    lines += ["Content-Type: multipart/alternative; boundary=\"\(Self.boundary)\"", ""]
    for (content, kind) in [(text, "plain"), (html, "html")] {
      lines += ["--" + Self.boundary] + Self.part(content, kind)
    }
    lines.append("--\(Self.boundary)--")
    return lines.joined(separator: "\r\n") + "\r\n"
  }

  /// What stands between the parts. No part has it: after `=` theirs have two digits, or nothing.
  private static let boundary = "=_part_=_"

  private static func part(_ content: String, _ kind: String) -> [String] {
    [
      "Content-Type: text/\(kind); charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
      "",
    ] + MailText.quotedPrintable(content)
  }
}

/// How texts are written in the ASCII of mail.
enum MailText {
  /// The longest line of a header that is folded, in bytes without its end, from RFC 2047.
  static let longestLine = 76
  /// The longest encoded word, from RFC 2047.
  private static let longestWord = 75

  /// A header for people, folded where it is long.
  static func subject(_ value: String) -> String {
    folded(
      "Subject", isPlain(value) ? value.split(separator: " ").map(String.init) : encoded(value))
  }

  /// A header for programs: as it is, also where it is long, for an address that is cut or encoded
  /// leads nowhere.
  static func header(_ name: String, _ value: String) -> String {
    let isASCII = value.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    return isASCII && !value.contains("=?") ? "\(name): \(value)" : folded(name, encoded(value))
  }

  /// A header with an address and the name beside it.
  static func header(_ name: String, of address: MailAddress) -> String {
    guard let readable = address.name else { return folded(name, [address.address]) }
    let isASCII = readable.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    let quoted = readable.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    // Within quotes a line can't be folded well.
    let isShort = isASCII && quoted.utf8.count <= 60 && !readable.contains("=?")
    return folded(
      name, (isShort ? ["\"\(quoted)\""] : encoded(readable)) + ["<\(address.address)>"])
  }

  /// Whether a value can stand as it is, folded at single spaces.
  private static func isPlain(_ value: String) -> Bool {
    value.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !value.contains("=?")
      && value.split(separator: " ", omittingEmptySubsequences: false)
        .allSatisfy { (1...longestWord - 10).contains($0.utf8.count) }
  }

  /// Words with a space between, on as many lines as they need.
  private static func folded(_ name: String, _ words: [String]) -> String {
    var text = name + ":"
    var length = text.utf8.count
    for word in words {
      if length + 1 + word.utf8.count > longestLine, length > name.utf8.count + 1 {
        text += "\r\n"
        length = 0
      }
      text += " " + word
      length += 1 + word.utf8.count
    }
    return text
  }

  /// A text as words of RFC 2047; readers put them together without the spaces between them.
  private static func encoded(_ text: String) -> [String] {
    // Three bytes become four characters, between “=?UTF-8?B?” and “?=”; the first word may stand
    // behind a header's name.
    let most = (longestWord - 12) / 4 * 3 - 12
    var words: [[UInt8]] = []
    // A word ends between characters, or at least, where one is made of very many, scalars.
    for scalar in text.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      if let last = words.last, last.count + bytes.count <= most {
        words[words.count - 1] += bytes
      } else {
        words.append(bytes)
      }
    }
    return words.map { "=?UTF-8?B?\(Data($0).base64EncodedString())?=" }
  }

  /// A moment as mail has it: `Sun, 22 Nov 2026 17:10:37 +0000`.
  static func date(_ date: Date) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let parts = calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second, .weekday], from: date)
    let weekday = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][(parts.weekday ?? 1) - 1]
    let months =
      ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]
      + ["Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func two(_ number: Int?) -> String {
      let text = String(number ?? 0)
      return text.count < 2 ? "0" + text : text
    }
    let time = [parts.hour, parts.minute, parts.second].map(two).joined(separator: ":")
    return "\(weekday), \(two(parts.day)) \(months[(parts.month ?? 1) - 1]) "
      + "\(parts.year ?? 1970) \(time) +0000"
  }

  /// A text as lines of quoted-printable, at most 76 bytes each; it may end its lines as it likes.
  ///
  /// - SeeAlso: RFC 2045, 6.7.
  static func quotedPrintable(_ text: String) -> [String] {
    // CR and LF together are one character.
    text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
      .flatMap { quotedPrintableLines(of: Array($0.utf8)) }
  }

  private static func quotedPrintableLines(of bytes: [UInt8]) -> [String] {
    var lines: [String] = []
    var line = ""
    for (place, byte) in bytes.enumerated() {
      let isLast = place == bytes.count - 1
      let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
      let isPlain = (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=")
      // Blanks at the end of a line get lost on the way.
      let piece =
        isPlain || isBlank && !isLast ? String(UnicodeScalar(byte)) : "=" + hexadecimal(byte)
      // The last byte of a line needs no room for the “=” that says it goes on.
      if line.utf8.count + piece.utf8.count > (isLast ? 76 : 75) {
        lines.append(line + "=")
        line = ""
      }
      line += piece
    }
    return lines + [line]
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return digits.count < 2 ? "0" + digits : digits
  }
}
