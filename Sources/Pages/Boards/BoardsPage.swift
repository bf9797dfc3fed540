import Events
import Store

/// The list of all boards.
public struct BoardsPage: Sendable {
  public var boards: [Board]
  public var maySave: Bool
  /// The name that was typed for a new one, and what is wrong with it.
  public var typed = ""
  public var problem: Refusal?

  /// Makes a page.
  public init(boards: [Board], maySave: Bool) {
    self.boards = boards
    self.maySave = maySave
  }

  /// Writes the page.
  public func render(_ frame: Frame) -> Markup {
    let rows = boards.map { board -> Markup in
      """
      <tr><th scope="row" class="text"><a href="/boards/\(board.id)"><bdi>\(board.name)</bdi></a></th>\
      <td class="figure">\(board.tiles.count)</td><td class="text"><bdi>\(board.author)</bdi></td>\
      <td class="text">\(Markup.moment(board.changed))</td></tr>
      """
    }
    let list: Markup =
      rows.isEmpty
      ? """
      <div class="card empty"><h2>No board yet</h2><p>A board shows answers and journeys side by side: \
      what you look at every Monday. Questions are asked and saved under Explore.</p></div>
      """
      : """
      <div class="card scroll" tabindex="0" role="region" aria-label="Boards"><table class="list">\
      <thead><tr><th scope="col" class="text">Name</th><th scope="col">Tiles</th>\
      <th scope="col" class="text">Saved by</th><th scope="col" class="text">When</th></tr></thead>\
      <tbody>\(rows)</tbody></table></div>
      """
    let new: Markup? =
      maySave
      ? """
      <form class="inline" method="post" action="/boards">\(frame.formField)\
      <label class="field">A new board<input name="name" required maxlength="100" \
      value="\(typed)" placeholder="Monday"></label><button>Add</button></form>
      """ : nil
    return frame.document(
      title: "Boards",
      main: """
        <div class="head"><h1>Boards</h1><div class="actions">\
        <a class="button quiet" href="/questions">Saved questions</a></div></div>
        \(Markup.problem(problem))
        \(new)\(list)
        """)
  }
}
