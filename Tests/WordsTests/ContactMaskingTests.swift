import Testing

@testable import Words

@Suite
struct `The masking of contacts` {
  @Test(arguments: [
    // Mail addresses, and names on networks.
    ("Write to ada.lovelace+shop@example.co.uk, please", "Write to [address] please"),
    ("<mailto:ada@example.com>!", "[address]"),
    ("ada＠example．com", "[address]"),
    ("ada @ example.com now", "[address] [address] [address] now"),
    ("ada@ example.com now", "[address] [address] now"),
    ("ada @example.com now", "[address] [address] now"),
    ("@maria_k is great", "[address] is great"),
    // Links.
    ("See https://example.com/t?id=a1 or www.example.com.", "See [link] or [link]"),
    ("(example.com/track/ab) HTTP://X", "[link] [link]"),
    ("and/or 3.4/5.4 e.g. this", "and/or 3.4/5.4 e.g. this"),
    ("1.fc-fans.example/u/ada ...example.com/ada", "[link] [link]"),
    // Telephones, orders, accounts, dates.
    ("0171\u{2012}2345\u{2012}678, 079'123'45'67", "[number], [number]"),
    ("送料12000円は高い", "送料[number]円は高い"),
    ("Call 0171 2345678.", "Call [number]."),
    ("+49 (0) 171 / 123 45 67", "[number]"),
    ("(030) 12-34-567 today", "[number] today"),
    ("order ORD-48151 and #62342x!", "order [number] and [number]!"),
    ("DE89 3704 0044 0532 0130 00", "[number]"),
    ("on 14.03.2026 at noon", "on [number] at noon"),
    ("１２３４５ ١٢٣٤٥ 1\u{20DD}2\u{20DD}3\u{20DD}4\u{20DD}5\u{20DD}", "[number]"),
    // What stays.
    ("24/7, 10 of 10, 1,299.00 or 49.99 in 2026", "24/7, 10 of 10, 1,299.00 or 49.99 in 2026"),
    ("  two\n\nlines\tand  blanks ", "two lines and blanks"),
    ("", ""), ("👍🏽 größer", "👍🏽 größer"),
  ])
  func `takes out what leads to somebody and leaves the rest`(text: String, masked: String) {
    #expect(ContactMasking.masked(text) == masked)
  }

  @Test(arguments: [
    ("I am C17-ada, hello", "c17-ADA", "I am [customer], hello"),
    ("I am ada, hello", "ada", "I am ada, hello"),
    ("by ada@example.com", "ada@example.com", "by [customer]"),
    ("nothing", "", "nothing"),
  ])
  func `takes the writer's own id out unless it is a short word`(
    text: String, id: String, masked: String
  ) {
    #expect(ContactMasking.masked(text, writer: id) == masked)
  }

  @Test func `changes nothing when it is done twice`() {
    for text in [
      "Call 0171 2345678 or ada@example.com", "@ @ @", "1 2 3 4 5 6 7 8", "((((12345))))",
      "www.www.www", "a@", "@", "12345" + String(repeating: "x", count: 100),
    ] {
      let once = ContactMasking.masked(text)
      #expect(ContactMasking.masked(once) == once)
      #expect(!once.contains("12345") && !once.contains("@"))
    }
  }

  @Test func `takes a time that grows with the text only`() {
    let long = String(repeating: "1 ", count: 200_000)
    #expect(ContactMasking.masked(long) == "[number]")
    let words = String(repeating: "a1b ", count: 100_000)
    #expect(ContactMasking.masked(words).count == words.count - 1)
  }
}
