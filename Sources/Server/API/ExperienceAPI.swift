import Accounts
import Events
import Experience
import HTTPTypes
import Hummingbird
import Store

/// The experience as text: read, checked, saved as versions.
enum ExperienceAPI {
  /// The longest body with a text: the largest version, as JSON writes it.
  private static let longest = 6 << 20

  static let all: [Route] = [
    .api(
      .get, "/experience", .read,
      Operation("readExperience", .experience, "The experience's files, and remarks on them"),
      giving: read),
    .api(
      .get, "/experience/files/{file}", .read,
      Operation(
        "readFile", .experience, "The text of one file",
        "As JSON or by itself; `ETag` names its version."
      ).tagged(),
      gives: [
        .init(type: "application/json", schema: .of(FileForm.self)),
        .init(
          type: "application/yaml", schema: .text("The text.", example: "experience: A shop\n")),
      ], handle: readFile),
    .api(
      .put, "/experience/files/{file}", .editExperience,
      Operation(
        "saveFile", .experience, "Save the text of a file",
        "It runs at once and becomes a version. `If-Match` names the version that was edited, "
          + "`If-None-Match: *` makes a new file.",
        parameters: [
          .header(
            "If-Match",
            .text("The `ETag` of the text that was edited.", 1...100, example: "…").plain),
          .header("If-None-Match", .word("For a new file.", ["*"]).plain),
        ], problems: [412, 428], longest: longest
      ).tagged(), taking: save),
    .api(
      .post, "/experience/check", .editExperience,
      Operation(
        "checkText", .experience, "Check a text without saving it",
        "Together with the other files of the experience.", longest: longest), taking: check),
    .api(
      .get, "/experience/proposal", .editExperience,
      Operation("proposeExperience", .experience, "A first text, proposed from the events"),
      giving: proposal),
    .api(
      .get, "/experience/versions", .read,
      Operation(
        "listVersions", .experience, "What was saved, the latest first",
        parameters: Operation.Parameter.page), giving: versions),
    .api(
      .get, "/experience/versions/{version}", .read,
      Operation("readVersion", .experience, "One version with its texts"), giving: version),
    .api(
      .post, "/experience/versions/{version}/restore", .editExperience,
      Operation("restoreVersion", .experience, "Make an older version the running one").once(),
      giving: restore),
  ]

  private static func read(_ call: Call) throws -> ExperienceForm {
    let desk = try call.workspace.desk()
    return ExperienceForm(desk)
  }

  private static func readFile(_ call: Call) throws -> Reply {
    let file = try file(call)
    var reply = try Reply(file)
    if call.type == "application/yaml" {
      (reply.type, reply.body) = (call.type, Array(file.text.utf8))
    }
    return reply
  }

  private static func file(_ call: Call) throws -> FileForm {
    let name = call.visit.parameter("file")
    guard let file = try call.workspace.desk().files.first(where: { $0.name == name }) else {
      throw Problem(
        .notFound,
        Refusal(
          "experience.file", problem: "There is no file “\(name.prefix(80))” in the experience.",
          remedy: "Look at /api/v1/experience for the files that there are."))
    }
    return FileForm(file)
  }

  private static func save(_ call: Call, _ draft: FileDraft) throws -> FileForm {
    let now = try call.workspace.desk().file(call.visit.parameter("file"))
    do {
      try call.workspace.save(
        draft.text, as: now.name, base: try base(call, now), message: draft.message ?? "",
        by: call.principal())
    } catch NotSaved.errors(let remarks) {
      throw refusal(remarks)
    } catch NotSaved.changed {
      throw Problem.otherVersion
    }
    return try file(call)
  }

  /// The version that was edited.
  private static func base(_ call: Call, _ now: ExperienceDesk.File) throws -> String {
    let headers = call.visit.request.headers
    if headers[.ifNoneMatch] != nil {
      guard now.text.isEmpty else { throw Problem.otherVersion }
      return now.base
    }
    guard let match = headers[.ifMatch] else {
      throw Problem(
        .preconditionRequired,
        Refusal(
          "experience.base", problem: "The request names no version that was edited.",
          remedy: "Send the file's ETag as If-Match, or If-None-Match: * for a new file."))
    }
    return match == "*" ? now.base : match.trimmingQuotes
  }

  private static func refusal(_ remarks: [Diagnostic]) -> Refusal {
    let errors = remarks.filter { $0.severity == .error }
    return Refusal(
      "experience.errors",
      problem: "The text can't run, so it was not saved: \(errors.first?.description ?? "")",
      remedy: "Mend it; /api/v1/experience/check lists all \(errors.count) errors.")
  }

  private static func check(_ call: Call, _ draft: CheckDraft) async throws -> RemarksForm {
    let desk = try call.workspace.desk()
    let file = try desk.file(draft.file)
    let files = desk.replacing([file.name: draft.text])
    let loaded = try await call.workspace.onCountingThreads { ExperienceDesk.load(files) }
    var remarks = loaded.diagnostics
    if draft.events == true, !remarks.contains(where: { $0.severity == .error }) {
      remarks += try await call.workspace.remarksOfEvents(on: loaded.experience)
    }
    return RemarksForm(remarks: remarks.map(RemarkForm.init))
  }

  private static func proposal(_ call: Call) async throws -> ProposalForm {
    ProposalForm(text: try await call.workspace.proposal())
  }

  private static func versions(_ call: Call) throws -> Page<VersionForm> {
    let versions = try call.store.experienceVersions(
      before: try call.numberedPlace(), limit: call.limit + 1)
    return call.page(versions, at: { "\($0.number)" }, VersionForm.init)
  }

  private static func version(_ call: Call) throws -> VersionInFull {
    let number = try call.number("version")
    let texts = try call.store.experienceFiles(ofVersion: number)
    guard let version = try call.store.experienceVersions(before: number + 1, limit: 1).first else {
      throw CancellationError()
    }
    return VersionInFull(version: VersionForm(version), texts: texts)
  }

  private static func restore(_ call: Call) throws -> VersionForm {
    do {
      try call.workspace.restore(call.number("version"), by: call.principal())
    } catch NotSaved.errors(let remarks) {
      throw refusal(remarks)
    }
    guard let latest = try call.store.latestExperience() else { throw CancellationError() }
    return VersionForm(latest.0)
  }
}

extension Operation {
  /// The operation as one whose answer has a version.
  fileprivate func tagged() -> Operation {
    var operation = self
    operation.headers["ETag"] = "The version of the text, for `If-Match`."
    return operation
  }
}

extension Problem {
  fileprivate static let otherVersion = Problem(
    .preconditionFailed,
    Refusal(
      "experience.changed", problem: "The text was changed by somebody else meanwhile.",
      remedy: "Read it again, bring your change into it, and save with its ETag."))
}

extension String {
  /// The text between quotes; itself where it has none.
  fileprivate var trimmingQuotes: String {
    count > 1 && hasPrefix("\"") && hasSuffix("\"") ? String(dropFirst().dropLast()) : self
  }
}
