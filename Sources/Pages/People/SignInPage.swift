import Events

/// The pages before somebody is signed in.
public enum SignInPage {
  /// The page that makes the first member.
  public static func setUp(
    token: String, name: String = "", email: String = "", problem: Refusal? = nil, in frame: Frame
  ) -> Markup {
    frame.document(
      title: "Set up",
      main: """
        <div class="narrow"><h1>Set up Waymark</h1>
        <p class="muted">You are the first here, so you become its admin.</p>
        <form class="card" method="post" action="/setup?token=\(url: token)">\(.problem(problem))
        <label class="field">Your name<input name="name" value="\(name)" autocomplete="name" \
        required maxlength="80" autofocus></label>
        \(emailField(email))
        <label class="field">Password<input name="password" type="password" minlength="12" \
        autocomplete="new-password" required aria-describedby="password-rule"></label>
        <p class="muted" id="password-rule">Twelve characters or more.</p>
        <button>Begin</button></form></div>
        """)
  }

  /// The page that asks who somebody is.
  ///
  /// - Parameters:
  ///   - isSetUp: whether there is any member yet.
  ///   - provider: the OpenID provider by which people may come in, too.
  ///   - next: where to go afterwards.
  public static func signIn(
    isSetUp: Bool, provider: String? = nil, next: String, email: String = "",
    problem: Refusal? = nil, in frame: Frame
  ) -> Markup {
    guard isSetUp else {
      return frame.document(
        title: "Sign in",
        main: """
          <div class="narrow"><div class="card"><h1>Nobody is a member yet</h1>
          <p>Open the set-up link that <code>waymark serve</code> printed when it started.</p>
          </div></div>
          """)
    }
    return frame.document(
      title: "Sign in",
      main: """
        <div class="narrow"><h1>Sign in</h1>
        <form class="card" method="post" action="/sign-in">\(.problem(problem))
        <input type="hidden" name="next" value="\(next)">\(emailField(email))
        <label class="field">Password<input name="password" type="password" \
        autocomplete="current-password" required></label>
        <button>Sign in</button></form>\(provider.map { link($0, next) })</div>
        """)
  }

  /// A link and no form: pages may not send forms to other sites, where this one leads.
  private static func link(_ provider: String, _ next: String) -> Markup {
    """
    <p class="muted between">or</p>
    <a class="button quiet wide" href="/sign-in/openid?next=\(url: next)">Sign in with \(provider)</a>
    """
  }

  private static func emailField(_ email: String) -> Markup {
    """
    <label class="field">Email<input name="email" type="email" value="\(email)" \
    autocomplete="username" required maxlength="254"></label>
    """
  }
}
