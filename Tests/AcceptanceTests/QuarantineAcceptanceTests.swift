import Deliveries
import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("Quarantine", .programs)
struct QuarantineAcceptanceTests {
    /// A workbench whose only source is Klavi. Tests can change the secret of the source.
    private func bench(secret: String) throws -> Workbench {
        let bench = try Workbench("sources:\n  klavi:\n    secrets: [{name: only, file: secret}]\n    routes: {all: k}")
        _ = try bench.file("secret", secret + "\n")
        return bench
    }

    /// Waits until the quarantine contains `count` deliveries, and lists them. The server stores a rejected delivery
    /// after it sends the response.
    private func quarantined(_ count: Int, _ bench: Workbench) throws -> [JSONValue] {
        _ = try bench.events(count)
        let listed = try bench.callbox("quarantine", "list", "--format", "ndjson")
        return try listed.lines.map { try JSONDocument(parsing: Array($0.utf8)).root }
    }

    @Test("after the secret is corrected and reloaded, a rejected delivery can be released as verified")
    func release() throws {
        let bench = try bench(secret: "a-wrong-secret-of-bytes")
        let server = try bench.serve()
        let request = Sample.named("klavi/link-created-event").request
        let connection = try LoopbackHTTP(port: server.port)
        let signature = try #require(request.headers.onlyValue(named: "X-Klavi-Signature"))
        #expect(
            try connection.post("/klavi", headers: ["X-Klavi-Signature: \(signature)"], body: request.body).status
                == 401)
        let entries = try quarantined(1, bench)
        #expect(entries.count == 1)
        #expect(entries.first?["reason"]?.string == "no configured secret matches the signature")
        #expect(try bench.callbox("list", "--format", "json").text == "[]\n")

        let early = try bench.callbox("quarantine", "release", "q1")
        #expect(early.status == 1)
        #expect(early.error.contains("still not verified"))

        _ = try bench.file("secret", "klavi-test-secret\n")
        try server.reload()
        let released = try bench.callbox("quarantine", "release", "q1")
        #expect(released.status == 0, "\(released.error)")
        let listed = try bench.callbox("list", "--format", "ndjson")
        let report = try JSONDocument(parsing: Array(listed.text.utf8.dropLast())).root
        #expect(report["verification"]?.string == "verified")
        #expect(report["secret"]?.string == "only")
        #expect(report["type"]?.string == "link_created")
        #expect(try bench.callbox("show", "1", "--body").output == request.body)
        #expect(try bench.callbox("quarantine", "release", "q1").status == 1)
        let explained = try bench.callbox("show", "1", "--why")
        #expect(explained.text.contains("Released from quarantine (q1)"))
        #expect(explained.text.contains("Today: verified by secret 'only'."))
        // Entry 2 is the release record.
        #expect(
            try connection.post("/klavi", headers: ["X-Klavi-Signature: \(signature)"], body: request.body).status
                == 200)
        #expect(try bench.callbox("show", "3", "--body").output == request.body)
        #expect(try server.stop() == 0)
    }

    @Test("a delivery released with --force stays failed, and the reason of the release is recorded")
    func force() throws {
        let bench = try bench(secret: "a-wrong-secret-of-bytes")
        let server = try bench.serve()
        let body = Array(#"{"productName":"x","productReportId":"1"}"#.utf8)
        #expect(try LoopbackHTTP(port: server.port).post("/klavi", body: body).status == 401)
        #expect(try quarantined(1, bench).count == 1)
        #expect(try server.stop() == 0)
        #expect(try bench.callbox("quarantine", "release", "q1", "--force").status == 64)
        #expect(
            try bench.callbox("quarantine", "release", "q1", "--force", "--reason", "case 4711")
                .status == 0)
        let explained = try bench.callbox("show", "1", "--why")
        #expect(explained.text.contains("Released with --force: case 4711"))
        let listed = try bench.callbox("list", "--format", "ndjson")
        #expect(listed.text.contains(#""verification":"failed""#))
        #expect(try bench.callbox("archive", "verify").status == 0)
    }

    @Test("without --yes, delete only lists the deliveries")
    func delete() throws {
        let bench = try bench(secret: "another-secret-of-bytes")
        let server = try bench.serve()
        let connection = try LoopbackHTTP(port: server.port)
        for number in 1...3 { #expect(try connection.post("/klavi", body: Array("[\(number)]".utf8)).status == 401) }
        #expect(try quarantined(3, bench).count == 3)
        let asked = try bench.callbox("quarantine", "delete")
        #expect(asked.status == 64)
        #expect(asked.error.contains("all 3 rejected deliveries"))
        #expect(try bench.callbox("quarantine", "delete", "q2", "--yes").status == 0)
        #expect(try bench.callbox("quarantine", "show", "q2").status == 1)
        #expect(
            try bench.callbox("quarantine", "delete", "--yes").text
                == "deleted 2 rejected deliveries\n")
        #expect(try server.stop() == 0)
    }

    @Test("a wrong configuration is rejected, and the previous configuration stays in use")
    func wrongReload() throws {
        let bench = try bench(secret: "klavi-test-secret")
        let server = try bench.serve()
        _ = try bench.file("callbox.yaml", "sources:\n  klavi:\n    routs: {}")
        try server.reload()
        let request = Sample.named("klavi/link-created-event").request
        let signature = try #require(request.headers.onlyValue(named: "X-Klavi-Signature"))
        let response = try LoopbackHTTP(port: server.port)
            .post("/klavi", headers: ["X-Klavi-Signature: \(signature)"], body: request.body)
        #expect(response.status == 200)
        #expect(try server.stop() == 0)
    }
}
