import Accounts
import Events
import Experience
import Foundation
import Hummingbird
import Pages
import Store

/// The experience: its text, checked and saved, and its history.
enum ExperienceRoutes {
  /// The longest form with a text in it: a megabyte of text is four as a browser writes it.
  private static let largestForm = 5 << 20

  static let all: [Route] =
    [
      Route(.get, "/experience", .permitted(.read)) { visit in try overview(visit) },
      Route(.get, "/experience/text", .permitted(.read)) { visit in try await text(visit) },
      Route(.post, "/experience/text", .permitted(.editExperience)) { visit in
        try await save(visit)
      },
      Route(.post, "/experience/check", .permitted(.editExperience)) { visit in
        try await check(visit)
      },
      Route(.post, "/experience/check-events", .permitted(.editExperience)) { visit in
        try await checkEvents(visit)
      },
      Route(.get, "/experience/history", .permitted(.read)) { visit in try history(visit) },
      Route(.get, "/experience/history/{version}", .permitted(.read)) { visit in
        try version(visit)
      },
      Route(.post, "/experience/history/{version}/restore", .permitted(.editExperience)) { visit in
        try restore(visit)
      },
    ] + EntryRoutes.all

  private static func overview(_ visit: Visit) throws -> Response {
    let desk = try visit.workspace.desk()
    var frame = visit.frame(.experience)
    frame.notice = visit.done
    guard !desk.files.isEmpty else {
      let events = try visit.workspace.store.status().events
      return .page(ExperienceOverviewPage.empty(events: events, for: visit.reader, in: frame))
    }
    let (experience, diagnostics) = ExperienceDesk.load(desk.files)
    let first = try desk.file(nil)
    return .page(
      ExperienceOverviewPage.render(
        experience, diagnostics, file: first.name, text: first.text, for: visit.reader, in: frame))
  }

  private static func text(_ visit: Visit) async throws -> Response {
    let desk = try visit.workspace.desk()
    let file = try desk.file(visit.query("file"))
    var shown = file.text
    if desk.files.isEmpty || visit.query("version") != nil {
      shown = try await start(visit, file.name) ?? shown
    }
    return try page(visit, desk, file, shown)
  }

  /// The text to begin with, where something else than the disk's is asked for.
  private static func start(_ visit: Visit, _ name: String) async throws -> String? {
    if let number = visit.query("version").flatMap({ Int($0) }) {
      let files = try visit.workspace.store.experienceFiles(ofVersion: number)
      return files[name] ?? (files.count == 1 ? files.first?.value : nil)
    }
    guard visit.reader == .edits else { return nil }
    switch visit.query("start") {
    case "example": return ExperienceLoader.starterExperience
    case "proposal": return try await visit.workspace.proposal()
    default: return nil
    }
  }

  private static func page(
    _ visit: Visit, _ desk: ExperienceDesk, _ file: ExperienceDesk.File, _ text: String,
    diagnostics: [Diagnostic]? = nil, message: String = "", problem: Refusal? = nil,
    conflict: LineDiff? = nil, base: String? = nil
  ) throws -> Response {
    let files = desk.replacing(text.isEmpty && file.text.isEmpty ? [:] : [file.name: text])
    var content = ExperienceTextPage.Content(
      file: file.name, files: desk.files.map(\.name), isFolder: desk.isFolder, text: text,
      base: base ?? file.base,
      diagnostics: diagnostics ?? (files.isEmpty ? [] : ExperienceDesk.load(files).diagnostics))
    content.message = message
    content.problem = problem
    content.conflict = conflict
    content.isDraft = text != file.text
    var frame = visit.frame(.experience)
    frame.notice = problem == nil ? visit.done : nil
    return .page(
      ExperienceTextPage.render(content, for: visit.reader, in: frame),
      problem == nil ? .ok : conflict == nil ? .unprocessableContent : .conflict)
  }

  private static func save(_ visit: Visit) async throws -> Response {
    let form = try await visit.form(upTo: largestForm)
    let desk = try visit.workspace.desk()
    let file = try desk.file(form["file"])
    let text = lines(form["text"] ?? "", like: file.text)
    let message = form["message"] ?? ""
    do {
      try visit.workspace.save(
        text, as: file.name, base: form["base"] ?? "", message: message, by: visit.principal())
      return .goTo("/experience/text?file=\(file.name.urlEncoded)&done=saved")
    } catch NotSaved.errors(let diagnostics) {
      return try page(
        visit, desk, file, text, diagnostics: diagnostics, message: message,
        problem: Refusal(
          "experience.errors", problem: "A text with errors can't run, so it was not saved.",
          remedy: "Mend what the messages name; your text is below."),
        base: form["base"])
    } catch NotSaved.changed(let now) {
      return try page(
        visit, desk, now, text, message: message,
        problem: Refusal(
          "experience.changed", problem: "The text was changed by somebody else meanwhile.",
          remedy: "Look at what saving yours would change, and save again if that is right."),
        conflict: LineDiff(from: now.text, to: text))
    } catch let refusal as Refusal {
      return try page(visit, desk, file, text, message: message, problem: refusal)
    }
  }

