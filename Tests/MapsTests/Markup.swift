import Foundation

/// A small reading of HTML and SVG: enough to see that tags close and what attributes they have.
struct Markup {
  struct Tag {
    var name: String
    var attributes: [String: String]
  }

  private(set) var tags: [Tag] = []
  /// What does not close, or closes what was not open.
  private(set) var problems: [String] = []

  private static let void: Set<String> = ["meta", "input", "br", "!doctype"]

  init(_ text: String) {
    var open: [String] = []
    var rest = text[...]
    while let start = rest.firstIndex(of: "<") {
      let after = rest[rest.index(after: start)...]
      guard let end = after.firstIndex(of: ">") else {
        problems.append("a tag without an end")
        return
      }
      let content = after[..<end]
      rest = after[after.index(after: end)...]
      if content.hasPrefix("/") {
        let name = String(content.dropFirst())
        if open.popLast() != name { problems.append("</\(name)>") }
        continue
      }
      let closed = content.hasSuffix("/")
      let name = content.prefix { $0 != " " && $0 != "/" }
      let matches = content.dropFirst(name.count).matches(of: #/([a-zA-Z:-]+)="([^"]*)"/#)
      let attributes = Dictionary(
        matches.map { (String($0.1), String($0.2)) }, uniquingKeysWith: { $1 })
      tags.append(Tag(name: String(name), attributes: attributes))
      if !closed && !Self.void.contains(String(name)) { open.append(String(name)) }
      if name == "style", let close = rest.range(of: "</style>") {
        open.removeLast()
        rest = rest[close.upperBound...]
      }
    }
    problems += open
  }
}
