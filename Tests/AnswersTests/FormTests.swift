import Engine
import Foundation
import FoundationXML
import Maps
import Statistics
import Testing

@testable import Answers

@Suite
struct `An answer as CSV` {
  @Test(arguments: 0..<100)
  func `gives back every cell of every row`(seed: Int) {
    var sampler = Sampler(seed)
    let table = sampler.table()
    let records = Self.records(AnswerCSV.render(table))
    #expect(records.count == table.rows.count + 1)
    #expect(records[0] == table.columns.map(\.name))
    for (record, row) in zip(records.dropFirst(), table.rows) {
      for (field, cell) in zip(record, row) {
        switch cell {
        case .text(let text):
          #expect(Array(field.utf8) == Array(Self.harmless(text).utf8))
        case .count(let count): #expect(Int(field) == count)
        case .number(let number):
          #expect(number.isNaN ? field.isEmpty : Double(field) == number)
        case .none: #expect(field.isEmpty)
        }
      }
    }
  }

  /// A text as a spreadsheet may have it: without what hides or turns, and with an apostrophe before a
  /// formula.
  private static func harmless(_ text: String) -> String {
    let scalars = text.unicodeScalars.filter { ![0, 0x1B, 0x202E].contains($0.value) }
    let clean = String(String.UnicodeScalarView(scalars))
    let isFormula = scalars.first.map { "=+-@\t\r\n".unicodeScalars.contains($0) } == true
    return isFormula && Double(clean) == nil ? "'" + clean : clean
  }

  @Test(arguments: [
    "=\u{301}1+1", "@\u{308}SUM(A1)", "-\u{20DD}2", "\t=1", "\r=1", "\r\n=1", "\n=1", "\u{0}=1",
    "\u{200B}=1",
    "\u{202E}=1", "\u{FEFF}=1", "＝1", "+cmd|' /C calc'!A0",
  ])
  func `never begins a formula, however it is disguised`(text: String) throws {
    let record = try #require(Self.records(AnswerCSV.record([text]) + "\n").first?.first)
    #expect(record.utf8.first == UInt8(ascii: "'"))
  }

  @Test(arguments: ["a,\u{301}b", "say \"\u{308}hi\"", "x\n\u{301}y", "\"", "a\r\nb", "\",\"=1"])
  func `stays one field, whatever marks follow its signs`(text: String) {
    let records = Self.records(AnswerCSV.record([text, "next"]) + "\n")
    #expect(records.count == 1 && records[0].count == 2 && records[0][1] == "next")
    #expect(Array(records[0][0].utf8) == Array(text.utf8))
  }

  /// Reads CSV byte by byte, as RFC 4180 has it.
  private static func records(_ text: String) -> [[String]] {
    var records: [[String]] = [[]]
    var field: [UInt8] = []
    var quoted = false
    let bytes = Array(text.utf8)
    var place = 0
    func take() {
      records[records.count - 1].append(String(decoding: field, as: UTF8.self))
      field = []
    }
    while place < bytes.count {
      let byte = bytes[place]
      switch byte {
      case UInt8(ascii: "\"") where quoted && place + 1 < bytes.count && bytes[place + 1] == byte:
        field.append(byte)
        place += 1
      case UInt8(ascii: "\""): quoted.toggle()
      case UInt8(ascii: ",") where !quoted: take()
      case UInt8(ascii: "\n") where !quoted:
        take()
        records.append([])
      default: field.append(byte)
      }
      place += 1
    }
    return records.dropLast()
  }
}

