import Events
import Store

/// One board: its tiles in a grid, each loaded by itself.
public struct BoardPage: Sendable {
  /// What can be done on the page.
  public enum Mode: Sendable { case looking, changing }

  public var board: Board
  /// The range that is shown.
  public var choice: MapChoice
  /// What the tiles are called.
  public var titles: [TileView.Title]
  public var mode: Mode
  /// The version of the stories, or the one before.
  public var seen: Int
  /// Whether the visitor may change boards.
  public var maySave = false
  /// What is wrong with what was to be changed.
  public var problem: Refusal?
  /// The tiles themselves, where they are wanted with the page.
  public var shown: [TileView]?
  /// What may be put on the board: saved questions by number, journeys by name.
  public var questions: [(id: Int, name: String)] = []
  public var journeys: [(name: String, title: String)] = []

  /// Makes a page.
  public init(
    _ board: Board, _ choice: MapChoice, titles: [TileView.Title], mode: Mode, seen: Int
  ) {
    self.board = board
    self.choice = choice
    self.titles = titles
    self.mode = mode
    self.seen = seen
  }

  /// What the address says where each tile has its own range, whatever the board has.
  public static let eachItsOwn = "each"

  private var path: String { "/boards/\(board.id)" }
  /// The range as the address of a tile has it.
  private var query: String {
    choice.query.isEmpty ? "?range=\(Self.eachItsOwn)" : choice.query
  }

  /// Writes the page.
  public func render(_ frame: Frame) -> Markup {
    frame.document(
      title: board.name,
      main: """
        <div class="head"><div><div class="over"><a href="/boards">Boards</a></div>\
        <h1><bdi>\(board.name)</bdi></h1></div>
        <div class="actions"><span class="live" data-state="off"></span>\(actions)</div></div>
        \(Markup.problem(problem))
        \(picker)
        \(mode == .changing ? settings(frame) : nil)
        \(titles.isEmpty ? empty : grid(frame))
        """)
  }

  private var actions: Markup {
    let change: Markup? =
      switch mode {
      case .changing: "<a class=\"button\" href=\"\(path)\">Done</a>"
      case .looking:
        maySave ? "<a class=\"button quiet\" href=\"\(path)?edit=1\">Change</a>" : nil
      }
    return """
      \(change)<button class="quiet" type="button" data-print>Print / PDF</button>
      """
  }

  private var picker: Markup {
    """
    <form class="inline picker one" method="get" action="\(path)" data-instant autocomplete="off">\
    \(mode == .changing ? "<input type=\"hidden\" name=\"edit\" value=\"1\">" : nil)\
    \(MapPicker.range(
      choice, label: "Show", none: (Self.eachItsOwn, "Each in its own range")))
    <button class="quiet">Show</button></form>
    """
  }

  private var empty: Markup {
    let advice: Markup =
      switch (mode, maySave) {
      case (.changing, _):
        """
        Put a journey on it above, or a question: ask it under <a href="/explore">Explore</a> and save \
        it under a name first.
        """
      case (.looking, true):
        "<a class=\"button\" href=\"\(path)?edit=1\">Put something on it</a>"
      case (.looking, false): "An analyst can put saved questions and journeys on it."
      }
    return "<div class=\"card empty\"><h2>Nothing on this board yet</h2><p>\(advice)</p></div>"
  }

  private func grid(_ frame: Frame) -> Markup {
    var grid = TileGrid(titles, at: path, query: query, seen: seen)
    grid.shown = shown
    if mode == .changing { grid.controls = { controls($0, $1, frame) } }
    return grid.markup
  }

  private func controls(_ place: Int, _ title: TileView.Title, _ frame: Frame) -> Markup {
    """
    <form class="actions" method="post" action="\(path)/tiles/\(place + 1)">\(frame.formField)\(seenField)\
    <button class="quiet small" name="do" value="earlier"\(if: place == 0, "disabled") \
    aria-label="Move earlier: \(title.text)">← Earlier</button>\
    <button class="quiet small" name="do" value="later"\(if: place == titles.count - 1, "disabled") \
    aria-label="Move later: \(title.text)">Later →</button>\
    <button class="quiet small" name="do" value="remove" aria-label="Remove: \(title.text)">\
    Remove</button></form>
    """
  }

  /// When the board that the page shows was saved.
  private var seenField: Markup {
    "<input type=\"hidden\" name=\"seen\" value=\"\(Int(board.changed.milliseconds))\">"
  }

  /// What changes the board as a whole.
  private func settings(_ frame: Frame) -> Markup {
    let offered = questions.map { question -> Markup in
      "<option value=\"question:\(question.id)\">\(question.name)</option>"
    }
    let maps = journeys.map { journey -> Markup in
      "<option value=\"journey:\(lines: journey.name)\">\(journey.title)</option>"
    }
    let isKept = choice.query == MapChoice(keptRange: board.range).query
    let keep: Markup? =
      isKept
      ? nil
      : """
      <form class="inline" method="post" action="\(path)">\(frame.formField)\(seenField)\
      <input type="hidden" name="range" value="\(lines: range)">\
      <input type="hidden" name="from" value="\(lines: choice.from)">\
      <input type="hidden" name="to" value="\(lines: choice.to)">\
      <button class="quiet">Open the board with this range from now on</button></form>
      """
    return """
      \(keep)
      <section class="card changing" aria-label="Change this board">
      <form class="inline" method="post" action="\(path)/tiles">\(frame.formField)\(seenField)\
      <label class="field">Put on the board<select name="content" required>\
      <option value="">Choose…</option>\
      \(group("Saved questions", offered))\(group("Journeys", maps))</select></label>\
      <label class="field">Under the title<input name="title" maxlength="200" \
      placeholder="its own"></label><button>Add</button></form>
      <form class="inline" method="post" action="\(path)">\(frame.formField)\(seenField)\
      <label class="field">Name<input name="name" required maxlength="100" value="\(board.name)">\
      </label><button class="quiet">Rename</button></form>
      <form method="post" action="\(path)/delete">\(frame.formField)\
      <button class="danger">Delete this board</button></form></section>
      """
  }

  private var range: String { choice.range.isEmpty ? Self.eachItsOwn : choice.range }

  private func group(_ title: String, _ options: [Markup]) -> Markup? {
    options.isEmpty ? nil : "<optgroup label=\"\(title)\">\(options)</optgroup>"
  }
}
