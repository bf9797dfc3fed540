import ArgumentParser
import Events
import Experience
import Foundation
import Store

/// The options that say where things lie.
struct WorkspaceOptions: ParsableArguments {
  @Option(
    name: [.customLong("data"), .customShort("d")],
    help: ArgumentHelp(
      "The folder that holds the events (default: .waymark).",
      discussion: "The variable WAYMARK_DATA names another default.", valueName: "folder"),
    completion: .directory)
  var data: String?

  @Option(
    name: [.customLong("experience"), .customShort("e")],
    help: ArgumentHelp(
      "The experience: a YAML file, or a folder of them (default: experience.yaml).",
      discussion: "The variable WAYMARK_EXPERIENCE names another default.", valueName: "path"),
    completion: .file(extensions: ["yaml", "yml"]))
  var experience: String?

  /// The folder of the store.
  var folder: String { data ?? Self.variable("WAYMARK_DATA") ?? ".waymark" }

  /// Where the experience lies.
  var experiencePath: String {
    experience ?? Self.variable("WAYMARK_EXPERIENCE") ?? Self.usualExperience
  }

  /// Whether an experience was named, or lies where one usually does.
  var hasExperience: Bool {
    experience != nil || FileManager.default.fileExists(atPath: experiencePath)
  }

  static let usualExperience = "experience.yaml"

  /// What a variable of the environment says; nil where it is missing or empty.
  private static func variable(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Opens the store.
  func store(_ access: Store.Access) throws -> Store { try Store.open(at: folder, access: access) }

  /// Loads the experience, which must be without errors; warnings are left to `check`.
  func loadExperience() throws -> Experience {
    let (experience, diagnostics) = try ExperienceLoader.load(path: experiencePath)
    let errors = diagnostics.filter { $0.severity == .error }
    guard let first = errors.first else { return experience }
    for error in errors.prefix(10) { Terminal.note(error.description.printable) }
    throw Refusal(
      first.code,
      problem: "\(experiencePath) has \(errors.count) error\(errors.count == 1 ? "" : "s").",
      remedy: "Mend what stands above; `waymark check` shows everything.")
  }

  /// Loads the experience where there is one.
  func loadExperienceIfThere() throws -> Experience? {
    hasExperience ? try loadExperience() : nil
  }
}

extension Terminal.Colors: ExpressibleByArgument {}
extension Identity: ExpressibleByArgument {
  /// Reads an identity such as `user:c17`.
  public init?(argument: String) { self.init(argument) }
}

/// A number with separators for thousands: `12,345`.
func grouped(_ number: Int) -> String {
  var digits = Array(String(number.magnitude))
  for position in stride(from: digits.count - 3, to: 0, by: -3) {
    digits.insert(",", at: position)
  }
  return (number < 0 ? "-" : "") + String(digits)
}

/// A number and its noun: `1 event`, `12 events`.
func counted(_ number: Int, _ noun: String) -> String {
  "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
}