@Suite
struct `An answer as SVG` {
  @Test(arguments: 0..<200)
  func `is sound XML without a script, whatever the names and numbers`(seed: Int) throws {
    var sampler = Sampler(seed)
    let room = PictureRoom.allCases[seed % PictureRoom.allCases.count]
    let text = AnswerSVG.render(sampler.picture(), notes: [sampler.text().cleaned], in: room)
    let elements = try Elements(text)
    #expect(
      elements.names.isSubset(
        of: [
          "svg", "title", "desc", "style", "rect", "g", "text", "line", "path", "circle",
        ]))
    #expect(elements.names.isSuperset(of: ["svg", "title", "desc", "style"]))
    #expect(elements.attributes.isDisjoint(with: ["onload", "href", "onclick", "src"]))
    #expect(!text.contains("nan") && !text.contains("var(--"))
    #expect(text.contains("prefers-color-scheme:dark"))
  }

  private static let pictures: [AnswerPicture] = {
    let name = "What the customer said of the parcel"
    let days = (1...31).map { "2026-03-\($0 < 10 ? "0" : "")\($0)" }
    return [
      .bars(
        title: name, series: ["before", "after"],
        bars: days.map { .init(name + $0, [1_234_567, -7654]) }),
      .lines(
        title: name, axis: days,
        lines: ["NPS", name].map { .init($0, days.indices.map { Double($0) * 12.5 }) }),
      .grid(
        title: name, rows: days, columns: (0...20).map { "week \($0)" },
        shares: days.map { _ in (0...20).map { 1 / Double($0 + 1) } }),
      .ranges(title: name, ranges: days.map { .init(name + $0, 7.25, low: 6.5, high: 8.125) }),
      .matrix(
        title: name,
        .init(
          across: "performance", up: "importance", cutAcross: 0.5, cutUp: 0.1,
          corners: ["concentrate here", "keep up", "low priority", "overkill"],
          points: days.indices.map {
            .init(days[$0], across: Double($0) / 31, up: 1 / Double($0 + 1))
          })),
      .flow(
        title: name,
        nodes: (0..<6).map { .init("\(name) \($0)", column: $0, count: 100 - $0) },
        links: (0..<5).map { .init(from: $0, to: $0 + 1, count: 90 - $0) }),
    ]
  }()

  @Test(arguments: PictureRoom.allCases, pictures)
  func `is as wide as its room`(room: PictureRoom, picture: AnswerPicture) throws {
    for shown in [picture, .several(title: "Parts", parts: [.init(name: "a", picture: picture)])] {
      let text = AnswerSVG.render(shown, notes: ["1,234 answers."], in: room)
      let width = try #require(text.firstMatch(of: /<svg [^>]* width="([0-9.]+)"/)).1
      // On a wide screen columns that need more room get it.
      let grows =
        if case .flow = picture { room == .tile } else if case .grid = picture {
          room != .phone
        } else { false }
      #expect(grows ? (Double(width) ?? 0) >= room.width : Double(width) == room.width)
      let sizes = text.matches(of: /font-size:([0-9.]+)px/).compactMap { Double($0.1) }
      #expect(sizes.min() == 11)
    }
  }

  @Test
  func `on a phone says a long way as its links, the largest first`() {
    let flow = AnswerPicture.flow(
      title: "Ways",
      nodes: ["home", "cart", "order"].enumerated().map {
        .init($1, column: $0, count: 10)
      }, links: [.init(from: 0, to: 1, count: 3), .init(from: 1, to: 2, count: 8)])
    let names = AnswerSVG.render(flow, notes: [], in: .phone).matches(
      of: />([^<>]+ → [^<>]+)<\/text>/
    )
    .map { String($0.1) }
    #expect(names == ["cart → order", "home → cart"])
  }

  @Test(arguments: 0..<300)
  func `has an axis with a few round marks around all values`(seed: Int) {
    var sampler = Sampler(seed)
    let values = (0..<(1 + sampler.dice.below(5))).map { _ in sampler.number() }
      .filter(\.isFinite)
    let ticks = Axis(values).ticks
    #expect((2...8).contains(ticks.count), "\(ticks)")
    #expect(ticks == ticks.sorted())
    for value in values + [0] {
      #expect(value <= (ticks.last ?? 0) * (1 + 1e-9) && value >= (ticks.first ?? 0) * (1 + 1e-9))
    }
  }

  /// What elements and attributes a text of XML has.
  private final class Elements: NSObject, XMLParserDelegate {
    private(set) var names: Set<String> = []
    private(set) var attributes: Set<String> = []

    init(_ text: String) throws {
      super.init()
      let parser = XMLParser(data: Data(text.utf8))
      parser.delegate = self
      guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
    }

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String] = [:]
    ) {
      names.insert(name)
      self.attributes.formUnion(attributes.keys)
    }
  }
}

@Suite
struct `The catalogue as people read it` {
  @Test
  func `stands in the documentation as the code knows it`() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/questions.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    #expect(text.hasSuffix(QuestionGuide.markdown), "`make docs` writes \(page.path)")
  }

  @Test(arguments: QuestionKind.allCases)
  func `names every field and an example, 80 columns wide`(kind: QuestionKind) {
    let form = kind.form
    let sheet = QuestionGuide.sheet(of: kind, width: 80)
    for field in form.fields + Scope.fields { #expect(sheet.contains("  \(field.name) ")) }
    let example = form.example.split(separator: "\n")
    for line in sheet.split(separator: "\n") where !example.contains(line.dropFirst(2)) {
      #expect(line.count <= 80, "\(line)")
    }
    #expect(QuestionGuide.list(width: 80).contains("  \(kind.rawValue) "))
  }
}
