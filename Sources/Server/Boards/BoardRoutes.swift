import Accounts
import Engine
import Events
import Experience
import Foundation
import Hummingbird
import Pages
import Store

/// Boards: answers and journeys on one page, under a name.
enum BoardRoutes {
  static let all: [Route] = [
    Route(.get, "/boards", .permitted(.read)) { visit in try list(visit) },
    Route(.post, "/boards", .permitted(.save)) { visit in try await add(visit) },
    Route(.get, "/boards/{board}", .permitted(.read)) { visit in
      visit.query("inline") == nil
        ? try await show(visit) : try await visit.untilLeft { try await show(visit) }
    },
    Route(.post, "/boards/{board}", .permitted(.save)) { visit in try await change(visit) },
    Route(.post, "/boards/{board}/delete", .permitted(.save)) { visit in try delete(visit) },
    Route(.get, "/boards/{board}/tiles/{tile}", .permitted(.read)) { visit in
      try await visit.untilLeft { try await tile(visit) }
    },
    Route(.post, "/boards/{board}/tiles", .permitted(.save)) { visit in try await addTile(visit) },
    Route(.post, "/boards/{board}/tiles/{tile}", .permitted(.save)) { visit in
      try await changeTile(visit)
    },
  ]

  // MARK: - Looking

  private static func list(
    _ visit: Visit, typed: String = "", problem: Refusal? = nil
  ) throws -> Response {
    var page = BoardsPage(
      boards: try visit.workspace.store.boards(), maySave: visit.visitor.may(.save))
    page.typed = typed
    page.problem = problem
    return .page(
      page.render(visit.frameAfterDeleting(.boards)), problem == nil ? .ok : .unprocessableContent)
  }

  private static func show(_ visit: Visit, problem: Refusal? = nil) async throws -> Response {
    let workspace = visit.workspace
    let board = try workspace.store.board(visit.number("board"))
    let choice = choice(of: visit, for: board)
    let isEditing = visit.query("edit") != nil || problem != nil
    let seen = workspace.changes.version
    let tiles = TileRequest(visit, choice)
    var page = BoardPage(
      board, choice, titles: try board.tiles.map { try tiles.title(of: $0) },
      mode: isEditing && visit.visitor.may(.save) ? .changing : .looking, seen: seen)
    page.maySave = visit.visitor.may(.save)
    page.problem = problem
    if page.mode == .changing {
      page.questions = try workspace.store.savedQuestions().map { ($0.id, $0.name) }
      page.journeys = workspace.experience().experience?.journeys.map { ($0.name, $0.title) } ?? []
    }
    if visit.query("inline") != nil {
      var shown: [TileView] = []
      for tile in board.tiles { shown.append(try await tiles.view(of: tile)) }
      page.shown = shown
    }
    return .page(
      page.render(visit.frameAfterDeleting(.boards)), problem == nil ? .ok : .unprocessableContent)
  }

  private static func tile(_ visit: Visit) async throws -> Response {
    let board = try visit.workspace.store.board(visit.number("board"))
    let number = try visit.number("tile")
    guard board.tiles.indices.contains(number - 1) else { throw unknownTile(number, of: board) }
    let tiles = TileRequest(visit, choice(of: visit, for: board))
    return .page(try await tiles.view(of: board.tiles[number - 1]).markup)
  }

  /// The range of the address, or else that of the board.
  private static func choice(of visit: Visit, for board: Board) -> MapChoice {
    switch visit.query("range") {
    case nil: MapChoice(keptRange: board.range)
    case BoardPage.eachItsOwn: MapChoice()
    case let range?:
      MapChoice(
        range: range, from: visit.query("from") ?? "", to: visit.query("to") ?? "")
    }
  }

  private static func unknownTile(_ number: Int, of board: Board) -> Refusal {
    Refusal(
      "board.tile", problem: "The board has no tile \(number).",
      remedy: "It has \(board.tiles.count); load it again.")
  }

  // MARK: - Changing

  private static func add(_ visit: Visit) async throws -> Response {
    let name = try await visit.form()["name"] ?? ""
    do {
      let board = try visit.workspace.store.saveBoard(name: name, tiles: [], by: visit.principal())
      return .goTo("/boards/\(board.id)?edit=1")
    } catch let refusal as Refusal where refusal.code != "access.denied" {
      return try list(visit, typed: name, problem: refusal)
    }
  }

