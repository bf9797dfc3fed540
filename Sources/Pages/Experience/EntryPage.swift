import Events
import Experience

/// The form of one entry of the experience.
public enum EntryPage {
  /// What the form shows.
  public struct Content: Sendable {
    public var section: ExperienceText.Section
    /// The entry's name; nil for a new one.
    public var name: String?
    public var fields: [EntryField]
    /// What stands in each field, by name.
    public var values: [String: String]
    public var file: String
    public var base: String
    /// The line on which the entry begins.
    public var line: Int?
    /// The name that was typed for a new one.
    public var typedName = ""
    public var problem: Refusal?
    public var diagnostics: [Diagnostic] = []

    /// Makes it.
    public init(
      section: ExperienceText.Section, name: String?, fields: [EntryField],
      values: [String: String], file: String, base: String, line: Int?
    ) {
      self.section = section
      self.name = name
      self.fields = fields
      self.values = values
      self.file = file
      self.base = base
      self.line = line
    }
  }

  /// Writes the page.
  public static func render(_ content: Content, in frame: Frame) -> Markup {
    let (section, path) = (content.section, "/experience/\(content.section.rawValue)")
    let title = content.name.map { "\(section.noun) \($0)" } ?? "New \(section.noun)"
    let action: Markup = content.name.map { "\(path)/\(url: $0)" } ?? "\(path)"
    let name: Markup? =
      content.name == nil
      ? """
      <label class="field">Name<input name="name" value="\(content.typedName)" required \
      maxlength="64" pattern="[\\p{L}\\p{N}_\\-]+" aria-describedby="hint-name" autocomplete="off">\
      <small id="hint-name">Letters, digits, _ and -, by which the experience speaks of it.</small>\
      </label>
      """ : nil
    let fields = content.fields.map { field($0, content.values[$0.name] ?? "") }
    let messages: Markup? =
      content.diagnostics.isEmpty
      ? nil
      : """
      <section class="card">\(ExperienceMessages.render(content.diagnostics, in: content.file, ""))\
      </section>
      """
    let place: Markup? = content.line.map {
      """
      <a class="button quiet small" href="/experience/text?file=\(url: content.file)&amp;line=\($0)">\
      As text, line \($0)</a>
      """
    }
    let remove: Markup? = content.name.map { name in
      """
      <form method="post" action="\(path)/\(url: name)/remove" \
      data-confirm="Remove the \(section.noun) “\(name)” from the experience?">\(frame.formField)\
      <input type="hidden" name="base" value="\(content.base)">\
      <button class="danger">Remove</button></form>
      """
    }
    return ExperienceFrame.document(
      .overview, title: title.prefix(1).uppercased() + title.dropFirst(), actions: place ?? .none,
      in: frame,
      """
      \(.problem(content.problem))\(messages)
      <form class="card entry" method="post" action="\(action)">\(frame.formField)
      <input type="hidden" name="base" value="\(content.base)">
      <div class="fields">\(name)\(fields)</div>
      <p class="actions"><button>Save</button>
      <a class="button quiet" href="/experience#\(section.rawValue)">Cancel</a></p></form>
      \(remove)
      """)
  }

  private static func field(_ field: EntryField, _ value: String) -> Markup {
    let id = "hint-\(field.name)"
    let described: Markup? = field.hint.isEmpty ? nil : " aria-describedby=\"\(id)\""
    let hint: Markup? = field.hint.isEmpty ? nil : "<small id=\"\(id)\">\(field.hint)</small>"
    switch field.kind {
    case .text:
      return """
        <label class="field">\(field.label)<input name="\(field.name)" value="\(lines: value)"\
        \(described) autocomplete="off">\(hint)</label>
        """
    case .number:
      return """
        <label class="field">\(field.label)<input name="\(field.name)" value="\(value)" \
        inputmode="decimal"\(described) autocomplete="off">\(hint)</label>
        """
    case .choice(let choices):
      // What stands there stays a choice, also where nothing declares it.
      let all = [""] + choices + (value.isEmpty || choices.contains(value) ? [] : [value])
      let options = all.map { Markup.option($0, $0.isEmpty ? "–" : $0, chosen: $0 == value) }
      return """
        <label class="field">\(field.label)<select name="\(field.name)"\(described)>\(options)\
        </select>\(hint)</label>
        """
    case .flag:
      return """
        <label class="field check"><input type="checkbox" name="\(field.name)" value="true"\
        \(if: value == "true", "checked")> \(field.label)</label>
        """
    case .list(let names):
      let rows = max(2, min(8, value.split(separator: "\n").count + 1))
      let known: Markup? =
        names.isEmpty
        ? nil : "<small>Known: \(names.prefix(40).joined(separator: ", "))</small>"
      return """
        <label class="field">\(field.label)<textarea name="\(field.name)" rows="\(rows)"\(described) \
        spellcheck="false">
        \(lines: value)</textarea>\(hint)\(known)</label>
        """
    case .steps:
      return """
        <label class="field wide">\(field.label)<textarea name="\(field.name)" \
        rows="\(max(4, min(20, value.split(separator: "\n").count + 1)))" wrap="off"\(described) \
        spellcheck="false">
        \(lines: value)</textarea>\(hint)</label>
        """
    }
  }
}
