import Deliveries
import Foundation
import HTTPListener
import Providers
import TestKit
import Testing

@testable import CallboxConfiguration

@Suite("A configuration file")
struct ConfigurationFileTests {
    private static func parse(_ text: String) throws -> CallboxConfiguration {
        try ConfigurationFile.parse(text, file: "/etc/callbox/callbox.yaml")
    }

    private static func source(_ settings: String) throws -> SourceSettings {
        try #require(try parse("sources:\n  klavi: {\(settings)}").sources.first)
    }

    @Test(
        "an empty file sets all defaults",
        arguments: ["", "\n\n", "# a comment\n", "---\n", "---\n...\n", "~", "null", "{}", "\u{feff}# a comment\n"])
    func empty(text: String) throws {
        let configuration = try Self.parse(text)
        let defaults = CallboxConfiguration()
        #expect(configuration.file == "/etc/callbox/callbox.yaml")
        #expect(configuration.listen == ListenSetting(host: "127.0.0.1", port: 8787))
        #expect(configuration.archivePath == "storage/data")
        #expect(configuration.logLevel == "info")
        #expect(configuration.limits == ListenerLimits())
        #expect(configuration.shutdownGrace == .seconds(10))
        #expect(configuration.sources.map(\.name) == defaults.sources.map(\.name))
        #expect(configuration.sources.map(\.secrets) == defaults.sources.map(\.secrets))
    }

    @Test("a key without a value keeps the default", arguments: ["listen:", "archive: ''", "log-level: ~", "limits:"])
    func emptyKey(text: String) throws {
        let configuration = try Self.parse(text)
        #expect(configuration.listen == CallboxConfiguration().listen)
        #expect(configuration.archivePath == CallboxConfiguration().archivePath)
        #expect(configuration.logLevel == CallboxConfiguration().logLevel)
        #expect(configuration.limits == ListenerLimits())
        #expect(configuration.sources.count == ProviderCatalog.standard.providers.count)
    }

    @Test("setting one limit keeps the defaults of the other limits, and ranges include both ends")
    func someLimits() throws {
        var expected = ListenerLimits()
        expected.connectionCount = 1_000_000
        expected.headerFieldCount = 1
        let configuration = try Self.parse("limits: {connections: 1000000, header-lines: 1}")
        #expect(configuration.limits == expected)
        #expect(configuration.shutdownGrace == CallboxConfiguration().shutdownGrace)
    }

    @Test("if the file has sources, only these exist, in the order of the file")
    func onlyTheseSources() throws {
        let sources = try Self.parse("sources: {b: {provider: ezid}, a: {provider: klavi}}").sources
        #expect(sources.map(\.name) == ["b", "a"])
        #expect(sources.map(\.provider.name) == ["ezid", "klavi"])
        #expect(sources.map(\.path) == ["/b", "/a"])
        #expect(try Self.parse("sources: {}").sources.isEmpty)
        #expect(try Self.parse("sources:").sources.map(\.name) == ["klavi", "certn", "ezid", "certificall"])
    }

    @Test("a source's name may be a number, quoted or not", arguments: ["7", "'7'", "\"7\"", "'null'", "'true'"])
    func strangeNames(name: String) throws {
        let source = try #require(try Self.parse("sources: {\(name): {provider: klavi, path: /x}}").sources.first)
        #expect(source.name == name.trimmingCharacters(in: ["'", "\""]))
    }

    @Test(
        "the path of a source is read; its default is the name of the source",
        arguments: [
            ("path: /", "/"), ("path: /a/b", "/a/b"), ("path: '/~%7E!$&()*+,;=:@'", "/~%7E!$&()*+,;=:@"),
            ("path: ''", "/klavi"),
        ])
    func path(settings: String, expected: String) throws {
        #expect(try Self.source(settings).path == expected)
    }

    @Test(
        "a tolerance is read to the millisecond",
        arguments: [("300s", Int64(300_000)), ("1500ms", 1500), ("500ms", 500), ("0s", 0), ("2m", 120_000)])
    func tolerance(text: String, milliseconds: Int64) throws {
        #expect(try Self.source("tolerance: \(text)").toleranceMilliseconds == milliseconds)
    }

    @Test(
        "body-limit is a size from 1 byte to 900 MiB",
        arguments: [("1", 1), ("64 KiB", 65_536), ("900MiB", 900 << 20)])
    func bodyLimit(text: String, byteCount: Int) throws {
        #expect(try Self.source("body-limit: \(text)").bodyByteCountLimit == byteCount)
    }

    @Test("verification is required unless verify is 'none'")
    func verify() throws {
        #expect(try !Self.source("").isExplicitlyUnchecked)
        #expect(try !Self.source("verify: required").isExplicitlyUnchecked)
        #expect(try Self.source("verify: none").isExplicitlyUnchecked)
        #expect(try Self.source("verify: 'none'").isExplicitlyUnchecked)
    }

