import Foundation
import Testing

/// A small experience that is sound.
let soundExperience = """
  experience: Shop
  timezone: UTC
  currency: EUR
  touchpoints:
    page: {stage: awareness, on: Page Viewed}
    cart: {stage: purchase, on: Cart Filled}
    order: {stage: purchase, on: Order Completed}
  segments:
    buyers: 'count("Order Completed") >= 1'
  journeys:
    first_order:
      for: buyers
      starts: [page]
      steps: [cart, order]
      goal: order
      window: 30d

  """

@Suite
struct `A hostile experience` {
  private let folder: Folder

  init() throws { folder = try Folder() }

  private static let deep = 10_000

  private static func nested(_ kind: String) -> String {
    switch kind {
    case "brackets":
      String(repeating: "(", count: deep) + "true" + String(repeating: ")", count: deep)
    case "denials": String(repeating: "!", count: deep) + "true"
    case "choices": String(repeating: "1>0?1>0:", count: deep / 2) + "true"
    default: String(repeating: "true||", count: deep) + "true"
    }
  }

  @Test(arguments: [
    ("aliases", "Anchors (&) and aliases (*) are not read"),
    ("a bomb of aliases", "Anchors (&) and aliases (*) are not read"),
    ("lists in lists", "nest more than 64 deep"), ("maps in maps", "nest more than 64 deep"),
    ("five megabytes", "larger than 4 MiB"), ("an unknown zone", "no time zone called"),
    ("another program's file", "is not a field of an experience"), ("bytes", "stops being UTF-8"),
    ("nothing", "says nothing"),
  ])
  func `is told off with its place`(kind: String, said: String) throws {
    let texts: [String: String] = [
      "aliases": "experience: &name Shop\ntimezone: *name\n",
      "a bomb of aliases": "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "bcdefghij".map {
          "\($0): &\($0) [\(Array(repeating: "*a", count: 9).joined(separator: ", "))]\n"
        }
        .joined(),
      "lists in lists": "experience: " + String(repeating: "[", count: Self.deep)
        + String(repeating: "]", count: Self.deep),
      "maps in maps": "experience: " + String(repeating: "{a: ", count: Self.deep)
        + String(repeating: "}", count: Self.deep),
      "five megabytes": String(repeating: "# nothing\n", count: 500_000),
      "an unknown zone": soundExperience.replacing("UTC", with: "Mars/Olympus"),
      "another program's file": "services:\n  web:\n    image: nginx\n",
      "nothing": "",
    ]
    try folder.write(texts[kind].map { Array($0.utf8) } ?? Array(0...255), to: "experience.yaml")
    let run = try Program.run("check", in: folder)
    #expect(run.code == 1 && run.output.contains(said), "\(run)")
    #expect(run.output.contains("experience.yaml:"), "\(run)")
    #expect(run.said.utf8.count < 4000 && run.memory < 600_000_000, "\(run)")
  }

  @Test(arguments: ["brackets", "denials", "choices", "alternatives"])
  func `meets the limit on expressions in the text and on the command line`(kind: String) throws {
    let expression = Self.nested(kind)
    try folder.write(
      soundExperience.replacing("count(\"Order Completed\") >= 1", with: expression),
      to: "deep.yaml")
    let check = try Program.run("check", "deep.yaml", in: folder)
    #expect(check.code == 1 && check.output.contains("deep.yaml:9:"), "\(check)")
    #expect(check.output.contains("More than") || check.output.contains("more than"), "\(check)")

    try folder.write(soundExperience, to: "experience.yaml")
    try folder.write("user_id,event,time\na,Page Viewed,2026-01-02\n", to: "events.csv")
    #expect(try Program.run("import", "events.csv", in: folder).code == 0)
    for arguments in [
      ["map", "--segment", expression],
      ["funnel", "Page Viewed", expression + " && event == \"\""],
    ] {
      let run = try Program.start(arguments, in: folder).wait()
      #expect(run.code == 64 && run.errors.contains("ore than"), "\(run)")
      #expect(run.said.utf8.count < 1000, "\(run)")
    }
  }
}

@Suite
struct `A question that makes no sense` {
  private let folder: Folder

