import Testing

@testable import Words

@Suite
struct `The feeling of a text` {
  private func judge(_ text: String) -> Sentiment? {
    let written = WrittenText(text)
    return Sentiment(of: written, in: Language(of: written))
  }

  @Test(arguments: [
    ("The delivery was fast and the box was perfect.", Sentiment.Tone.positive),
    ("It arrived broken and nobody answers my mails.", .negative),
    ("I was told that the parcel is in the office.", .neutral),
    ("Die Lieferung war schnell und das Paket war gut verpackt.", .positive),
    ("Leider war die Ware kaputt und der Service sehr unfreundlich.", .negative),
    ("Das Paket wurde am Montag bei den Nachbarn abgegeben.", .neutral),
    ("👍👍", .positive), ("Mittwoch 😡", .negative), ("livraison 😡", .negative),
  ])
  func `is told by its words and faces`(text: String, tone: Sentiment.Tone) throws {
    #expect(try #require(judge(text)).tone == tone, "\(judge(text)?.score ?? .nan)")
  }

  @Test(arguments: [
    ("This is good.", "This is not good."),
    ("The courier was friendly.", "The courier wasn't friendly."),
    ("Das gefällt mir.", "Das gefällt mir nicht."),
    ("The app is good and it is fast.", "The app is good but it is terrible."),
  ])
  func `turns where it is denied, or with what comes after but`(plain: String, turned: String)
    throws
  {
    let (plain, turned) = (try #require(judge(plain)).score, try #require(judge(turned)).score)
    #expect(plain > 0 && turned < 0, "\(plain) \(turned)")
  }

  @Test(arguments: [
    ("The help was good.", "The help was very good."),
    ("The help was slightly bad.", "The help was bad."),
    ("The help was bad.", "The help was BAD."),
    ("The help was good.", "The help was good!!!"),
  ])
  func `rises with degrees, capitals and exclamation marks`(less: String, more: String) throws {
    #expect(abs(try #require(judge(less)).score) < abs(try #require(judge(more)).score))
  }

  @Test func `is unknown in languages whose words are not known, and without words`() {
    #expect(judge("La livraison était très rapide et je suis très content de ce service.") == nil)
    #expect(judge("配達はとても早かったです。") == nil)
    #expect(WrittenText("  \u{200B} --- \u{0} ").isEmpty)
  }

  @Test func `stays between its ends, whatever was written`() throws {
    for text in [
      String(repeating: "perfect! ", count: 20_000), String(repeating: "awful ", count: 500_000),
      String(repeating: "a\u{301}", count: 300_000),
      String(repeating: "\u{1F3F4}\u{200D}", count: 9_000),
      "\u{0}\u{1B}[31m\u{202E}good", String(repeating: "x", count: 1_000_000), ":", "http://", "@",
    ] {
      let written = WrittenText(text)
      #expect(written.isCut == (text.utf8.count > WrittenText.mostBytes))
      let score = Sentiment(of: written, in: Language(of: written))?.score ?? 0
      #expect((-1...1).contains(score))
    }
  }
}

@Suite
struct `The language of a text` {
  @Test(arguments: [
    ("en", "I have been waiting for two weeks and nobody called me."),
    ("de", "Ich warte seit zwei Wochen und niemand hat mich angerufen."),
    ("fr", "J'attends depuis deux semaines et personne ne m'a appelé."),
    ("es", "Llevo dos semanas esperando y nadie me ha llamado."),
    ("it", "Aspetto da due settimane e nessuno mi ha chiamato."),
    ("pt", "Estou esperando há duas semanas e ninguém me ligou."),
    ("nl", "Ik wacht al twee weken en niemand heeft mij gebeld."),
    ("sv", "Jag har väntat i två veckor och ingen har ringt mig."),
    ("da", "Jeg har ventet i to uger, og ingen har ringet til mig."),
    ("fi", "Olen odottanut kaksi viikkoa eikä kukaan ole soittanut minulle."),
    ("pl", "Czekam od dwóch tygodni i nikt do mnie nie zadzwonił."),
    ("cs", "Čekám už dva týdny a nikdo mi nezavolal."),
    ("hu", "Két hete várok, és senki sem hívott fel."),
    ("ro", "Aștept de două săptămâni și nimeni nu m-a sunat."),
    ("tr", "İki haftadır bekliyorum ve kimse beni aramadı."),
    ("ru", "Я жду уже две недели, и никто мне не позвонил."),
    ("uk", "Я чекаю вже два тижні, і ніхто мені не подзвонив."),
    ("bg", "Чакам вече две седмици и никой не ми се обади."),
    ("el", "Περιμένω δύο εβδομάδες."), ("ar", "أنتظر منذ أسبوعين"), ("he", "אני מחכה שבועיים"),
    ("hi", "मैं दो हफ्ते से इंतज़ार कर रहा हूँ"), ("th", "ฉันรอมาสองสัปดาห์แล้ว"),
    ("ja", "二週間待っています。"), ("ko", "2주째 기다리고 있어요"), ("zh", "我等了两个星期"),
    ("fa", "دو هفته منتظر پاسخ هستم"),
  ])
  func `is found in a sentence`(code: String, text: String) {
    #expect(Language(of: WrittenText(text))?.rawValue == code)
  }

