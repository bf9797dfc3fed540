import Events
import Foundation
import GRDB
import Testing

@testable import Accounts
@testable import Store

@Suite
struct `A saved question` {
  @Test
  func `is kept under its name until it is changed or deleted`() throws {
    let office = try Office()
    let store = office.store
    let bob = try office.member("bob", .analyst).principal()
    let late = try store.saveQuestion(name: " late ", question: #"{"a":1}"#, by: bob)
    let early = try store.saveQuestion(name: "early", question: "{}", by: bob)
    #expect(late.name == "late")
    #expect(late.author == "bob")
    office.clock.advance(5)
    let changed = try store.saveQuestion(
      late.id, name: "later", question: #"{"a":2}"#, by: office.admin)
    #expect(changed.author == "Ada")
    #expect(changed.changed == office.clock.now)
    #expect(try store.savedQuestions() == [early, changed])
    #expect(try store.savedQuestion(late.id) == changed)
    expectRefusal("question.known") {
      _ = try store.saveQuestion(name: "early", question: "{}", by: bob)
    }
    expectRefusal("question.unknown") {
      _ = try store.saveQuestion(99, name: "x", question: "{}", by: bob)
    }
    expectRefusal("question.size") {
      _ = try store.saveQuestion(
        name: "x", question: String(repeating: " ", count: 65_537), by: bob)
    }
    expectRefusal("question.name") {
      _ = try store.saveQuestion(name: "", question: "{}", by: bob)
    }
    let viewer = try office.member("cid", .viewer).principal()
    expectRefusal("access.denied") {
      _ = try store.saveQuestion(name: "x", question: "{}", by: viewer)
    }
    expectRefusal("access.denied") { try store.deleteQuestion(early.id, by: viewer) }
    try store.deleteQuestion(early.id, by: bob)
    expectRefusal("question.unknown") { try store.deleteQuestion(early.id, by: bob) }
    #expect(try store.savedQuestions() == [changed])
  }

  @Test
  func `comes back under its number after it was deleted`() throws {
    let office = try Office()
    let store = office.store
    let question = try store.saveQuestion(name: "one", question: "{}", by: office.admin)
    try store.deleteQuestion(question.id, by: office.admin)
    let viewer = try office.member("cid", .viewer).principal()
    expectRefusal("access.denied") { try store.restoreQuestion(question, by: viewer) }
    try store.restoreQuestion(question, by: office.admin)
    #expect(try store.savedQuestions() == [question])
    try store.deleteQuestion(question.id, by: office.admin)
    let other = try store.saveQuestion(name: "one", question: "{}", by: office.admin)
    #expect(other.id > question.id)
    expectRefusal("question.known") { try store.restoreQuestion(question, by: office.admin) }
  }
}

@Suite
struct `A board` {
  @Test
  func `keeps its tiles in order, and the questions that it shows`() throws {
    let office = try Office()
    let store = office.store
    let bob = try office.member("bob", .analyst).principal()
    let (one, two) = (
      try store.saveQuestion(name: "one", question: "{}", by: bob),
      try store.saveQuestion(name: "two", question: "{}", by: bob)
    )
    let tiles: [Board.Tile] = [
      .init(title: "B", .question(two.id)), .init(.map(journey: "purchase")),
      .init(.question(one.id)), .init(title: "again", .question(two.id)),
    ]
    let board = try store.saveBoard(name: "week", range: "last 7 days", tiles: tiles, by: bob)
    #expect(board.tiles == tiles)
    #expect(board.range == "last 7 days")
    #expect(try store.boards() == [board])
    expectRefusal("question.shown") { try store.deleteQuestion(two.id, by: bob) }
    let changed = try store.saveBoard(
      board.id, name: "week", tiles: Array(tiles[1...2].reversed()), by: office.admin)
    #expect(changed.tiles == [tiles[2], tiles[1]])
    #expect(changed.range == nil)
    #expect(try store.board(board.id) == changed)
    try store.deleteQuestion(two.id, by: bob)
    expectRefusal("board.tile") {
      _ = try store.saveBoard(board.id, name: "week", tiles: tiles, by: bob)
    }
    #expect(try store.board(board.id) == changed)
    try store.deleteBoard(board.id, by: bob)
    try store.deleteQuestion(one.id, by: bob)
    expectRefusal("board.unknown") { _ = try store.board(board.id) }
    expectRefusal("board.unknown") { try store.deleteBoard(board.id, by: bob) }
  }

  @Test
  func `comes back with its tiles after it was deleted`() throws {
    let office = try Office()
    let store = office.store
    let question = try store.saveQuestion(name: "one", question: "{}", by: office.admin)
    let board = try store.saveBoard(
      name: "week", range: "30d",
      tiles: [.init(.question(question.id)), .init(.map(journey: "j"))],
      by: office.admin)
    try store.deleteBoard(board.id, by: office.admin)
    let viewer = try office.member("cid", .viewer).principal()
    expectRefusal("access.denied") { try store.restoreBoard(board, by: viewer) }
    try store.restoreBoard(board, by: office.admin)
    #expect(try store.boards() == [board])
    try store.deleteBoard(board.id, by: office.admin)
    try store.deleteQuestion(question.id, by: office.admin)
    expectRefusal("board.tile") { try store.restoreBoard(board, by: office.admin) }
    #expect(try store.boards().isEmpty)
  }

  @Test
  func `is not changed by who saw it as it was before`() throws {
    let office = try Office()
    let store = office.store
    let seen = try store.saveBoard(name: "week", tiles: [], by: office.admin)
    office.clock.advance(5)
    let now = try store.saveBoard(
      seen.id, name: "month", tiles: [], seen: seen.changed, by: office.admin)
    expectRefusal("board.changed") {
      try store.saveBoard(seen.id, name: "year", tiles: [], seen: seen.changed, by: office.admin)
    }
    #expect(try store.board(seen.id) == now)
  }

  @Test
  func `is refused where it is nobody's, too long, or takes another's name`() throws {
    let office = try Office()
    let store = office.store
    try store.saveBoard(name: "a", tiles: [], by: office.admin)
    let map = Board.Tile(.map(journey: "j"))
    expectRefusal("board.known") { try store.saveBoard(name: "a", tiles: [], by: office.admin) }
    expectRefusal("board.name") { try store.saveBoard(name: "", tiles: [], by: office.admin) }
    expectRefusal("board.unknown") {
      try store.saveBoard(9, name: "b", tiles: [], by: office.admin)
    }
    expectRefusal("board.tile") {
      try store.saveBoard(
        name: "b", tiles: Array(repeating: map, count: 51), by: office.admin)
    }
    expectRefusal("board.tile") {
      try store.saveBoard(
        name: "b", tiles: [.init(title: String(repeating: "x", count: 201), map.content)],
        by: office.admin)
    }
    let viewer = try office.member("cid", .viewer).principal()
    expectRefusal("access.denied") { try store.saveBoard(name: "b", tiles: [], by: viewer) }
    #expect(try store.boards().map(\.name) == ["a"])
  }
}

@Suite
struct `The experience's history` {
  @Test
  func `has a version for each text that is another one`() throws {
    let office = try Office()
    let store = office.store
    let bob = try office.member("bob", .editor).principal()
    #expect(try store.latestExperience() == nil)
    let first = try store.saveExperience(["a.yaml": "a: 1"], message: "begin", by: bob)
    #expect(first.number == 1)
    #expect(try store.saveExperience(["a.yaml": "a: 1"], message: "same", by: bob) == first)
    office.clock.advance(1)
    let second = try store.saveExperience(
      ["a.yaml": "a: 2", "b.yaml": ""], message: "more", after: 1, by: bob)
    #expect(second.number == 2)
    #expect(try store.experienceFiles(ofVersion: 1) == ["a.yaml": "a: 1"])
    #expect(try store.experienceFiles(ofVersion: 2) == ["a.yaml": "a: 2", "b.yaml": ""])
    let third = try store.restoreExperience(1, by: office.admin)
    #expect(third.number == 3)
    #expect(third.restored == 1)
    #expect(third.author == "Ada")
    #expect(try store.restoreExperience(1, by: office.admin) == third)
    #expect(try store.experienceVersions() == [third, second, first])
    #expect(try store.experienceVersions(before: 3, limit: 1) == [second])
    let latest = try #require(try store.latestExperience())
    #expect(latest.0 == third)
    #expect(latest.1 == ["a.yaml": "a: 1"])
    // Equal letters of other bytes are another text.
    let composed = try store.saveExperience(["a.yaml": "caf\u{e9}"], message: "", by: bob)
    let parted = try store.saveExperience(["a.yaml": "cafe\u{301}"], message: "", by: bob)
    #expect(parted.number == composed.number + 1)
  }

  @Test
  func `loses nobody's change`() throws {
    let office = try Office()
    let store = office.store
    try store.saveExperience(["a": "1"], message: "", after: 0, by: office.admin)
    try store.saveExperience(["a": "2"], message: "", after: 1, by: office.admin)
    expectRefusal("experience.changed") {
      try store.saveExperience(["a": "3"], message: "", after: 1, by: office.admin)
    }
    expectRefusal("experience.changed") {
      try store.saveExperience(["a": "3"], message: "", after: 0, by: office.admin)
    }
    // Both made the same change.
    #expect(
      try store.saveExperience(["a": "2"], message: "", after: 1, by: office.admin).number == 2)
  }

  @Test
  func `takes no text that is nobody's or too large`() throws {
    let office = try Office()
    let store = office.store
    let analyst = try office.member("bob", .analyst).principal()
    expectRefusal("access.denied") {
      try store.saveExperience(["a": "1"], message: "", by: analyst)
    }
    expectRefusal("access.denied") { try store.restoreExperience(1, by: analyst) }
    expectRefusal("experience.version") { try store.restoreExperience(1, by: office.admin) }
    expectRefusal("experience.version") { _ = try store.experienceFiles(ofVersion: 1) }
    for files in [
      [:], ["a": String(repeating: "x", count: 4_194_305)],
      Dictionary(uniqueKeysWithValues: (0...100).map { ("f\($0)", "") }),
    ] {
      expectRefusal("experience.size") {
        try store.saveExperience(files, message: "", by: office.admin)
      }
    }
    expectRefusal("file.name") {
      try store.saveExperience(["": "x"], message: "", by: office.admin)
    }
    expectRefusal("experience.message") {
      try store.saveExperience(
        ["a": "1"], message: String(repeating: "x", count: 1001), by: office.admin)
    }
    #expect(try store.experienceVersions().isEmpty)
  }
}
