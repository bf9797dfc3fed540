import Accounts
import Events
import Store

/// What collection makes of customers' consent.
public enum ConsentPage {
  /// Writes the page.
  ///
  /// - Parameter denials: how many identities deny consent now.
  public static func render(
    _ rule: ConsentRule, denials: Int, problem: Refusal?, of permissions: Set<Permission>,
    in frame: Frame
  ) -> Markup {
    let choices = ConsentRule.Requirement.allCases.map { choice -> Markup in
      """
      <label><input type="radio" name="required" value="\(choice.rawValue)"\
      \(if: choice == rule.required, "checked")> <b>\(choice.rawValue)</b>: \
      <span class="muted">\(words(choice))</span></label>
      """
    }
    return SettingsPage.document(
      .consent, of: permissions,
      lead: """
        Clients say with an event whether its customer consents. Whoever denies it has nothing more \
        stored, under none of their ids, until an event says that it is granted again.
        """, in: frame,
      """
      \(.problem(problem))
      <form class="card" method="post" action="/settings/consent">\(frame.formField)
      <fieldset class="checks"><legend class="muted">Is consent required?</legend>\(choices)</fieldset>
      <label class="field">Categories that have to be granted \
      <span class="muted">(with commas between; none: consent as a whole)</span>\
      <input name="categories" value="\(rule.categories.joined(separator: ", "))" \
      placeholder="analytics" autocomplete="off"></label>
      <p><button>Save</button></p></form>
      <p class="muted below">\(.count(denials)) identities deny consent now. They are known by a hash \
      only; events of theirs are refused, and counted under <a href="/sources">Sources</a> without \
      what they hold.</p>
      """)
  }

  private static func words(_ choice: ConsentRule.Requirement) -> String {
    switch choice {
    case .no: "events that say nothing of consent are stored"
    case .yes: "events that say nothing of consent are refused"
    }
  }
}
