import Events
import Experience

/// All that the experience holds, entry by entry.
public enum ExperienceOverviewPage {
  /// The page where nothing is written yet.
  public static func empty(
    events: Int, for reader: ExperienceFrame.Reader, in frame: Frame
  ) -> Markup {
    let proposal: Markup =
      events > 0
      ? """
      <a class="button" href="/experience/text?start=proposal">Propose one from \(.count(events)) \
      events</a>
      """ : ""
    let ways: Markup =
      reader == .edits
      ? """
      <p>\(proposal) <a class="button quiet" href="/experience/text?start=example">Start from an \
      example</a></p><p class="muted">Nothing runs before you save it.</p>
      """ : "<p>An editor writes it.</p>"
    return ExperienceFrame.document(
      .overview, title: "Experience", in: frame,
      """
      <div class="card empty"><h2>Write down what you designed</h2>
      <p>Touchpoints and who owns them, personas, segments, and journeys with one to three starting \
      points. What customers really do is measured against it.</p>\(ways)</div>
      """)
  }

  /// Writes the page.
  ///
  /// - Parameters:
  ///   - file: the first file, whose messages show their lines.
  public static func render(
    _ experience: Experience, _ diagnostics: [Diagnostic], file: String, text: String,
    for reader: ExperienceFrame.Reader, in frame: Frame
  ) -> Markup {
    let messages: Markup? =
      diagnostics.isEmpty
      ? nil
      : """
      <details class="card"\(if: diagnostics.contains { $0.severity == .error }, "open")>\
      <summary>\(ExperienceMessages.counts(diagnostics))</summary>
      \(ExperienceMessages.render(diagnostics, in: file, text))</details>
      """
    let sections: [Markup] = [
      journeys(experience, reader), touchpoints(experience, reader), personas(experience, reader),
      segments(experience, reader),
      titled("Teams", .teams, experience.teams.map { ($0.name, $0.title) }, reader),
      titled("Partners", .partners, experience.partners.map { ($0.name, $0.title) }, reader),
    ]
    return ExperienceFrame.document(
      .overview, title: experience.title,
      lead: "Days in \(experience.timezone), money in \(experience.currency). Stages: "
        + "\(experience.stages.joined(separator: ", ")).", in: frame,
      "\(messages)\(sections)")
  }

  private static func section(
    _ title: String, _ section: ExperienceText.Section, _ reader: ExperienceFrame.Reader,
    empty: Markup, _ columns: [String], _ rows: [Markup]
  ) -> Markup {
    let add: Markup? =
      reader == .edits
      ? """
      <a class="button quiet small" href="/experience/new/\(section.rawValue)">\
      Add a \(section.noun)</a>
      """ : nil
    let heads = columns.map { "<th class=\"text\" scope=\"col\">\($0)</th>" as Markup }
    let table: Markup =
      rows.isEmpty
      ? "<p class=\"muted\">\(empty)</p>"
      : """
      <div class="card scroll" tabindex="0" role="region" aria-label="\(title)"><table><thead><tr>\
      \(heads)</tr></thead><tbody>\(rows)</tbody></table></div>
      """
    return """
      <section id="\(section.rawValue)"><div class="head"><h2>\(title)</h2>\
      <div class="actions">\(add)</div></div>\(table)</section>
      """
  }

  /// The cell of a name, which leads to its form.
  private static func head(
    _ title: String, _ name: String, _ section: ExperienceText.Section,
    _ reader: ExperienceFrame.Reader
  ) -> Markup {
    let shown: Markup =
      reader == .edits
      ? "<a href=\"/experience/\(section.rawValue)/\(url: name)\">\(title)</a>" : "\(title)"
    let own: Markup? = title == name ? nil : "<br><code class=\"muted\">\(name)</code>"
    return "<th scope=\"row\" class=\"text\">\(shown)\(own)</th>"
  }

  private static func journeys(
    _ experience: Experience, _ reader: ExperienceFrame.Reader
  ) -> Markup {
    let rows = experience.journeys.map { journey -> Markup in
      """
      <tr>\(head(journey.title, journey.name, .journeys, reader))\
      <td class="text">\(journey.starts.joined(separator: ", "))</td>\
      <td class="text">\(journey.goal)</td><td class="text">\(journey.audienceName ?? "everybody")</td>\
      <td class="text">\(journey.stepsToGoal.count) steps, \(journey.window.short)</td></tr>
      """
    }
    return section(
      "Journeys", .journeys, reader,
      empty: "A journey says in which order you wish customers to meet touchpoints.",
      ["Journey", "Starts", "Goal", "For", "Way"], rows)
  }

  private static func touchpoints(
    _ experience: Experience, _ reader: ExperienceFrame.Reader
  ) -> Markup {
    let rows = experience.touchpoints.map { touchpoint -> Markup in
      let star: Markup? = touchpoint.momentOfTruth ? " <span class=\"star\">★</span>" : nil
      let rule: Markup =
        touchpoint.rule.map { "<code>\("\($0)")</code>" }
        ?? "<span class=\"badge uncertain\">no event</span>"
      return """
        <tr>\(head(touchpoint.title, touchpoint.name, .touchpoints, reader))\
        <td class="text">\(touchpoint.stage ?? "")\(star)</td>\
        <td class="text">\(touchpoint.channels.joined(separator: ", "))</td>\
        <td class="text">\(touchpoint.partner ?? touchpoint.owner ?? "")</td>\
        <td class="text rule">\(rule)</td></tr>
        """
    }
    return section(
      "Touchpoints", .touchpoints, reader,
      empty: "A touchpoint says which events are contacts with it, and who holds it.",
      ["Touchpoint", "Stage", "Channels", "Held by", "Events"], rows)
  }

  private static func personas(
    _ experience: Experience, _ reader: ExperienceFrame.Reader
  ) -> Markup {
    let rows = experience.personas.map { persona -> Markup in
      """
      <tr>\(head(persona.title, persona.name, .personas, reader))\
      <td class="text">\(persona.goal ?? "")</td>\
      <td class="text rule"><code>\(persona.rule.map { "\($0)" } ?? "")</code></td></tr>
      """
    }
    return section(
      "Personas", .personas, reader, empty: "A persona draws a kind of customer as a person.",
      ["Persona", "Goal", "Who"], rows)
  }

  private static func segments(
    _ experience: Experience, _ reader: ExperienceFrame.Reader
  ) -> Markup {
    let rows = experience.segments.map { segment -> Markup in
      """
      <tr>\(head(segment.name, segment.name, .segments, reader))\
      <td class="text rule"><code>\("\(segment.rule)")</code></td></tr>
      """
    }
    return section(
      "Segments", .segments, reader, empty: "A segment is a condition on customers' stories.",
      ["Segment", "Who"], rows)
  }

  private static func titled(
    _ title: String, _ section: ExperienceText.Section, _ entries: [(name: String, title: String)],
    _ reader: ExperienceFrame.Reader
  ) -> Markup {
    let rows = entries.map { "<tr>\(head($0.title, $0.name, section, reader))</tr>" as Markup }
    let empty: Markup =
      section == .teams
      ? "Teams own touchpoints and journeys." : "Partners hold touchpoints on your behalf."
    return self.section(title, section, reader, empty: empty, [title], rows)
  }
}
