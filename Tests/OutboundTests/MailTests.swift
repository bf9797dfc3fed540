import Events
import Foundation
import Testing

@testable import Outbound

/// What Python's reader of mail found in a mail.
private struct Read: Decodable {
  var headers: [String: String]
  var text: String
  var html: String?
  var defects: Int

  /// Reads mails.
  static func all(_ mails: [String]) throws -> [Read] {
    let process = Process()
    let (input, output) = (Pipe(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let sent = try JSONEncoder().encode(mails)
    let writer = Thread {
      input.fileHandleForWriting.write(sent)
      input.fileHandleForWriting.closeFile()
    }
    writer.start()
    let answer = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return try JSONDecoder().decode([Read].self, from: answer)
  }

  private static let program = """
    import email, email.policy, json, sys
    answer = []
    for text in json.load(sys.stdin):
        mail = email.message_from_bytes(text.encode("ascii"), policy=email.policy.SMTP)
        parts = [mail, *mail.iter_parts()] if mail.is_multipart() else [mail]
        html = mail.get_body(("html",))
        answer.append({
            "headers": {name.lower(): str(value) for name, value in mail.items()},
            "text": mail.get_body(("plain",)).get_content().replace("\\r\\n", "\\n"),
            "html": html and html.get_content().replace("\\r\\n", "\\n"),
            "defects": sum(len(part.defects) for part in parts)
                + sum(len(value.defects) for value in mail.values())})
    json.dump(answer, sys.stdout)
    """
}

/// Pseudorandom numbers that are the same every time; by Knuth's constants.
private struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 33
  }
}

@Suite struct `A mail` {
  private func mail(
    from: String = "Shop <shop@example.com>", to: String = "ada@example.org",
    subject: String = "Hello", text: String = "Hello", html: String? = nil,
    headers: [MailMessage.Header] = []
  ) throws -> MailMessage {
    try MailMessage(
      from: MailAddress(from), to: MailAddress(to), subject: subject, text: text, html: html,
      headers: headers)
  }

