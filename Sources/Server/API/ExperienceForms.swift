import Events
import Experience
import Store

struct ExperienceForm: Given {
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

struct RemarkForm: Given {
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

struct RemarksForm: Given {
  var remarks: [RemarkForm]

  static let title = "Remarks"
  static let meaning = "All remarks on a text; without errors it can be saved."
  static let fields: [Schema.Field] = [
    .init("remarks", .list("In the order of the text.", .of(RemarkForm.self)))
  ]
}

struct FileForm: Given {
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

struct FileDraft: Taken {
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

struct CheckDraft: Taken {
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

struct ProposalForm: Given {
  var text: String

  static let title = "Proposal"
  static let meaning = "A text that is proposed."
  static let fields: [Schema.Field] = [
    .init("text", .text("The text.", example: "experience: Proposed experience\n"))
  ]
}

struct VersionForm: Given {
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

struct VersionInFull: Given {
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
