import Events

/// The page on which somebody who was invited chooses a password.
public enum InvitationPage {
  /// Writes the page.
  public static func render(token: String, problem: Refusal? = nil, in frame: Frame) -> Markup {
    frame.document(
      title: "Welcome",
      main: """
        <div class="narrow"><h1>Welcome to Waymark</h1>
        <p class="muted">You were invited. Choose a password, and you are in.</p>
        <form class="card" method="post" action="/invite">\(.problem(problem))
        <input type="hidden" name="token" value="\(token)">
        <label class="field">Password<input name="password" type="password" minlength="12" \
        autocomplete="new-password" required aria-describedby="password-rule"></label>
        <p class="muted" id="password-rule">Twelve characters or more.</p>
        <button>Begin</button></form></div>
        """)
  }
}
