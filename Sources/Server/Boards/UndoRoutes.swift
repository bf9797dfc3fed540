import Accounts
import Events
import Hummingbird
import Pages
import Store

/// Taking a deletion back.
enum UndoRoutes {
  static let all: [Route] = [
    Route(.post, "/undo/{number}", .permitted(.save)) { visit in try undo(visit) }
  ]

  private static func undo(_ visit: Visit) throws -> Response {
    let (desk, store) = (visit.workspace.undo, visit.workspace.store)
    let (number, principal) = (try visit.number("number"), try visit.principal())
    guard let deleted = desk.look(number, of: principal) else {
      throw Refusal(
        "undo.unknown", problem: "There is nothing left to take back here.",
        remedy: "It may be back already; look at the list.")
    }
    let address: String
    switch deleted {
    case .question(let question):
      try store.restoreQuestion(question, by: principal)
      address = "/questions/\(question.id)"
    case .board(let board):
      try store.restoreBoard(board, by: principal)
      address = "/boards/\(board.id)"
    case .tile(let tile, let place, let id):
      let board = try store.board(id)
      var tiles = board.tiles
      tiles.insert(tile, at: min(place, tiles.count))
      try store.saveBoard(
        id, name: board.name, range: board.range, tiles: tiles, seen: board.changed, by: principal)
      address = "/boards/\(id)?edit=1#tile-\(min(place, tiles.count - 1) + 1)"
    }
    desk.drop(number)
    return .goTo(address)
  }
}

extension Visit {
  /// What stands around a page that tells what was deleted, with a button that takes it back.
  func frameAfterDeleting(_ part: Frame.Part) -> Frame {
    var frame = frame(part)
    guard let number = query("deleted").flatMap({ Int($0) }), let principal = visitor.principal,
      let deleted = workspace.undo.look(number, of: principal)
    else { return frame }
    switch deleted {
    case .question(let question): frame.notice = "The question “\(question.name)” was deleted."
    case .board(let board): frame.notice = "The board “\(board.name)” was deleted."
    case .tile: frame.notice = "The tile was taken off the board."
    }
    frame.undo = number
    return frame
  }
}
