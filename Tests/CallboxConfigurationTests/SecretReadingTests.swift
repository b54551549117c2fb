import Foundation
import TestKit
import Testing

@testable import CallboxConfiguration
@testable import Providers

@Suite("Reading secrets")
struct SecretReadingTests {
    /// A source with one secret, or the rejection.
    private static func secret(_ place: SecretReference.Place, environment: [String: String] = [:]) throws -> Secret? {
        var settings = SourceSettings(name: "klavi", provider: KlaviProvider(), path: "/klavi")
        settings.secrets = [SecretReference(name: "primary", purpose: .signature, identity: nil, place: place)]
        let source = try settings.source(reachableFromOutside: true, environment: environment)
        guard case .required(let secrets, _) = source.originPolicy, secrets.count == 1 else { return nil }
        return secrets.first
    }

    @Test("a variable gives its text as it is", arguments: ["s3cret", " s3cret ", "s3cret\n", "é", "\u{0}"])
    func variable(value: String) throws {
        let secret = try #require(try Self.secret(.environment("KEY"), environment: ["KEY": value, "OTHER": "x"]))
        #expect(secret.bytes == Array(value.utf8))
        #expect(secret.name == "primary")
        #expect(secret.purpose == .signature)
    }

    @Test(
        "a file gives its bytes but for one line break at its end",
        arguments: [
            ("s3cret", "s3cret"), ("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), ("s3cret\n\n", "s3cret\n"),
            ("\ns3cret", "\ns3cret"), (" s3cret \n", " s3cret "), ("a\nb\n", "a\nb"),
        ])
    func file(text: String, expected: String) throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "secret")
            try Data(text.utf8).write(to: URL(filePath: path))
            #expect(try Self.secret(.file(path))?.bytes == Array(expected.utf8))
        }
    }

    @Test("a file may hold any bytes")
    func binary() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "secret")
            try Data([0x00, 0xff, 0xc3, 0x0a]).write(to: URL(filePath: path))
            #expect(try Self.secret(.file(path))?.bytes == [0x00, 0xff, 0xc3])
        }
    }

    @Test("a variable that is not set is rejected by its name and the secret's")
    func missingVariable() {
        #expect(
            throws: ConfigurationError(
                "the environment variable KEY for the secret 'primary' is not set",
                advice: "Set it, or read the secret from a file with 'file:'.")
        ) { try Self.secret(.environment("KEY"), environment: ["key": "x"]) }
    }

    @Test("a file that cannot be read is rejected by its path and the secret's name")
    func missingFile() throws {
        try TemporaryFolder.with { folder in
            for path in [folder.path(of: "missing"), folder.path] {
                #expect(
                    throws: ConfigurationError(
                        "the file \(path) for the secret 'primary' cannot be read",
                        advice: "Check the path and its permissions.")
                ) { try Self.secret(.file(path)) }
            }
        }
    }

    @Test("an empty secret is rejected", arguments: ["", "\n", "\r\n"])
    func emptySecret(text: String) throws {
        let rejection = ConfigurationError(
            "the secret 'primary' is empty", advice: "An empty secret proves nothing.")
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "secret")
            try Data(text.utf8).write(to: URL(filePath: path))
            #expect(throws: rejection) { try Self.secret(.file(path)) }
        }
        #expect(throws: rejection) { try Self.secret(.environment("KEY"), environment: ["KEY": ""]) }
    }

    @Test("several secrets are kept in their order with what goes with them")
    func several() throws {
        var settings = SourceSettings(name: "certificall", provider: CertificallProvider(), path: "/certificall")
        settings.secrets = [
            .variable("new", "A", .bearer), .variable("old", "B", .bearer),
            SecretReference(name: "key", purpose: .hmac, identity: "id", place: .environment("C")),
        ]
        settings.toleranceMilliseconds = 7
        let source = try settings.source(reachableFromOutside: true, environment: ["A": "a", "B": "b", "C": "c"])
        #expect(source.originPolicy.proofs == ["new bearer - a 7", "old bearer - b 7", "key hmac id c 7"])
    }

    @Test("the default configuration takes the secrets that are in the environment and does without the others")
    func defaultSecrets() throws {
        let bare = try SourceTable(CallboxConfiguration(), environment: [:])
        #expect(bare.sources.allSatisfy { $0.originPolicy.proofs.isEmpty })
        #expect(Set(bare.sources.map(\.path)) == ["/klavi", "/certn", "/ezid", "/certificall"])
        let table = try SourceTable(
            CallboxConfiguration(),
            environment: [
                "CALLBOX_KLAVI_SECRET": "k", "CALLBOX_CERTN_CENTRIC_SECRET": "c", "CALLBOX_CERTIFICALL_TOKEN": "t",
            ])
        #expect(table.source(named: "klavi")?.originPolicy.proofs == ["CALLBOX_KLAVI_SECRET signature - k 300000"])
        #expect(
            table.source(named: "certn")?.originPolicy.proofs == ["CALLBOX_CERTN_CENTRIC_SECRET centric - c 300000"])
        #expect(
            table.source(named: "certificall")?.originPolicy.proofs == ["CALLBOX_CERTIFICALL_TOKEN bearer - t 300000"])
        #expect(table.source(named: "ezid")?.originPolicy.proofs == [])
        let legacy = try SourceTable(CallboxConfiguration(), environment: ["CALLBOX_CERTN_LEGACY_SECRET": "l"])
        #expect(legacy.source(named: "certn")?.originPolicy.proofs == ["CALLBOX_CERTN_LEGACY_SECRET legacy - l 300000"])
    }

    @Test("a default secret that is set to nothing is rejected rather than left out")
    func emptyDefaultSecret() {
        #expect(
            throws: ConfigurationError(
                "the secret 'CALLBOX_KLAVI_SECRET' is empty", advice: "An empty secret proves nothing.")
        ) { try SourceTable(CallboxConfiguration(), environment: ["CALLBOX_KLAVI_SECRET": ""]) }
    }

    @Test("no description of a source shows a secret")
    func descriptions() throws {
        let secret = try #require(try Self.secret(.environment("KEY"), environment: ["KEY": "hunter2"]))
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped] {
            #expect(text.contains("primary"))
            #expect(!text.contains("hunter2"))
        }
    }
}
