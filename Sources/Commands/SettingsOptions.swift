import ArgumentParser
import Foundation
import Server

/// The options that say where the server's settings are.
struct SettingsOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The file of settings, in YAML.",
      discussion: "The variable \(Setting.fileVariable) names another default.",
      valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?
  @Option(help: ArgumentHelp("Any setting.", valueName: "name=value"))
  var set: [String] = []

  /// Reads the settings, and tells of variables that are none.
  ///
  /// - Parameter arguments: what further options say, which is the strongest.
  func read(_ arguments: [SettingsReading.Argument] = []) throws -> SettingsReading {
    let settings = try SettingsReading(
      file: config, environment: ProcessInfo.processInfo.environment,
      arguments: try set.map { try SettingsReading.Argument($0) } + arguments)
    for variable in settings.unknownVariables {
      let meant = Setting.meant(by: variable).map { " Did you mean \($0)?" } ?? ""
      Terminal.note("waymark: \(variable.printable) is no setting and does nothing.\(meant)")
    }
    return settings
  }
}
