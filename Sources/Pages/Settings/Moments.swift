import Events
import Maps

extension Markup {
  /// A moment to the minute, in UTC.
  static func moment(_ instant: Instant?, never: Markup = "never") -> Markup {
    guard let instant else { return "<span class=\"muted\">\(never)</span>" }
    let whole = "\(instant)"
    let short = String(whole.prefix(16)).replacing("T", with: " ")
    return "<time class=\"figure\" datetime=\"\(whole)\">\(short) UTC</time>"
  }

  /// How long ago a moment was, with the moment as its hint.
  static func ago(_ instant: Instant?, _ now: Instant, never: Markup = "never") -> Markup {
    guard let instant else { return "<span class=\"muted\">\(never)</span>" }
    let span = TimeSpan(milliseconds: max(0, (now - instant).milliseconds))
    let words = span.milliseconds < 60_000 ? "just now" : "\(span.short) ago"
    return "<time class=\"figure\" datetime=\"\(String("\(instant)"))\" "
      + "title=\"\(String("\(instant)"))\">\(words)</time>"
  }

  /// What went wrong, above a form.
  static func problem(_ refusal: Refusal?) -> Markup? {
    refusal.map { "<p class=\"notice problem\" role=\"alert\">\($0.problem) \($0.remedy)</p>" }
  }

  /// A number with groups of three digits.
  static func count(_ number: Int) -> Markup {
    "<span class=\"figure\">\(Figures.grouped(number))</span>"
  }

  /// A choice of a list.
  static func option(_ value: String, _ title: String, chosen: Bool) -> Markup {
    "<option value=\"\(value)\"\(if: chosen, "selected")>\(title)</option>"
  }
}
