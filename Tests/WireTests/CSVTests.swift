import Events
import Stories
import Testing

@testable import Wire

@Suite
struct `A CSV file` {
  @Test
  func `becomes events with typed properties`() throws {
    let read = try reading(
      """
      user_id,event,ts,plan,amount,vip,code
      u1,Signed Up,2025-09-01T00:00:00Z,pro,12.5,true,007
      u2,Paid,2025-09-01T00:00:01Z,,NA,false,8

      """)
    #expect(read.rejections.isEmpty)
    #expect(
      read.events == [
        Event(
          "Signed Up", at: Instant(milliseconds: 1_756_684_800_000), by: Identity("u1"),
          properties: [
            "plan": .string("pro"), "amount": .number(12.5), "vip": .boolean(true),
            "code": .string("007"),
          ]),
        Event(
          "Paid", at: Instant(milliseconds: 1_756_684_801_000), by: Identity("u2"),
          properties: ["vip": .boolean(false), "code": .number(8)]),
      ])
  }

  @Test(arguments: [
    "customer_id,event,ts", "userId;Event Name;Timestamp",
    "\u{FEFF}case:concept:name,activity,date",
    "\"distinct_id\"\t\"action\"\t\"created_at\"", "PATIENT|handling|time",
    "client,Event,invoice_date",
  ])
  func `is understood by its header`(header: String) throws {
    let delimiter = [";", "\t", "|"].first { header.contains($0 as String) } ?? ","
    let row = ["c1", "Paid", "2025-09-01"].joined(separator: delimiter)
    let read = try reading("\(header)\r\n\(row)\r\n")
    #expect(read.rejections.isEmpty)
    #expect(
      read.events == [
        Event("Paid", at: Instant(milliseconds: 1_756_684_800_000), by: Identity("c1"))
      ])
  }

  @Test(arguments: [
    ("", "file.empty"), ("\n \r\n", "file.empty"), ("a,b,c\n1,2,3\n", "import.columns"),
    ("c17,Paid,2025-09-01\n", "import.columns"), ("user,event\nu,e\n", "import.columns"),
    ("user,event,ts,x,x\nu,e,0,1,2\n", "import.header"),
    ("user,event,ts\nu,e,01/02/2025\nu,e,03/04/2025\n", "import.dateOrder"),
  ])
  func `is refused where it leaves open who did what when`(text: String, code: String) {
    let refusal = #expect(throws: Refusal.self) { try reading(text) }
    #expect(refusal?.code == code)
  }

  @Test
  func `takes the columns that flags name`() throws {
    var options = ImportOptions()
    options.customer = "InvoiceOwner"
    options.time = "when"
    options.eventName = "Invoice"
    options.channel = "via"
    options.value = "sum"
    let read = try reading(
      "event,InvoiceOwner,when,via,sum\ne1,c1,2025-09-01,shop,3\n", options)
    #expect(
      read.events == [
        Event(
          "Invoice", at: Instant(milliseconds: 1_756_684_800_000), by: Identity("c1"),
          properties: ["event": .string("e1"), "channel": .string("shop"), "value": .number(3)])
      ])
    options.customer = "nobody"
    let refusal = #expect(throws: Refusal.self) { try reading("a,when\n1,2\n", options) }
    #expect(refusal?.code == "import.column")
  }

  @Test
  func `with only a header holds no events`() throws {
    let read = try reading("user,event,ts\n")
    #expect(read.events.isEmpty && read.rejections.isEmpty && read.records == 0)
  }

  @Test
  func `decides day or month for all rows from one that tells`() throws {
    let read = try reading("user,event,ts\nu,e,01/02/2025\nu,e,13/02/2025\n")
    #expect(
      read.events.map(\.time.description) == ["2025-02-01T00:00:00Z", "2025-02-13T00:00:00Z"])
  }

  @Test
  func `loses no good row to a bad one`() throws {
    let long = String(repeating: "x", count: 9000)
    let read = try reading(
      """
      user,event,ts,note
      u1,e,0,fine
      ,e,0,nobody
      null,e,0,nobody
      u2,,0,no name
      u3,e,,no time
      u4,e,soon,no time
      u5,e,9999-01-01,late
      u6,e,0
      u7,e,0,a,b

      u8,e,0,"closed"early
      u9,e,0,"two
      lines and a "" quote"
      u10,e,0,\(long)
      u11,e,0,never "opens" here
      u12,e,0,"never closes
      u13,e,0,last
      """)
    #expect(
      read.verdicts == [
        "2 user identity.placeholder", "3 user identity.placeholder", "4 event event.missing",
        "5 ts time.missing", "6 ts time.form", "7 ts time.range", "8 - csv.fields",
        "9 - csv.fields", "11 - csv.afterQuote", "13 note property.length", "15 - csv.quote",
      ])
    #expect(read.events.map(\.identity.id) == ["u1", "u9", "u10", "u11", "u13"])
    #expect(read.events[1].properties["note"] == .string("two\nlines and a \" quote"))
    #expect(read.events[2].properties.isEmpty)
    #expect(read.events[3].properties["note"] == .string("never \"opens\" here"))
    #expect(read.rejections.kept[1].raw == "null,e,0,nobody")
    #expect(read.rejections.records == 10)
    #expect(read.records == 16)
  }

  @Test
  func `names the field of NUL bytes and broken UTF-8`() throws {
    var bytes = Array("user,event,ts,note\nu1,e,0,Grüße aus Köln\n".utf8)
    bytes += Array("u2,e,0,a".utf8) + [0] + Array("b\nu3,e,0,".utf8) + [0xC3, 0x28] + [10]
    bytes += Array("u4,e,0,ok".utf8)
    let read = try reading(bytes)
    #expect(read.verdicts == ["2 note text.nul", "3 note text.encoding"])
    #expect(read.events.map(\.identity.id) == ["u1", "u4"])
    #expect(read.events.first?.properties["note"] == .string("Grüße aus Köln"))
  }

  @Test
  func `is Latin-1 where it is not UTF-8`() throws {
    let bytes =
      Array("user,event,ts,note\nu1,K".utf8) + [0xE4] + Array("ufe,0,".utf8) + [0x80, 10]
    let read = try reading(bytes)
    #expect(read.events.first?.name == "Käufe")
    #expect(read.events.first?.properties["note"] == .string("€"))
    let utf16 = #expect(throws: Refusal.self) { try reading([0xFF, 0xFE, 65, 0]) }
    #expect(utf16?.code == "file.encoding")
  }

  @Test
  func `keeps a huge field from the rows around it, whatever the chunks`() throws {
    let huge = String(repeating: "x", count: 10 << 20)
    for field in [huge, "\"" + huge + "\"", "\"" + huge] {
      let text = "user,event,ts,note\nu1,e,0,a\nu2,e,0,\(field)\nu3,e,0,b\n"
      for size in [1 << 16, 4 << 20, 32 << 20] {
        let read = try reading(text, chunkSize: size)
        #expect(read.events.map(\.identity.id) == ["u1", "u3"])
        #expect(read.verdicts == ["2 - record.length"])
        #expect(read.records == 3)
      }
    }
  }

  @Test
  func `gives an id to rows that have none from their bytes`() throws {
    let read = try reading("user,event,ts\nu1,e,0\nu1,e,0\r\nu1,e,1\n")
    #expect(read.messages[0] == read.messages[1])
    #expect(read.messages[0] != read.messages[2])
    #expect(read.messages.allSatisfy { $0 & Batch.explicitMessage == 0 })
    let named = try reading("user,event,ts,message_id\nu1,e,0,m1\nu1,f,9,m1\n")
    #expect(named.messages == [Batch.messageHash(id: "m1"), Batch.messageHash(id: "m1")])
  }

  @Test
  func `links the two ids of a row, at the earliest time`() throws {
    let read = try reading(
      "user,anonymous_id,event,ts\nu1,a1,e,9\nu1,a1,e,5\n,a2,e,6\nnull,a3,e,7\nu2,,e,8\n")
    #expect(
      read.events.map(\.identity.description) == [
        "user:u1", "user:u1", "anonymous:a2", "anonymous:a3", "user:u2",
      ])
    #expect(read.links == [IdentityPair(Identity("u1"), Identity(.anonymous, "a1"), time: 0)])
    #expect(read.links.first?.time == 5000)
  }

  @Test
  func `refuses a row of whose two ids one is too long`() throws {
    let id = String(repeating: "i", count: 600)
    let read = try reading(
      "user,anonymous_id,event,ts\nu1,\(id),e,9\n\(id),a1,e,5\nu1,a1,e,6\n")
    #expect(read.events.map(\.identity.description) == ["user:u1"])
    #expect(read.rejections.counts == ["identity.length": 2])
    #expect(read.rejections.kept.map(\.field) == ["anonymous_id", "user"])
  }

  @Test
  func `takes as many event names as there may be, and says so`() throws {
    var bytes = Array("user,event,ts\n".utf8)
    for number in 0..<2_000_000 { bytes += Array("u,e\(number),0\n".utf8) }
    let read = try reading(bytes)
    #expect(read.names.names.count == EventNames.limit)
    #expect(read.events.count == EventNames.limit)
    #expect(read.rejections.counts == ["event.names": 2_000_000 - EventNames.limit])
    #expect(read.rejections.kept.count == 1000)
  }
}
