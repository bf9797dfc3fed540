import Answers
import Engine
import Events
import Experience
import Maps

/// A tile of a board with what was counted for it.
public struct TileView: Sendable {
  /// What a tile is called, and the page on which all of it stands.
  public struct Title: Sendable {
    public var text: String
    public var address: String

    /// Makes a title.
    public init(text: String, address: String) {
      self.text = text
      self.address = address
    }

    var markup: Markup { "<h2><a href=\"\(lines: address)\"><bdi>\(text)</bdi></a></h2>" }
  }

  /// What it shows.
  public enum Content: Sendable {
    case answer(Answered, AnswerStyle)
    case journey(JourneysPage.Row, Experience, MapChoice)
    /// It has no figures, for this reason.
    case refused(Refusal)
  }

  public var title: Title
  public var content: Content
  /// The figure itself, where one says it all.
  public var lead: String?

  /// Makes a tile.
  public init(_ title: Title, _ content: Content) {
    self.title = title
    self.content = content
  }

  /// What is inside of the tile.
  public var markup: Markup {
    let body: Markup =
      switch content {
      case .answer(let answered, let style):
        AnswerView(answered: answered, style: style, customers: nil).glance
      case .journey(let row, let experience, let choice):
        JourneysPage.health(row, in: experience, choice)
      case .refused(let refusal):
        "<p class=\"notice problem\">\(refusal.problem) \(refusal.remedy)</p>"
      }
    let lead: Markup? = lead.map { "<p class=\"given\">\($0)</p>" }
    return "\(title.markup)\(lead)\(body)"
  }
}
