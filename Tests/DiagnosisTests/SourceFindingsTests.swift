import CallboxConfiguration
import Foundation
import TestKit
import Testing

@testable import Diagnosis

@Suite("Sources as the doctor sees them")
struct SourceFindingsTests {
    private static func findings(_ yaml: String, _ environment: [String: String] = [:]) throws -> [Finding] {
        SourceFindings.findings(try ConfigurationFile.parse(yaml, file: "callbox.yaml"), environment: environment)
    }

    private static let klavi = "sources:\n  klavi:\n    secrets:\n      - env: SECRET\n"

    @Test("a secret that is there is fine, and never shown")
    func secret() throws {
        let findings = try Self.findings(Self.klavi, ["SECRET": "s3cret"])
        #expect(findings.map(\.state) == [.fine, .fine])
        #expect(findings[0].text == "klavi at /klavi: 1 secret set")
        #expect(!"\(findings)".contains("s3cret"))
    }

    @Test("a secret that is not there is a problem")
    func missing() throws {
        let finding = try #require(try Self.findings(Self.klavi).first)
        #expect(finding.state == .problem)
        #expect(finding.text.contains("SECRET"))
    }

    @Test("without secrets the address counts")
    func unchecked() throws {
        #expect(try Self.findings("sources: {klavi: {}}").map(\.state) == [.warning, .fine])
        #expect(try Self.findings("sources: {klavi: {verify: none}}").map(\.state) == [.warning, .fine])
        #expect(try Self.findings("sources: {ezid: {}}").map(\.state) == [.fine, .fine])
        let outside = "listen: 0.0.0.0:8787\nsources: "
        #expect(try Self.findings(outside + "{klavi: {}}").map(\.state) == [.problem, .warning])
        #expect(try Self.findings(outside + "{klavi: {verify: none}}").map(\.state) == [.warning, .warning])
    }

    @Test("a secret's file that others can read is warned of")
    func modes() throws {
        try TemporaryFolder.with { folder in
            let path = folder.path(of: "secret")
            for (mode, states) in [(0o600, [Finding.State.fine, .fine]), (0o644, [.fine, .warning, .fine])] {
                #expect(FileManager.default.createFile(atPath: path, contents: Data("x".utf8)))
                #expect(chmod(path, mode_t(mode)) == 0)
                let found = try Self.findings("sources:\n  klavi:\n    secrets:\n      - file: \(path)\n")
                #expect(found.map(\.state) == states)
            }
        }
    }
}
