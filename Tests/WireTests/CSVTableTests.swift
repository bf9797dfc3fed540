import Events
import Testing

@testable import Wire

@Suite struct `A small table of CSV` {
  private func values(_ text: String) throws -> [[String]] {
    try CSVTable(Array(text.utf8)).records.map(\.values)
  }

  @Test(arguments: [
    ("", []),
    ("\n\r\n", []),
    ("a", [["a"]]),
    ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
    ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
    ("\u{FEFF}a;b,c\n1;2", [["a;b", "c"], ["1;2"]]),
    ("a;b;c,d\n1;2", [["a", "b", "c,d"], ["1", "2"]]),
    ("a\tb\n\t", [["a", "b"], ["", ""]]),
    ("\"a,b;;\",c\n", [["a,b;;", "c"]]),
    ("\"a \"\"b\"\"\",\"\"\n", [["a \"b\"", ""]]),
    ("a,b\n\"1\r\n2\n\n3\",4\n5,6", [["a", "b"], ["1\r\n2\n\n3", "4"], ["5", "6"]]),
    ("a,b\"c\"\n", [["a", "b\"c\""]]),
    ("\"a\"b,c", [["ab", "c"]]),
    ("a,b,\n", [["a", "b", ""]]),
    ("\"a\"\r\n\"b\"\r\n", [["a"], ["b"]]),
    ("ä,漢,👩‍👩‍👧\n", [["ä", "漢", "👩‍👩‍👧"]]),
  ])
  func `is read as spreadsheets write it`(text: String, expected: [[String]]) throws {
    #expect(try values(text) == expected)
  }

  @Test func `says on which line a record begins`() throws {
    let table = try CSVTable(Array("a,b\n\n\"x\ny\nz\",1\nlast,2\n".utf8))
    #expect(table.records.map(\.line) == [1, 3, 6])
    #expect(table.records[2][1] == "2" && table.records[2][7] == "")
  }

  @Test(arguments: [
    (Array("a\n\"b,c\nd".utf8), "csv.quote"),
    ([0x61, 0xFF, 0x0A], "csv.encoding"),
    (Array(String(repeating: ",", count: CSVTable.mostColumns).utf8), "csv.columns"),
  ])
  func `is refused where it is none`(bytes: [UInt8], code: String) {
    #expect { try CSVTable(bytes) } throws: { ($0 as? Refusal)?.code == code }
  }

  /// Quotes every value that needs it.
  private func written(_ table: [[String]]) -> String {
    table.map { record in
      record.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: ",") + "\r\n"
    }.joined()
  }

  @Test func `gives back what was written, whatever that is`() throws {
    let pieces = ["", "a", ",", ";", "\"", "\n", "\r\n", "ä", " ", "\t", "\"\"", "1"]
    var number = UInt64(7)
    func next(_ limit: Int) -> Int {
      number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(number >> 33) % limit
    }
    for _ in 0..<300 {
      let columns = 2 + next(3)
      let table = (0...next(5)).map { _ in
        (0..<columns).map { _ in (0...next(4)).map { _ in pieces[next(pieces.count)] }.joined() }
      }
      #expect(try values(written(table)) == table)
    }
  }
}
