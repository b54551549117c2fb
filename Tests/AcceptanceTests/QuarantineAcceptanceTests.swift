import Deliveries
import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("Quarantine")
struct QuarantineAcceptanceTests {
    /// Klavi alone, with a secret that a test can change.
    private func configuration(_ bench: Workbench, secret: String) throws -> String {
        let path = try bench.file("secret", secret + "\n")
        return try bench.file(
            "klavi.yaml", "sources:\n  klavi:\n    secrets: [{name: only, file: \(path)}]\n    routes: {all: k}")
    }

    /// Rejected deliveries are written after their answer, so the list is asked until they are there.
    private func awaitQuarantined(_ count: Int, _ bench: Workbench, _ configuration: String) throws -> [JSONValue] {
        let deadline = ContinuousClock.now + .seconds(5)
        while true {
            let listed = try bench.callbox("quarantine", "list", "--format", "ndjson", configuration: configuration)
            let entries = try listed.lines.map { try JSONDocument(parsing: Array($0.utf8)).root }
            if entries.count >= count || ContinuousClock.now > deadline { return entries }
        }
    }

    @Test("after a wrong secret was mended and reloaded, a rejected delivery is promoted and is a verified report")
    func promote() throws {
        let bench = try Workbench()
        let yaml = try configuration(bench, secret: "a wrong one")
        let server = try bench.serve(configuration: yaml)
        let request = Sample.named("klavi/link-created-event").request
        let connection = try LoopbackHTTP(port: server.port)
        let signature = try #require(request.headers.onlyValue(named: "X-Klavi-Signature"))
        #expect(
            try connection.post("/klavi", headers: ["X-Klavi-Signature: \(signature)"], body: request.body).status
                == 401)
        let entries = try awaitQuarantined(1, bench, yaml)
        #expect(entries.count == 1)
        #expect(entries.first?["reason"]?.string == "no configured secret gives this signature")
        #expect(try bench.callbox("list", "--format", "json", configuration: yaml).text == "[]\n")

        let early = try bench.callbox("quarantine", "promote", "1", configuration: yaml)
        #expect(early.status == 1)
        #expect(early.error.contains("still not verified"))

        _ = try configuration(bench, secret: "klavi-test-secret")
        try server.reload()
        let promoted = try bench.callbox("quarantine", "promote", "1", configuration: yaml)
        #expect(promoted.status == 0, "\(promoted.error)")
        let listed = try bench.callbox("list", "--format", "ndjson", configuration: yaml)
        let report = try JSONDocument(parsing: Array(listed.text.utf8.dropLast())).root
        #expect(report["verification"]?.string == "verified")
        #expect(report["secret"]?.string == "only")
        #expect(report["type"]?.string == "link_created")
        #expect(try bench.callbox("show", "1", "--body", configuration: yaml).output == request.body)
        #expect(try bench.callbox("quarantine", "promote", "1", configuration: yaml).status == 1)
        let explained = try bench.callbox("explain", "1", configuration: yaml)
        #expect(explained.text.contains("It came out of the quarantine (1)"))
        #expect(explained.text.contains("Today: verified by secret 'only'."))
        // The record of the promotion is entry 2.
        #expect(
            try connection.post("/klavi", headers: ["X-Klavi-Signature: \(signature)"], body: request.body).status
                == 200)
        #expect(try bench.callbox("show", "3", "--body", configuration: yaml).output == request.body)
        #expect(server.stop() == 0)
    }

    @Test("what is forced in keeps its reason and stays marked, without a server too")
    func force() throws {
        let bench = try Workbench()
        let yaml = try configuration(bench, secret: "a wrong one")
        let server = try bench.serve(configuration: yaml)
        let body = Array(#"{"productName":"x","productReportId":"1"}"#.utf8)
        #expect(try LoopbackHTTP(port: server.port).post("/klavi", body: body).status == 401)
        #expect(try awaitQuarantined(1, bench, yaml).count == 1)
        #expect(server.stop() == 0)
        #expect(try bench.callbox("quarantine", "promote", "1", "--force", configuration: yaml).status == 64)
        #expect(
            try bench.callbox("quarantine", "promote", "1", "--force", "--reason", "case 4711", configuration: yaml)
                .status == 0)
        let explained = try bench.callbox("explain", "1", configuration: yaml)
        #expect(explained.text.contains("It was forced: case 4711"))
        let listed = try bench.callbox("list", "--format", "ndjson", configuration: yaml)
        #expect(listed.text.contains(#""verification":"failed""#))
        #expect(try bench.callbox("archive", "verify", configuration: yaml).status == 0)
    }

    @Test("purging says what it would do first, and does it with --yes")
    func purge() throws {
        let bench = try Workbench()
        let yaml = try configuration(bench, secret: "s")
        let server = try bench.serve(configuration: yaml)
        let connection = try LoopbackHTTP(port: server.port)
        for number in 1...3 { #expect(try connection.post("/klavi", body: Array("[\(number)]".utf8)).status == 401) }
        #expect(try awaitQuarantined(3, bench, yaml).count == 3)
        let asked = try bench.callbox("quarantine", "purge", configuration: yaml)
        #expect(asked.status == 64)
        #expect(asked.error.contains("all 3 rejected deliveries"))
        #expect(try bench.callbox("quarantine", "purge", "2", "--yes", configuration: yaml).status == 0)
        #expect(try bench.callbox("quarantine", "show", "2", configuration: yaml).status == 1)
        #expect(
            try bench.callbox("quarantine", "purge", "--yes", configuration: yaml).text
                == "forgot 2 rejected deliveries\n")
        #expect(server.stop() == 0)
    }

    @Test("a configuration that is wrong is not taken over, and the old one goes on")
    func wrongReload() throws {
        let bench = try Workbench()
        let yaml = try configuration(bench, secret: "klavi-test-secret")
        let server = try bench.serve(configuration: yaml)
        _ = try bench.file("klavi.yaml", "sources:\n  klavi:\n    routs: {}")
        try server.reload()
        let request = Sample.named("klavi/link-created-event").request
        let signature = try #require(request.headers.onlyValue(named: "X-Klavi-Signature"))
        let response = try LoopbackHTTP(port: server.port)
            .post("/klavi", headers: ["X-Klavi-Signature: \(signature)"], body: request.body)
        #expect(response.status == 200)
        #expect(server.stop() == 0)
    }
}
