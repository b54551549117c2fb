import Foundation
import StrictJSON
import TestKit
import Testing

@Suite("Signing and verifying offline", .programs)
struct SigningAcceptanceTests {
    private static let body = #"{"id":"a123b4cd-1a23-1a23-12a3-a123456b7890","report_status":"COMPLETE"}"#
    private static let signature = "t=1700000000,v1=50b1e13dd53e83f52ad70a721833d42adcbe67743e9372aed16320e8f6f441a6"

    @Test("sign prints the header of the test vector, and verify accepts it at the vector's time")
    func certn() throws {
        let bench = try Workbench()
        let body = try bench.file("body.json", Self.body)
        let secret = try bench.file("secret", "certn-test-secret\n")
        let signed = try BuiltBinary.run(
            "callbox",
            ["sign", "certn-legacy", "--secret-file", secret, "--body", body, "--time", "2023-11-14T22:13:20Z"])
        #expect(signed.text == "Certn-Signature: \(Self.signature)\n")
        let header = "Certn-Signature: \(Self.signature)"
        func verify(_ time: String, _ secret: String) throws -> BuiltBinary.Result {
            try BuiltBinary.run(
                "callbox",
                ["verify", "certn-legacy", "--secret-file", secret, "--body", body, "--at", time, "--header", header])
        }
        let good = try verify("2023-11-14T22:18:20Z", secret)
        #expect(good.status == 0)
        #expect(good.text.hasPrefix("verified by secret"))
        let late = try verify("2023-11-14T22:18:21Z", secret)
        #expect(late.status == 1)
        #expect(late.text.contains("signed time is 301 s before arrival"))
        let other = try verify("2023-11-14T22:13:20Z", try bench.file("other", "hunter2-secret"))
        #expect(other.status == 1)
        #expect(other.text.contains("got       \(Self.signature)"))
        #expect(other.text.contains("expected  Certn-Signature: t=1700000000,v1="))
        #expect(!(other.text + other.error).contains("hunter2"))
    }

    @Test("verify accepts a file with the whole HTTP request of each signed sample")
    func samples() throws {
        let secrets = ProjectFolder.samples.appending(path: "secrets").path()
        for (scheme, secret, sample) in [
            ("klavi", "klavi", "klavi/consent-events"),
            ("certn-centric", "certn-centric", "certn/centric-case-report-ready"),
            ("certn-legacy", "certn-legacy", "certn/legacy-applicant-complete"),
        ] {
            let received = try #require(Sample.named(sample).expected.root["receivedAt"]?.string)
            let path = ProjectFolder.samples.appending(path: "\(sample)/request.http").path()
            let result = try BuiltBinary.run(
                "callbox",
                ["verify", scheme, "--secret-file", "\(secrets)/\(secret)", "--request", path, "--at", received])
            #expect(result.status == 0, "\(sample): \(result.text)\(result.error)")
        }
        let hmac = try BuiltBinary.run(
            "callbox",
            [
                "verify", "certificall-hmac", "--secret-file", "\(secrets)/certificall-hmac", "--identity",
                "callbox-test-key",
                "--request",
                ProjectFolder.samples.appending(path: "certificall/hmac-base64-certificate/request.http").path(),
            ])
        #expect(hmac.status == 0, "\(hmac.text)\(hmac.error)")
    }

    @Test("deliveries of a generic source can be signed, verified, sent and listed")
    func generic() throws {
        let bench = try Workbench()
        let secret = try bench.file("secret", "a-shared-secret-of-bytes")
        let yaml = try bench.file(
            "generic.yaml",
            """
            sources:
              payments:
                provider: generic
                secrets: [{name: main, file: \(secret)}]
                signature:
                  header: X-Hook-Signature
                  prefix: "v2="
                  encoding: base64
                  algorithm: sha512
                  timestamp-header: X-Hook-Time
                  signed: "{timestamp}.{body}"
                type: $.event.name
                id: header:X-Hook-Id
                time: $.at
                external-info: $.meta
                fields: [$.data.account]
                routes: {paid: money, other: rest}
              standard:
                provider: standard-webhooks
                secrets: [{name: main, file: \(try bench.file("whsec", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))}]
            """)
        let server = try bench.serve(configuration: yaml)
        let body =
            #"{"event":{"name":"paid"},"at":"2026-11-02T10:00:00Z","meta":{"order":"o-1"},"data":{"account":"a-7"}}"#
        let path = try bench.file("body.json", body)
        let signed = try BuiltBinary.run(
            "callbox", ["sign", "payments", "--secret-file", secret, "--body", path, "--config", yaml])
        #expect(signed.lines.count == 2)
        let connection = try LoopbackHTTP(port: server.port)
        #expect(
            try connection.post("/payments", headers: signed.lines + ["X-Hook-Id: h-1"], body: Array(body.utf8)).status
                == 200)
        #expect(try connection.post("/payments", headers: ["X-Hook-Id: h-1"], body: Array(body.utf8)).status == 401)
        let listed = try bench.callbox(
            "list", "--format", "ndjson", "--external", "order=o-1", "--field", "account=a-7", configuration: yaml)
        #expect(
            listed.text.contains(#""type":"paid","rule":"specific","topic":"money","externalInfo":{"order":"o-1"}"#))
        #expect(listed.text.contains(#""providerTime":"2026-11-02T10:00:00.000Z""#))

        let standard = try BuiltBinary.run(
            "callbox",
            [
                "sign", "standard-webhooks", "--secret-file", bench.folder.appending(path: "whsec").path(), "--body",
                path, "--id",
                "msg_9",
            ])
        let typed = Array(#"{"type":"x.y","timestamp":"2026-11-02T10:00:00Z"}"#.utf8)
        #expect(try connection.post("/standard", headers: standard.lines, body: typed).status == 401)
        #expect(try connection.post("/standard", headers: standard.lines, body: Array(body.utf8)).status == 200)
        #expect(try server.stop() == 0)
    }
}
