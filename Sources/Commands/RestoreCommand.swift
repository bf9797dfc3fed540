import ArgumentParser
import Events
import Foundation
import Store

/// Makes a store of a backup.
struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Make a store of a backup, having checked every byte of it.",
    usage: "waymark restore <backup> [<options>]",
    discussion: """
      Never writes over anything: the folder of the store is empty or isn't there, and the \
      experience, which is only restored where --experience names its place, neither. The backup \
      stays as it is.

      Examples:
        waymark restore /var/backups/waymark/2026-03-01 --data /var/lib/waymark
        waymark restore /mnt/safe/waymark --check
      """)

  @Argument(help: "The folder of the backup.", completion: .directory) var backup: String
  @OptionGroup var workspace: WorkspaceOptions
  @Flag(help: "Only check the backup.") var check = false

  func run() throws {
    let line = ProgressLine("Restore")
    defer { line.clear() }
    if !check { try requireNoExperience() }
    let backup = try Backup.open(backup) { line.update($0) }
    guard !check else {
      line.clear()
      Terminal.print("\(backup.folder.printable): whole; \(backup.summary)")
      return
    }
    try backup.restore(to: workspace.folder) { line.update($0) }
    try restoreExperience(of: backup)
    line.clear()
    Terminal.print("\(workspace.folder.printable): restored; \(backup.summary)")
    if workspace.experience == nil, !backup.experience.isEmpty {
      Terminal.print(
        "The experience lies in the backup: \(backup.experience.map(\.printable).joined(separator: ", "))"
      )
    }
  }

  private func requireNoExperience() throws(Refusal) {
    guard let path = workspace.experience, FileManager.default.fileExists(atPath: path) else {
      return
    }
    throw Refusal(
      "restore.exists", problem: "There is an experience at \(path.printable) already.",
      remedy: "Move it away, or leave --experience out.")
  }

  /// One file becomes a file, several become a folder of them.
  private func restoreExperience(of backup: Backup) throws {
    guard let path = workspace.experience else { return }
    let files = backup.experience
    guard !files.isEmpty else {
      throw Refusal(
        "restore.experience", problem: "There is no experience in the backup.",
        remedy: "The store is restored; write an experience, or look for it elsewhere.")
    }
    do {
      if files.count > 1 {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      }
      for file in files {
        let name = URL(filePath: file).lastPathComponent
        try FileManager.default.copyItem(
          atPath: file, toPath: files.count > 1 ? path + "/" + name : path)
      }
    } catch {
      throw Fault(
        "file.write", subject: path.printable,
        problem: "The experience cannot be written: \(error.localizedDescription)",
        remedy: "The store is restored; copy the experience from \(backup.folder) by hand.")
    }
  }
}
