import Events
import Foundation
import Testing

@testable import Server

@Suite
struct `The settings` {
  /// Reads settings from the text of a file, variables and options.
  private func read(
    _ text: String? = nil, _ environment: [String: String] = [:], _ options: [String] = []
  ) throws -> SettingsReading {
    let path = NSTemporaryDirectory() + "waymark-settings-\(UUID().uuidString).yaml"
    defer { try? FileManager.default.removeItem(atPath: path) }
    if let text { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
    return try SettingsReading(
      file: text == nil ? nil : path, environment: environment,
      arguments: try options.map { try SettingsReading.Argument($0) })
  }

  @Test
  func `are as usual, then as the file, the environment and the options say, in this order`() throws
  {
    #expect(try read().configuration == .usual)
    let file = "port: 1\nhost: 0.0.0.0\nlimits: {body: 2000}\n"
    #expect(try read(file).configuration.port == 1)
    let both = try read(file, ["WAYMARK_PORT": "2", "WAYMARK_LIMITS_BODY": "3000"])
    #expect(both.configuration.port == 2 && both.configuration.largestBody == 3000)
    let all = try read(file, ["WAYMARK_PORT": "2"], ["port=3"]).configuration
    #expect(all.port == 3 && all.host == "0.0.0.0" && all.largestBody == 2000)
  }

  @Test
  func `take a variable that is empty for one that isn't there`() throws {
    #expect(try read("port: 1", ["WAYMARK_PORT": ""]).configuration.port == 1)
  }

  @Test
  func `are shown as a file that gives the same settings`() throws {
    let reading = try read(
      "public_address: https://j.example.com/\ntrusted_proxies: ['::1', 10.0.0.0/8]\ndata: 'a b: #'",
      ["WAYMARK_LOG_LEVEL": "debug"], ["sealing.seconds=7"])
    #expect(reading.configuration.publicAddress == "https://j.example.com")
    #expect(try read(reading.text).configuration == reading.configuration)
    #expect(reading.text.contains("  level: debug  # WAYMARK_LOG_LEVEL\n"))
    #expect(reading.text.contains("  seconds: 7  # --set\n"))
    #expect(reading.text.contains("port: 8080  # as usual\n"))
  }

  @Test
  func `that are secret are not shown, nor told in an error`() throws {
    let secret = Setting(
      "openid.client_secret", "A secret.", allowed: "16 characters or more", secrecy: .secret
    ) {
      [$0.host]
    } change: { configuration, texts in
      guard texts[0].count >= 16 else { return false }
      configuration.host = texts[0]
      return true
    }
    let reading = try read("host: hunter2-hunter2-hunter2")
    #expect(!reading.text(of: [secret]).contains("hunter2"))
    #expect(reading.text(of: [secret]).contains("client_secret: is set and not shown"))
    var configuration = ServerConfiguration.usual
    #expect { try secret.set("hunter2", in: &configuration) } throws: { error in
      let refusal = error as? Refusal
      return refusal?.code == "settings.value" && "\(error)".contains("hunter2") == false
    }
  }

