import Accounts
import Events
import Experience
import Foundation
import Hummingbird
import Pages
import Store

/// Entries of the experience by forms: each changes its own lines of the text.
enum EntryRoutes {
  static let all: [Route] = ExperienceText.Section.allCases.flatMap { section -> [Route] in
    let path = "/experience/\(section.rawValue)"
    return [
      Route(.get, "/experience/new/\(section.rawValue)", .permitted(.editExperience)) { visit in
        try page(visit, section, nil)
      },
      Route(.post, path, .permitted(.editExperience)) { visit in
        try await save(visit, section, nil)
      },
      Route(.get, path + "/{entry}", .permitted(.editExperience)) { visit in
        try page(visit, section, visit.parameter("entry"))
      },
      Route(.post, path + "/{entry}", .permitted(.editExperience)) { visit in
        try await save(visit, section, visit.parameter("entry"))
      },
      Route(.post, path + "/{entry}/remove", .permitted(.editExperience)) { visit in
        try await remove(visit, section, visit.parameter("entry"))
      },
    ]
  }

  /// What was typed and could not be saved.
  private struct Attempt {
    var typed: [String: String]
    var problem: Refusal
    var diagnostics: [Diagnostic] = []
  }

  private static func page(
    _ visit: Visit, _ section: ExperienceText.Section, _ name: String?, _ attempt: Attempt? = nil
  ) throws -> Response {
    let desk = try visit.workspace.desk()
    let file = try file(desk, section, name)
    let text = ExperienceText(file.text, file: file.name)
    let fields = EntryField.all(of: section, in: ExperienceDesk.load(desk.files).experience)
    var values: [String: String] = [:]
    if let name {
      let written = try text.fields(of: name, in: section)
      values = written.mapValues(EntryForm.shown)
    }
    for field in fields { values[field.name] = attempt?.typed[field.name] ?? values[field.name] }
    var content = EntryPage.Content(
      section: section, name: name, fields: fields, values: values, file: file.name,
      base: file.base, line: name.flatMap { text.line(of: $0, in: section) })
    content.typedName = attempt?.typed["name"] ?? ""
    content.problem = attempt?.problem
    content.diagnostics = attempt?.diagnostics ?? []
    return .page(
      EntryPage.render(content, in: visit.frame(.experience)),
      attempt == nil ? .ok : .unprocessableContent)
  }

  private static func save(
    _ visit: Visit, _ section: ExperienceText.Section, _ name: String?
  ) async throws -> Response {
    let form = try await visit.form()
    return try change(visit, section, name, form) { text, fields in
      if let name {
        let written = try text.fields(of: name, in: section)
        let changes = try EntryForm.changes(of: fields, from: written, to: form)
        return (
          try text.setting(changes, of: name, in: section), "Change \(section.noun) “\(name)”"
        )
      }
      let new = (form["name"] ?? "").trimmingCharacters(in: .whitespaces)
      let changes = try EntryForm.changes(of: fields, from: [:], to: form)
      let values = changes.compactMap { change in change.value.map { (change.field, $0) } }
      return (try text.adding(new, values, to: section), "Add \(section.noun) “\(new)”")
    }
  }

  private static func remove(
    _ visit: Visit, _ section: ExperienceText.Section, _ name: String
  ) async throws -> Response {
    let form = try await visit.form()
    return try change(visit, section, name, ["base": form["base"] ?? ""]) { text, _ in
      (try text.removing(name, from: section), "Remove \(section.noun) “\(name)”")
    }
  }

