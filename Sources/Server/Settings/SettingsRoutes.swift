import Accounts
import Events
import Foundation
import Hummingbird
import Pages
import Store

/// The pages of settings that everybody finds, and how the program is.
enum SettingsRoutes {
  static let all: [Route] =
    [
      Route(.get, "/settings", .permitted(.read)) { _ in .goTo("/settings/account") },
      Route(.get, "/settings/audit", .permitted(.readAudit)) { visit in try audit(visit) },
      Route(.get, "/settings/health", .permitted(.manageSettings)) { visit in try health(visit) },
    ] + AccountRoutes.all + MemberRoutes.all + KeyRoutes.all + RetentionRoutes.all

  private static func audit(_ visit: Visit) throws -> Response {
    let filter = AuditFilter(
      kind: visit.query("kind").flatMap(Principal.Kind.init), area: visit.query("area"))
    let lines = try visit.workspace.store.auditLog(
      filter, before: visit.query("before").flatMap { Int($0) }, limit: AuditPage.lines + 1)
    let shown = Array(lines.prefix(AuditPage.lines))
    let next = lines.count > shown.count ? shown.last?.id : nil
    return .page(
      AuditPage.render(
        shown, filter, next: next, of: visit.permissions, in: visit.frame(.settings)))
  }

  private static func health(_ visit: Visit) throws -> Response {
    let workspace = visit.workspace
    let folder = workspace.configuration.folder
    let free = try? FileManager.default.attributesOfFileSystem(forPath: folder)[.systemFreeSize]
    let facts = HealthPage.Facts(
      version: ProgramRoutes.version, started: workspace.metrics.startedAt,
      folderBytes: bytes(of: folder), freeBytes: (free as? NSNumber)?.intValue,
      memoryBytes: Metrics.residentBytes, watchers: workspace.changes.watcherCount)
    return .page(
      HealthPage.render(
        try workspace.store.status(), facts, of: visit.permissions, now: .now,
        in: visit.frame(.settings)))
  }

  /// The bytes of the files in a folder and its folders; a file that goes away meanwhile counts 0.
  private static func bytes(of folder: String) -> Int {
    let files = FileManager.default.enumerator(
      at: URL(fileURLWithPath: folder), includingPropertiesForKeys: [.fileSizeKey])
    return files?.reduce(0) { total, file in
      let values = try? (file as? URL)?.resourceValues(forKeys: [.fileSizeKey])
      return total + (values?.fileSize ?? 0)
    } ?? 0
  }
}
