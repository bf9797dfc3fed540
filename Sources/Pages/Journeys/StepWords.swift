import Answers
import Engine
import Events

/// What people wrote about a step of a journey: the latest texts, and the way to all of them.
public struct StepWords: Sendable {
  /// A touchpoint of the step, and which texts about it the page of words shows.
  public struct Touchpoint: Sendable {
    public var name: String
    public var title: String
    public var choice: WordsChoice

    /// Names a touchpoint.
    public init(name: String, title: String, choice: WordsChoice) {
      self.name = name
      self.title = title
      self.choice = choice
    }
  }

  /// The latest texts, or why there are none to show.
  public enum Content: Sendable {
    /// How many there are, and the latest of them.
    case texts(Int, VerbatimList)
    case refused(Refusal)
  }

  public var touchpoints: [Touchpoint]
  public var content: Content
  /// So many texts stand on the page of a step.
  public static let most = 5

  /// Says what was written about touchpoints.
  public init(_ touchpoints: [Touchpoint], _ content: Content) {
    self.touchpoints = touchpoints
    self.content = content
  }

  /// The section of the page.
  func markup(_ frame: Frame) -> Markup {
    """
    <section class="section" aria-labelledby="words"><h2 id="words">What people wrote about it</h2>
    \(body(frame))</section>
    """
  }

  private func body(_ frame: Frame) -> Markup {
    switch content {
    case .refused(let refusal):
      return "<p class=\"notice problem\">\(refusal.problem) \(refusal.remedy)</p>"
    case .texts(let count, let list):
      guard count > 0 else { return nothing }
      let latest: Markup? =
        count > list.verbatims.count ? "<span>the latest \(list.verbatims.count)</span>" : nil
      return """
        <p class="facts"><span>\(count) \(count == 1 ? "text" : "texts")</span>\(latest)\
        \(links(frame))</p>\(list.markup)
        """
    }
  }

  /// To those who may ask: all texts, touchpoint by touchpoint.
  private func links(_ frame: Frame) -> Markup? {
    guard frame.parts.contains(.words) else { return nil }
    return touchpoints.map { touchpoint -> Markup in
      """
      <span><a href="/words/texts\(lines: touchpoint.choice.query)">All about \
      <bdi>\(touchpoint.title)</bdi></a></span>
      """
    }.joined()
  }

  private var nothing: Markup {
    let name = touchpoints.first?.name ?? "delivery"
    return """
      <div class="card empty"><h3>Nobody wrote about it here</h3>
      <p>A survey about it asks for words with a question of the kind <code>text</code>; an event of its own, \
      such as a review, brings them as the property <code>comment</code>. A longer range may have some.</p>
      <pre tabindex="0">surveys:
        about_\(name):
          kind: csat
          ask: How was it?
          about: \(name)
          questions:
            reason: {kind: text, ask: What made you say so?}</pre></div>
      """
  }
}
