import Events

/// A mail to one address.
///
/// Its lines are made when it is sent: UTF-8 throughout, whatever its texts have.
public struct MailMessage: Sendable, Equatable {
  /// Who sends it.
  public let from: MailAddress
  /// Who gets it: one address, so that nobody learns of the others.
  public let to: MailAddress
  /// What it is about, in a line.
  public let subject: String
  /// What it says, for those who read plain text.
  public let text: String
  /// The same as a page of HTML; nil: there is only text.
  public let html: String?
  /// Further headers, such as `List-Unsubscribe`.
  public let headers: [Header]
  /// What stands before the `@` of its `Message-ID`: where the same mail is sent twice, many programs
  /// show it once. nil: a new one each time.
  public let identifier: String?

  /// A header of its own.
  public struct Header: Sendable, Equatable {
    let name: String
    let value: String

    /// Makes a header; the message checks it.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The longest subject and header in characters; more nobody reads.
  public static let longestHeader = 500
  /// The longest text and page in bytes each; some readers cut a mail off at a hundred thousand.
  public static let longestBody = 200_000
  /// The most headers of its own.
  public static let mostHeaders = 20

  /// Makes a mail.
  ///
  /// - Throws: `mail.header` where a subject or header is not one line, is too long, or is one that is
  ///   made from something else, or the identifier is not of letters, digits, `-` and `_`;
  ///   `mail.length`.
  public init(
    from: MailAddress, to: MailAddress, subject: String, text: String, html: String? = nil,
    headers: [Header] = [], identifier: String? = nil
  ) throws(Refusal) {
    guard subject.isOneLine, subject.count <= Self.longestHeader else {
      throw Refusal(
        "mail.header", problem: "“\(subject.prefix(80))” can't be a subject.",
        remedy: "Write one line of at most \(Self.longestHeader) characters.")
    }
    for header in headers where !header.canBeSent {
      throw Refusal(
        "mail.header", problem: "“\(header.name.prefix(80))” can't be sent as a header.",
        remedy: "Use letters, digits and “-” in its name, one line of at most "
          + "\(Self.longestHeader) characters as its value, and none that every mail has.")
    }
    if let identifier, !(1...100).contains(identifier.count) || !identifier.isOfToken("-_") {
      throw Refusal(
        "mail.header", problem: "“\(identifier.prefix(80))” can't be a mail's identifier.",
        remedy: "Use at most 100 letters, digits, “-” and “_”.")
    }
    guard headers.count <= Self.mostHeaders,
      max(text.utf8.count, html?.utf8.count ?? 0) <= Self.longestBody
    else {
      throw Refusal(
        "mail.length", problem: "The mail is too long.",
        remedy: "Write at most \(Self.longestBody) bytes and \(Self.mostHeaders) headers.")
    }
    self.from = from
    self.to = to
    self.subject = subject
    self.text = text
    self.html = html
    self.headers = headers
    self.identifier = identifier
  }
}

extension MailMessage.Header {
  /// Those that are made from the message's other parts.
  private static let taken: Set<String> = [
    "from", "to", "cc", "bcc", "sender", "subject", "date", "message-id", "mime-version",
    "auto-submitted", "return-path", "received",
  ]

  fileprivate var canBeSent: Bool {
    let lowered = name.lowercased()
    return (1...60).contains(name.count) && name.isOfToken("-") && !Self.taken.contains(lowered)
      && !lowered.hasPrefix("content-") && value.isOneLine
      && value.count <= MailMessage.longestHeader
  }
}

extension String {
  /// Whether it has only ASCII's letters, digits, and some more.
  fileprivate func isOfToken(_ more: String) -> Bool {
    utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: more.utf8.contains(byte)
      }
    }
  }
}
