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

private struct ExperienceForm: Given {
  struct File: Given {
    var name: String
    var version: String?
    var bytes: Int

    static let title = "FileOfExperience"
    static let meaning = "One file."
    static let fields: [Schema.Field] = [
      .init("name", .text("The name.", example: "experience.yaml")),
      .init("version", .text("What its `ETag` says.", example: "9f86d081884c7d65")),
      .init("bytes", .integer("How long it is.", example: 4200)),
    ]
  }

  var title: String?
  var timezone: String?
  var currency: String?
  var journeys: [String]
  var files: [File]
  var remarks: [RemarkForm]

  init(_ desk: ExperienceDesk) {
    let loaded = desk.files.isEmpty ? nil : ExperienceDesk.load(desk.files)
    title = loaded?.experience.title
    timezone = loaded?.experience.timezone
    currency = loaded?.experience.currency
    journeys = loaded?.experience.journeys.map(\.name) ?? []
    files = desk.files.map { File(name: $0.name, version: $0.base, bytes: $0.text.utf8.count) }
    remarks = loaded?.diagnostics.map(RemarkForm.init) ?? []
  }

  static let title = "Experience"
  static let meaning = "The experience as it lies on the disk; without files there is none yet."
  static let fields: [Schema.Field] = [
    .optional("title", .text("The title.", example: "An online shop")),
    .optional("timezone", .text("The zone in which days are taken.", example: "Europe/Berlin")),
    .optional("currency", .text("The currency of all money.", example: "EUR")),
    .init("journeys", .list("The names of its journeys.", .text("One.", example: "first_order"))),
    .init("files", .list("Its files.", .of(File.self))),
    .init("remarks", .list("What the linter says.", .of(RemarkForm.self))),
  ]
}

private struct RemarkForm: Given {
  var file: String
  var line: Int
  var column: Int
  var severity: String
  var code: String
  var problem: String
  var remedy: String

  init(_ remark: Diagnostic) {
    (file, line, column) = (remark.file, remark.line, remark.column)
    (severity, code) = (remark.severity.rawValue, remark.code)
    (problem, remedy) = (remark.problem, remark.remedy)
  }

  static let title = "Remark"
  static let meaning = "A remark on a text, with its place."
  static let fields: [Schema.Field] = [
    .init("file", .text("The file.", example: "experience.yaml")),
    .init("line", .integer("The line, from 1.", example: 12)),
    .init("column", .integer("The column, from 1.", example: 5)),
    .init("severity", .word("How bad it is.", Diagnostic.Severity.self)),
    .init("code", .text("A stable name for programs.", example: "journey.starts")),
    .init("problem", .text("What is wrong.", example: "The journey has four starts.")),
    .init("remedy", .text("What to do about it.", example: "Name one to three.")),
  ]
}

private struct RemarksForm: Given {
  var remarks: [RemarkForm]

  static let title = "Remarks"
  static let meaning = "All remarks on a text; without errors it can be saved."
  static let fields: [Schema.Field] = [
    .init("remarks", .list("In the order of the text.", .of(RemarkForm.self)))
  ]
}

private struct FileForm: Given {
  var name: String
  var version: String?
  var text: String

  init(_ file: ExperienceDesk.File) {
    (name, version, text) = (file.name, file.base, file.text)
  }

  static let title = "File"
  static let meaning = "One file of the experience."
  static let fields: [Schema.Field] = [
    .init("name", .text("The name.", example: "experience.yaml")),
    .init("version", .text("What its `ETag` says.", example: "9f86d081884c7d65")),
    .init("text", .text("The text.", example: "experience: A shop\n")),
  ]
}

private struct FileDraft: Taken {
  var text: String
  var message: String?

  init(_ body: JSONValue) {
    text = body["text"]?.text ?? ""
    message = body["message"]?.text
  }

  static let meaning = "A text to be saved."
  static let fields: [Schema.Field] = [
    .init(
      "text", .text("The text.", 0...ExperienceVersion.largest, example: "experience: A shop\n")),
    .optional(
      "message",
      .text(
        "What changed, in words.", 0...ExperienceVersion.longestMessage, example: "Shorter window")),
  ]
}

private struct CheckDraft: Taken {
  var text: String
  var file: String?
  var events: Bool?

  init(_ body: JSONValue) {
    text = body["text"]?.text ?? ""
    file = body["file"]?.text
    events = body["events"]?.truth
  }

  static let meaning = "A text to be checked."
  static let fields: [Schema.Field] = [
    .init(
      "text", .text("The text.", 0...ExperienceVersion.largest, example: "experience: A shop\n")),
    .optional(
      "file",
      .text("The file that it is; missing: the first.", 1...100, example: "experience.yaml")
        .plain),
    .optional("events", .boolean("Whether to look for names that no event has.", example: false)),
  ]
}

private struct ProposalForm: Given {
  var text: String

  static let title = "Proposal"
  static let meaning = "A text that is proposed."
  static let fields: [Schema.Field] = [
    .init("text", .text("The text.", example: "experience: Proposed experience\n"))
  ]
}

private struct VersionForm: Given {
  var number: Int
  var author: String
  var message: String
  var at: Instant
  var restored: Int?

  init(_ version: ExperienceVersion) {
    (number, author, message) = (version.number, version.author, version.message)
    (at, restored) = (version.at, version.restored)
  }

  static let title = "Version"
  static let meaning = "One version of the experience."
  static let fields: [Schema.Field] = [
    .init("number", .integer("The number, from 1.", example: 3)),
    .init("author", .text("Who saved it.", example: "Eve Editor")),
    .init("message", .text("What they say of it.", example: "Shorter window")),
    .init("at", .moment("When it was saved.")),
    .optional("restored", .integer("The version that it restored.", example: 1).plain),
  ]
}

private struct VersionInFull: Given {
  /// The version of an answer is what `ETag` says; this is the experience's.
  private var of: VersionForm
  private var texts: [String: String]

  init(version: VersionForm, texts: [String: String]) { (of, self.texts) = (version, texts) }

  static let title = "VersionInFull"
  static let meaning = "One version of the experience with its texts."
  static let fields: [Schema.Field] = [
    .init("of", .of(VersionForm.self)),
    .init(
      "texts",
      .map(
        "The texts by file.", .text("A text.", example: ""),
        example: ["experience.yaml": "experience: A shop\n"])),
  ]
}
