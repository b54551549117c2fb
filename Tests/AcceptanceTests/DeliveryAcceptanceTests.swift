import Deliveries
import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("A delivery, from the provider to the command line", .programs)
struct DeliveryAcceptanceTests {
    @Test("every sample is listed with its type, route and externalInfo, and its body is returned byte for byte")
    func everySample() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        let sent = try deliver(to: server)
        #expect(sent.status == 0, "\(sent.text)\(sent.error)")

        let listed = try bench.callbox("list", "--all", "--format", "ndjson")
        #expect(listed.status == 0)
        let reports = try listed.lines.map { try JSONDocument(parsing: Array($0.utf8)).root }
        for sample in Sample.all where sample.isArchived {
            let expectedReports = try #require(sample.expected.root["reports"]).elements
            for expected in expectedReports {
                let hash = try #require(sample.expected.root["bodySHA256"]?.string)
                let type = try #require(expected["type"]?.string)
                let time = expected["providerTime"]?.string
                let found = reports.first {
                    $0["bodySHA256"]?.string == hash && $0["type"]?.string == type && $0["providerTime"]?.string == time
                }
                let report = try #require(found, "\(sample.name): \(type) is not listed")
                #expect(report["provider"]?.string == expected["provider"]?.string, "\(sample.name)")
                #expect(report["rule"]?.string == expected["rule"]?.string, "\(sample.name)")
                #expect(report["topic"]?.string == expected["topic"]?.string, "\(sample.name)")
                #expect(
                    report["verification"]?.string == sample.expected.root["verification"]?.string, "\(sample.name)")
                try expectSameJSON(report["externalInfo"], expected["externalInfo"], sample.name)
                let id = try #require(report["id"]?.rawText)
                let body = try bench.callbox("show", id, "--body")
                #expect(body.output == sample.request.body, "\(sample.name)")
            }
        }
        #expect(try server.stop() == 0)
    }

    @Test("a wrong signature gets 401 and is not listed as a report")
    func wrongSignature() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        let sent = try deliver(
            ["klavi/link-created-event", "certn/legacy-applicant-complete", "certificall/hmac-hex-certificate"],
            to: server, "--wrong-signature")
        #expect(sent.status == 0, "\(sent.text)")
        let listed = try bench.callbox("list", "--all", "--format", "json")
        #expect(listed.text == "[]\n")
    }

    @Test("a repeated delivery is one report with two attempts")
    func repeated() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        let listed = try bench.callbox("list", "--format", "ndjson")
        #expect(listed.lines.count == 1)
        let report = try JSONDocument(parsing: Array(listed.text.utf8.dropLast())).root
        #expect(report["attempts"]?.rawText == "2")
        #expect(report["lastId"]?.rawText == "2")
    }

    @Test("reports are found by externalInfo, by field, by topic, and by the absence of a route")
    func filters() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(to: server).status == 0)
        func count(_ arguments: String...) throws -> Int {
            try BuiltBinary.run(
                "callbox",
                [
                    "list", "--all", "--format", "ndjson", "--config", Workbench.sampleConfiguration, "--archive",
                    bench.archive,
                ]
                    + arguments
            ).lines.count
        }
        #expect(try count("--external", "customization.institutions=033", "--type", "link_created") == 1)
        #expect(try count("--external", "customization.institutions=999") == 0)
        #expect(try count("--topic", "checking") == 1)
        #expect(try count("--unrouted", "--provider", "certificall") == 5)
        #expect(try count("--provider", "certn") == 6)
        #expect(try count("--since", "1h") == (try count()))
        #expect(try count("--until", "1h") == 0)
        #expect(try count("--field", "cfRef=CAS-90012_CMP-1") == 1)
    }

    @Test("after the server is killed, queries read the journal, and reindex finds every delivery")
    func withoutServer() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        server.kill()
        #expect(
            try bench.callbox("show", "1", "--body").output == Sample.named("klavi/link-created-event").request.body)
        #expect(try bench.callbox("archive", "reindex").text == "1 report from 1 delivery\n")
        let listed = try bench.callbox("list", "--format", "ndjson")
        #expect(listed.status == 0)
        #expect(listed.error == "")
        #expect(listed.lines.count == 1)
    }

    /// Every command that only reads, with arguments that find data.
    private static let readingCommands = [
        ["list", "--format", "ndjson"], ["search", "link_created", "--format", "ndjson"], ["show", "1"],
        ["show", "1", "--body"], ["show", "1", "--why"], ["timeline", "--external", "traceId=none"], ["stats"],
        ["sql", "select count(*) from reports"], ["export"],
        ["links", "list"], ["links", "list", "--pending"], ["links", "list", "--follow-ups"], ["quarantine", "list"],
        ["archive", "info"], ["archive", "info", "--totals"], ["archive", "verify"], ["hold", "list"],
        ["audit"], ["doctor"],
    ]

    /// Commands whose output does not depend on the index.
    private static let indexlessCommands = [
        ["show", "1", "--body"], ["quarantine", "list"], ["archive", "info"], ["archive", "verify"], ["doctor"],
    ]

    @Test("no reading command changes a file of the archive, with or without an index", arguments: [true, false])
    func readsOnly(isIndexed: Bool) throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        #expect(try server.stop() == 0)
        if !isIndexed { try FileManager.default.removeItem(atPath: bench.archive + "/index.sqlite") }
        defer { chmod(bench.archive, 0o700) }
        for mode: mode_t in [0o700, 0o500] {
            #expect(chmod(bench.archive, mode) == 0)
            let before = try bench.archiveFiles()
            for arguments in Self.readingCommands {
                let result = try BuiltBinary.run(
                    "callbox", arguments + ["--config", Workbench.sampleConfiguration, "--archive", bench.archive])
                #expect([0, 1].contains(result.status), "\(arguments): \(result.error)")
                #expect(try bench.archiveFiles() == before, "\(arguments)")
                let needsIndex = !isIndexed && !Self.indexlessCommands.contains(arguments)
                #expect(
                    result.error.contains("1 entry is not indexed and not shown; run 'callbox archive reindex'")
                        == needsIndex, "\(arguments): \(result.error)")
            }
        }
        let listed = try bench.callbox("list", "--format", "ndjson")
        #expect(listed.status == 0)
        #expect(listed.lines.count == (isIndexed ? 1 : 0))
        #expect(
            listed.error
                == (isIndexed
                    ? ""
                    : "callbox: 1 entry is not indexed and not shown; run 'callbox archive reindex' or start the "
                        + "server\ncallbox: no report matches\n"))
    }

    @Test("SIGTERM stops the server and leaves no log or socket in the archive")
    func stopsInOrder() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        #expect(try server.stop() == 0)
        let left = try FileManager.default.contentsOfDirectory(atPath: bench.archive).sorted()
        #expect(left == ["index.sqlite", "journal.sqlite", "lock", "quarantine.sqlite"])
        for (path, expected) in [("", 0o700)] + left.map({ ("/" + $0, 0o600) }) {
            let attributes = try FileManager.default.attributesOfItem(atPath: bench.archive + path)
            #expect(attributes[.posixPermissions] as? Int == expected, "\(path)")
        }
    }

    private func expectSameJSON(_ found: JSONValue?, _ expected: JSONValue?, _ name: String) throws {
        let objects = try [found, expected].map { value -> NSObject? in
            guard let value, value.kind != .null else { return nil }
            return try JSONSerialization.jsonObject(with: Data(value.rawBytes), options: .fragmentsAllowed) as? NSObject
        }
        #expect(objects[0] == objects[1], "\(name): externalInfo differs")
    }
}
