// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

/// The rooms that scan bytes and columns are optimised in debug builds too, which keeps tests fast.
let hot: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let database = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let http: [Target.Dependency] = [
  .product(name: "Hummingbird", package: "hummingbird"),
  .product(name: "HTTPTypes", package: "swift-http-types"),
  .product(name: "Logging", package: "swift-log"),
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
]
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")

/// A room: one folder in `Sources`, with arrows only to rooms listed before it.
func room(
  _ name: String, on rooms: [Target.Dependency] = [], resources: [Resource] = [],
  settings: [SwiftSetting] = strict
) -> Target {
  .target(name: name, dependencies: rooms, resources: resources, swiftSettings: settings)
}

/// The tests of a room: one folder in `Tests`, named after it.
func tests(_ name: String, on rooms: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + rooms, swiftSettings: strict)
}

let package = Package(
  name: "waymark",
  products: [.executable(name: "waymark", targets: ["waymark"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1",
      traits: ["FullFoundation"]),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(
      name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),

    room("Events", on: ["CXXHash"], settings: hot),
    room("Statistics", settings: hot),
    room(
      "Words",
      resources: [
        .embedInCode("Lexicons/english.txt"), .embedInCode("Lexicons/german.txt"),
      ], settings: hot),
    room("Accounts", on: ["Events", "COpenSSL"]),
    room("Outbound", on: ["Events", "CCurl"]),
    room("Experience", on: ["Events", yaml]),
    room("Stories", on: ["Events"], settings: hot),
    room("Wire", on: ["Events", "Stories", "CZlib"], settings: hot),
    room("Parts", on: ["Events", "Stories"], settings: hot),
    room("Store", on: ["Events", "Accounts", "Stories", "Parts", database]),
    room("Intake", on: ["Events", "Stories", "Wire", "Store", "CMalloc"]),
    room(
      "Pulling",
      on: ["Events", "Accounts", "Experience", "Stories", "Wire", "Store", "Intake", "CPQ"]),
    room(
      "Engine", on: ["Events", "Statistics", "Words", "Experience", "Stories"], settings: hot),
    room("Maps", on: ["Events", "Statistics", "Experience", "Engine"]),
    room("Answers", on: ["Events", "Stories", "Words", "Engine", "Maps"]),
    room(
      "Pages",
      on: [
        "Events", "Statistics", "Words", "Accounts", "Experience", "Store", "Pulling", "Engine",
        "Maps", "Answers", "CQREncode",
      ],
      resources: [
        .embedInCode("Assets/answering.css"), .embedInCode("Assets/answering.js"),
        .embedInCode("Assets/icon.svg"), .embedInCode("Assets/pages.css"),
        .embedInCode("Assets/pages.js"), .embedInCode("Assets/survey.js"),
        .embedInCode("Assets/waymark.js"),
      ]),
    room(
      "Server",
      on: [
        "Events", "Statistics", "Words", "Accounts", "Outbound", "Experience", "Stories", "Wire",
        "Store", "Pulling", "Engine", "Maps", "Answers", "Pages",
      ] + http),
    room(
      "Companies", on: ["Events", "Statistics"], resources: [.embedInCode("Experiences")]),
    room(
      "Commands",
      on: [
        "Events", "Statistics", "Words", "Accounts", "Outbound", "Experience", "Stories", "Wire",
        "Parts",
        "Store", "Intake", "Pulling", "Engine", "Maps", "Answers", "Pages", "Server", "Companies",
        argumentParser,
      ]),
    .executableTarget(name: "waymark", dependencies: ["Commands"], swiftSettings: strict),

    tests("Events"),
    tests("Statistics"),
    tests("Words"),
    tests("Accounts", on: ["Events", "Statistics"]),
    tests("Outbound", on: ["Events"]),
    tests("Experience", on: ["Events"]),
    tests("Stories", on: ["Events", "Statistics"]),
    tests("Wire", on: ["Events", "Statistics", "Stories", "CZlib"]),
    tests("Parts", on: ["Events", "Stories"]),
    tests("Store", on: ["Events", "Statistics", "Accounts", "Stories", "Parts", database]),
    tests("Intake", on: ["Events", "Stories", "Wire", "Store"]),
    tests("Pulling", on: ["Events", "Accounts", "Experience", "Store", "Wire"]),
    tests("Engine", on: ["Events", "Statistics", "Words", "Experience", "Stories"]),
    tests("Maps", on: ["Events", "Statistics", "Experience", "Engine", "Stories"]),
    tests("Answers", on: ["Events", "Statistics", "Stories", "Engine", "Maps"]),
    tests("Pages", on: ["Events", "Statistics", "Experience", "Engine"]),
    tests("Server", on: ["Events", "Accounts", "Stories", "Store"] + http),
    tests("Companies", on: ["Events", "Experience"]),
    tests(
      "Commands",
      on: ["Events", "Statistics", "Experience", "Stories", "Store", "Engine", "Companies"]),
    .testTarget(name: "TidyTests", swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
