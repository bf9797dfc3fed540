import Events
import Experience
import Foundation
import Store
import Wire

extension Setting {
  /// Everything that can be set, in the order of the documentation. A new part of the server adds its
  /// own list here.
  public static let all: [Setting] =
    places + listening + mail + surveys + summaries + limits + sealing
    + log

  /// The sections of a file.
  static let sections = Set(all.compactMap(\.section))

  /// Variables that parts of the server read themselves, by their beginnings: they hold secrets that
  /// have no place in a file.
  static let readElsewhere = ["WAYMARK_OPENID_", "WAYMARK_SOURCE_", "WAYMARK_TEAM_"]

  /// The variable that names the file of settings.
  public static let fileVariable = "WAYMARK_CONFIG"

  /// The setting of a name.
  ///
  /// - Throws: `settings.unknown`, with the name that was meant perhaps.
  public static func named(_ name: String) throws(Refusal) -> Setting {
    if let setting = all.first(where: { $0.name == name }) { return setting }
    let names = all.map(\.name)
    throw Refusal(
      "settings.unknown", problem: "“\(name.prefix(80))” is not a setting.",
      remedy: nearest(to: name, among: names).map { "Did you mean \($0)?" }
        ?? "Settings are \(names.joined(separator: ", ")).")
  }

  private static let places: [Setting] = [
    .text(
      "data", \.folder, "The folder that holds the events.", allowed: "the path of a folder"),
    .text(
      "experience", \.experience, "The experience: a YAML file, or a folder of them.",
      allowed: "the path of a file or a folder"),
  ]

  /// The address to listen on.
  public static let host = Setting.text(
    "host", \.host, "The address to listen on.", allowed: "an address or a name of this machine")
  /// The port to listen on.
  public static let port = Setting.whole(
    "port", \.port, 0...65_535, "The port to listen on; 0 takes a free one.")

  private static let listening: [Setting] = [
    host, port,
    Setting(
      "public_address", "How people reach the server, for links and safe cookies.",
      allowed: "http:// or https:// and a name, without a path"
    ) {
      [$0.publicAddress].compactMap(\.self)
    } change: { configuration, texts in
      guard let text = texts.first, isPlain(text), let url = URL(string: text),
        ["http", "https"].contains(url.scheme), url.host?.isEmpty == false,
        url.path.isEmpty || url.path == "/", url.query == nil, url.user == nil,
        url.fragment == nil
      else { return false }
      configuration.publicAddress = text.hasSuffix("/") ? String(text.dropLast()) : text
      return true
    },
    Setting(
      "trusted_proxies",
      "Proxies whose X-Forwarded-For is believed: who asks is in the log, and limited at sign-in.",
      allowed: "addresses or ranges such as 127.0.0.1, 10.0.0.0/8 or fd00::/8", isList: true
    ) {
      $0.trustedProxies.map(\.text)
    } change: { configuration, texts in
      let ranges = texts.compactMap(AddressRange.init)
      guard ranges.count == texts.count, texts.count <= 1000 else { return false }
      configuration.trustedProxies = ranges
      return true
    },
  ]

  private static let limits: [Setting] = [
    .whole(
      "limits.body", \.largestBody, 1024...CollectionLimits.body,
      "The longest body of a request that brings events, in bytes as it arrives."),
    .whole(
      "limits.connections", \.mostConnections, 1...1_000_000,
      "How many connections are open at a time; further ones wait."),
    .whole(
      "limits.waiting_events", \.collection.waitingEvents,
      CollectionLimits.items...100_000_000,
      "How many events wait for the disk; more are answered with 503."),
    .whole(
      "limits.unsealed_events", \.collection.loggedEvents,
      CollectionLimits.items...1_000_000_000,
      "How many events are in memory until they are in parts, at 150 bytes each; more are answered with 503."
    ),
  ]

  private static let sealing: [Setting] = [
    .whole(
      "sealing.events", \.sealing.events, 1...1_000_000_000,
      "After so many events the log of events becomes parts."),
    .whole(
      "sealing.seconds", \.sealing.wholeSeconds, 1...86_400,
      "After so many seconds it does, where there are any events."),
  ]

  private static let log: [Setting] = [
    .choice("log.level", \.logLevel, "The least grave lines that the log has."),
    .choice("log.form", \.logForm, "How the log is written: for programs or for people."),
  ]
}

extension Collector.SealingPolicy {
  /// The time in whole seconds.
  fileprivate var wholeSeconds: Int {
    get { Int(seconds) }
    set { seconds = Double(newValue) }
  }
}

extension Setting {
  /// All settings as a table in Markdown, as docs/running.md has it.
  static var markdown: String {
    let rows = all.map { setting in
      "| `\(setting.name)` | `\(setting.variable)` | \(setting.usual) | "
        + "\(setting.meaning) Write \(setting.allowed). |"
    }
    return (["| setting | variable | usually | what it says |", "|---|---|---|---|"] + rows)
      .joined(separator: "\n") + "\n"
  }
}