    @Test("a topic is a string or a mapping with the key 'topic', and a key that looks like a number is text")
    func routes() throws {
        let source = try Self.source(
            "routes: {a: x, b: {topic: y}, 5101: z, '5102': 'null', 'yes': 1.50, other: 'the rest'}")
        #expect(
            source.routes.entries == [
                RouteEntry(key: "a", topic: "x"), RouteEntry(key: "b", topic: "y"), RouteEntry(key: "5101", topic: "z"),
                RouteEntry(key: "5102", topic: "null"), RouteEntry(key: "yes", topic: "1.50"),
                RouteEntry(key: "other", topic: "the rest"),
            ])
        #expect(try Self.source("routes: {all: 'é'}").routes.entries == [RouteEntry(key: "all", topic: "é")])
        #expect(try Self.source("routes: {}").routes == .empty)
    }

    @Test("a secret is read from a variable or file, and a secret without a name is named by its number")
    func secrets() throws {
        let configuration = try Self.parse(
            """
            sources:
              certificall:
                secrets:
                  - {env: A}
                  - {file: b, for: hmac, identity: key}
                  - {name: login, file: /c, for: basic, identity: 007}
            """)
        #expect(
            configuration.sources.first?.secrets == [
                SecretReference(name: "secret-1", purpose: .bearer, identity: nil, place: .environment("A")),
                SecretReference(name: "secret-2", purpose: .hmac, identity: "key", place: .file("/etc/callbox/b")),
                SecretReference(name: "login", purpose: .basic, identity: "007", place: .file("/c")),
            ])
    }

    @Test(
        "a relative path is resolved from the folder of the file, and an absolute path is unchanged",
        arguments: [
            ("a.sqlite", "/etc/callbox.yaml", "/etc/a.sqlite"), ("d/a.sqlite", "/etc/callbox.yaml", "/etc/d/a.sqlite"),
            ("../a.sqlite", "/etc/callbox.yaml", "/etc/../a.sqlite"), ("/a.sqlite", "/etc/callbox.yaml", "/a.sqlite"),
            ("a.sqlite", "callbox.yaml", "a.sqlite"), ("a.sqlite", "./callbox.yaml", "./a.sqlite"),
            ("a.sqlite", "etc/callbox.yaml", "etc/a.sqlite"),
            ("a b.sqlite", "/my files/c.yaml", "/my files/a b.sqlite"),
        ])
    func relativePaths(path: String, file: String, expected: String) throws {
        #expect(ConfigurationFile.resolve(path, besides: file) == expected)
        #expect(try ConfigurationFile.parse("archive: \(path)", file: file).archivePath == expected)
        let settings = "sources: {klavi: {secrets: [{file: \(path)}]}}"
        let secret = try ConfigurationFile.parse(settings, file: file).sources.first?.secrets.first
        #expect(secret?.place == .file(expected))
    }

    @Test("a file may use YAML's anchors, quotes, and both styles of collections")
    func yaml() throws {
        let configuration = try Self.parse(
            """
            "listen": '[::1]:1'
            sources:
              klavi: &common
                routes: {all: &topic reports}
              other: {provider: klavi, routes: {all: *topic}}
            """)
        #expect(configuration.listen == ListenSetting(host: "::1", port: 1))
        #expect(configuration.sources.map { $0.routes.entries.map(\.topic) } == [["reports"], ["reports"]])
    }

    @Test("a missing file, a directory and a binary file are rejected with the reason")
    func unreadable() throws {
        try TemporaryFolder.with { folder in
            let missing = folder.path(of: "missing.yaml")
            #expect(throws: ConfigurationError.unreadableFile(path: missing, reason: "no such file or directory")) {
                try ConfigurationFile.read(missing)
            }
            #expect(throws: ConfigurationError.unreadableFile(path: folder.path, reason: "is a directory")) {
                try ConfigurationFile.read(folder.path)
            }
            let binary = folder.path(of: "binary.yaml")
            try Data([0x61, 0x3a, 0x20, 0xff]).write(to: URL(filePath: binary))
            #expect(throws: ConfigurationError.invalid("\(binary) is not UTF-8 text", advice: "Save it as UTF-8.")) {
                try ConfigurationFile.read(binary)
            }
        }
    }

    @Test("the log format, the access log and the admin listener are read")
    func serverSettings() throws {
        let configuration = try Self.parse(
            "log-format: json\naccess-log: true\nadmin: {listen: 'unix:admin.sock'}")
        #expect(configuration.logFormat == .json)
        #expect(configuration.writesAccessLog)
        #expect(configuration.admin == .unixSocket(path: "/etc/callbox/admin.sock"))
        #expect(
            try Self.parse("admin: {listen: '[::1]:8788'}").admin == .tcp(ListenSetting(host: "::1", port: 8788)))
        #expect(CallboxConfiguration().admin == nil)
    }
}
