// swift-tools-version: 6.2
import PackageDescription

/// The settings of every Swift target: Swift 6 mode, with the checks that Swift 7 will turn on. CI sets
/// `CALLBOX_STRICT`, which turns warnings into errors. Other builds accept warnings, because a newer compiler may add
/// warnings.
let strict: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ] + (Context.environment["CALLBOX_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)])

extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let deque = product(name: "DequeModule", package: "swift-collections")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let grdbSQLite = product(name: "GRDBSQLite", package: "GRDB.swift")
    static let logging = product(name: "Logging", package: "swift-log")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioTLS = product(name: "NIOTLS", package: "swift-nio")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let yams = product(name: "Yams", package: "Yams")
}

/// A module of the product. The dependency lists enforce the architecture: an import that is not listed does not
/// compile.
///
/// - Parameter embedded: files that are compiled into the module, as `PackageResources`.
func module(_ name: String, _ dependencies: [Target.Dependency] = [], embedded: [String] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, resources: embedded.map { .embedInCode($0) }, swiftSettings: strict)
}

func tests(of name: String, _ dependencies: [Target.Dependency], besides: [String] = []) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, exclude: besides, swiftSettings: strict)
}

let package = Package(
    name: "callbox",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "callbox", targets: ["callbox"]),
        .executable(name: "callbox-sandbox", targets: ["callbox-sandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", .upToNextMinor(from: "1.8.2")),
        .package(url: "https://github.com/apple/swift-collections", .upToNextMinor(from: "1.6.0")),
        .package(url: "https://github.com/apple/swift-crypto", .upToNextMinor(from: "4.5.2")),
        .package(url: "https://github.com/apple/swift-log", .upToNextMinor(from: "1.16.2")),
        .package(url: "https://github.com/apple/swift-nio", .upToNextMinor(from: "2.101.2")),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", .upToNextMinor(from: "2.37.6")),
        .package(url: "https://github.com/groue/GRDB.swift", .upToNextMinor(from: "7.10.0")),
        .package(url: "https://github.com/jpsim/Yams", .upToNextMinor(from: "6.2.2")),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", .upToNextMinor(from: "2.13.0")),
    ],
    targets: [
        .systemLibrary(name: "CSystemZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(
            name: "CSystemDeflate", pkgConfig: "libdeflate",
            providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]),
        .systemLibrary(name: "CSystemFiles"),
        module("StrictJSON"),
        module("Threads"),
        module("Deliveries", ["StrictJSON"]),
        module("BodyCompression", ["CSystemDeflate", "CSystemZlib"]),
        module("TextForms", ["BodyCompression", "Deliveries", "StrictJSON"]),
        module("Providers", ["Deliveries", "StrictJSON", "TextForms", .crypto, .cryptoExtras]),
        .systemLibrary(
            name: "CSystemSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        module(
            "Journal",
            [
                "BodyCompression", "CSystemSQLite", "Deliveries", "StrictJSON", "Threads", .crypto, .deque, .grdb,
                .grdbSQLite,
            ],
            embedded: ["SQLite/journal.sql"]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        module(
            "SharedJournal", ["CLibPQ", "Deliveries", "Journal", "Threads", .crypto, .deque],
            embedded: ["Schema/schema.sql"]),
        module("Quarantine", ["Deliveries", "Journal", "Threads", .grdb], embedded: ["quarantine.sql"]),
        module(
            "ReportIndex",
            [
                "BodyCompression", "Deliveries", "Journal", "Quarantine", "StrictJSON", "TextForms", "Threads", .crypto,
                .grdb, .grdbSQLite,
            ],
            embedded: ["Indexing/index.sql"]),
        module("ControlSocket", ["StrictJSON", "Threads"]),
        module("TerminalOutput", ["Deliveries", "StrictJSON"]),
        module("Redaction", ["Deliveries", "StrictJSON"]),
        module("Intake", ["BodyCompression", "Deliveries", "Providers", "TextForms", .crypto]),
        module(
            "HTTPListener", ["Deliveries", .crypto, .nioCore, .nioHTTP1, .nioPosix, .nioSSL, .nioTLS]),
        module(
            "OutboundHTTP", ["Deliveries", .crypto, .nioCore, .nioHTTP1, .nioPosix, .nioSSL, .nioTLS]),
        module(
            "Replication",
            ["BodyCompression", "Deliveries", "Journal", "OutboundHTTP", .crypto, .nioCore, .nioPosix]),
        module(
            "Replay",
            [
                "Analysis", "BodyCompression", "CallboxConfiguration", "Deliveries", "Journal", "OutboundHTTP",
                "Providers", "Redaction", "ReportIndex", "StrictJSON", "TextForms",
            ]),
        module(
            "ProviderTransport",
            [
                "Deliveries", "OutboundHTTP", "Providers", "Redaction", "StrictJSON", "TextForms",
                .crypto,
            ]),
        module(
            "CallboxConfiguration",
            [
                "HTTPListener", "Deliveries", "Journal", "Providers", "ReportIndex", "SharedJournal", "StrictJSON",
                .yams,
            ]),
        module("Analysis", ["Deliveries", "Journal", "Providers", "ReportIndex", "StrictJSON", "TextForms"]),
        module(
            "Diagnosis",
            [
                "HTTPListener", "CallboxConfiguration", "ControlSocket", "Deliveries", "Journal", "Providers",
                "Quarantine", "Replication", "ReportIndex", "SharedJournal", "TerminalOutput",
            ]),
        module(
            "Tail",
            ["CallboxConfiguration", "Deliveries", "Journal", "Providers", "Quarantine", "ReportIndex", "StrictJSON"]),
        module(
            "Relay",
            [
                "CallboxServer", "Deliveries", "Journal", "Quarantine", "Replay", "ReportIndex", "StrictJSON", "Tail",
                .logging, .nioPosix, .serviceLifecycle,
            ]),
        module(
            "Links", ["Deliveries", "Journal", "ProviderTransport", "Providers", "StrictJSON"]),
        module(
            "Transfer",
            [
                "CSystemFiles", "Deliveries", "Journal", "Redaction", "ReportIndex", "StrictJSON", "TerminalOutput",
                "TextForms", .crypto,
            ]),
        module(
            "CallboxServer",
            [
                "BodyCompression", "CallboxConfiguration", "ControlSocket", "Deliveries", "HTTPListener", "Intake",
                "Journal", "OutboundHTTP", "Providers", "Quarantine", "Replay", "Replication", "ReportIndex",
                "SharedJournal", "StrictJSON", "TerminalOutput", "Threads", .logging, .nioCore, .nioPosix,
                .serviceLifecycle, .unixSignals,
            ]),
        module(
            "FollowUp",
            [
                "CallboxConfiguration", "CallboxServer", "Deliveries", "Intake", "Journal", "ProviderTransport",
                "Providers", "ReportIndex", .logging, .nioPosix, .serviceLifecycle,
            ]),
        module(
            "Presentation",
            [
                "Analysis", "CallboxConfiguration", "Deliveries", "Diagnosis", "Intake", "Journal", "Providers",
                "Quarantine", "Redaction", "Relay", "Replay", "ReportIndex", "SharedJournal", "StrictJSON", "Tail",
                "TerminalOutput", "TextForms", "Transfer",
            ]),
        module(
            "CallboxCommands",
            [
                "Analysis", "CallboxConfiguration", "CallboxServer", "ControlSocket", "Deliveries", "Diagnosis",
                "FollowUp", "HTTPListener", "Journal", "Links", "OutboundHTTP", "Presentation", "Providers",
                "ProviderTransport", "Quarantine", "Redaction", "Relay", "Replay", "Replication", "ReportIndex",
                "SharedJournal", "StrictJSON", "Tail", "TerminalOutput", "TextForms", "Transfer", .argumentParser,
                .logging,
                .unixSignals, .nioPosix, .serviceLifecycle,
            ]),
        .executableTarget(name: "callbox", dependencies: ["CallboxCommands"], swiftSettings: strict),
        module(
            "ProviderSandbox",
            [
                "Deliveries", "HTTPListener", "OutboundHTTP", "StrictJSON", "TerminalOutput", .argumentParser,
                .crypto, .cryptoExtras, .nioPosix, .unixSignals, .yams,
            ]),
        .executableTarget(name: "callbox-sandbox", dependencies: ["ProviderSandbox"], swiftSettings: strict),

        .executableTarget(
            name: "callbox-bench",
            dependencies: [
                "BodyCompression", "CSystemZlib", "HTTPListener", "Deliveries", "Intake", "Providers",
                "Journal", "ReportIndex", .argumentParser, .crypto, .grdb, .nioPosix,
            ],
            path: "Benchmarks/callbox-bench", swiftSettings: strict),

        .systemLibrary(name: "CSQLiteMemory", path: "Tests/CSQLiteMemory"),
        .executableTarget(
            name: "archive-faults",
            dependencies: [
                "BodyCompression", "CSQLiteMemory", "Deliveries", "Journal", "ReportIndex", "TestKit", "Threads",
                .crypto,
                .grdbSQLite,
            ],
            path: "Tests/archive-faults", swiftSettings: strict),

        .target(
            name: "TestKit", dependencies: ["Deliveries", "Providers", "StrictJSON", "TerminalOutput"],
            path: "Tests/TestKit",
            swiftSettings: strict),
        .target(
            name: "ArchiveTestKit",
            dependencies: ["BodyCompression", "Deliveries", "Journal", "TestKit", "Threads", .crypto, .grdb],
            path: "Tests/ArchiveTestKit", swiftSettings: strict),
        .target(
            name: "ServerTestKit",
            dependencies: [
                "CallboxConfiguration", "CallboxServer", "Deliveries", "Journal", "ProviderTransport", "Providers",
                "Quarantine", "ReportIndex", "StrictJSON", "TestKit", .crypto, .logging,
            ],
            path: "Tests/ServerTestKit", swiftSettings: strict),
        tests(of: "StrictJSON", ["StrictJSON", "TestKit", "TextForms"]),
        tests(of: "Deliveries", ["Deliveries", "TestKit"]),
        tests(of: "BodyCompression", ["BodyCompression", "TestKit"]),
        tests(of: "TextForms", ["BodyCompression", "Deliveries", "TextForms"]),
        tests(
            of: "Providers",
            [
                "Analysis", "BodyCompression", "CallboxCommands", "CallboxConfiguration", "Deliveries", "FollowUp",
                "Intake", "Journal", "Presentation", "ProviderTransport", "Providers", "Redaction", "ReportIndex",
                "StrictJSON", "TestKit", .argumentParser, .crypto, .cryptoExtras,
            ], besides: ["FifthProvider/Samples"]),
        tests(
            of: "ReportIndex",
            [
                "ArchiveTestKit", "BodyCompression", "Deliveries", "Journal", "Quarantine", "ReportIndex", "StrictJSON",
                "TestKit", "TextForms", .crypto, .grdb,
            ]),
        tests(of: "ControlSocket", ["ControlSocket", "TestKit"]),
        tests(
            of: "Journal", ["ArchiveTestKit", "BodyCompression", "Deliveries", "Journal", "TestKit", .crypto, .grdb]),
        tests(
            of: "SharedJournal",
            ["ArchiveTestKit", "Deliveries", "Journal", "SharedJournal", "TestKit", .crypto, .grdb]),
        tests(
            of: "Replication",
            [
                "ArchiveTestKit", "BodyCompression", "Deliveries", "HTTPListener", "Journal", "OutboundHTTP",
                "Replication", "TestKit", .crypto, .nioPosix,
            ]),
        tests(of: "Quarantine", ["ArchiveTestKit", "Deliveries", "Journal", "Quarantine", "TestKit", .grdb]),
        tests(of: "Intake", ["BodyCompression", "Deliveries", "Intake", "Providers", "TestKit", .crypto]),
        tests(
            of: "HTTPListener",
            ["HTTPListener", "Deliveries", "TestKit", .nioCore, .nioEmbedded, .nioHTTP1, .nioPosix, .nioSSL]),
        tests(
            of: "OutboundHTTP",
            [
                "Deliveries", "HTTPListener", "OutboundHTTP", "TestKit", .nioCore, .nioHTTP1,
                .nioPosix,
            ]),
        tests(
            of: "Replay",
            ["Analysis", "Deliveries", "HTTPListener", "Journal", "Providers", "Replay", "TestKit", .nioPosix]),
        tests(
            of: "ProviderTransport",
            [
                "Deliveries", "OutboundHTTP", "ProviderTransport", "Providers", "StrictJSON", "TestKit",
            ]),
        tests(of: "Analysis", ["Analysis", "StrictJSON"]),
        tests(
            of: "Diagnosis",
            [
                "CallboxConfiguration", "Deliveries", "Diagnosis", "HTTPListener", "Journal", "Replication",
                "ReportIndex", "SharedJournal", "TestKit",
            ]),
        tests(of: "TerminalOutput", ["Deliveries", "StrictJSON", "TerminalOutput", "TestKit"]),
        tests(of: "Redaction", ["Deliveries", "Redaction", "StrictJSON", "TestKit"]),
        tests(
            of: "CallboxConfiguration",
            [
                "HTTPListener", "CallboxConfiguration", "Deliveries", "Journal", "Providers", "ReportIndex",
                "StrictJSON",
                "TestKit",
            ], besides: ["rejections.txt"]),
        tests(
            of: "CallboxServer",
            [
                "BodyCompression", "CallboxConfiguration", "CallboxServer", "ControlSocket", "Deliveries",
                "HTTPListener",
                "Intake", "Journal", "Providers", "Quarantine", "Replication", "ReportIndex", "ServerTestKit",
                "StrictJSON",
                "TerminalOutput", "TestKit",
                .logging, .nioPosix, .serviceLifecycle,
            ]),
        tests(
            of: "FollowUp",
            [
                "CallboxConfiguration", "CallboxServer", "Deliveries", "FollowUp", "Journal", "ProviderTransport",
                "Providers", "ReportIndex", "ServerTestKit", "TestKit", .logging, .nioPosix,
            ]),
        tests(
            of: "Relay",
            [
                "Deliveries", "HTTPListener", "Journal", "OutboundHTTP", "Providers", "Relay", "Replay",
                "ReportIndex", "ServerTestKit", "StrictJSON", "Tail", "TestKit", .nioPosix,
            ]),
        tests(of: "Links", ["Links", "Providers", "TestKit"]),
        tests(
            of: "Transfer",
            [
                "Deliveries", "Journal", "Redaction", "ReportIndex", "ServerTestKit", "StrictJSON", "TerminalOutput",
                "TestKit", "Transfer", .crypto,
            ]),
        tests(
            of: "CallboxCommands",
            [
                "Analysis", "CallboxCommands", "CallboxConfiguration", "CallboxServer", "Deliveries", "Diagnosis",
                "FollowUp", "Journal", "Presentation", "ProviderTransport", "Providers", "Quarantine", "ReportIndex",
                "ServerTestKit", "StrictJSON", "Tail", "TerminalOutput", "TestKit", "TextForms", "Transfer",
                .argumentParser,
            ]),
        tests(
            of: "Presentation",
            [
                "Analysis", "BodyCompression", "CallboxConfiguration", "Deliveries", "Journal", "Presentation",
                "Providers", "Quarantine", "ReportIndex", "ServerTestKit", "StrictJSON", "TerminalOutput", "TestKit",
            ], besides: ["Golden"]),
        tests(
            of: "ProviderSandbox",
            ["Deliveries", "ProviderSandbox", "StrictJSON", "TerminalOutput", "TestKit", .crypto, .cryptoExtras]),
        tests(
            of: "Acceptance",
            [
                "Deliveries", "Journal", "ReportIndex", "StrictJSON", "TestKit", "archive-faults", "callbox",
                "callbox-sandbox",
            ]),
    ]
)