  @Test func `is written as RFC 5322 has it`() throws {
    let mail = try mail(
      subject: "Straße", text: "a=b\nä ", headers: [.init("List-Unsubscribe", "<https://a.b/c>")])
    let lines = mail.lines(identifier: "1", date: Date(timeIntervalSince1970: 1_795_367_437))
    #expect(
      lines.components(separatedBy: "\r\n") == [
        "From: \"Shop\" <shop@example.com>", "To: ada@example.org",
        "Subject: =?UTF-8?B?U3RyYcOfZQ==?=", "Date: Sun, 22 Nov 2026 17:10:37 +0000",
        "Message-ID: <1@example.com>", "MIME-Version: 1.0", "Auto-Submitted: auto-generated",
        "List-Unsubscribe: <https://a.b/c>", "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable", "", "a=3Db", "=C3=A4=20", "",
      ])
  }

  @Test func `leaves an address in a header whole`() throws {
    let link = "<https://journeys.example.com/s/\(String(repeating: "a", count: 200))?x=1>"
    let lines = try mail(headers: [.init("List-Unsubscribe", link)])
      .lines(identifier: "1", date: Date())
    #expect(lines.contains("\r\nList-Unsubscribe: \(link)\r\n"))
  }

  /// Texts with what breaks mails: dots, long lines, blanks at ends, boundaries, other scripts.
  private static let pieces = [
    ".", "..", "\n.\n", "\n", " ", "  ", "\t", "=", "=?UTF-8?B?QQ==?=", "--=_part_=_", "From ",
    "\"", "\\", "<b>", "a", "word", "é", "e\u{301}", "ß", "漢字", "👩‍👩‍👧", "🇩🇪", "\u{200F}", "1234567890",
    "x".padding(toLength: 90, withPad: "yz", startingAt: 0), ",", ";", ":", "@", "(", ")",
  ]

  @Test func `says to a reader what it was told, whatever that is`() throws {
    var mails: [(MailMessage, subject: String, name: String)] = []
    var random = Seeded(1)
    func text(_ most: Int, _ apart: Bool) -> String {
      (0..<Int.random(in: 0...most, using: &random)).map { _ in
        Self.pieces.randomElement(using: &random) ?? ""
      }.joined(separator: apart ? " " : "")
    }
    func line(_ most: Int) -> String {
      let all = text(12, true) + text(6, false)
      return String(
        all.filter { !"\n\t".contains($0) }.prefix(most)
      ).trimmingCharacters(in: .whitespaces)
    }
    for number in 0..<300 {
      let (subject, name) = (line(400), line(100))
      let html = number % 2 == 0 ? "<p>\(text(200, false))</p>" : nil
      mails.append(
        (
          try MailMessage(
            from: MailAddress(name: name.isEmpty ? nil : name, address: "a@example.com"),
            to: MailAddress("b@example.com"), subject: subject, text: text(200, false),
            html: html, headers: [.init("X-Line", subject)]),
          subject, name
        ))
    }
    let lines = mails.map { $0.0.lines(identifier: "x", date: Date()) }
    for mail in lines {
      for line in mail.split(separator: "\r\n", omittingEmptySubsequences: false) {
        #expect(
          line.utf8.count <= (line.hasPrefix("X-Line: ") ? 998 : 78)
            && line.utf8.allSatisfy { $0 == 9 || (0x20...0x7E).contains($0) })
      }
    }
    for ((mail, subject, name), read) in zip(mails, try Read.all(lines)) {
      #expect(read.defects == 0)
      #expect(read.headers["subject"] == subject)
      #expect(read.headers["x-line"] == subject)
      #expect(read.headers["to"] == "b@example.com")
      let from = try #require(read.headers["from"])
      #expect(from.hasSuffix("a@example.com>") || name.isEmpty)
      // The last line of a part belongs to what stands between parts.
      let text = mail.html == nil ? mail.text + "\n" : mail.text
      #expect(read.text.unicodeScalars.elementsEqual(text.unicodeScalars))
      #expect(read.html == mail.html)
    }
  }

  @Test(arguments: ["a\r\nBcc: b@example.com", "a\nb", "a\rb", "a\0b", "a\u{85}b"])
  func `has headers of one line alone`(bad: String) throws {
    func code(_ make: () throws -> MailMessage) -> String? {
      do { _ = try make() } catch { return (error as? Refusal)?.code }
      return nil
    }
    #expect(code { try mail(subject: bad) } == "mail.header")
    #expect(code { try mail(headers: [.init("X-A", bad)]) } == "mail.header")
    #expect(code { try mail(headers: [.init(bad, "x")]) } == "mail.header")
    #expect(code { try mail(from: "\(bad) <a@example.com>") } == "mail.address")
    #expect(code { try mail(to: "\(bad)@example.com") } == "mail.address")
    #expect(code { try mail(to: "a@example.com\(bad)") } == "mail.address")
  }

  @Test(arguments: ["Bcc", "to", "Content-Type", "X Y", "X:Y", "", "Ä", "Message-ID"])
  func `takes no header that it makes itself, nor one that is none`(name: String) {
    #expect(throws: Refusal.self) { try mail(headers: [.init(name, "x")]) }
  }

  @Test func `is not longer than readers show`() throws {
    _ = try mail(text: String(repeating: "a", count: MailMessage.longestBody))
    for (text, html) in [(1, 0), (0, 1)] {
      #expect(throws: Refusal.self) {
        try mail(
          text: String(repeating: "a", count: text * (MailMessage.longestBody + 1)),
          html: String(repeating: "a", count: html * (MailMessage.longestBody + 1)))
      }
    }
  }
}