  private static func delete(_ visit: Visit) throws -> Response {
    let (store, principal) = (visit.workspace.store, try visit.principal())
    let board = try store.board(visit.number("board"))
    try store.deleteBoard(board.id, by: principal)
    let number = visit.workspace.undo.keep(.board(board), of: principal)
    return .goTo("/boards?deleted=\(number)")
  }

  /// Changes the name or the range.
  private static func change(_ visit: Visit) async throws -> Response {
    let form = try await visit.form()
    return try await saving(visit, form) { board, _ in
      let range = form["range"].map { range in
        range == BoardPage.eachItsOwn
          ? MapChoice()
          : MapChoice(range: range, from: form["from"] ?? "", to: form["to"] ?? "")
      }
      // Tried before it is kept.
      _ = try range?.scope(visit.workspace.calendar(), watermark: .now)
      return (form["name"], range, board.tiles, "")
    }
  }

  private static func addTile(_ visit: Visit) async throws -> Response {
    let form = try await visit.form()
    return try await saving(visit, form) { board, _ in
      let content = form["content"] ?? ""
      let words = content.split(separator: ":", maxSplits: 1).map(String.init)
      let added: Board.Tile.Content
      switch (words.first, words.dropFirst().first) {
      case ("question", let number?) where Int(number) != nil:
        added = .question(try visit.workspace.store.savedQuestion(Int(number) ?? 0).id)
      case ("journey", let name?):
        added = .map(journey: try visit.workspace.context().journey(name).0.name)
      default:
        throw Refusal(
          "board.tile", problem: "“\(content.prefix(80))” is nothing that a board shows.",
          remedy: "Choose a saved question or a journey.")
      }
      let title = (form["title"] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
      return (
        nil, nil, board.tiles + [.init(title: title, added)], "#tile-\(board.tiles.count + 1)"
      )
    }
  }

  /// Moves a tile, or takes it off.
  private static func changeTile(_ visit: Visit) async throws -> Response {
    let form = try await visit.form()
    let number = try visit.number("tile")
    return try await saving(visit, form) { board, principal in
      var tiles = board.tiles
      let place = number - 1
      guard tiles.indices.contains(place) else { throw unknownTile(number, of: board) }
      switch form["do"] {
      case "earlier" where place > 0:
        tiles.swapAt(place, place - 1)
        return (nil, nil, tiles, "#tile-\(number - 1)")
      case "later" where place < tiles.count - 1:
        tiles.swapAt(place, place + 1)
        return (nil, nil, tiles, "#tile-\(number + 1)")
      case "remove":
        let removed = tiles.remove(at: place)
        let undo = visit.workspace.undo.keep(
          .tile(removed, place: place, board: board.id), of: principal)
        return (nil, nil, tiles, "&deleted=\(undo)")
      default:
        throw Refusal(
          "board.tile", problem: "Tile \(number) can't be moved that way.",
          remedy: "Move it earlier or later among the others, or remove it.")
      }
    }
  }

  /// What is changed of a board (nil stays as it is), and where the browser goes then.
  private typealias Change = (
    name: String?, range: MapChoice?, tiles: [Board.Tile], address: String
  )

  /// Changes a board as it was when the page was made.
  private static func saving(
    _ visit: Visit, _ form: [String: String],
    _ work: (Board, Principal) throws -> Change
  ) async throws -> Response {
    let (store, principal) = (visit.workspace.store, try visit.principal())
    let board = try store.board(visit.number("board"))
    do {
      let seen = form["seen"].flatMap { Int64($0) }.map { Instant(milliseconds: $0) }
      let change = try work(board, principal)
      try store.saveBoard(
        board.id, name: change.name ?? board.name,
        range: change.range.map(\.keptRange) ?? board.range, tiles: change.tiles, seen: seen,
        by: principal)
      return .goTo("/boards/\(board.id)?edit=1\(change.address)")
    } catch let refusal as Refusal where refusal.code != "access.denied" {
      return try await show(visit, problem: refusal)
    }
  }
}
