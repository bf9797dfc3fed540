import Accounts
import Events
import Hummingbird
import Store

/// Boards: saved questions and maps on one page.
enum BoardAPI {
  static let all: [Route] = [
    .api(
      .get, "/boards", .read,
      Operation("listBoards", .boards, "All boards", parameters: Operation.Parameter.page),
      giving: list),
    .api(
      .post, "/boards", .save, Operation("addBoard", .boards, "Make a board").making(), taking: add),
    .api(
      .get, "/boards/{board}", .read, Operation("readBoard", .boards, "One board"), giving: read),
    .api(
      .put, "/boards/{board}", .save,
      Operation("changeBoard", .boards, "Change a board", "Its tiles are those of the request."),
      taking: change),
    .api(
      .delete, "/boards/{board}", .save,
      Operation("deleteBoard", .boards, "Delete a board", "Its questions stay."), doing: remove),
  ]

  private static func list(_ call: Call) throws -> Page<BoardForm> {
    try call.page(of: try call.store.boards(), by: \.id, BoardForm.init)
  }

  private static func add(_ call: Call, _ draft: BoardDraft) throws -> BoardForm {
    BoardForm(
      try call.store.saveBoard(
        name: draft.name, range: draft.range, tiles: try draft.checked(), by: call.principal()))
  }

  private static func read(_ call: Call) throws -> BoardForm {
    BoardForm(try call.store.board(call.number("board")))
  }

  private static func change(_ call: Call, _ draft: BoardDraft) throws -> BoardForm {
    BoardForm(
      try call.store.saveBoard(
        call.number("board"), name: draft.name, range: draft.range, tiles: try draft.checked(),
        by: call.principal()))
  }

  private static func remove(_ call: Call) throws {
    try call.store.deleteBoard(call.number("board"), by: call.principal())
  }

  fileprivate static let name = Schema.Field(
    "name", .text("The name.", 1...100, example: "Monday"))
  fileprivate static let range = Schema.Field.optional(
    "range",
    .text("The range of all tiles, as a question writes it.", 0...200, example: "30d").plain)
  fileprivate static let tiles = Schema.Field(
    "tiles", .list("The tiles in order.", .of(TileForm.self), 0...Board.mostTiles))
}

/// A tile as it is sent and shown.
private struct TileForm: Given, Taken {
  var title: String?
  var question: Int?
  var journey: String?

  init(title: String?, question: Int? = nil, journey: String? = nil) {
    (self.title, self.question, self.journey) = (title, question, journey)
  }

  init(_ body: JSONValue) {
    self.init(
      title: body["title"]?.text, question: body["question"]?.whole,
      journey: body["journey"]?.text)
  }

  static let title = "Tile"
  static let meaning = "The answer to a saved question, or the map of a journey: one of them."
  static let fields: [Schema.Field] = [
    .optional(
      "title", .text("The title; missing: that of what it shows.", 0...200, example: "Orders")),
    .optional("question", .integer("The number of a saved question.", example: 1).plain),
    .optional("journey", .text("The name of a journey.", 1...200, example: "first_order")),
  ]
}

private struct BoardForm: Given {
  var id: Int
  var name: String
  var range: String?
  var tiles: [TileForm]
  var author: String
  var changed: Instant

  init(_ board: Board) {
    (id, name, range) = (board.id, board.name, board.range)
    (author, changed) = (board.author, board.changed)
    tiles = board.tiles.map { tile in
      let title = tile.title.isEmpty ? nil : tile.title
      return switch tile.content {
      case .question(let number): TileForm(title: title, question: number)
      case .map(let journey): TileForm(title: title, journey: journey)
      }
    }
  }

  var location: String? { "\(Route.apiRoot)/boards/\(id)" }

  static let title = "Board"
  static let meaning = "Answers and maps on one page."
  static let fields: [Schema.Field] = [
    .init("id", .integer("The number.", example: 1)), BoardAPI.name, BoardAPI.range,
    BoardAPI.tiles,
    .init("author", .text("Who saved it last.", example: "Ada Admin")),
    .init("changed", .moment("When it was saved last.")),
  ]
}

private struct BoardDraft: Taken {
  var name: String
  var range: String?
  var tiles: [TileForm]

  init(_ body: JSONValue) {
    name = body["name"]?.text ?? ""
    range = body["range"]?.text
    tiles = body["tiles"]?.items.map(TileForm.init) ?? []
  }

  /// The tiles, each of which shows one thing.
  func checked() throws(Refusal) -> [Board.Tile] {
    var checked: [Board.Tile] = []
    for (position, tile) in tiles.enumerated() {
      let content: Board.Tile.Content
      switch (tile.question, tile.journey) {
      case (let number?, nil): content = .question(number)
      case (nil, let journey?): content = .map(journey: journey)
      default:
        throw Refusal(
          "board.tile", problem: "Tile \(position + 1) shows nothing, or two things.",
          remedy: "Give it a question or a journey.")
      }
      checked.append(.init(title: tile.title ?? "", content))
    }
    return checked
  }

  static let meaning = "A board to be saved."
  static let fields = [BoardAPI.name, BoardAPI.range, BoardAPI.tiles]
}