  init() throws {
    folder = try Folder()
    try folder.write(soundExperience, to: "experience.yaml")
    try folder.write(CrashRows.csv(2000, .unnamed, seed: 5), to: "events.csv")
    #expect(try Program.run("import", "events.csv", in: folder).code == 0)
  }

  @Test(arguments: [
    (["map", "--from", "nonsense"], "“nonsense” is no day or time"),
    (["map", "--from", "99999-01-01"], "is no day or time"),
    (["map", "--from", "2026-02-01", "--to", "2026-01-01"], "is empty"),
    (["map", "--identity-as-of", "never"], "is no day or time"),
    (["map", "first_ordre"], "Did you mean “first_order”?"),
    (["map", "--segment", "buyrs"], "Did you mean “buyers”?"),
    (["map", "--experience", "nowhere.yaml"], "nowhere.yaml: "),
    (["funnel", "Page Viewd", "Cart Filled"], "Did you mean “Page Viewed”?"),
    (["funnel", "Page Viewed", "Cart Filled", "--exclude", "Cart Fillet"], "“Cart Filled”?"),
    (["funnel", "Page Viewed", "Cart Filled", "--breakdown", "chanel"], "“channel”?"),
    (["funnel", "Page Viewed", "Cart Filled", "--hold", "revenu"], "“revenue”?"),
    (["funnel", "Page Viewed", "Cart Filled", "--window", "0s"], "above 0"),
    (["funnel", "Page Viewed", "Cart Filled", "--window", "-1d"], "indow"),
    (["funnel", "Page Viewed", "Cart Filled", "--window", "99999999999999999999d"], "no span"),
    (["funnel", "Page Viewed"], "2 to 32 steps"),
    (["funnel"] + Array(repeating: "Page Viewed", count: 65), "2 to 32 steps"),
    (["customers", "user:nobody-here"], "Nobody is known"),
    (["customers", "user:user-1", "--limit=-1"], "1 or more"),
    (["verify", "--customers=-1"], "0 or more"),
    (["erase", "user:nobody-here", "--yes"], "Nothing is known"),
    (["erase", "user:user-1"], "Say --yes"),
    (["link", "a", "a"], "Give two different identities"),
    (["unlink", "user-1", "user-2"], "No link ties"),
    (["import", "events.csv", "--timezone", "Mars/Olympus"], "no time zone “Mars/Olympus”"),
    (["import", "events.csv", "--customer", "nobody"], "nobody"),
    (["import", "events.csv", "--chunk-size", "0"], "above 0"),
    (["frobnicate"], "frobnicate"),
  ])
  func `is refused with what to do instead`(arguments: [String], said: String) throws {
    let run = try Program.start(arguments, in: folder).wait()
    let isFault = arguments.contains("nowhere.yaml")
    #expect(run.code == (isFault ? 1 : 64) && run.errors.contains(said), "\(run)")
    #expect(run.said.utf8.count < 1500, "\(run)")
  }

  @Test(arguments: ["2>&-", "2>/dev/full"])
  func `is refused also where nobody can read why`(streams: String) throws {
    let run = try Program.run("map", "nowhere", in: folder, through: "exec \"$@\" \(streams)")
    #expect(run.code == 64, "\(run)")
    let sound = try Program.run("map", in: folder, through: "exec \"$@\" \(streams)")
    #expect(sound.code == 0, "\(sound)")
    #expect(try Program.run("doctor", in: folder).code == 0)
  }

  @Test(arguments: [["map", "--format", "json"], ["export"], ["doctor"]])
  func `gets no exit code 0 for an answer that could not be written`(arguments: [String]) throws {
    let run = try Program.start(arguments, in: folder, through: "exec \"$@\" >/dev/full").wait()
    #expect(run.code == 1 && run.errors.contains("oom"), "\(run)")
  }

  @Test(arguments: ["map", "funnel", "export", "doctor", "customers", "infer", "erase", "verify"])
  func `of a store that is not there says how to begin`(command: String) throws {
    let more = ["funnel": ["a", "b"], "erase": ["user:a", "--yes"]][command] ?? []
    let run = try Program.start([command] + more + ["--data", "nowhere"], in: folder).wait()
    #expect([1, 64].contains(run.code) && run.signal == nil, "\(run)")
    #expect(!run.errors.isEmpty && run.errors.utf8.count < 1000, "\(run)")
  }
}