@Suite struct `An address of mail` {
  @Test(arguments: [
    ("a@example.com", nil, "a@example.com"),
    (" a.b+c@mail.example.com ", nil, "a.b+c@mail.example.com"),
    ("<a@example.com>", nil, "a@example.com"),
    ("Example Shop <a@example.com>", "Example Shop", "a@example.com"),
    ("\"Shop, Inc.\" <a@localhost>", "Shop, Inc.", "a@localhost"),
    ("Käse <o'neil@example.com>", "Käse", "o'neil@example.com"),
  ])
  func `is read with the name beside it`(text: String, name: String?, address: String) throws {
    let read = try MailAddress(text)
    #expect(read.name == name && read.address == address)
    #expect(try MailAddress(read.written) == read)
  }

  @Test(arguments: [
    "", "a", "@", "a@", "@b", "a@b@c", "a b@example.com", "a@exa mple.com", "a..b@example.com",
    ".a@example.com", "a.@example.com", "ä@example.com", "a@exämple.com", "a@-b.com", "a@b-.com",
    "a@b..com", "a@.com", "a@b.com.", "a@[127.0.0.1]", "a@b.com,c@d.com", "a@b.com>", "<a@b.com",
    "a@b.com> SIZE=1", "\"a\"@b.com", "a@b.com\r\nRCPT TO:<c@d.com>", "mailto:a@b.com",
    String(repeating: "a", count: 65) + "@b.com", "a@" + String(repeating: "a", count: 64),
    "a@" + String(repeating: "abcdefgh.", count: 29) + "com",
  ])
  func `is nothing else`(text: String) {
    #expect { try MailAddress(text) } throws: { ($0 as? Refusal)?.code == "mail.address" }
  }
}

@Suite struct `The settings of mail` {
  private func settings(
    _ server: String?, _ change: (inout MailSettings) -> Void = { _ in }
  ) throws -> MailSettings {
    var settings = MailSettings()
    settings.server = server.flatMap(MailSettings.Place.init)
    settings.from = try MailAddress("a@example.com")
    change(&settings)
    return settings
  }

  @Test(arguments: [
    ("smtp://mail.example.com", "smtp://mail.example.com:587", true),
    ("smtps://mail.example.com", "smtps://mail.example.com:465", true),
    ("SMTP://localhost:25/", "smtp://localhost:25", false),
    ("smtp://127.0.0.1:2525", "smtp://127.0.0.1:2525", false),
    ("smtp://[::1]:25", "smtp://[::1]:25", false),
    ("smtp://127.evil.example", "smtp://127.evil.example:587", true),
    ("smtp://localhost.example.com", "smtp://localhost.example.com:587", true),
    ("smtp://10.0.0.1:25", "smtp://10.0.0.1:25", true),
  ])
  func `demand encryption to every other machine`(
    text: String, address: String, demands: Bool
  ) throws {
    let settings = try settings(text)
    #expect(settings.server?.address == address)
    #expect(settings.demandsEncryption == demands)
  }

  @Test(arguments: [
    "", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://a:b@mail.example.com",
    "smtp://a/b", "smtp://a?b", "smtp://a:0", "smtp://a:70000", "smtp://a b",
  ])
  func `name no server that is none`(text: String) {
    #expect(MailSettings.Place(text) == nil)
  }

  @Test func `go together`() throws {
    try MailSettings().check()
    try settings("smtp://a").check()
    let bad: [MailSettings] = [
      try settings(nil), try settings("smtp://a") { $0.from = nil },
      try settings("smtp://a") { $0.user = "a" }, try settings("smtp://a") { $0.password = "a" },
      try settings("smtps://a") { $0.encryption = .never },
      try settings("smtp://a") {
        ($0.user, $0.password, $0.encryption) = ("a", "b", .never)
      },
    ]
    for settings in bad {
      #expect { try settings.check() } throws: { ($0 as? Refusal)?.code == "mail.settings" }
    }
    #expect(throws: Refusal.self) { try MailServer(MailSettings()) }
  }

  @Test func `never show the password`() throws {
    let settings = try settings("smtp://a") { $0.password = "hunter2" }
    #expect(!"\(settings)".contains("hunter2") && !String(reflecting: settings).contains("hunter2"))
    var dumped = ""
    dump(settings, to: &dumped)
    #expect(!dumped.contains("hunter2"))
  }
}
