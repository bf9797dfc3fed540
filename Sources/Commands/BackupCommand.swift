import ArgumentParser
import Events
import Experience
import Foundation
import Store

/// Copies everything to a safe place.
struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the store and the experience into a folder, also while a server runs.",
    usage: "waymark backup <folder> [<options>]",
    discussion: """
      The copy is the store at one moment, with all that was acknowledged before. It is read back \
      and checked; its list, SHA256SUMS, is written last, so a backup that was cut short is never \
      taken for one. On the file system of the store parts are linked, which takes no room: copy \
      the folder to another machine.

      Not in it: the configuration file, and secrets in the environment.

      Examples:
        waymark backup /var/backups/waymark/$(date +%F)
        waymark backup --data /var/lib/waymark /mnt/safe/waymark
      """)

  @Argument(help: "The folder to make; it is empty or isn't there.", completion: .directory)
  var folder: String
  @OptionGroup var workspace: WorkspaceOptions

  func run() throws {
    let store = try workspace.store(.reading)
    let line = ProgressLine("Backup")
    defer { line.clear() }
    let backup = try store.backUp(
      to: folder, experience: try experience(), program: VersionCommand.text
    ) { line.update($0) }
    line.clear()
    Terminal.print(
      "\(folder.printable): \(backup.summary), read back and checked"
        + (backup.experience.isEmpty ? "; no experience was found" : ""))
  }

  /// The files of the experience, where there is one; a link stands for what it leads to.
  private func experience() throws -> [(name: String, path: String)] {
    guard workspace.hasExperience else { return [] }
    return try ExperienceLoader.files(at: workspace.experiencePath).map {
      let file = URL(filePath: $0)
      return (name: file.lastPathComponent, path: file.resolvingSymlinksInPath().path)
    }
  }
}

extension Backup {
  /// What is in it, in a few words.
  var summary: String {
    "\(counted(facts.events, "event")) in \(counted(facts.files, "file")), "
      + "\(grouped(facts.bytes)) bytes, as of \(facts.made)"
  }
}

extension ProgressLine {
  /// Shows how far a backup has come.
  func update(_ progress: Backup.Progress) {
    let total = progress.total >> 20
    update(
      "\(progress.stage.rawValue) \(grouped(min(progress.bytes >> 20, total))) of "
        + "\(grouped(total)) MiB")
  }
}
