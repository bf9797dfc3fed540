import Events
import Experience

/// The experience as text, in an editor.
public enum ExperienceTextPage {
  /// What is edited.
  public struct Content: Sendable {
    /// The file's name.
    public var file: String
    /// The names of all files.
    public var files: [String]
    /// Whether there can be further files.
    public var isFolder: Bool
    public var text: String
    /// The name of the text that was on the disk when the page was made.
    public var base: String
    public var message = ""
    public var diagnostics: [Diagnostic]
    /// Whether the text differs from that on the disk, and saving makes it the running one.
    public var isDraft = false
    public var problem: Refusal?
    /// What changed meanwhile: from the text on the disk to this one.
    public var conflict: LineDiff?

    /// Makes it.
    public init(
      file: String, files: [String], isFolder: Bool, text: String, base: String,
      diagnostics: [Diagnostic]
    ) {
      self.file = file
      self.files = files
      self.isFolder = isFolder
      self.text = text
      self.base = base
      self.diagnostics = diagnostics
    }
  }

  /// Writes the page.
  public static func render(
    _ content: Content, for reader: ExperienceFrame.Reader, in frame: Frame
  ) -> Markup {
    let conflict: Markup? = content.conflict.map {
      """
      <section class="card"><h2>What saving would change</h2>\
      <p class="muted">From the text that runs now to yours below.</p>
      \(DiffView.render($0, label: "Changes"))</section>
      """
    }
    return ExperienceFrame.document(
      .text, title: "The experience as text",
      lead: content.isDraft && content.problem == nil
        ? "Not saved yet: read it, change it, and save it below." : .none, in: frame,
      """
      \(.problem(content.problem))\(conflict)\(files(content, reader))
      \(editor(content, reader, frame))
      """)
  }

  private static func files(
    _ content: Content, _ reader: ExperienceFrame.Reader
  ) -> Markup? {
    guard content.isFolder else { return nil }
    let links = content.files.map { name -> Markup in
      let current: Markup = name == content.file ? " aria-current=\"page\"" : ""
      return "<a href=\"/experience/text?file=\(url: name)\"\(current)>\(name)</a>"
    }
    let form: Markup? =
      reader == .reads
      ? nil
      : """
      <form class="inline" method="get" action="/experience/text"><label class="field">Another file\
      <input name="file" placeholder="journeys.yaml" pattern="[A-Za-z0-9_][A-Za-z0-9_.\\-]*\\.ya?ml" \
      required></label><button class="quiet">Open</button></form>
      """
    return "<nav class=\"tabs files\" aria-label=\"Files\">\(links)</nav>\(form)"
  }

  private static func editor(
    _ content: Content, _ reader: ExperienceFrame.Reader, _ frame: Frame
  ) -> Markup {
    let messages = ExperienceMessages.render(content.diagnostics, in: content.file, content.text)
    let area: Markup = """
      <div class="code" data-editor\(if: content.isDraft, "data-draft")><pre class="numbers" aria-hidden="true"></pre>\
      <textarea id="text" name="text" wrap="off" spellcheck="false" autocapitalize="off" \
      autocomplete="off" rows="28" aria-label="\(content.file)" aria-describedby="keys"\
      \(if: reader == .reads, "readonly")>
      \(lines: content.text)</textarea></div>
      """
    let side: Markup = """
      <section class="card beside" aria-label="Messages" aria-live="polite" id="messages">\
      \(messages)</section>
      """
    guard reader == .edits else { return "<div class=\"editor\">\(area)\(side)</div>" }
    return """
      <form method="post" action="/experience/text" id="editor" data-check="/experience/check">\
      \(frame.formField)<input type="hidden" name="file" value="\(content.file)">\
      <input type="hidden" name="base" value="\(content.base)">
      <div class="editor">\(area)\(side)</div>
      <p class="muted keys" id="keys">Tab indents; Escape and then Tab leaves the text.</p>
      <div class="card inline save"><label class="field">What you changed, in a few words\
      <input name="message" value="\(content.message)" maxlength="1000" \
      placeholder="Add the return desk"></label>
      <div class="actions"><button>Save</button>\
      <button class="quiet" formaction="/experience/check-events">Compare with the events</button>\
      </div></div></form>
      """
  }
}
