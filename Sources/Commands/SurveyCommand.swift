import Accounts
import ArgumentParser
import Events
import Experience
import Pages
import Server
import Store

/// What is asked, and answers from elsewhere.
struct SurveyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "survey",
    abstract: "List surveys, make their links, and read answers from other programs.",
    discussion: """
      Surveys are written in the experience; `waymark serve` asks them. docs/surveys.md tells all.

      Examples:
        waymark survey list
        waymark survey link delivery
        waymark survey qr delivery > delivery.svg
        waymark survey import answers.csv --survey delivery --dry-run
      """,
    subcommands: [
      SurveyListCommand.self, SurveyShowCommand.self, SurveyLinkCommand.self,
      SurveyCodeCommand.self, SurveyImportCommand.self,
    ])
}

/// Lists surveys.
struct SurveyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the surveys of the experience.")

  @OptionGroup var workspace: WorkspaceOptions

  func run() throws {
    let experience = try workspace.loadExperience()
    guard !experience.surveys.isEmpty else {
      return Terminal.print("There is no survey. Write one under “surveys”; see docs/surveys.md.")
    }
    var table = TextTable([("survey", .left), ("kind", .left), ("asked", .left), ("title", .left)])
    for survey in experience.surveys {
      table.add([survey.name, survey.kind.rawValue, survey.asked, survey.title])
    }
    for line in table.lines() { Terminal.print(line) }
  }
}

/// Shows a survey.
struct SurveyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what a survey asks, whom and when.")

  @Argument(help: "The survey, as the experience names it.") var survey: String
  @OptionGroup var workspace: WorkspaceOptions

  func run() throws {
    let survey = try workspace.survey(survey)
    for line in survey.lines { Terminal.print(line.printable) }
  }
}

/// Makes the link that anybody may answer by.
struct SurveyLinkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link",
    abstract: "Print a survey's open link, by which anybody may answer it.",
    usage: "waymark survey link [<options>] <survey>",
    discussion: """
      Each browser counts once. --via tells answers apart by where the link stands: in print, or, \
      as a script, in pages of yours.

      Examples:
        waymark survey link delivery --config /etc/waymark/waymark.yaml
        waymark survey link delivery --via page
      """)

  @Argument(help: "The survey, as the experience names it.") var survey: String
  @OptionGroup var workspace: WorkspaceOptions
  @OptionGroup var settingsOptions: SettingsOptions
  @Option(help: "Where the link stands.") var via = SurveyKey.Via.link

  func run() throws {
    let survey = try workspace.survey(survey)
    let address = try settingsOptions.publicAddress()
    let key = try workspace.surveyKey()
    guard via == .page else {
      return Terminal.print(key.openLink(of: survey.name, at: address, via: via))
    }
    Terminal.print("<script defer src=\"\(address)/survey.js\"")
    Terminal.print(
      "  data-survey=\"\(survey.name)\" data-token=\"\(key.openToken(of: survey.name))\"></script>")
  }
}

/// Makes the picture of that link.
struct SurveyCodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "qr",
    abstract: "Print a survey's open link as a QR code: a picture in SVG.",
    usage: "waymark survey qr [<options>] <survey> > survey.svg")

  @Argument(help: "The survey, as the experience names it.") var survey: String
  @OptionGroup var workspace: WorkspaceOptions
  @OptionGroup var settingsOptions: SettingsOptions
  @Option(help: "How large it is on paper, in millimetres.") var size = 50

  func validate() throws {
    guard (10...1000).contains(size) else {
      throw ValidationError("A code is 10 to 1000 millimetres large.")
    }
  }

  func run() throws {
    let survey = try workspace.survey(survey)
    let link = try workspace.surveyKey()
      .openLink(of: survey.name, at: try settingsOptions.publicAddress(), via: .print)
    Terminal.write(try QRCode(link).svg(title: survey.title, size: size))
  }
}

extension SurveyKey.Via: ExpressibleByArgument {}

extension WorkspaceOptions {
  /// The survey of a name.
  ///
  /// - Throws: `survey.unknown`, with the name that was meant perhaps.
  func survey(_ name: String) throws -> Survey {
    let experience = try loadExperience()
    if let survey = experience.survey(name) { return survey }
    let names = experience.surveys.map(\.name)
    throw Refusal(
      "survey.unknown", problem: "The experience has no survey “\(name.brief)”.",
      remedy: nearest(to: name, among: names).map { "Did you mean \($0)?" }
        ?? (names.isEmpty
          ? "Write one under “surveys”; docs/surveys.md says how."
          : "It has \(names.joined(separator: ", "))."))
  }

  /// The key of the surveys' links, also beside a server that runs; made where there is none yet.
  fileprivate func surveyKey() throws -> SurveyKey {
    do { return try store(.reading).surveyKey() } catch let fault as Fault
      where fault.code == "store.reading"
    {
      return try store(.writing).surveyKey()
    }
  }
}

extension SettingsOptions {
  /// How people reach the server.
  ///
  /// - Throws: `settings.address` where that isn't set.
  fileprivate func publicAddress() throws -> String {
    guard let address = try read().configuration.publicAddress else {
      throw Refusal(
        "settings.address", problem: "How people reach the server is not set.",
        remedy: "Set public_address, with --config or --set public_address=https://….")
    }
    return address
  }
}
