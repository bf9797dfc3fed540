import Accounts
import Events
import Foundation
import GRDB

/// Answers and maps on one page, under a name.
public struct Board: Sendable, Equatable {
  /// One answer or map.
  public struct Tile: Sendable, Equatable {
    /// What a tile shows.
    public enum Content: Sendable, Equatable {
      /// The answer to the saved question of a number.
      case question(Int)
      /// The map of a journey of the experience.
      case map(journey: String)
    }

    /// The title; empty: that of the question or journey.
    public var title: String
    /// What it shows.
    public var content: Content

    /// Makes a tile.
    public init(title: String = "", _ content: Content) {
      self.title = title
      self.content = content
    }
  }

  /// The number, which is never given out twice.
  public let id: Int
  /// The name.
  public let name: String
  /// The range for all tiles: the last days, as `30d`, or the first and the last day, as
  /// `2026-03-01..2026-03-31`; nil: each has its own.
  public let range: String?
  /// The tiles in order.
  public let tiles: [Tile]
  /// Who saved it last, by their name as of then.
  public let author: String
  /// When it was saved last.
  public let changed: Instant

  /// The most boards of a store.
  public static let most = 1000
  /// The most tiles of a board: each is a question that is answered when the board is opened.
  public static let mostTiles = 50

  init(_ row: Row, _ database: Database) throws {
    id = row["id"]
    name = row["name"]
    range = row["range"]
    author = row["author"]
    changed = Instant(milliseconds: row["changed"])
    tiles = try Row.fetchAll(
      database, sql: "SELECT * FROM board_tiles WHERE board = ? ORDER BY position",
      arguments: [id]
    ).compactMap { row in
      let question = (row["question"] as Int?).map(Tile.Content.question)
      let map = (row["journey"] as String?).map(Tile.Content.map(journey:))
      return (question ?? map).map { Tile(title: row["title"], $0) }
    }
  }
}

extension Store {
  /// All boards by name.
  public func boards() throws(Fault) -> [Board] {
    try people([]) { database in
      try Row.fetchAll(database, sql: "SELECT * FROM boards ORDER BY name").map {
        try Board($0, database)
      }
    }
  }

  /// The board of a number.
  ///
  /// - Throws: `board.unknown`.
  public func board(_ id: Int) throws -> Board {
    try people(nil) { try Self.board(id, $0) }.orThrow(Self.unknownBoard(id))
  }

  /// Saves a new board, or changes one.
  ///
  /// - Parameters:
  ///   - id: the board that is changed; nil makes a new one.
  ///   - name: the name.
  ///   - range: the range for all tiles; the caller has read it as a range.
  ///   - tiles: the tiles in order.
  ///   - seen: when the board that was looked at was saved; nil takes whatever is there.
  ///   - principal: who saves it.
  /// - Throws: `access.denied`, `board.name`, `board.known`, `board.unknown`, `board.tile`,
  ///   `board.count`, `board.changed` where somebody else saved the board meanwhile.
  @discardableResult
  public func saveBoard(
    _ id: Int? = nil, name: String, range: String? = nil, tiles: [Board.Tile],
    seen: Instant? = nil, by principal: Principal
  ) throws -> Board {
    try principal.require(.save)
    let name = try GivenName.checked(name, of: "board")
    try Self.check(tiles, range)
    return try write { database in
      try Self.checkDocument(
        "board", table: "boards", id: id, name: name, most: Board.most, database)
      let now = clock().milliseconds
      if let id {
        let old = try Self.board(id, database).orThrow(Self.unknownBoard(id))
        guard seen == nil || seen == old.changed else {
          throw Refusal(
            "board.changed", problem: "\(old.author) changed the board meanwhile.",
            remedy: "Look at it as it is now, and do it once more.")
        }
        try database.execute(
          literal: """
            UPDATE boards SET name = \(name), range = \(range), author = \(principal.name),
              changed = \(now) WHERE id = \(id)
            """)
      } else {
        try database.execute(
          literal: """
            INSERT INTO boards (name, range, author, changed)
            VALUES (\(name), \(range), \(principal.name), \(now))
            """)
      }
      let number = id ?? Int(database.lastInsertedRowID)
      try Self.replaceTiles(of: number, by: tiles, database)
      let detail = "\(id == nil ? "new" : "changed"), \(tiles.count) tiles"
      try note(.boardSaved, name, detail, by: principal, database)
      return try Self.board(number, database).orThrow(Self.unknownBoard(number))
    }
  }