  @Test(arguments: [
    ("prot: 1", 1, 7, "settings.unknown", "port"),
    ("host: a\nlog: {levl: info}", 2, 13, "settings.unknown", "log.level"),
    ("log: info", 1, 6, "yaml.value", "name: value"),
    ("port: 65536", 1, 7, "settings.value", "0 to 65535"),
    ("port: -1", 1, 7, "settings.value", "0 to 65535"),
    ("port: 0x10", 1, 7, "settings.value", "0 to 65535"),
    ("port: ٣", 1, 7, "settings.value", "0 to 65535"),
    ("port: 99999999999999999999", 1, 7, "settings.value", "0 to 65535"),
    ("port:", 1, 6, "settings.value", "0 to 65535"),
    ("port: [1, 2]", 1, 1, "settings.value", "0 to 65535"),
    ("port: 1\nport: 2", 2, 1, "yaml.twice", "one of the two"),
    ("limits: {body: 99999999999}", 1, 16, "settings.value", "1024 to"),
    ("log: {form: xml}", 1, 13, "settings.value", "json, text"),
    ("trusted_proxies: [localhost]", 1, 1, "settings.value", "127.0.0.1"),
    ("public_address: j.example.com", 1, 17, "settings.value", "https://"),
    ("public_address: https://j.example.com/path", 1, 17, "settings.value", "path"),
    ("data: \"a\\nb\"", 1, 7, "settings.value", "path"),
    ("data: ''", 1, 7, "settings.value", "path"),
    ("port: &a 1", 1, 7, "yaml.anchor", "quotes"),
  ])
  func `that are wrong in a file are told with their place`(
    text: String, line: Int, column: Int, code: String, remedy: String
  ) throws {
    #expect { try read(text) } throws: { error in
      guard let diagnostic = error as? Diagnostic else { return false }
      let place = (diagnostic.line, diagnostic.column) == (line, column)
      return place && diagnostic.code.hasPrefix(code.prefix(5))
        && diagnostic.remedy.contains(remedy)
    }
  }

  @Test(arguments: [
    (["WAYMARK_PORT": "many"], [], "WAYMARK_PORT: “many”"),
    ([:], ["port=many"], "--set: “many”"),
    ([:], ["port"], "“port” sets nothing"),
    ([:], ["prot=1"], "“prot” is not a setting"),
    (["WAYMARK_SEALING_EVENTS": "20000000"], [], "limits.unsealed_events: 10000000"),
  ])
  func `that are wrong elsewhere are told with who said so`(
    environment: [String: String], options: [String], problem: String
  ) throws {
    #expect { try read(nil, environment, options) } throws: {
      ($0 as? Refusal)?.problem.contains(problem) == true
    }
  }

  @Test
  func `say which variables are none of them`() throws {
    let reading = try read(
      nil, ["WAYMARK_PROT": "1", "WAYMARK_OPENID_ISSUER": "x", "WAYMARK": "y", "HOME": "z"])
    #expect(reading.unknownVariables == ["WAYMARK_PROT"])
    #expect(Setting.meant(by: "WAYMARK_PROT") == "WAYMARK_PORT")
  }

  @Test
  func `of an empty file, or one of comments, are as usual`() throws {
    #expect(try read("").configuration == .usual)
    #expect(try read("# port: 1\n").configuration == .usual)
  }

  @Test
  func `refuse a file that isn't there, or is none`() {
    for path in ["/nowhere/waymark.yaml", "/"] {
      #expect {
        try SettingsReading(file: path, environment: [:], arguments: [])
      } throws: {
        ($0 as? Fault)?.code == "settings.file"
      }
    }
  }

  @Test
  func `have names of their own, and stand in the documentation as they are`() throws {
    #expect(Set(Setting.all.map(\.variable)).count == Setting.all.count)
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/running.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    #expect(text.contains(Setting.markdown), "docs/running.md should have:\n\(Setting.markdown)")
  }
}

@Suite
struct `Who asks` {
  @Test(arguments: [
    ([], "127.0.0.1", ["9.9.9.9"], "127.0.0.1"),
    (["127.0.0.1"], "127.0.0.1", ["9.9.9.9"], "9.9.9.9"),
    (["127.0.0.1"], "10.0.0.1", ["9.9.9.9"], "10.0.0.1"),
    (["127.0.0.1"], "127.0.0.1", [], "127.0.0.1"),
    (["127.0.0.1"], "127.0.0.1", ["1.1.1.1, 9.9.9.9"], "9.9.9.9"),
    (["127.0.0.1", "10.0.0.0/8"], "127.0.0.1", ["1.1.1.1, 9.9.9.9, 10.1.2.3"], "9.9.9.9"),
    (["127.0.0.1"], "127.0.0.1", ["1.1.1.1", "9.9.9.9"], "9.9.9.9"),
    (["127.0.0.1"], "127.0.0.1", ["<script>"], "127.0.0.1"),
    (["127.0.0.1"], "127.0.0.1", ["10.0.0.0/8"], "127.0.0.1"),
    (["127.0.0.1"], "::ffff:127.0.0.1", ["9.9.9.9"], "9.9.9.9"),
    (["fd00::/8"], "fd12:3456::1", ["2001:db8::7"], "2001:db8::7"),
    (["fd00::/8"], "fe00::1", ["2001:db8::7"], "fe00::1"),
    (["172.16.0.0/12"], "172.31.255.255", ["9.9.9.9"], "9.9.9.9"),
    (["172.16.0.0/12"], "172.32.0.0", ["9.9.9.9"], "172.32.0.0"),
    (["0.0.0.0/0"], "::1", ["9.9.9.9"], "::1"),
    (["127.0.0.1"], "unix", ["9.9.9.9"], "unix"),
  ])
  func `is the last address that no trusted proxy has`(
    trusted: [String], peer: String, forwarded: [String], client: String
  ) {
    var configuration = ServerConfiguration.usual
    configuration.trustedProxies = trusted.compactMap(AddressRange.init)
    #expect(configuration.trustedProxies.count == trusted.count)
    #expect(configuration.client(behind: peer, forwarded: forwarded) == client)
  }

  @Test(arguments: [
    "", "localhost", "1.2.3", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/", "::1/129", "1.2.3.4/8/8",
    "fe80::1%eth0", " 1.2.3.4", "1.2.3.4/+8",
  ])
  func `is never read from what is no address`(text: String) {
    #expect(AddressRange(text) == nil)
  }
}
