import CallboxConfiguration
import Foundation
import TestKit
import Testing

@testable import Diagnosis

@Suite("Findings about sources")
struct SourceFindingsTests {
    private static func findings(_ yaml: String, _ environment: [String: String] = [:]) throws -> [Finding] {
        SourceFindings.findings(try ConfigurationFile.parse(yaml, file: "callbox.yaml"), environment: environment)
    }

    private static let klavi = "sources:\n  klavi:\n    secrets:\n      - env: SECRET\n"

    @Test("a secret that is set is fine and is never shown")
    func secret() throws {
        let findings = try Self.findings(Self.klavi, ["SECRET": "s3cret-s3cret-s3cret"])
        #expect(findings.map(\.state) == [.fine, .fine])
        #expect(findings[0].text == "klavi at /klavi: 1 secret")
        #expect(!"\(findings)".contains("s3cret"))
    }

    @Test("a missing secret is a problem")
    func missing() throws {
        let finding = try #require(try Self.findings(Self.klavi).first)
        #expect(finding.state == .problem)
        #expect(finding.text.contains("SECRET"))
    }

    @Test(
        "a source without a secret is a problem; with 'verify: none' it is a warning, or fine if the provider does not sign"
    )
    func unchecked() throws {
        #expect(try Self.findings("sources: {klavi: {}}").map(\.state) == [.problem, .fine])
        #expect(try Self.findings("sources: {klavi: {verify: none}}").map(\.state) == [.warning, .fine])
        #expect(try Self.findings("sources: {ezid: {verify: none}}").map(\.state) == [.fine, .fine])
        #expect(
            try Self.findings("listen: 0.0.0.0:8787\nsources: {ezid: {verify: none}}").map(\.state) == [
                .fine, .warning,
            ])
    }

    @Test("a secret file that others can change causes a warning")
    func modes() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "secret")
            for (mode, states) in [(0o600, [Finding.State.fine, .fine]), (0o666, [.fine, .warning, .fine])] {
                #expect(FileManager.default.createFile(atPath: path, contents: Data("0123456789abcdef".utf8)))
                #expect(chmod(path, mode_t(mode)) == 0)
                let found = try Self.findings("sources:\n  klavi:\n    secrets:\n      - file: \(path)\n")
                #expect(found.map(\.state) == states)
            }
        }
    }
}
