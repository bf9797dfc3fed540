import Accounts
import Engine
import Events
import Experience
import Foundation
import Store
import Stories
import Synchronization

/// Why a text could not become the running one.
enum NotSaved: Error {
  /// It has errors; all remarks on it.
  case errors([Diagnostic])
  /// The file was changed since it was opened; its text now.
  case changed(ExperienceDesk.File)
}

extension Workspace {
  /// The texts of the experience as they lie on the disk.
  func desk() throws -> ExperienceDesk { try ExperienceDesk(path: configuration.experience) }

  /// Makes a text the running one, and keeps it as a version.
  ///
  /// The version is kept first: should the disk fail then, saving the same again goes on from there.
  /// - Parameters:
  ///   - base: the name of the text that was edited; another one on the disk now is a conflict.
  /// - Throws: `NotSaved`; what `Store.saveExperience` throws; `file.unwritable`.
  func save(
    _ text: String, as name: String, base: String, message: String, by principal: Principal
  ) throws {
    try saving.withLock { _ in
      let desk = try desk()
      let now = try desk.file(name)
      guard now.base == base else { throw NotSaved.changed(now) }
      try replace(desk, with: desk.replacing([name: text]), message, by: principal)
    }
    changes.happened()
  }

  /// Makes an older version the running one again.
  func restore(_ number: Int, by principal: Principal) throws {
    try saving.withLock { _ in
      let desk = try desk()
      let texts = try store.experienceFiles(ofVersion: number)
      var files: [ExperienceDesk.File] = []
      for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
        // Where there is one file by now, one text fits it whatever it was called.
        var file = try desk.file(!desk.isFolder && texts.count == 1 ? nil : name)
        file.text = text
        files.append(file)
      }
      try keepFound(desk)
      try refuseErrors(files)
      _ = try store.restoreExperience(number, by: principal)
      for file in files { try desk.write(file) }
      for file in desk.files where !files.contains(where: { $0.name == file.name }) {
        try desk.remove(file)
      }
    }
    changes.happened()
  }

  /// The remarks that events make: names that were never seen, rules that never match.
  func remarksOfEvents(on experience: Experience) async throws -> [Diagnostic] {
    try await onCountingThreads {
      let stories = try self.store.snapshot()
      guard stories.customerCount > 0 else { return [] }
      let log = try await stories.answer(SummaryQuestion(checking: experience))
      return experience.diagnostics(against: log)
    }
  }

  /// A first experience, proposed from the events.
  func proposal() async throws -> String {
    try await onCountingThreads {
      let stories = try self.store.snapshot()
      guard stories.customerCount > 0 else {
        throw Refusal(
          "experience.events", problem: "There are no events yet to propose an experience from.",
          remedy: "Send or import some first, or start from the example.")
      }
      let log = try await stories.answer(SummaryQuestion())
      return inferExperience(from: log, title: "Proposed experience")
    }
  }

  private func replace(
    _ desk: ExperienceDesk, with files: [ExperienceDesk.File], _ message: String,
    by principal: Principal
  ) throws {
    try refuseErrors(files)
    try keepFound(desk)
    try store.saveExperience(Self.texts(files), message: message, by: principal)
    for file in files
    where !desk.files.contains(where: { $0.path == file.path && $0.base == file.base }) {
      try desk.write(file)
    }
  }

  private func refuseErrors(_ files: [ExperienceDesk.File]) throws {
    let remarks = ExperienceDesk.load(files).diagnostics
    if remarks.contains(where: { $0.severity == .error }) { throw NotSaved.errors(remarks) }
  }

  /// Keeps what somebody wrote on the disk as a version, before it is overwritten.
  private func keepFound(_ desk: ExperienceDesk) throws {
    guard !desk.files.isEmpty else { return }
    let latest = try store.latestExperience()
    guard latest?.1 != Self.texts(desk.files) else { return }
    try store.saveExperience(
      Self.texts(desk.files), message: "As it was found on the disk",
      by: .folderOwner)
  }

  static func texts(_ files: [ExperienceDesk.File]) -> [String: String] {
    Dictionary(files.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first })
  }
}