  private static func change(
    _ visit: Visit, _ section: ExperienceText.Section, _ name: String?, _ form: [String: String],
    _ work: (ExperienceText, [EntryField]) throws -> (ExperienceText, String)
  ) throws -> Response {
    let desk = try visit.workspace.desk()
    let file = try file(desk, section, name)
    do {
      let fields = EntryField.all(of: section, in: ExperienceDesk.load(desk.files).experience)
      let (text, message) = try work(ExperienceText(file.text, file: file.name), fields)
      try visit.workspace.save(
        text.text, as: file.name, base: form["base"] ?? "", message: message,
        by: visit.principal())
      return .goTo("/experience?done=saved#\(section.rawValue)")
    } catch NotSaved.errors(let diagnostics) {
      let errors = diagnostics.filter { $0.severity == .error }
      return try page(
        visit, section, name,
        Attempt(
          typed: form,
          problem: Refusal(
            "experience.errors", problem: "The experience would have errors, so it was not saved.",
            remedy: "Mend what the messages name."), diagnostics: errors))
    } catch NotSaved.changed {
      return try page(
        visit, section, name,
        Attempt(
          typed: form,
          problem: Refusal(
            "experience.changed", problem: "The experience was changed by somebody else meanwhile.",
            remedy: "Look at your fields once more, and save again.")))
    } catch let refusal as Refusal where refusal.code != "experience.entry" {
      return try page(visit, section, name, Attempt(typed: form, problem: refusal))
    }
  }

  /// The file that holds an entry, or in which a new one fits.
  private static func file(
    _ desk: ExperienceDesk, _ section: ExperienceText.Section, _ name: String?
  ) throws -> ExperienceDesk.File {
    let texts = desk.files.map { ($0, ExperienceText($0.text, file: $0.name)) }
    guard let name else {
      return try texts.first { $0.1.has(section) }?.0 ?? desk.file(nil)
    }
    guard let found = texts.first(where: { $0.1.names(section).contains(name) })?.0 else {
      throw Refusal(
        "experience.entry",
        problem: "There is no \(section.noun) “\(name.prefix(80))” in the experience.",
        remedy: "It may have been removed, or its text can't be read; look at the overview.")
    }
    return found
  }
}

/// What stands in a form for what is written in a text, and back.
enum EntryForm {
  /// A value as a field of a form shows it.
  static func shown(_ written: ExperienceText.Written) -> String {
    switch written {
    case .nothing: return ""
    case .text(let text): return text
    case .list(let texts): return texts.joined(separator: "\n")
    case .source(let source):
      let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
      let areItems = lines.allSatisfy { $0.hasPrefix("- ") || $0.hasPrefix("#") || $0.isEmpty }
      return areItems
        ? lines.map { $0.hasPrefix("- ") ? String($0.dropFirst(2)) : String($0) }
          .joined(separator: "\n") : source
    }
  }

  /// The fields whose content differs from what is written.
  static func changes(
    of fields: [EntryField], from written: [String: ExperienceText.Written],
    to form: [String: String]
  ) throws(Refusal) -> [(field: String, value: ExperienceText.Value?)] {
    var changes: [(field: String, value: ExperienceText.Value?)] = []
    for field in fields {
      let old = shown(written[field.name] ?? .nothing)
      let new = tidy(form[field.name] ?? "")
      guard new != tidy(old) else { continue }
      if field.kind == .flag, new.isEmpty, tidy(old) == "false" { continue }
      changes.append((field.name, new.isEmpty ? nil : value(new, field.kind)))
    }
    return changes
  }

  /// The text without blank ends, with plain ends of lines.
  private static func tidy(_ text: String) -> String {
    text.replacing("\r\n", with: "\n")
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in String(line.reversed().drop { $0 == " " || $0 == "\t" }.reversed()) }
      .joined(separator: "\n").trimmingCharacters(in: .newlines)
  }

  private static func value(
    _ text: String, _ kind: EntryField.Kind
  ) -> ExperienceText.Value {
    switch kind {
    case .flag: return .source("true")
    case .text, .number, .choice:
      let trimmed = text.trimmingCharacters(in: .whitespaces)
      return trimmed.hasPrefix("{") ? .source(trimmed) : .text(trimmed)
    case .list:
      let items = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty }
      return items.count == 1 ? .text(items[0]) : .list(items)
    case .steps:
      if text.hasPrefix("[") { return .source(text) }
      let lines = text.split(separator: "\n").map { line in
        let isWritten = line.hasPrefix("- ") || line.hasPrefix(" ") || line.hasPrefix("#")
        return isWritten ? String(line) : "- " + line
      }
      return .source(lines.joined(separator: "\n"))
    }
  }
}
