import Maps

/// What stands around every page: the product's bar, the way to other pages, the theme.
public struct Frame: Sendable {
  /// The parts of the product, in the order of the bar.
  public enum Part: String, CaseIterable, Sendable {
    case journeys, surveys, words, inbox, boards, explore, customers, experience, sources, settings

    /// The word in the bar.
    public var title: String { rawValue.asTitle }
    /// Where it lies.
    public var path: String { "/" + rawValue }
  }

  /// The colours that a person chose; `auto` follows the device.
  public enum Theme: String, CaseIterable, Sendable {
    case auto, light, dark

    /// The word on its button.
    var title: String { rawValue.asTitle }
  }

  /// The part that the page belongs to; nil on pages before somebody signed in.
  public var part: Part?
  /// The parts that the person may see.
  public var parts: [Part]
  /// The person's name; nil where nobody is signed in.
  public var person: String?
  public var theme: Theme
  /// What a form sends to show that this page made it; empty where nobody is signed in.
  public var formToken: String
  /// One sentence about what was just done, shown once.
  public var notice: String?
  /// The number of the deed that the notice tells of, where it can be taken back.
  public var undo: Int?

  /// Makes a frame.
  public init(
    part: Part? = nil, parts: [Part] = [], person: String? = nil, theme: Theme = .auto,
    formToken: String = "", notice: String? = nil
  ) {
    self.part = part
    self.parts = parts
    self.person = person
    self.theme = theme
    self.formToken = formToken
    self.notice = notice
  }

  /// The hidden field that every form of a signed-in person has.
  public var formField: Markup {
    formToken.isEmpty ? .none : "<input type=\"hidden\" name=\"csrf\" value=\"\(formToken)\">"
  }

  /// A whole document.
  ///
  /// - Parameters:
  ///   - title: what the window is called.
  ///   - main: what is inside `<main>`, without the heading of the frame.
  public func document(title: String, main: Markup) -> Markup {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="csrf" content="\(formToken)">
    <title>\(title) · Waymark</title>
    <link rel="icon" href="\(Assets.icon.path)">
    <link rel="stylesheet" href="\(Assets.style.path)">
    <script src="\(Assets.script.path)" defer></script>
    </head>
    <body>
    <a class="skip" href="#main">Skip to content</a>
    \(bar)
    <main id="main" tabindex="-1">
    \(notice.map(said))
    \(main)
    </main>
    </body>
    </html>

    """
  }

  private func said(_ notice: String) -> Markup {
    let back: Markup? = undo.map { number in
      """
       <form method="post" action="/undo/\(number)">\(formField)\
      <button class="quiet small">Undo</button></form>
      """
    }
    return "<div class=\"notice\"><p role=\"status\">\(notice)</p>\(back)</div>"
  }

  private var bar: Markup {
    let links = parts.map { part -> Markup in
      let current: Markup = part == self.part ? " aria-current=\"page\"" : ""
      return "<a href=\"\(part.path)\"\(current)>\(part.title)</a>"
    }
    let themes = Theme.allCases.map { theme -> Markup in
      """
      <label><input type="radio" name="theme" id="theme-\(theme.rawValue)" \
      value="\(theme.rawValue)"\(if: theme == self.theme, "checked")>\(theme.title)</label>
      """
    }
    let exit: Markup? = person.map { person in
      """
      <form method="post" action="/sign-out" class="person">\(formField)<span>\(person)</span>
      <button class="quiet">Sign out</button></form>
      """
    }
    return """
      <header class="top-bar">
      <a class="brand" href="/" aria-label="Waymark: start">\(Self.mark)<b>Waymark</b></a>
      <nav aria-label="Parts">\(links)</nav>
      <div class="ends"><form class="theme" role="radiogroup" aria-label="Theme">\(themes)</form>
      \(exit)</div>
      </header>
      """
  }

  /// The product's sign: a cairn.
  static let mark: Markup = """
    <svg class="mark" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">\
    <rect x="3" y="17" width="18" height="4" rx="2"/><rect x="6" y="11.5" width="12" height="4" rx="2"/>\
    <rect x="8.5" y="6" width="7" height="4" rx="2"/><circle cx="12" cy="3" r="2"/></svg>
    """
}