  @Test(arguments: ["", "123", "OK", "👍", "xyz qqq", "https://example.com/the/and/of"])
  func `is not guessed where nothing speaks for one`(text: String) {
    #expect(Language(of: WrittenText(text)) == nil)
  }
}

@Suite
struct `A theme` {
  private func speaks(_ text: String, of words: [String]) -> Bool {
    ThemeWords("theme", words).isIn(WrittenText(text).words.map(\.folded))
  }

  @Test(arguments: [
    ("The PRICE is high.", ["price"]), ("Prices went up", ["price*"]),
    ("far too much!", ["too much"]),
    ("Die Größe stimmt", ["grosse"]), ("die grösse stimmt", ["Größe"]),
    ("Versandkosten waren hoch", ["*kosten"]), ("Die Lieferkostenpauschale", ["*kosten*"]),
    ("It was TOO—much", ["too much"]), ("値段が高いです", ["高い"]), ("cafe\u{301}", ["café"]),
    ("don’t like", ["don't"]),
  ])
  func `is found by its words, at their boundaries`(text: String, words: [String]) {
    #expect(speaks(text, of: words))
  }

  @Test(arguments: [
    ("A prize!", ["price*"]), ("surprised", ["price", "prise*"]),
    ("too expensive, much", ["too much"]),
    ("Kostenlos", ["*kosten"]), ("anything", ["*", "", " ", "!!"]), ("", ["a*"]),
  ])
  func `is not found elsewhere`(text: String, words: [String]) {
    #expect(!speaks(text, of: words))
  }
}

@Suite
struct `Terms that stand out` {
  @Test func `are those of the low texts, and those of the high ones`() {
    var standouts = Standouts()
    for number in 0..<200 {
      standouts.add(
        WrittenText("The parcel number \(number % 7) came with a broken box, sadly"), low: 1,
        high: 0)
      standouts.add(WrittenText("The parcel number \(number % 7) came quickly"), low: 0, high: 1)
    }
    let terms = standouts.terms(most: 20)
    #expect(terms.contains { $0.term.contains("broken") && $0.z > 0 && $0.low == 200 })
    #expect(terms.contains { $0.term.contains("quickly") && $0.z < 0 && $0.high == 200 })
    #expect(!terms.contains { $0.term == "parcel" || $0.term == "the" })
  }

  @Test func `are none where both sides say the same, or one is silent`() {
    var (same, oneSided) = (Standouts(), Standouts())
    for number in 0..<300 {
      let text = WrittenText("parcel box \(number % 2 == 0 ? "yellow" : "green")")
      same.add(text, low: number % 4 < 2 ? 1 : 0, high: number % 4 < 2 ? 0 : 1)
      oneSided.add(text, low: 1, high: 0)
    }
    #expect(same.terms(most: 20).isEmpty && oneSided.terms(most: 20).isEmpty)
  }
}
