import Events
import Experience
import Foundation

/// The experience on the disk, as it was read last.
struct ExperienceFile: Sendable {
  let path: String
  /// Nil where there is no file, or nothing in it could be read.
  private(set) var experience: Experience?
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var fault: Fault?
  /// How often it was read: what was made of it holds while this stays the same.
  private(set) var reading = 0
  private var stamp: [String] = []

  init(path: String) {
    self.path = path
    refresh()
  }

  /// Reads the file again where it changed; how many bytes and when tell whether it did.
  mutating func refresh() {
    let stamp = Self.stamp(of: path)
    guard stamp != self.stamp || (stamp.isEmpty && fault == nil) else { return }
    self.stamp = stamp
    reading += 1
    do throws(Fault) {
      (experience, diagnostics) = try ExperienceLoader.load(path: path)
      fault = nil
    } catch {
      (experience, diagnostics, fault) = (nil, [], error)
    }
  }

  /// The errors of the text.
  var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }

  /// The experience without errors.
  func usable() throws(Refusal) -> Experience {
    guard let experience else {
      throw Refusal(
        "experience.missing", problem: "There is no experience yet.",
        remedy: "Write one under Experience, or let it be proposed from the events.")
    }
    if let first = errors.first {
      throw Refusal(first.code, problem: first.description, remedy: "Mend it under Experience.")
    }
    return experience
  }

  /// What changes when a file, or one of a folder, changes.
  private static func stamp(of path: String) -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [] }
    var files = [path]
    if isFolder.boolValue {
      // A folder that can't be listed is told about by the loader.
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      files += names.sorted().map { path + "/" + $0 }
    }
    return files.map { file in
      var information = stat()
      guard stat(file, &information) == 0 else { return file }
      let time = information.st_mtim
      return "\(file) \(information.st_size) \(time.tv_sec).\(time.tv_nsec) \(information.st_ino)"
    }
  }
}
