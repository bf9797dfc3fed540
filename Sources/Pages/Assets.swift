import Events
import Foundation
import Maps

/// A file that pages name: served under an address that changes with its content, so that browsers
/// may keep it for ever.
public struct Asset: Sendable {
  /// The file's name in addresses, without its hash.
  public let name: String
  public let contentType: String
  public let bytes: [UInt8]
  /// Where it is served.
  public let path: String

  init(_ name: String, _ contentType: String, _ bytes: [UInt8]) {
    self.name = name
    self.contentType = contentType
    self.bytes = bytes
    let hash = bytes.withUnsafeBytes { stableHash($0) }
    path = "/assets/\(hexadecimal(hash))/\(name)"
  }
}

/// All files that pages name.
public enum Assets {
  public static let style = Asset(
    "waymark.css", "text/css; charset=utf-8",
    Array(MapStyle.page.utf8) + [10] + PackageResources.pages_css)
  public static let script = Asset(
    "pages.js", "text/javascript; charset=utf-8", PackageResources.pages_js)
  public static let icon = Asset("icon.svg", "image/svg+xml", PackageResources.icon_svg)

  /// What other sites put into their pages to send events here.
  public static let collector = Asset(
    "waymark.js", "text/javascript; charset=utf-8", compactScript(PackageResources.waymark_js))

  /// What other sites put into their pages to ask there.
  public static let asker = Asset(
    "survey.js", "text/javascript; charset=utf-8", PackageResources.survey_js)

  /// How pages of surveys look, which have nothing else of the program's.
  public static let answeringStyle = Asset(
    "answering.css", "text/css; charset=utf-8",
    Array(MapStyle.colours.utf8) + [10] + PackageResources.answering_css)
  public static let answeringScript = Asset(
    "answering.js", "text/javascript; charset=utf-8", PackageResources.answering_js)

  /// What our own pages name.
  public static let all = [style, script, icon, answeringStyle, answeringScript]
}