  /// Deletes a board; its questions stay.
  ///
  /// - Throws: `access.denied`, `board.unknown`.
  public func deleteBoard(_ id: Int, by principal: Principal) throws {
    try principal.require(.save)
    try write { database in
      let board = try Self.board(id, database).orThrow(Self.unknownBoard(id))
      try database.execute(literal: "DELETE FROM boards WHERE id = \(id)")
      try note(.boardDeleted, board.name, by: principal, database)
    }
  }

  /// Puts a board that was deleted back, under its number.
  ///
  /// - Throws: `access.denied`, `board.known`, `board.count`, `board.tile` where one of its questions
  ///   was deleted meanwhile.
  public func restoreBoard(_ board: Board, by principal: Principal) throws {
    try principal.require(.save)
    try write { database in
      try Self.checkDocument(
        "board", table: "boards", id: nil, name: board.name, most: Board.most, database)
      try database.execute(
        literal: """
          INSERT INTO boards (id, name, range, author, changed)
          VALUES (\(board.id), \(board.name), \(board.range), \(board.author),
            \(board.changed.milliseconds))
          """)
      try Self.replaceTiles(of: board.id, by: board.tiles, database)
      try note(.boardSaved, board.name, "restored", by: principal, database)
    }
  }

  private static func check(_ tiles: [Board.Tile], _ range: String?) throws(Refusal) {
    guard tiles.count <= Board.mostTiles else {
      throw Refusal(
        "board.tile", problem: "The board has \(tiles.count) tiles.",
        remedy: "Put at most \(Board.mostTiles) on one board.")
    }
    let texts =
      tiles.flatMap { tile in
        if case .map(let journey) = tile.content { [tile.title, journey] } else { [tile.title] }
      } + [range ?? ""]
    if let long = texts.first(where: { $0.count > 200 }) {
      throw Refusal(
        "board.tile", problem: "“\(long.prefix(50))…” has \(long.count) characters.",
        remedy: "Write at most 200.")
    }
  }

  private static func replaceTiles(
    of board: Int, by tiles: [Board.Tile], _ database: Database
  ) throws {
    try database.execute(literal: "DELETE FROM board_tiles WHERE board = \(board)")
    for (position, tile) in tiles.enumerated() {
      var (question, journey): (Int?, String?) = (nil, nil)
      switch tile.content {
      case .question(let id):
        let isThere = try Row.fetchOne(
          database, sql: "SELECT 1 FROM saved_questions WHERE id = ?", arguments: [id])
        guard isThere != nil else {
          throw Refusal(
            "board.tile", problem: "Tile \(position + 1) shows question \(id), which isn't there.",
            remedy: "Choose another question for it; this one may have been deleted.")
        }
        question = id
      case .map(let name): journey = name
      }
      try database.execute(
        literal: """
          INSERT INTO board_tiles (board, position, title, question, journey)
          VALUES (\(board), \(position), \(tile.title), \(question), \(journey))
          """)
    }
  }

  private static func board(_ id: Int, _ database: Database) throws -> Board? {
    try Row.fetchOne(database, sql: "SELECT * FROM boards WHERE id = ?", arguments: [id]).map {
      try Board($0, database)
    }
  }

  private static func unknownBoard(_ id: Int) -> Refusal {
    Refusal(
      "board.unknown", problem: "There is no board with the number \(id).",
      remedy: "Look at the list of boards; it may have been deleted.")
  }
}