  private static func check(_ visit: Visit) async throws -> Response {
    let (file, text, diagnostics, _) = try await checked(visit)
    return .page(ExperienceMessages.render(diagnostics, in: file.name, text))
  }

  private static func checkEvents(_ visit: Visit) async throws -> Response {
    let (file, text, found, form) = try await checked(visit)
    let desk = try visit.workspace.desk()
    var diagnostics = found
    if !found.contains(where: { $0.severity == .error }) {
      let loaded = ExperienceDesk.load(desk.replacing([file.name: text]))
      diagnostics += try await visit.workspace.remarksOfEvents(on: loaded.experience)
    }
    return try page(
      visit, desk, file, text, diagnostics: diagnostics, message: form["message"] ?? "",
      base: form["base"])
  }

  private static func checked(
    _ visit: Visit
  ) async throws -> (ExperienceDesk.File, String, [Diagnostic], [String: String]) {
    let form = try await visit.form(upTo: largestForm)
    let desk = try visit.workspace.desk()
    let file = try desk.file(form["file"])
    let text = lines(form["text"] ?? "", like: "")
    let files = desk.replacing([file.name: text])
    let diagnostics = try await visit.workspace.onCountingThreads {
      ExperienceDesk.load(files).diagnostics
    }
    return (file, text, diagnostics, form)
  }

  /// A text as a browser sends it, with the ends of lines that the file has.
  static func lines(_ text: String, like old: String) -> String {
    let plain = text.replacing("\r\n", with: "\n")
    return old.contains("\r\n") ? plain.replacing("\n", with: "\r\n") : plain
  }

  private static func history(_ visit: Visit) throws -> Response {
    let store = visit.workspace.store
    let versions = try store.experienceVersions(
      before: visit.query("before").flatMap { Int($0) }, limit: ExperienceHistoryPage.most + 1)
    let shown = Array(versions.prefix(ExperienceHistoryPage.most))
    let desk = try visit.workspace.desk()
    let latest = try store.latestExperience()
    let isChanged =
      latest.map { $0.1 != Workspace.texts(desk.files) && !desk.files.isEmpty } ?? false
    return .page(
      ExperienceHistoryPage.list(
        shown, isChanged: isChanged, next: versions.count > shown.count ? shown.last?.number : nil,
        in: visit.frame(.experience)))
  }

  private static func version(_ visit: Visit, problem: Refusal? = nil) throws -> Response {
    let store = visit.workspace.store
    let number = try visit.number("version")
    let files = try store.experienceFiles(ofVersion: number)
    let before = number > 1 ? try store.experienceFiles(ofVersion: number - 1) : [:]
    guard let version = try store.experienceVersions(before: number + 1, limit: 1).first else {
      throw Refusal(
        "experience.version", problem: "There is no version \(number).",
        remedy: "Look at the history.")
    }
    let changes = Set(files.keys).union(before.keys).sorted().compactMap { name in
      files[name] == before[name]
        ? nil : (name, LineDiff(from: before[name] ?? "", to: files[name] ?? ""))
    }
    var frame = visit.frame(.experience)
    frame.notice = visit.done
    return .page(
      ExperienceHistoryPage.version(
        version, changes: changes,
        isLatest: try store.latestExperience()?.0.number == number, problem: problem,
        for: visit.reader, in: frame), problem == nil ? .ok : .unprocessableContent)
  }

  private static func restore(_ visit: Visit) throws -> Response {
    do {
      try visit.workspace.restore(visit.number("version"), by: visit.principal())
      return .goTo("/experience/text?done=restored")
    } catch NotSaved.errors(let diagnostics) {
      let first = diagnostics.first { $0.severity == .error }
      return try version(
        visit,
        problem: Refusal(
          "experience.errors",
          problem: "That version has errors, so it can't run: \(first?.description ?? "")",
          remedy:
            "Open its text in the editor: /experience/text?version=\(visit.parameter("version"))."
        ))
    }
  }
}

extension Visit {
  /// What the visitor may do with the experience.
  var reader: ExperienceFrame.Reader { visitor.may(.editExperience) ? .edits : .reads }
}
