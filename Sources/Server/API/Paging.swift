import Accounts
import Events
import Hummingbird

/// Lists that come in pages.
///
/// A cursor is opaque: it names the list, the place in it, and a sum by which a mangled one is known.
enum Paging {
  /// The most items of a page.
  static let most = 400
  /// How many there are where nobody says.
  static let usual = 100

  /// The cursor of a place in a list.
  static func cursor(_ place: String, in list: String) -> String {
    let text = "\(place)\n\(list)"
    return Base64URL.text(of: Array("\(hexadecimal(stableHash(text)))\n\(place)".utf8))
  }

  /// The place of a cursor.
  ///
  /// - Throws: `cursor.unknown` where it is not one of that list.
  static func place(_ cursor: String, in list: String) throws(Refusal) -> String {
    let text = Base64URL.bytes(of: cursor).map { String(decoding: $0, as: UTF8.self) } ?? ""
    let parts = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == hexadecimal(stableHash("\(parts[1])\n\(list)")) else {
      throw Refusal(
        "cursor.unknown", problem: "“\(cursor.prefix(80))” is no place in this list.",
        remedy: "Begin without a cursor, and go on with `next` of each page.")
    }
    return String(parts[1])
  }
}

/// A page of a list.
struct Page<Item: Given>: Given {
  var items: [Item]
  /// The cursor of the page that follows; nil on the last.
  var next: String?

  static var title: String { "PageOf\(Item.title)" }
  static var meaning: String { "A page of a list." }
  static var fields: [Schema.Field] {
    [
      .init("items", .list("The items of the page.", .of(Item.self))),
      .optional(
        "next",
        .text("The cursor of the page that follows; missing on the last.", example: "…").plain),
    ]
  }
}

extension Call {
  /// The list's own name: its address.
  private var list: String { visit.request.uri.path }

  /// How many items are wanted.
  var limit: Int { visit.query("limit").flatMap { Int($0) } ?? Paging.usual }

  /// The place behind which the page begins; nil: at the beginning.
  ///
  /// - Throws: `cursor.unknown`.
  func place() throws(Refusal) -> String? {
    guard let cursor = visit.query("cursor") else { return nil }
    return try Paging.place(cursor, in: list)
  }

  /// The place as a number.
  ///
  /// - Throws: `cursor.unknown`.
  func numberedPlace() throws(Refusal) -> Int? {
    try place().flatMap { Int($0) }
  }

  /// A page with the place of its last item; nil: it is the last.
  func page<Shown: Given>(_ items: [Shown], next place: String?) -> Page<Shown> {
    Page(items: items, next: place.map { Paging.cursor($0, in: list) })
  }

  /// A page of items of which one more than wanted was read.
  func page<Item, Shown: Given>(
    _ items: [Item], at place: (Item) -> String, _ show: (Item) throws -> Shown
  ) rethrows -> Page<Shown> {
    let shown = items.prefix(limit)
    let next = items.count > shown.count ? shown.last.map(place) : nil
    return page(try shown.map(show), next: next)
  }

  /// A page of a list that is all there, in the order of its numbers.
  func page<Item, Shown: Given>(
    of items: [Item], by number: (Item) -> Int, _ show: (Item) throws -> Shown
  ) throws -> Page<Shown> {
    let after = try numberedPlace() ?? -1
    let rest = items.filter { number($0) > after }.sorted { number($0) < number($1) }
    return try page(Array(rest.prefix(limit + 1)), at: { "\(number($0))" }, show)
  }
}
