import Deliveries
import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("A delivery, from the provider to the command line")
struct DeliveryAcceptanceTests {
    @Test("every sample is listed with its kind, route and externalInfo, and its body comes back byte for byte")
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
                let kind = try #require(expected["kind"]?.string)
                let time = expected["providerTime"]?.string
                let found = reports.first {
                    $0["bodySHA256"]?.string == hash && $0["kind"]?.string == kind && $0["providerTime"]?.string == time
                }
                let report = try #require(found, "\(sample.name): \(kind) is not listed")
                #expect(report["provider"]?.string == expected["provider"]?.string, "\(sample.name)")
                #expect(report["rule"]?.string == expected["rule"]?.string, "\(sample.name)")
                #expect(report["box"]?.string == expected["box"]?.string, "\(sample.name)")
                #expect(
                    report["verification"]?.string == sample.expected.root["verification"]?.string, "\(sample.name)")
                try expectSameJSON(report["externalInfo"], expected["externalInfo"], sample.name)
                let id = try #require(report["id"]?.rawText)
                let body = try bench.callbox("show", id, "--body")
                #expect(body.output == sample.request.body, "\(sample.name)")
            }
        }
        #expect(server.stop() == 0)
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

    @Test("reports are found by externalInfo, by field, by box and by what no route took")
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
        #expect(try count("--external", "customization.institutions=033", "--kind", "link_created") == 1)
        #expect(try count("--external", "customization.institutions=999") == 0)
        #expect(try count("--box", "checking") == 1)
        #expect(try count("--unrouted", "--provider", "certificall") == 5)
        #expect(try count("--provider", "certn") == 6)
        #expect(try count("--since", "1h") == (try count()))
        #expect(try count("--until", "1h") == 0)
        #expect(try count("--field", "cfRef=CAS-90012_CMP-1") == 1)
    }

    @Test("queries work without a server, on what it had not indexed yet too")
    func withoutServer() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        server.kill()
        let listed = try bench.callbox("list", "--format", "ndjson")
        #expect(listed.status == 0)
        #expect(listed.lines.count == 1)
    }

    @Test("SIGTERM stops the server in order and leaves the archive in one file")
    func stopsInOrder() throws {
        let bench = try Workbench()
        let server = try bench.serve()
        #expect(try deliver(["klavi/link-created-event"], to: server).status == 0)
        #expect(server.stop() == 0)
        let left = try FileManager.default.contentsOfDirectory(atPath: bench.folder.path()).sorted()
        #expect(left == ["archive.sqlite", "archive.sqlite.lock"])
        let mode = try FileManager.default.attributesOfItem(atPath: bench.archive)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    private func expectSameJSON(_ found: JSONValue?, _ expected: JSONValue?, _ name: String) throws {
        let objects = try [found, expected].map { value -> NSObject? in
            guard let value, value.kind != .null else { return nil }
            return try JSONSerialization.jsonObject(with: Data(value.rawBytes), options: .fragmentsAllowed) as? NSObject
        }
        #expect(objects[0] == objects[1], "\(name): externalInfo differs")
    }
}
