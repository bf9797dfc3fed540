/// Tiles in a grid, each loaded by itself and again when stories have changed.
struct TileGrid {
  let titles: [TileView.Title]
  /// The address that the tiles' own lie below: `/boards/1` for `/boards/1/tiles/1`.
  let path: String
  /// What is said to each tile, as an address has it.
  let query: String
  /// The version of the stories, or the one before.
  let seen: Int
  /// The tiles themselves, where they are wanted with the page.
  var shown: [TileView]?
  /// What a tile can be changed by, by its place.
  var controls: (Int, TileView.Title) -> Markup? = { _, _ in nil }

  init(_ titles: [TileView.Title], at path: String, query: String, seen: Int) {
    self.titles = titles
    self.path = path
    self.query = query
    self.seen = seen
  }

  var markup: Markup {
    let tiles = titles.enumerated().map { place, title -> Markup in
      let address = "\(path)/tiles/\(place + 1)\(query)"
      let waiting: Markup = """
        \(title.markup)<p class="muted"><a href="\(lines: title.address)">Show it</a></p>
        """
      // What came with the page isn't fetched before something changes.
      let loaded = shown.map { $0[place].markup }
      return """
        <li class="card" id="tile-\(place + 1)" tabindex="-1"><div data-tile="\(lines: address)"\
        \(if: loaded != nil, "data-shown")>\(loaded ?? waiting)</div>\
        \(controls(place, title))</li>
        """
    }
    let inline = query.isEmpty ? "?inline=1" : query + "&inline=1"
    let whole: Markup? =
      shown == nil
      ? """
      <noscript><p><a href="\(path)\(lines: inline)">Show all of it on this page</a>, which may take \
      a while.</p></noscript>
      """ : nil
    return """
      \(whole)<ol class="board" data-board="/changes" data-seen="\(seen)">\(tiles)</ol>
      """
  }
}
