import Events
import Experience
import Maps
import Store

extension Ticket {
  /// The title of the survey or rule that opened it; its name where the experience has none now.
  public func title(in experience: Experience?) -> String {
    switch origin {
    case .survey: experience?.survey(name)?.title ?? name
    case .rule: experience?.loops.first { $0.name == name }?.title ?? name
    }
  }

  /// The title of its touchpoint; nil where it is of none.
  public func touchpointTitle(in experience: Experience?) -> String? {
    touchpoint.map { experience?.touchpoint($0)?.title ?? $0 }
  }

  /// The title of its team; nil where it has none.
  public func teamTitle(in experience: Experience?) -> String? {
    team.map { name in experience?.teams.first { $0.name == name }?.title ?? name }
  }

  /// A score with the end of the scale, where the survey still says it: “2 of 5”.
  func score(_ answer: TicketAnswer, in experience: Experience?) -> String? {
    answer.score.map { score in
      let shown = PropertyValue.number(score).shown
      guard origin == .survey, let scale = experience?.survey(name)?.scale else { return shown }
      return "\(shown) of \(scale.upperBound)"
    }
  }

  /// How far it is, as a badge.
  func badge(_ now: Instant) -> Markup {
    switch state {
    case _ where isOverdue(at: now): "<span class=\"badge missed\">overdue</span>"
    case .open: "<span class=\"badge uncertain\">open</span>"
    case .inProgress: "<span class=\"badge even\">in progress</span>"
    case .closed: "<span class=\"badge met\">closed</span>"
    }
  }

  /// When it has to be seen to, from now.
  func dueWords(_ now: Instant) -> Markup {
    let words =
      due < now ? "\((now - due).short) ago" : "in \((due - now).short)"
    return "<time class=\"figure\" datetime=\"\(String("\(due)"))\" title=\"\(String("\(due)"))\">"
      + "\(words)</time>"
  }
}

extension TicketFilter.Progress {
  /// What the tab of it is called.
  var title: Markup {
    switch self {
    case .unclosed: "To do"
    case .overdue: "Overdue"
    case .open: "Not taken"
    case .inProgress: "In progress"
    case .closed: "Closed"
    }
  }
}
