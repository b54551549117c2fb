import Deliveries
import Foundation
import HTTPListener
import TestKit
import Testing

@testable import CallboxConfiguration
@testable import Providers

@Suite("The example configuration files")
struct ConfigurationExampleTests {
    private static let path = ProjectFolder.root.appending(path: "callbox.example.yaml").path()

    @Test("the example shows every setting with its default")
    func exampleShowsDefaults() throws {
        let example = try ConfigurationFile.read(Self.path)
        let defaults = CallboxConfiguration()
        #expect(example.file == Self.path)
        #expect(example.listen == defaults.listen)
        #expect(example.logLevel == defaults.logLevel)
        #expect(example.limits == defaults.limits)
        #expect(example.shutdownGrace == defaults.shutdownGrace)
        #expect(example.archivePath == ProjectFolder.root.appending(path: defaults.archivePath).path())
        #expect(example.apis == defaults.apis)
        let klavi = try #require(example.sources.first)
        let untouched = SourceSettings(name: "klavi", provider: KlaviProvider(), path: "/klavi")
        #expect(klavi.name == untouched.name)
        #expect(klavi.provider.name == untouched.provider.name)
        #expect(klavi.path == untouched.path)
        #expect(klavi.isExplicitlyUnchecked == untouched.isExplicitlyUnchecked)
        #expect(klavi.toleranceMilliseconds == untouched.toleranceMilliseconds)
        #expect(klavi.bodyByteCountLimit == untouched.bodyByteCountLimit)
    }

    @Test(
        "the example has a line for every key",
        arguments: [
            "listen:", "archive:", "log-level:", "# tls:", "#   certificate:", "#   key:",
            "#   client-ca:", "#   client-certificate:", "trusted-proxies:", "  addresses:", "  header:", "limits:",
            "  handshake-timeout:", "  header-timeout:", "  body-rate:", "  body-rate-grace:", "  response-timeout:",
            "  send-timeout:", "  linger-time:", "  requests-per-connection:", "  pending-output:", "  linger-bytes:",
            "  connections-per-address:", "  reserved-connections:", "  proved-addresses:", "  request-deadline:",
            "  idle-timeout:", "  header-bytes:",
            "  header-line-bytes:", "  header-lines:", "  target-bytes:", "  connections:", "  buffered-bodies:",
            "  shutdown-grace:", "sources:", "    provider:", "    path:", "    verify:", "    tolerance:",
            "    body-limit:",
            "    secrets:", "      - name:", "        env:", "      #   file:", "        for:", "      #   identity:",
            "    routes:", "      other:", "      all:", "        topic:", "    redirects:", "      allow:",
            "      landing:", "apis:", "    url:", "    access-key:", "    secret-key:", "    # token-file:",
            "    # source:", "    client-id:", "    client-secret:", "    api-key:", "    follow-up:",
            "    # public-key:", "    username:", "    password:", "    # certilink-url:",
        ])
    func exampleIsComplete(key: String) throws {
        let lines = try String(contentsOfFile: Self.path, encoding: .utf8).split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix(key) })
    }

    @Test("the sources of the example are valid as written")
    func exampleSources() throws {
        let sources = try ConfigurationFile.read(Self.path).sources
        #expect(sources.map(\.name) == ["klavi", "certn", "ezid", "certificall"])
        #expect(sources.map(\.provider.name) == ["klavi", "certn", "ezid", "certificall"])
        #expect(sources.map(\.path) == ["/klavi", "/certn", "/ezid", "/certificall"])
        #expect(sources.map(\.isExplicitlyUnchecked) == [false, false, true, false])
        #expect(
            sources.map(\.secrets) == [
                [.variable("primary", "CALLBOX_KLAVI_SECRET", .signature)],
                [
                    .variable("legacy", "CALLBOX_CERTN_LEGACY_SECRET", .legacy),
                    .variable("centric", "CALLBOX_CERTN_CENTRIC_SECRET", .centric),
                ],
                [],
                [.variable("token", "CALLBOX_CERTIFICALL_TOKEN", .bearer)],
            ])
        #expect(
            sources.map(\.routes.entries) == [
                [
                    RouteEntry(key: "pf_checking_account", topic: "checking"),
                    RouteEntry(key: "pf_credit_card", topic: "cards"),
                    RouteEntry(key: "other", topic: "klavi-rest"),
                ],
                [RouteEntry(key: "all", topic: "background-checks")],
                [RouteEntry(key: "redirect", topic: "logins")],
                [],
            ])
        let landing = try RedirectPolicy(allowed: [], landing: "https://app.example.com/thank-you")
        let allowed = try RedirectPolicy(allowed: ["https://app.example.com/"], landing: nil)
        #expect(sources.map(\.redirects) == [landing, .none, allowed, .none])
    }

    @Test("the commented-out parts of the example are also valid")
    func exampleWithEverything() throws {
        let text = try String(contentsOfFile: Self.path, encoding: .utf8)
            .replacing("      # - name", with: "      - name").replacing("      #   ", with: "        ")
        let sources = try ConfigurationFile.parse(text, file: Self.path).sources
        #expect(
            sources.flatMap(\.secrets).filter { if case .file = $0.place { true } else { false } } == [
                SecretReference(
                    name: "next", purpose: .signature, identity: nil, place: .file("/run/secrets/klavi-next")),
                SecretReference(
                    name: "key", purpose: .hmac, identity: "my-api-key", place: .file("/run/secrets/certificall-hmac")),
            ])
    }

    @Test("samples/callbox.yaml configures the sources that the samples expect")
    func samples() throws {
        let configuration = try ConfigurationFile.read(ProjectFolder.samples.appending(path: "callbox.yaml").path())
        let folder = ProjectFolder.samples.path()
        #expect(configuration.archivePath == "\(folder)/../storage/data/samples")
        let table = try SourceTable(configuration, environment: [:])
        #expect(Set(table.sources.map(\.name)) == Set(SampleSources.table.sources.map(\.name)))
        for expected in SampleSources.table.sources {
            let source = try #require(table.source(named: expected.name))
            #expect(source.provider.name == expected.provider.name)
            #expect(source.path == expected.path)
            #expect(source.routes == expected.routes)
            #expect(source.originPolicy.proofs == expected.originPolicy.proofs)
        }
        let ezid = try #require(table.source(named: "ezid"))
        #expect(ezid.redirects == SampleSources.table.source(named: "ezid")?.redirects)
    }
}

extension SecretReference {
    static func variable(_ name: String, _ variable: String, _ purpose: SecretPurpose) -> SecretReference {
        SecretReference(name: name, purpose: purpose, identity: nil, place: .environment(variable))
    }
}

extension OriginPolicy {
    /// The secrets with all their properties, and the tolerance. Empty for a source without verification.
    var proofs: [String] {
        switch self {
        case .unchecked: []
        case .required(let secrets, let tolerance):
            secrets.map { secret in
                let bytes = String(decoding: secret.bytes, as: UTF8.self)
                return "\(secret.name) \(secret.purpose.rawValue) \(secret.identity ?? "-") \(bytes) \(tolerance)"
            }
        }
    }
}
