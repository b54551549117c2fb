import Foundation
import TestKit
import Testing

@Suite("scenarios/", .programs)
struct ScenarioAcceptanceTests {
    private static let folder = ProjectFolder.root.appending(path: "scenarios")

    private static var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".yaml") }.sorted()
        }
    }

    private static func run(_ file: String, _ server: RunningServer, _ arguments: String...) throws
        -> BuiltBinary.Result
    {
        try BuiltBinary.run("callbox-sandbox", ["run", file, "--deliver-to", server.url] + arguments)
    }

    @Test("the folder has every documented scenario")
    func files() throws {
        for name in ["faults.yaml", "klavi-link-to-reports.yaml", "large-reports.yaml", "token-expiry.yaml"] {
            #expect(try Self.names.contains(name))
        }
    }

    @Test("each scenario runs as described against a real Callbox", arguments: try names)
    func happens(name: String) throws {
        let bench = try Workbench()
        let server = try bench.serve()
        let result = try Self.run(Self.folder.appending(path: name).path(), server)
        #expect(result.status == 0, "\(result.error)\(result.text)")
        #expect(result.error.isEmpty)
        // At least the line of Centric's challenge follows the title line.
        #expect(result.lines.count > 1)
        #expect(try server.stop() == 0)
        let checked = try bench.callbox("archive", "verify")
        #expect(checked.status == 0, "\(checked.error)")
    }

    @Test("the faults result in one report with two attempts, a changed order, and a quarantined delivery")
    func faults() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try Self.run(Self.folder.appending(path: "faults.yaml").path(), server).status == 0)
        let listed = try bench.callbox("list", "--all", "--attempts", "--format", "csv")
        let types = listed.lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false)[5] }
        // The list is newest first. The second and the third delivery of one link have changed places.
        #expect(
            types == [
                "applicant", "pf_credit_card", "pf_loans", "pf_checking_account", "pf_checking_account",
                "pf_checking_account",
            ])
        #expect(try bench.callbox("list", "--external", "traceId=duplicate", "--format", "ndjson").lines.count == 1)
        #expect(try bench.callbox("quarantine", "list", "--format", "ndjson").lines.count == 10)
    }

    @Test("an unmet expectation is reported with its step, and the exit status is 1")
    func unexpected() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        let file = try bench.file(
            "wrong.yaml",
            """
            steps:
              - idle:
              - expect: {statuses: [200]}
              - trigger: certn-centric.CASE_STATUS_CHANGED
              - idle:
              - expect: {statuses: [401]}
            """)
        let result = try Self.run(file, server)
        #expect(result.status == 1)
        #expect(result.error == "step 5: the responses were [200], not [401]\n")
    }

    @Test("a missing file, and a file that is not a scenario, are rejected with exit status 66")
    func rejected() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try Self.run(bench.folder.appending(path: "missing.yaml").path(), server).status == 66)
        let file = try bench.file("bad.yaml", "steps:\n  - {advance: soon}\n")
        let result = try Self.run(file, server)
        #expect(result.status == 66)
        #expect(result.error.contains("step 1: 'advance' must be a duration such as 30m"))
        #expect(try bench.callbox("list", "--format", "json").text == "[]\n")
    }
}
